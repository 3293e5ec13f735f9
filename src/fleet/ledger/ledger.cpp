#include "fleet/ledger/ledger.h"

#include <charconv>
#include <cstdio>

#include "foundation/json/text.h"

namespace lesto::ledger {
namespace {

// Old records are dropped by so many at a time.
constexpr std::size_t kTrimmedAtOnce = 256;

// Keys: r/ID the record; s/CLUSTER|SUBJECT/ID an index entry; o/HASH a content, with the last record that has it before
// it; e/ the last record, how many there are, and the bytes of their contents.
constexpr std::size_t kIdDigits = 20;

std::string id_text(RecordId id) {
  char buffer[kIdDigits + 4];
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

std::size_t number(std::string_view& text) {
  std::size_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  text.remove_prefix(std::min(static_cast<std::size_t>(end - text.data()) + 1, text.size()));
  return value;
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

Input as_read(std::string cluster, const json::Value& object) {
  return {std::move(cluster), kube::text_of(object), std::string(kube::uid_of(object)),
          std::string(kube::resource_version_of(object))};
}

Ledger::Ledger(io::Loop& loop, io::Storage& storage, Bounds bounds) : loop_(loop), storage_(storage), bounds_(bounds) {}

io::Task<Result<void>> Ledger::open() {
  auto end = co_await storage_.scan("e/", "e0", 1);
  if (!end) co_return fail(std::move(end.error()).during("open the ledger"));
  if (end->empty()) co_return {};
  std::string_view text = end->front().value;
  last_ = number(text);
  kept_ = number(text);
  kept_bytes_ = number(text);
  next_ = last_ + 1;
  co_return {};
}

io::Write Ledger::end_mark() const {
  return {"e/", std::to_string(last_) + " " + std::to_string(kept_) + " " + std::to_string(kept_bytes_)};
}

RecordId Ledger::append(Record record, const json::Value& content) {
  record.id = next_++;
  record.time = loop_.now();
  std::string id = id_text(record.id);
  Waiting waiting{.id = record.id, .bytes = 0, .writes = {}};
  if (!content.is_null()) {
    std::string text = json::canonical(content);
    record.content_hash = sha256_hex(text);
    if (content["kind"].text() != "Secret") {
      waiting.bytes = text.size();
      waiting.writes.push_back({"o/" + record.content_hash, id + std::move(text)});
    }
  }
  json::Value written = to_json(record);
  if (waiting.bytes > 0) written.set("bytes", static_cast<std::int64_t>(waiting.bytes));
  waiting.writes.push_back({"r/" + id, json::write(written)});
  waiting.writes.push_back({subject_prefix(record.cluster, record.subject) + id, ""});
  if (waiting_.size() >= kWaitingMax) {
    waiting_.pop_front();
    ++dropped_;
  }
  waiting_.push_back(std::move(waiting));
  if (scope_ && !flushing_) {
    flushing_ = true;
    scope_->spawn(flush());
  }
  return record.id;
}

io::Task<void> Ledger::flush() {
  while (!waiting_.empty()) {
    std::vector<io::Completion<void>> waiters = std::exchange(flush_waiters_, {});
    auto written = co_await write_waiting();
    if (!written) ++dropped_;
    for (const io::Completion<void>& waiter : waiters) waiter.complete({});
    bool trimming = written.has_value() && is_full();
    while (trimming) {
      auto trimmed = co_await trim();
      // What cannot be trimmed now is trimmed after the next records.
      trimming = trimmed.has_value() && is_full();
    }
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

io::Task<Result<void>> Ledger::write_waiting() {
  std::vector<io::Write> batch;
  for (Waiting& waiting : waiting_) {
    std::move(waiting.writes.begin(), waiting.writes.end(), std::back_inserter(batch));
    last_ = waiting.id;
    ++kept_;
    kept_bytes_ += waiting.bytes;
  }
  waiting_.clear();
  batch.push_back(end_mark());
  auto committed = co_await storage_.commit(std::move(batch));
  co_return committed;
}

// Drops the oldest records, up to kTrimmedAtOnce of them, until there is room.
io::Task<Result<void>> Ledger::trim() {
  auto oldest = co_await storage_.scan("r/", "r0", kTrimmedAtOnce);
  if (!oldest) co_return fail(std::move(oldest).error());
  if (oldest->empty()) {
    kept_ = kept_bytes_ = 0;
    co_return {};
  }
  std::vector<io::Write> batch;
  for (const io::Record& entry : *oldest) {
    if (!is_full()) break;
    std::string id = entry.key.substr(2);
    batch.push_back({entry.key, std::nullopt});
    kept_ -= std::min<std::size_t>(kept_, 1);
    auto record = json::parse(entry.value);
    if (!record) continue;
    batch.push_back({subject_prefix((*record)["cluster"].text(), (*record)["subject"].text()) + id, std::nullopt});
    kept_bytes_ -= std::min(kept_bytes_, static_cast<std::size_t>((*record)["bytes"].integer()));
    if ((*record)["content"].text().empty()) continue;
    std::string key = "o/" + (*record)["content"].string();
    auto content = co_await storage_.scan(key, key + "~", 1);
    if (!content) co_return fail(std::move(content).error());
    bool last_user = !content->empty() && content->front().value.starts_with(id);
    if (last_user) batch.push_back({std::move(key), std::nullopt});
  }
  batch.push_back(end_mark());
  auto committed = co_await storage_.commit(std::move(batch));
  co_return committed;
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
  std::string_view text = found->front().value;
  auto value = json::parse(text.substr(std::min(kIdDigits, text.size())));
  co_return value;
}

}  // namespace lesto::ledger
