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

enum class How { Create, Update, Ahead };

io::Task<Result<json::Value>> send(io::Context context, control::Collection& reports, json::Value report, How how) {
  switch (how) {
    case How::Create: return reports.create(std::move(context), std::move(report));
    case How::Update: return reports.update(std::move(context), std::move(report));
    case How::Ahead: break;
  }
  return reports.update_ahead(std::move(context), std::move(report));
}

io::Task<Result<void>> write(io::Context context, cluster::Management& management, ledger::Ledger& ledger,
                             const model::EventReport& report, How how, Known& known) {
  auto written = co_await send(std::move(context), management.event_reports.collection, model::to_json(report), how);
  if (!written) co_return fail(std::move(written).error());
  known.resource_version = kube::resource_version_of(*written);
  note(management, ledger, ledger::Verb::Write, report, matches_text(report));
  co_return {};
}

// Reports are written side by side: what one event changes is in one of them. `known` is what must be remembered if this
// fails, `next` if it succeeds.
io::Task<Result<void>> write_all(io::Context context, cluster::Management& management, ledger::Ledger& ledger,
                                 const Decision& decision, std::map<std::string, Known>& known,
                                 std::map<std::string, Known>& next) {
  io::Loop& loop = management.management_client().loop();
  io::Parallel creates(loop, kReportWritesParallel);
  for (const model::EventReport& report : decision.create) {
    auto one = write(context, management, ledger, report, How::Create, next[report.meta.name]);
    co_await creates.spawn(std::move(one));
  }
  // A match that moves is in two reports rather than in none.
  auto created = co_await creates.join();
  if (!created) co_return created;
  io::Parallel updates(loop, kReportWritesParallel);
  for (const model::EventReport& report : decision.update) {
    How how = decision.ahead.contains(report.meta.name) ? How::Ahead : How::Update;
    if (how == How::Ahead) known[report.meta.name].unwritten = true;
    auto one = write(context, management, ledger, report, how, next[report.meta.name]);
    co_await updates.spawn(std::move(one));
  }
  auto updated = co_await updates.join();
  co_return updated;
}

}  // namespace

io::Task<Result<void>> act(io::Context context, cluster::Management& management, ledger::Ledger& ledger,
                           Decision decision, std::map<std::string, Known>& known) {
  // Until a write has succeeded its report is not known, but as one that has to be written.
  std::map<std::string, Known> next = std::move(decision.holds);
  std::erase_if(known, [](const auto& entry) { return !entry.second.unwritten; });
  auto written = co_await write_all(context, management, ledger, decision, known, next);
  if (!written) co_return written;
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
