#include "tests/real/etcd.h"

#include <algorithm>
#include <array>
#include <utility>

#include "foundation/base/hash.h"
#include "foundation/json/text.h"

namespace lesto::real {
namespace {

// etcd takes 128 operations in a transaction.
constexpr std::size_t kOperationsMax = 120;
// Nothing changes for so long: controllers have done what a new cluster asks of them.
constexpr Duration kQuiet = std::chrono::milliseconds(1500);
constexpr Duration kSettleMax = std::chrono::seconds(60);
// The byte 0 as first and last key: all keys.
constexpr std::string_view kAll = "AA==";

// What the servers keep for themselves, and make again when it is gone: leases of who is alive, allocation tables, the
// groups that the aggregation layer lists.
bool is_the_servers_own(const std::string& key) {
  static constexpr std::array<std::string_view, 5> kOwn = {"/leases/", "/masterleases/", "/ranges/", "/events/",
                                                           "/apiregistration.k8s.io/"};
  // Every object's key begins with the prefix of its cluster; compact_rev_key does not.
  if (!key.starts_with('/')) return true;
  return std::ranges::any_of(kOwn, [&](std::string_view part) { return key.find(part) != std::string::npos; });
}

json::Value delete_operation(const std::string& key) {
  return json::object({{"request_delete_range", json::object({{"key", key}})}});
}

json::Value put_operation(const std::string& key, const std::string& value) {
  return json::object({{"request_put", json::object({{"key", key}, {"value", value}})}});
}

}  // namespace

Etcd::Etcd(io::AsioLoop& loop, const std::string& url) : loop_(loop) {
  io::ClientOptions options;
  options.url = url;
  auto exchange = io::HttpExchange::create(loop, std::move(options));
  CHECK(exchange.has_value());
  exchange_ = std::move(*exchange);
}

Result<json::Value> Etcd::call(const std::string& path, json::Value body) {
  io::Request request;
  request.method = "POST";
  request.target = path;
  request.headers = {{"content-type", "application/json"}};
  request.body = json::write(body);
  TRY_ASSIGN(io::Response response, loop_.run(exchange_->send({}, std::move(request))));
  if (response.status != 200) return fail(Code::Internal, "etcd " + path + ": " + response.body);
  return json::parse(response.body);
}

Result<std::map<std::string, std::string>> Etcd::revisions() {
  json::Value question = json::object({{"key", kAll}, {"range_end", kAll}, {"keys_only", true}});
  TRY_ASSIGN(json::Value answer, call("/v3/kv/range", std::move(question)));
  std::map<std::string, std::string> found;
  for (const json::Value& pair : answer["kvs"].items()) {
    TRY_ASSIGN(std::string key, base64_decode(pair["key"].text()));
    if (!is_the_servers_own(key)) found[pair["key"].string()] = pair["mod_revision"].string();
  }
  return found;
}

Result<std::string> Etcd::value_of(const std::string& key) {
  TRY_ASSIGN(json::Value answer, call("/v3/kv/range", json::object({{"key", key}})));
  return answer["kvs"][0]["value"].string();
}

Result<void> Etcd::change(const std::vector<json::Value>& operations) {
  for (std::size_t i = 0; i < operations.size(); i += kOperationsMax) {
    std::size_t end = std::min(i + kOperationsMax, operations.size());
    json::Value some = json::array({});
    for (std::size_t k = i; k < end; ++k) some.push(operations[k]);
    TRY(call("/v3/kv/txn", json::object({{"success", std::move(some)}})));
  }
  return {};
}

Result<void> Etcd::remember() {
  TRY_ASSIGN(auto now, revisions());
  for (Time end = loop_.now() + kSettleMax;;) {
    TRY(loop_.run(io::sleep(loop_, {}, kQuiet)));
    auto before = std::move(now);
    TRY_ASSIGN(now, revisions());
    if (now == before) break;
    if (loop_.now() > end) return fail(Code::Timeout, "the clusters do not come to rest");
  }
  picture_.clear();
  for (const auto& [key, revision] : now) {
    TRY_ASSIGN(std::string value, value_of(key));
    picture_[key] = {std::move(value), revision};
  }
  return {};
}

Result<std::size_t> Etcd::restore() {
  TRY_ASSIGN(auto now, revisions());
  std::vector<json::Value> operations;
  for (const auto& [key, revision] : now) {
    auto known = picture_.find(key);
    if (known == picture_.end()) {
      operations.push_back(delete_operation(key));
    } else if (known->second.changed_at != revision) {
      TRY_ASSIGN(std::string value, value_of(key));
      if (value != known->second.value) operations.push_back(put_operation(key, known->second.value));
    }
  }
  for (const auto& [key, entry] : picture_) {
    if (!now.contains(key)) operations.push_back(put_operation(key, entry.value));
  }
  TRY(change(operations));
  TRY_ASSIGN(now, revisions());
  for (auto& [key, entry] : picture_) entry.changed_at = now[key];
  return operations.size();
}

Result<void> Etcd::compact() {
  TRY_ASSIGN(json::Value answer, call("/v3/kv/range", json::object({{"key", kAll}, {"range_end", kAll}, {"count_only", true}})));
  TRY(call("/v3/kv/compaction", json::object({{"revision", answer["header"]["revision"]}})));
  return {};
}

}  // namespace lesto::real
