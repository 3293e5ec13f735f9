#include "kube/apiserver/store.h"

#include <charconv>

#include "foundation/json/text.h"

namespace lesto::apiserver {

namespace {

// Holds the counter; sorts before every table.
constexpr std::string_view kCounterKey = "!version";

std::string storage_key(std::string_view table, std::string_view key) {
  std::string out(table);
  out += '/';
  out += key;
  return out;
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::string_view key_namespace(std::string_view key) { return key.substr(0, key.find('/')); }
std::string_view key_name(std::string_view key) { return key.substr(key.find('/') + 1); }

std::uint64_t object_version(const json::Value& object) {
  return number(object["metadata"]["resourceVersion"].text());
}

Store::Store(io::Loop& loop, io::Storage& storage, HistoryLimits limits)
    : loop_(loop), storage_(storage), limits_(limits), scope_(loop) {}

Store::~Store() = default;

Result<void> Store::load() {
  std::optional<Error> bad;
  auto loaded = storage_.load([&](io::Record record) {
    if (record.key == kCounterKey) {
      durable_version_ = number(record.value);
      return;
    }
    if (record.key.starts_with('!')) {
      settings_[record.key.substr(1)] = std::move(record.value);
      return;
    }
    // TABLE is "group/resource", then "/namespace/name".
    std::size_t end = record.key.find('/');
    if (end != record.key.npos) end = record.key.find('/', end + 1);
    if (end == record.key.npos) return;
    auto object = json::parse(record.value);
    if (!object) {
      if (!bad) bad = std::move(object.error()).during("read stored object " + record.key);
      return;
    }
    table(std::string_view(record.key).substr(0, end)).objects.emplace(record.key.substr(end + 1), std::move(*object));
  });
  if (!loaded) return loaded;
  if (bad) return fail(*bad);
  for (const auto& [name, table] : tables_) {
    for (const auto& [key, object] : table->objects) durable_version_ = std::max(durable_version_, object_version(object));
  }
  for (const auto& [name, table] : tables_) table->floor = durable_version_;
  next_version_ = durable_version_ + 1;
  return {};
}

Table& Store::table(std::string_view name) {
  auto found = tables_.find(name);
  if (found == tables_.end()) {
    auto made = std::make_unique<Table>();
    made->name = name;
    made->floor = durable_version_;
    found = tables_.emplace(std::string(name), std::move(made)).first;
  }
  return *found->second;
}

const Table* Store::find_table(std::string_view name) const {
  auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : found->second.get();
}

const json::Value* Store::get(std::string_view table, std::string_view key) const {
  const Table* found = find_table(table);
  if (!found) return nullptr;
  auto object = found->objects.find(key);
  return object == found->objects.end() ? nullptr : &object->second;
}

std::optional<json::Value> Store::newest(std::string_view table, std::string_view key) const {
  if (auto over = overlay_.find(table); over != overlay_.end()) {
    if (auto found = over->second.find(key); found != over->second.end()) return found->second.object;
  }
  const json::Value* object = get(table, key);
  return object ? std::optional(*object) : std::nullopt;
}

void Store::each_newest(std::string_view table, std::string_view prefix,
                        const std::function<void(const Key&, const json::Value&)>& each) const {
  static const std::map<Key, Overlay, std::less<>> kNone;
  auto over = overlay_.find(table);
  const auto& changes = over == overlay_.end() ? kNone : over->second;
  // Two sorted maps, walked side by side; where both have a key the change counts.
  static const Table kEmpty;
  const Table* stored = find_table(table);
  const auto& objects = stored ? stored->objects : kEmpty.objects;
  auto starts = [&](const Key& key) { return std::string_view(key).starts_with(prefix); };
  auto object = objects.lower_bound(prefix);
  auto change = changes.lower_bound(prefix);
  for (;;) {
    bool more_objects = object != objects.end() && starts(object->first);
    bool more_changes = change != changes.end() && starts(change->first);
    if (!more_objects && !more_changes) return;
    if (more_changes && (!more_objects || change->first <= object->first)) {
      if (more_objects && change->first == object->first) ++object;
      if (change->second.object) each(change->first, *change->second.object);
      ++change;
    } else {
      each(object->first, object->second);
      ++object;
    }
  }
}

json::Value Store::put(std::string_view table, std::string_view key, json::Value object) {
  Event event;
  event.version = next_version_++;
  object.set_path({"metadata", "resourceVersion"}, std::to_string(event.version));
  auto before = newest(table, key);
  event.change = before ? Change::Modified : Change::Added;
  if (before) event.before = std::move(*before);
  event.key = key;
  event.object = object;
  event.text = std::make_shared<const std::string>(json::write(object));
  event.bytes = event.text->size();
  enqueue(table, std::move(event));
  return object;
}

json::Value Store::remove(std::string_view table, std::string_view key, std::optional<json::Value> last) {
  auto before = newest(table, key);
  if (!before) return {};
  json::Value object = last ? std::move(*last) : *before;
  Event event;
  event.version = next_version_++;
  object.set_path({"metadata", "resourceVersion"}, std::to_string(event.version));
  event.change = Change::Deleted;
  event.key = key;
  event.before = std::move(*before);
  event.object = object;
  event.text = std::make_shared<const std::string>(json::write(object));
  event.bytes = event.text->size();
  enqueue(table, std::move(event));
  return object;
}

void Store::enqueue(std::string_view table, Event event) {
  this->table(table);
  auto over = overlay_.find(table);
  if (over == overlay_.end()) over = overlay_.emplace(std::string(table), std::map<Key, Overlay, std::less<>>()).first;
  Overlay& entry = over->second[event.key];
  ++entry.writes;
  if (event.change == Change::Deleted) {
    entry.object.reset();
  } else {
    entry.object = event.object;
  }
  queue_.push_back({std::string(table), std::move(event)});
  schedule();
}

void Store::schedule() {
  if (flushing_ || queue_.empty()) return;
  flushing_ = true;
  // In a turn of its own: what this turn writes goes into one commit.
  loop_.post([this] { scope_.spawn(flush()); });
}

io::Task<void> Store::flush() {
  while (!queue_.empty() && !broken_) {
    std::vector<io::Write> batch;
    while (!queue_.empty() && batch.size() < kBatchWritesMax) {
      Pending& pending = queue_.front();
      std::string key = storage_key(pending.table, pending.event.key);
      std::optional<std::string> value;
      if (pending.event.change != Change::Deleted) value = *pending.event.text;
      batch.push_back({std::move(key), std::move(value)});
      in_flight_.push_back(std::move(pending));
      queue_.pop_front();
    }
    batch.push_back({std::string(kCounterKey), std::to_string(in_flight_.back().event.version)});
    auto committed = co_await storage_.commit(std::move(batch));
    if (!committed) {
      broken_ = committed.error();
      break;
    }
    while (!in_flight_.empty()) {
      Pending pending = std::move(in_flight_.front());
      in_flight_.pop_front();
      apply(std::move(pending));
    }
    wake({});
  }
  flushing_ = false;
  // What the disk holds is unknown now: nothing more is accepted, everybody who waits is told.
  if (broken_) wake(fail(*broken_));
}

void Store::apply(Pending pending) {
  Table& table = this->table(pending.table);
  Event event = std::move(pending.event);
  if (event.change == Change::Deleted) {
    table.objects.erase(event.key);
  } else {
    table.objects.insert_or_assign(event.key, event.object);
  }
  durable_version_ = event.version;
  auto over = overlay_.find(table.name);
  if (over != overlay_.end()) {
    auto entry = over->second.find(event.key);
    if (entry != over->second.end() && --entry->second.writes == 0) over->second.erase(entry);
  }
  table.history_bytes += event.bytes;
  table.history.push_back(std::move(event));
  for (const Listener& listener : listeners_) listener(table, table.history.back());
  trim(table);
}

void Store::trim(Table& table) {
  while (table.history.size() > limits_.events ||
         (table.history_bytes > limits_.bytes && table.history.size() > 1)) {
    table.floor = table.history.front().version;
    table.history_bytes -= table.history.front().bytes;
    table.history.pop_front();
  }
}

void Store::wake(const Result<void>& outcome) {
  // Waiters wait for different versions; most are in order, some ask for the future.
  std::deque<Waiter> later;
  std::deque<Waiter> waiters = std::move(waiters_);
  waiters_.clear();
  for (Waiter& waiter : waiters) {
    if (waiter.done.done()) continue;
    if (!outcome || waiter.version <= durable_version_) {
      waiter.done.complete(outcome);
    } else {
      later.push_back(std::move(waiter));
    }
  }
  for (Waiter& waiter : waiters_) later.push_back(std::move(waiter));
  waiters_ = std::move(later);
}

io::Task<Result<void>> Store::durable() {
  if (broken_) co_return fail(*broken_);
  if (newest_version() <= durable_version_) co_return {};
  io::Completion<void> done(loop_);
  waiters_.push_back({newest_version(), done});
  auto outcome = co_await done.wait({});
  co_return outcome;
}

io::Task<Result<void>> Store::reached(io::Context context, std::uint64_t version) {
  if (broken_) co_return fail(*broken_);
  if (version <= durable_version_) co_return {};
  io::Completion<void> done(loop_);
  waiters_.push_back({version, done});
  auto outcome = co_await done.wait(std::move(context));
  co_return outcome;
}

io::Task<void> Store::drain() {
  while (flushing_ && !broken_) {
    auto outcome = co_await durable();
    if (!outcome) break;
    if (newest_version() <= durable_version_) break;
  }
  co_await scope_.join();
}

std::optional<std::map<Key, json::Value, std::less<>>> Store::snapshot(const Table& table,
                                                                        std::uint64_t version) const {
  if (version < table.floor) return std::nullopt;
  auto objects = table.objects;
  for (auto event = table.history.rbegin(); event != table.history.rend() && event->version > version; ++event) {
    if (event->change == Change::Added) {
      objects.erase(event->key);
    } else {
      objects.insert_or_assign(event->key, event->before);
    }
  }
  return objects;
}

std::string Store::setting(std::string_view name) const {
  auto found = settings_.find(name);
  return found == settings_.end() ? std::string() : found->second;
}

io::Task<Result<void>> Store::set_setting(std::string name, std::string value) {
  settings_[name] = value;
  std::vector<io::Write> batch;
  batch.push_back({"!" + name, std::move(value)});
  auto committed = co_await storage_.commit(std::move(batch));
  co_return committed;
}

void Store::forget_history() {
  for (const auto& [name, table] : tables_) {
    table->history.clear();
    table->history_bytes = 0;
    table->floor = durable_version_;
  }
}

}  // namespace lesto::apiserver
