#include "steps/deploy/act.h"

#include "fleet/model/names.h"
#include "foundation/base/hash.h"
#include "foundation/io/parallel.h"
#include "foundation/json/text.h"
#include "kube/object/api_error.h"
#include "kube/object/discovery.h"

namespace lesto::deploy {
namespace {

// What upstream uses, so that objects which it deployed are taken over without a conflict (reference/core.md 4.14).
constexpr std::string_view kManager = "application/apply-patch";

bool is_crd(const kube::Resource& resource) {
  return resource.group == "apiextensions.k8s.io" && resource.kind == "CustomResourceDefinition";
}

void note(ledger::Ledger& ledger, const Target& target, ledger::Verb verb, const kube::ObjectId& id, Cause cause,
          const json::Value& content = {}) {
  ledger::Record record;
  record.step = "deploy";
  record.cluster = cluster::cluster_text(target.managed->ref());
  record.subject = id.text();
  record.verb = verb;
  record.reason = std::move(cause.reason);
  record.inputs = std::move(cause.inputs);
  ledger.append(std::move(record), content);
}

io::Task<Result<void>> make_namespace(io::Context context, Target& target, std::string name) {
  if (name.empty() || target.namespaces.contains(name)) co_return {};
  json::Value object = json::object(
      {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", json::object({{"name", name}})}});
  auto created = co_await target.managed->managed_client().create(
      std::move(context), kube::core_resource("namespaces", "Namespace", kube::Scope::Cluster), std::move(object),
      std::string(kManager));
  if (!created && !kube::is_already_exists(created.error())) co_return fail(std::move(created).error());
  target.namespaces.insert(std::move(name));
  co_return {};
}

// CustomResourceDefinitions are replaced as a whole (reference/core.md hard case 31).
io::Task<Result<json::Value>> put_crd(io::Context context, Target& target, kube::Resource resource, json::Value object) {
  client::Client& managed_client = target.managed->managed_client();
  auto live = co_await managed_client.get(context, resource, kube::key_of(object));
  if (!live && live.error().code() != Code::NotFound) co_return live;
  if (!live) {
    auto created = co_await managed_client.create(std::move(context), std::move(resource), std::move(object), std::string(kManager));
    co_return created;
  }
  object.set_path({"metadata", "resourceVersion"}, (*live)["metadata"]["resourceVersion"]);
  auto updated = co_await managed_client.update(std::move(context), std::move(resource), std::move(object), std::string(kManager));
  co_return updated;
}

io::Task<Result<json::Value>> send(io::Context context, Target& target, kube::Resource resource, json::Value object) {
  if (is_crd(resource)) {
    auto put = co_await put_crd(std::move(context), target, std::move(resource), std::move(object));
    co_return put;
  }
  client::PatchOptions options;
  options.field_manager = kManager;
  options.force = true;
  auto applied = co_await target.managed->managed_client().apply(std::move(context), std::move(resource),
                                                                 std::move(object), std::move(options));
  co_return applied;
}

bool is_current(const Target& target, const kube::ObjectId& id, const OwnedObject* live, const std::string& hash) {
  auto applied = target.applied.find(id);
  return live && !live->deleting && applied != target.applied.end() && applied->second.hash == hash &&
         applied->second.resource_version == live->resource_version;
}

// What was deployed from the same content is left as it is: Continuous repairs no edits (reference/core.md 4.7).
bool is_left(const Target& target, const kube::ObjectId& id, const OwnedObject* live, const json::Value& object,
             const Stamp& stamp, const std::string& hash) {
  auto applied = target.applied.find(id);
  if (applied != target.applied.end() && applied->second.hash != hash) return false;
  const json::Value* content = kube::annotation_of(object, model::annotation::kHash);
  return content && is_held({stamp.owner, cluster_mark(stamp.cluster)}, stamp.tier, content->text(), live);
}

// Whether the write may have happened.
bool is_unknown(const Error& error) {
  return error.code() == Code::Unavailable || error.code() == Code::Timeout || error.code() == Code::Cancelled ||
         error.code() == Code::Internal;
}

io::Task<Result<void>> apply_one(io::Context context, Target& target, ledger::Ledger& ledger, Order order) {
  Placed& placed = order.placed;
  const Stamp& stamp = order.stamp;
  kube::ObjectId id = placed.id();
  json::Value object = stamped(std::move(placed.object), stamp);
  std::string hash = sha256_hex(json::canonical(object));
  const OwnedObject* live = target.owned.find(id);
  if (is_current(target, id, live, hash)) co_return {};
  if (order.unchanged && is_left(target, id, live, object, stamp, hash)) co_return {};
  // Taking an object over from another owner: only in the state in which that was decided.
  if (live && !Holder{stamp.owner, cluster_mark(stamp.cluster)}.holds(live->ownership)) {
    object.set_path({"metadata", "resourceVersion"}, live->resource_version);
  }
  for (int attempt = 0;; ++attempt) {
    if (order.make_namespace) {
      auto made = co_await make_namespace(context, target, id.key.ns);
      if (!made) co_return during(std::move(made), placed.where);
    }
    auto sent = co_await send(context, target, placed.resource, object);
    // The namespace that was there is gone: once more, with a new one.
    bool lost_namespace = !sent && sent.error().code() == Code::NotFound && target.namespaces.erase(id.key.ns) > 0;
    if (lost_namespace && attempt == 0 && order.make_namespace) continue;
    if (!sent && is_unknown(sent.error())) {
      target.owned.doubt(placed.resource.gvk());
      note(ledger, target, ledger::Verb::Write, id,
           {placed.where + " (without an answer: it may not have happened)", order.inputs}, object);
    }
    if (!sent) co_return fail(std::move(sent.error()).during(placed.where));
    if (id.kind == "Namespace" && id.group.empty()) target.namespaces.insert(id.key.name);
    target.applied[id] = {std::move(hash), std::string(kube::resource_version_of(*sent))};
    target.owned.absorb(placed.resource.gvk(), std::move(*sent));
    note(ledger, target, ledger::Verb::Write, id, {placed.where, std::move(order.inputs)}, object);
    // Two owners that saw the object free both applied it: whoever the cluster heard first has lost it, and decides anew.
    const OwnedObject* held = target.owned.find(id);
    if (held && !Holder{stamp.owner, cluster_mark(stamp.cluster)}.holds(held->ownership)) {
      co_return fail(Code::Unavailable, id.text() + " was taken by " + held->ownership.owner.text() + " meanwhile");
    }
    co_return {};
  }
}

io::Task<Result<void>> delete_one(io::Context context, Target& target, ledger::Ledger& ledger, Holder holder,
                                  kube::ObjectId id, Cause cause) {
  const OwnedObject* live = target.owned.find(id);
  // The live watch is the evidence that it is there and ours.
  if (!live || !holder.holds(live->ownership) || live->deleting) co_return {};
  kube::GroupVersionKind gvk = live->gvk;
  client::DeleteOptions options;
  options.uid = live->uid;
  options.resource_version = live->resource_version;
  auto resource = co_await target.managed->mapper().resolve(context, gvk);
  if (!resource) co_return fail(std::move(resource).error());
  std::string version = options.resource_version;
  auto removed = co_await target.managed->managed_client().remove(context, std::move(*resource), id.key, std::move(options));
  if (!removed && removed.error().code() != Code::NotFound) {
    co_return fail(std::move(removed.error()).during("withdraw " + id.text()));
  }
  if (removed && !removed->is_null()) {
    target.owned.absorb(gvk, std::move(*removed));
  } else {
    target.owned.absorb_gone(gvk, id.key, version);
  }
  target.applied.erase(id);
  if (id.kind == "Namespace" && id.group.empty()) target.namespaces.erase(id.key.name);
  note(ledger, target, ledger::Verb::Delete, id, std::move(cause));
  co_return {};
}

io::Task<Result<void>> release_one(io::Context context, Target& target, ledger::Ledger& ledger, Holder holder,
                                   kube::ObjectId id, Cause cause) {
  const OwnedObject* live = target.owned.find(id);
  if (!live || !holder.holds(live->ownership)) co_return {};
  kube::GroupVersionKind gvk = live->gvk;
  // Only in the state in which it was ours: another owner's marks are not taken off.
  std::string version = live->resource_version;
  json::Value patch = unstamp_patch();
  patch.set_path({"metadata", "resourceVersion"}, version);
  auto resource = co_await target.managed->mapper().resolve(context, gvk);
  if (!resource) co_return fail(std::move(resource).error());
  client::PatchOptions options;
  options.field_manager = kManager;
  auto patched = co_await target.managed->managed_client().patch(context, std::move(*resource), id.key,
                                                                 client::PatchType::Merge, std::move(patch), std::move(options));
  if (!patched && patched.error().code() != Code::NotFound) {
    co_return fail(std::move(patched.error()).during("release " + id.text()));
  }
  if (patched) version = kube::resource_version_of(*patched);
  target.owned.absorb_gone(gvk, id.key, version);
  target.applied.erase(id);
  note(ledger, target, ledger::Verb::Write, id, std::move(cause));
  co_return {};
}

}  // namespace

io::Task<Result<void>> apply_stage(io::Context context, Target& target, ledger::Ledger& ledger,
                                   std::vector<Order> orders) {
  io::Parallel stage(target.loop, kObjectsParallel);
  for (Order& order : orders) {
    io::Task<Result<void>> one = apply_one(context, target, ledger, std::move(order));
    co_await stage.spawn(std::move(one));
  }
  auto result = co_await stage.join();
  co_return result;
}

io::Task<Result<void>> delete_objects(io::Context context, Target& target, ledger::Ledger& ledger, DeleteBudget& budget,
                                      Holder holder, std::vector<kube::ObjectId> ids, Cause cause) {
  if (ids.empty()) co_return {};
  CO_TRY(budget.take(holder.owner.text(), ids.size(), target.loop.now()));
  io::Parallel stage(target.loop, kObjectsParallel);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    io::Task<Result<void>> one = delete_one(context, target, ledger, holder, ids[i], cause);
    co_await stage.spawn(std::move(one));
  }
  auto result = co_await stage.join();
  co_return result;
}

io::Task<Result<void>> release_objects(io::Context context, Target& target, ledger::Ledger& ledger, Holder holder,
                                       Cause cause) {
  std::vector<kube::ObjectId> ids = target.owned.held_by(holder);
  io::Parallel stage(target.loop, kObjectsParallel);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    io::Task<Result<void>> one = release_one(context, target, ledger, holder, ids[i], cause);
    co_await stage.spawn(std::move(one));
  }
  auto result = co_await stage.join();
  co_return result;
}

}  // namespace lesto::deploy
