#include "steps/profile/unserved.h"

#include "fleet/model/names.h"
#include "fleet/model/unsupported.h"
#include "kube/control/conditions.h"

namespace lesto::profile {
namespace {

constexpr std::size_t kParallel = 4;

const std::array<kube::GroupVersionKind, 2>& kinds() {
  static const std::array<kube::GroupVersionKind, 2> all = {
      {{std::string(model::kLibGroup), std::string(model::kVersion), "ClusterSet"},
       {std::string(model::kLibGroup), std::string(model::kVersion), "Set"}}};
  return all;
}

const kube::GroupVersionKind* find_kind(const kube::ObjectId& id) {
  for (const kube::GroupVersionKind& gvk : kinds()) {
    if (gvk.group == id.group && gvk.kind == id.kind) return &gvk;
  }
  return nullptr;
}

control::Condition condition_of(const std::string& kind) {
  return {.type = "Ready",
          .status = control::ConditionStatus::False,
          .reason = "Unsupported",
          .message = model::unsupported_text(model::unsupported_kind(kind))};
}

}  // namespace

Unserved::Unserved(io::Loop& loop, Log& log, cluster::Management& management)
    : loop_(loop),
      log_(log),
      management_(management),
      objects_(
          loop, kParallel,
          [this](io::Context context, kube::ObjectId id) { return reconcile(std::move(context), std::move(id)); },
          [this](const kube::ObjectId& id, const Error& error) {
            log_.warn("profile", "status not written", {{"object", id.text()}, {"error", error.text()}});
          }) {
  management_.listen_other([this](const kube::GroupVersionKind&, const control::Change& change) {
    if (change.after.is_null()) return;
    kube::ObjectId id = kube::id_of(change.after);
    if (find_kind(id)) objects_.wake(id);
  });
}

void Unserved::start(io::TaskScope& scope) {
  objects_.start(scope);
  for (const kube::GroupVersionKind& gvk : kinds()) scope.spawn(watch(scope.context(), gvk));
}

io::Task<void> Unserved::watch(io::Context context, kube::GroupVersionKind gvk) {
  auto kept = co_await management_.other(std::move(context), gvk);
  if (!kept) log_.warn("profile", "kind not watched", {{"kind", gvk.kind}, {"error", kept.error().text()}});
}

io::Task<Result<control::Again>> Unserved::reconcile(io::Context context, kube::ObjectId id) {
  const kube::GroupVersionKind* gvk = find_kind(id);
  auto kept = co_await management_.other(context, *gvk);
  if (!kept) co_return fail(std::move(kept).error());
  const json::Value& object = (*kept)->get(id.key);
  if (object.is_null()) co_return control::Again{};
  const json::Value& before = object["status"]["conditions"];
  json::Value conditions =
      control::with_condition(before, condition_of(id.kind), kube::generation_of(object), loop_.now());
  if (control::same_conditions(before, conditions)) co_return control::Again{};
  json::Value status = json::object({{"conditions", std::move(conditions)}});
  auto written = co_await (*kept)->patch_status(std::move(context), id.key, std::move(status));
  if (!written && written.error().code() != Code::NotFound) co_return fail(std::move(written).error());
  co_return control::Again{};
}

}  // namespace lesto::profile
