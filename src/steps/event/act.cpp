#include "steps/event/act.h"

#include "fleet/cluster/registry.h"
#include "foundation/io/parallel.h"

namespace lesto::event {
namespace {

constexpr std::size_t kReportWritesParallel = 8;

void note(cluster::Management& management, ledger::Ledger& ledger, ledger::Verb verb, const model::EventReport& report,
          std::string reason) {
  ledger::Record record;
  record.step = "event";
  record.cluster = "management";
  record.subject = "EventReport " + report.meta.ns + "/" + report.meta.name;
  record.verb = verb;
  record.reason = std::move(reason);
  const json::Value& source = management.event_sources.collection.get({"", report.spec.event_source_name});
  if (!source.is_null()) record.inputs.push_back(ledger::as_read(std::string(cluster::kManagement), source));
  ledger.append(std::move(record));
}

std::string matches_text(const model::EventReport& report) {
  return std::to_string(report.spec.matching_resources.size()) + " matching objects";
}

enum class How { Create, Update };

io::Task<Result<void>> write(io::Context context, cluster::Management& management, ledger::Ledger& ledger,
                             const model::EventReport& report, How how, Known& known) {
  control::Collection& reports = management.event_reports.collection;
  auto task = how == How::Create ? reports.create(std::move(context), model::to_json(report))
                                 : reports.update(std::move(context), model::to_json(report));
  auto written = co_await std::move(task);
  if (!written) co_return fail(std::move(written).error());
  known.resource_version = kube::resource_version_of(*written);
  note(management, ledger, ledger::Verb::Write, report, matches_text(report));
  co_return {};
}

// Reports are written side by side: what one event changes is in one of them.
io::Task<Result<void>> write_all(io::Context context, cluster::Management& management, ledger::Ledger& ledger,
                                 const std::vector<model::EventReport>& reports, How how,
                                 std::map<std::string, Known>& known) {
  io::Parallel writes(management.management_client().loop(), kReportWritesParallel);
  for (const model::EventReport& report : reports) {
    auto one = write(context, management, ledger, report, how, known[report.meta.name]);
    co_await writes.spawn(std::move(one));
  }
  auto result = co_await writes.join();
  co_return result;
}

}  // namespace

io::Task<Result<void>> act(io::Context context, cluster::Management& management, ledger::Ledger& ledger,
                           Decision decision, std::map<std::string, Known>& known) {
  // Until a write has succeeded its report is not known.
  std::map<std::string, Known> next = std::move(decision.holds);
  known.clear();
  auto created = co_await write_all(context, management, ledger, decision.create, How::Create, next);
  if (!created) co_return created;
  auto updated = co_await write_all(context, management, ledger, decision.update, How::Update, next);
  if (!updated) co_return updated;
  for (const std::shared_ptr<const model::EventReport>& report : decision.remove) {
    auto removed = co_await management.event_reports.collection.remove(context, {report->meta.ns, report->meta.name},
                                                                       report->meta.uid);
    if (!removed) co_return fail(std::move(removed).error());
    note(management, ledger, ledger::Verb::Delete, *report,
         "no trigger asks for this source in this cluster, or its matches fit elsewhere");
  }
  known = std::move(next);
  co_return {};
}

}  // namespace lesto::event
