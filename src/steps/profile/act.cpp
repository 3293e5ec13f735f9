#include "steps/profile/act.h"

#include "steps/profile/gather.h"

namespace lesto::profile {
namespace {

void note(cluster::Management& management, ledger::Ledger& ledger, ledger::Verb verb, const json::Value& summary,
          std::string reason) {
  ledger::Record record;
  record.step = "profile";
  record.cluster = cluster::kManagement;
  record.subject = kube::text_of(summary);
  record.verb = verb;
  record.reason = std::move(reason);
  auto owner = owner_of(summary);
  if (owner) {
    const json::Value& profile = management.profiles_of(owner->scope).store().get(owner->key);
    if (!profile.is_null()) record.inputs.push_back(ledger::as_read(std::string(cluster::kManagement), profile));
  }
  ledger.append(std::move(record), verb == ledger::Verb::Write ? summary : json::Value());
}

}  // namespace

io::Task<Result<void>> act(io::Context context, cluster::Management& management, ledger::Ledger& ledger,
                           Decision decision) {
  control::Collection& summaries = management.cluster_summaries.collection;
  for (json::Value& summary : decision.create) {
    auto created = co_await summaries.create(context, summary);
    if (!created) co_return fail(std::move(created).error());
    note(management, ledger, ledger::Verb::Write, summary, "the cluster matches the profile");
  }
  for (json::Value& summary : decision.update) {
    auto updated = co_await summaries.update(context, summary);
    if (!updated) co_return fail(std::move(updated).error());
    note(management, ledger, ledger::Verb::Write, summary, "the profile changed");
  }
  for (const std::shared_ptr<const model::ClusterSummary>& summary : decision.remove) {
    kube::ObjectKey key{summary->meta.ns, summary->meta.name};
    json::Value object = summaries.get(key);
    auto removed = co_await summaries.remove(context, key, summary->meta.uid);
    if (!removed) co_return removed;
    note(management, ledger, ledger::Verb::Delete, object, "the cluster no longer matches, or the profile was removed");
  }
  co_return {};
}

}  // namespace lesto::profile
