#include "steps/event/act.h"

namespace lesto::event {
namespace {

void note(ledger::Ledger& ledger, ledger::Verb verb, const model::EventReport& report, std::string reason) {
  ledger::Record record;
  record.step = "event";
  record.cluster = "management";
  record.subject = "EventReport " + report.meta.ns + "/" + report.meta.name;
  record.verb = verb;
  record.reason = std::move(reason);
  record.inputs.push_back({.cluster = report.spec.cluster.ns + "/" + report.spec.cluster.name,
                           .object = "EventSource " + report.spec.event_source_name,
                           .uid = {},
                           .resource_version = {}});
  ledger.append(std::move(record));
}

std::string matches_text(const model::EventReport& report) {
  return std::to_string(report.spec.matching_resources.size()) + " matching objects";
}

}  // namespace

io::Task<Result<void>> act(io::Context context, cluster::Management& management, ledger::Ledger& ledger,
                           Decision decision) {
  control::Collection& reports = management.event_reports.collection;
  for (const model::EventReport& report : decision.create) {
    auto written = co_await reports.create(context, model::to_json(report));
    if (!written) co_return fail(std::move(written).error());
    note(ledger, ledger::Verb::Write, report, matches_text(report));
  }
  for (const model::EventReport& report : decision.update) {
    auto written = co_await reports.update(context, model::to_json(report));
    if (!written) co_return fail(std::move(written).error());
    note(ledger, ledger::Verb::Write, report, matches_text(report));
  }
  for (const std::shared_ptr<const model::EventReport>& report : decision.remove) {
    auto removed = co_await reports.remove(context, {report->meta.ns, report->meta.name}, report->meta.uid);
    if (!removed) co_return fail(std::move(removed).error());
    note(ledger, ledger::Verb::Delete, *report, "no trigger asks for this source in this cluster, or its matches fit elsewhere");
  }
  co_return {};
}

}  // namespace lesto::event
