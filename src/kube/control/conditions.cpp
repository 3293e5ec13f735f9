#include "kube/control/conditions.h"

#include <algorithm>

#include "kube/object/object.h"

namespace lesto::control {
namespace {

std::string_view status_text(ConditionStatus status) {
  switch (status) {
    case ConditionStatus::True: return "True";
    case ConditionStatus::False: return "False";
    case ConditionStatus::Unknown: return "Unknown";
  }
  return "";
}

// Cuts at a character, not inside one.
std::string cut(const std::string& text) {
  if (text.size() <= kConditionMessageMax) return text;
  std::size_t end = kConditionMessageMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

}  // namespace

json::Value with_condition(const json::Value& conditions, const Condition& condition,
                           std::int64_t observed_generation, Time now) {
  json::Value made = json::object({{"type", condition.type},
                                   {"status", status_text(condition.status)},
                                   {"reason", condition.reason},
                                   {"message", cut(condition.message)},
                                   {"observedGeneration", observed_generation},
                                   {"lastTransitionTime", rfc3339(now)}});
  json::Value list = json::array({});
  bool placed = false;
  for (const json::Value& old : conditions.items()) {
    if (old["type"].text() != condition.type) {
      list.push(old);
      continue;
    }
    if (old["status"] == made["status"]) made.set("lastTransitionTime", old["lastTransitionTime"]);
    list.push(made);
    placed = true;
  }
  if (!placed) list.push(std::move(made));
  return list;
}

bool same_conditions(const json::Value& a, const json::Value& b) {
  auto without_time = [](json::Value condition) {
    condition.erase("lastTransitionTime");
    return condition;
  };
  return std::ranges::equal(a.items(), b.items(), [&](const json::Value& x, const json::Value& y) {
    return without_time(x) == without_time(y);
  });
}

std::string_view reason_of(const json::Value& conditions, std::string_view type) {
  for (const json::Value& condition : conditions.items()) {
    if (condition["type"].text() == type) return condition["reason"].text();
  }
  return {};
}

json::Value with_finalizer(json::Value object, std::string_view finalizer) {
  if (kube::has_finalizer(object, finalizer)) return object;
  object.at("metadata").at("finalizers").push(finalizer);
  return object;
}

json::Value without_finalizer(json::Value object, std::string_view finalizer) {
  json::Value kept = json::array({});
  for (const json::Value& item : object["metadata"]["finalizers"].items()) {
    if (item.text() != finalizer) kept.push(item);
  }
  object.set_path({"metadata", "finalizers"}, std::move(kept));
  return object;
}

}  // namespace lesto::control
