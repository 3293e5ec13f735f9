#include "engines/lua/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "foundation/json/text.h"

namespace lesto::lua {
namespace {

std::string_view kind_text(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::Null: return "null";
    case json::Kind::Bool: return "bool";
    case json::Kind::Int:
    case json::Kind::Double: return "number";
    case json::Kind::String: return "string";
    case json::Kind::Array: return "array";
    case json::Kind::Object: return "object";
  }
  return "";
}

bool equal_fold(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, [&](char x, char y) { return lower(x) == lower(y); });
}

// Reads members into C++ values as Go's decoder does: goes on after a value of the wrong kind and
// reports the first.
class Decoder {
 public:
  // `type` is the package and name of Go's struct, as error texts show it.
  explicit Decoder(std::string type) : type_(std::move(type)) {}

  void refuse(std::string message) {
    if (failure_) return;
    failure_ = Failure{.stage = Stage::Decode,
                       .code = Code::Invalid,
                       .line = 0,
                       .column = -1,
                       .message = std::move(message),
                       .traceback = {}};
  }
  void wrong(const json::Value& value, std::string_view field, std::string_view wanted) {
    refuse(fmt::format("json: cannot unmarshal {} into Go struct field {}.{} of type {}",
                       kind_text(value), type_.substr(type_.find('.') + 1), field, wanted));
  }

  bool is_object(const json::Value& table) {
    if (table.is_object()) return true;
    refuse(
        fmt::format("json: cannot unmarshal {} into Go value of type {}", kind_text(table), type_));
    return false;
  }
  // A script's empty table may stand for any empty value.
  static bool is_absent(const json::Value& value) { return value.is_null(); }

  void read(const json::Value& value, std::string_view field, bool& out) {
    if (is_absent(value)) return;
    if (!value.is_bool()) return wrong(value, field, "bool");
    out = value.boolean();
  }
  void read(const json::Value& value, std::string_view field, std::string& out) {
    if (is_absent(value)) return;
    if (!value.is_string()) return wrong(value, field, "string");
    out = value.string();
  }
  // The items of a list; an empty table is an empty list.
  std::span<const json::Value> list(const json::Value& value, std::string_view field,
                                    std::string_view wanted) {
    if (is_absent(value) || (value.is_object() && value.empty())) return {};
    if (!value.is_array()) {
      wrong(value, field, wanted);
      return {};
    }
    return value.items();
  }
  // An object with a kind, which is what unstructured content must be.
  bool is_unstructured(const json::Value& value) {
    if (value.is_object() && !value["kind"].text().empty()) return true;
    refuse(fmt::format("Object 'Kind' is missing in '{}'", json::canonical(value)));
    return false;
  }

  template <class T>
  Outcome<T> finish(T verdict) {
    if (failure_) return std::unexpected(std::move(*failure_));
    return verdict;
  }

  void set_type(std::string type) { type_ = std::move(type); }

 private:
  std::string type_;
  std::optional<Failure> failure_;
};

}  // namespace

Outcome<EventVerdict> decode_event(const json::Value& table) {
  Decoder decoder("evaluation.eventMatchStatus");
  EventVerdict verdict;
  if (decoder.is_object(table)) {
    for (const json::Member& member : table.members()) {
      if (equal_fold(member.name(), "matching"))
        decoder.read(member.value, "matching", verdict.matching);
      if (equal_fold(member.name(), "message"))
        decoder.read(member.value, "message", verdict.message);
    }
  }
  return decoder.finish(std::move(verdict));
}

Outcome<AggregateVerdict> decode_aggregate(const json::Value& table) {
  Decoder decoder("evaluation.aggregatedStatus");
  AggregateVerdict verdict;
  if (!decoder.is_object(table)) return decoder.finish(std::move(verdict));
  for (const json::Member& member : table.members()) {
    if (equal_fold(member.name(), "message"))
      decoder.read(member.value, "message", verdict.message);
    if (!equal_fold(member.name(), "resources")) continue;
    for (const json::Value& item :
         decoder.list(member.value, "resources", "[]*unstructured.Unstructured")) {
      if (item.is_null()) continue;
      if (!item.is_object()) {
        decoder.wrong(item, "resources", "map[string]interface {}");
      } else if (decoder.is_unstructured(item)) {
        verdict.resources.push_back(item);
      }
    }
  }
  return decoder.finish(std::move(verdict));
}

