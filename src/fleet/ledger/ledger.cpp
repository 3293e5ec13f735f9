#include "fleet/ledger/ledger.h"

#include <cstdio>

#include "foundation/json/text.h"

namespace lesto::ledger {
namespace {

// Keys: r/ID the record, s/CLUSTER|SUBJECT/ID an index entry, o/HASH a content.
std::string id_text(RecordId id) {
  char buffer[24];
  std::snprintf(buffer, sizeof buffer, "%020llu", static_cast<unsigned long long>(id));
  return buffer;
}

std::string subject_prefix(std::string_view cluster, std::string_view subject) {
  return "s/" + std::string(cluster) + "|" + std::string(subject) + "/";
}

std::string_view verb_text(Verb verb) {
  switch (verb) {
    case Verb::Write: return "write";
    case Verb::Delete: return "delete";
    case Verb::Hold: return "hold";
    case Verb::Refuse: return "refuse";
  }
  return "";
}

Verb parse_verb(std::string_view text) {
  if (text == "delete") return Verb::Delete;
  if (text == "hold") return Verb::Hold;
  return text == "refuse" ? Verb::Refuse : Verb::Write;
}

json::Value to_json(const Record& record) {
  json::Value inputs = json::array({});
  for (const Input& input : record.inputs) {
    inputs.push(json::object({{"cluster", input.cluster},
                              {"object", input.object},
                              {"uid", input.uid},
                              {"resourceVersion", input.resource_version}}));
  }
  return json::object({{"time", rfc3339_micro(record.time)},
                       {"step", record.step},
                       {"cluster", record.cluster},
                       {"subject", record.subject},
                       {"verb", verb_text(record.verb)},
                       {"reason", record.reason},
                       {"inputs", std::move(inputs)},
                       {"content", record.content_hash}});
}

Result<Record> from_json(RecordId id, std::string_view text) {
  TRY_ASSIGN(json::Value value, json::parse(text));
  Record record;
  record.id = id;
  TRY_ASSIGN(record.time, parse_rfc3339(value["time"].text()));
  record.step = value["step"].string();
  record.cluster = value["cluster"].string();
  record.subject = value["subject"].string();
  record.verb = parse_verb(value["verb"].text());
  record.reason = value["reason"].string();
  record.content_hash = value["content"].string();
  for (const json::Value& input : value["inputs"].items()) {
    record.inputs.push_back({input["cluster"].string(), input["object"].string(), input["uid"].string(),
                             input["resourceVersion"].string()});
  }
  return record;
}

}  // namespace

Ledger::Ledger(io::Loop& loop, io::Storage& storage) : loop_(loop), storage_(storage) {}

io::Task<Result<void>> Ledger::open() {
  auto end = co_await storage_.scan("e/", "e0", 1);
  if (!end) co_return fail(std::move(end.error()).during("open the ledger"));
  if (!end->empty()) next_ = std::stoull(end->front().value) + 1;
  co_return {};
}

RecordId Ledger::append(Record record, const json::Value& content) {
  record.id = next_++;
  record.time = loop_.now();
  std::vector<io::Write> writes;
  if (!content.is_null()) {
    std::string text = json::canonical(content);
    record.content_hash = sha256_hex(text);
    if (content["kind"].text() != "Secret") writes.push_back({"o/" + record.content_hash, std::move(text)});
  }
  std::string id = id_text(record.id);
  writes.push_back({"r/" + id, json::write(to_json(record))});
  writes.push_back({subject_prefix(record.cluster, record.subject) + id, ""});
  writes.push_back({"e/", std::to_string(record.id)});
  if (record.id > kRecordsMax) writes.push_back({"r/" + id_text(record.id - kRecordsMax), std::nullopt});
  if (waiting_.size() >= kWaitingMax) {
    waiting_.pop_front();
    ++dropped_;
  }
  waiting_.push_back(std::move(writes));
  if (scope_ && !flushing_) {
    flushing_ = true;
    scope_->spawn(flush());
  }
  return record.id;
}

io::Task<void> Ledger::flush() {
  while (!waiting_.empty()) {
    std::vector<io::Write> batch;
    for (std::vector<io::Write>& writes : waiting_) {
      std::move(writes.begin(), writes.end(), std::back_inserter(batch));
    }
    waiting_.clear();
    std::vector<io::Completion<void>> waiters = std::exchange(flush_waiters_, {});
    auto committed = co_await storage_.commit(std::move(batch));
    if (!committed) ++dropped_;
    for (const io::Completion<void>& waiter : waiters) waiter.complete({});
  }
  flushing_ = false;
  for (const io::Completion<void>& waiter : std::exchange(flush_waiters_, {})) waiter.complete({});
}

io::Task<void> Ledger::flushed(io::Context context) {
  if (!flushing_) co_return;
  // What was appended is in the batch that is being written, or in the next one.
  io::Completion<void> over(loop_);
  flush_waiters_.push_back(over);
  auto ended = co_await over.wait(std::move(context));
  (void)ended;
}

io::Task<Result<std::vector<Record>>> Ledger::about(std::string cluster, std::string subject, std::size_t limit) {
  std::string prefix = subject_prefix(cluster, subject);
  auto entries = co_await storage_.scan(prefix, prefix + "~", limit);
  if (!entries) co_return fail(std::move(entries).error());
  std::vector<Record> records;
  for (const io::Record& entry : *entries) {
    std::string id = entry.key.substr(prefix.size());
    auto found = co_await storage_.scan("r/" + id, "r/" + id + "~", 1);
    if (!found) co_return fail(std::move(found).error());
    if (found->empty()) continue;
    auto record = from_json(std::stoull(id), found->front().value);
    if (record) records.push_back(std::move(*record));
  }
  co_return records;
}

io::Task<Result<json::Value>> Ledger::content(std::string content_hash) {
  auto found = co_await storage_.scan("o/" + content_hash, "o/" + content_hash + "~", 1);
  if (!found) co_return fail(std::move(found).error());
  if (found->empty()) co_return json::Value();
  auto value = json::parse(found->front().value);
  co_return value;
}

}  // namespace lesto::ledger