Outcome<HealthVerdict> decode_health(const json::Value& table) {
  Decoder decoder("clusterops.healthStatus");
  HealthVerdict verdict;
  if (decoder.is_object(table)) {
    for (const json::Member& member : table.members()) {
      if (equal_fold(member.name(), "healthy"))
        decoder.read(member.value, "healthy", verdict.healthy);
      if (equal_fold(member.name(), "message"))
        decoder.read(member.value, "message", verdict.message);
    }
  }
  return decoder.finish(std::move(verdict));
}

namespace {

std::optional<ResourceHealth> decode_resource(Decoder& decoder, const json::Value& item) {
  ResourceHealth health;
  const std::string outer = "evaluation.healthStatus";
  if (!item.is_object()) {
    decoder.wrong(item, "resources", "evaluation.ResourceResult");
    return std::nullopt;
  }
  decoder.set_type("evaluation.ResourceResult");
  for (const json::Member& member : item.members()) {
    std::string_view name = member.name();
    if (equal_fold(name, "healthStatus") && health.status.empty()) {
      decoder.read(member.value, "resources.healthStatus", health.status);
    }
    if (equal_fold(name, "status")) decoder.read(member.value, "resources.status", health.status);
    if (equal_fold(name, "message"))
      decoder.read(member.value, "resources.message", health.message);
    if (equal_fold(name, "ignore")) decoder.read(member.value, "resources.ignore", health.ignore);
    if (equal_fold(name, "reEvaluate"))
      decoder.read(member.value, "resources.reEvaluate", health.re_evaluate);
    if (!equal_fold(name, "resource") || member.value.is_null()) continue;
    if (!member.value.is_object()) {
      decoder.wrong(member.value, "resources.resource", "map[string]interface {}");
    } else if (decoder.is_unstructured(member.value)) {
      health.resource = member.value;
    }
  }
  decoder.set_type(outer);
  return health;
}

}  // namespace

Outcome<HealthCheckVerdict> decode_health_check(const json::Value& table) {
  Decoder decoder("evaluation.healthStatus");
  HealthCheckVerdict verdict;
  if (!decoder.is_object(table)) return decoder.finish(std::move(verdict));
  for (const json::Member& member : table.members()) {
    if (!equal_fold(member.name(), "resources")) continue;
    for (const json::Value& item :
         decoder.list(member.value, "resources", "[]evaluation.ResourceResult")) {
      if (item.is_null()) continue;
      auto health = decode_resource(decoder, item);
      if (health && !health->ignore) verdict.resources.push_back(std::move(*health));
    }
  }
  return decoder.finish(std::move(verdict));
}

Outcome<ClusterCheckVerdict> decode_cluster_check(const json::Value& table) {
  Decoder decoder("controllers.checkStatus");
  ClusterCheckVerdict verdict;
  if (decoder.is_object(table)) {
    bool documented = false;
    bool has_pass = false;
    for (const json::Member& member : table.members()) {
      if (equal_fold(member.name(), "message"))
        decoder.read(member.value, "message", verdict.message);
      if (equal_fold(member.name(), "pass")) {
        has_pass = true;
        decoder.read(member.value, "pass", verdict.pass);
      }
      if (member.name() == "result") documented = member.value.boolean();
    }
    if (!has_pass) verdict.pass = documented;
  }
  return decoder.finish(std::move(verdict));
}

Outcome<std::string> decode_policy(const json::Value& table) {
  Decoder decoder("controllers.luaResult");
  std::string resources;
  if (decoder.is_object(table)) {
    for (const json::Member& member : table.members()) {
      if (!equal_fold(member.name(), "resources")) continue;
      if (member.value.is_object() && member.value.empty()) continue;
      decoder.read(member.value, "resources", resources);
    }
  }
  return decoder.finish(std::move(resources));
}

}  // namespace lesto::lua
