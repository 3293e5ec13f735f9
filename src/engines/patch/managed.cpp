#include "engines/patch/managed.h"

#include <algorithm>

#include "foundation/json/scan.h"
#include "foundation/json/text.h"

namespace lesto::patch {

using json::Value;

std::string Owner::id() const {
  std::string text = "{";
  auto add = [&](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (text.size() > 1) text += ",";
    text += "\"" + std::string(name) + "\":" + json::canonical(Value(value));
  };
  add("manager", manager);
  add("operation", operation == Operation::Apply ? "Apply" : "Update");
  add("apiVersion", api_version);
  add("subresource", subresource);
  return text + "}";
}

std::string Owner::text() const {
  std::string text = json::go_quote(manager);
  if (!subresource.empty()) text += " with subresource " + json::go_quote(subresource);
  if (operation == Operation::Update) text += " using " + api_version;
  return text;
}

Result<Managed> Managed::decode(const Value& entries) {
  Managed managed;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Value& entry = entries[i];
    std::string_view operation = entry["operation"].text();
    if (operation != "Apply" && operation != "Update") {
      return fail(Code::Invalid, "operation must be `Apply` or `Update`");
    }
    std::string api_version = entry["apiVersion"].string();
    if (api_version.empty()) return fail(Code::Invalid, "apiVersion must not be empty");
    std::string_view type = entry["fieldsType"].text();
    std::string at = " in managed fields entry " + std::to_string(i);
    if (type.empty()) return fail(Code::Invalid, "missing fieldsType" + at);
    if (type != "FieldsV1")
      return fail(Code::Invalid, "invalid fieldsType " + json::go_quote(type) + at);
    Owner owner{entry["manager"].string(),
                operation == "Apply" ? Operation::Apply : Operation::Update, api_version,
                entry["subresource"].string()};
    if (owner.operation == Operation::Apply) owner.api_version.clear();
    TRY_ASSIGN(FieldSet fields,
               during(FieldSet::from_fields_v1(entry["fieldsV1"]), "error decoding set"));
    managed.owners[owner] = {std::move(fields), std::move(api_version), owner.operation};
    managed.times.erase(owner);
    if (auto time = parse_rfc3339(entry["time"].text())) managed.times.emplace(owner, *time);
  }
  return managed;
}

Value Managed::encode() const {
  if (owners.empty()) return Value();
  struct Entry {
    const Owner* owner;
    const Owned* owned;
    std::optional<Time> time;
    std::int64_t seconds = 0;
  };
  std::vector<Entry> entries;
  for (const auto& [owner, owned] : owners) {
    Entry entry{&owner, &owned, std::nullopt};
    auto time = times.find(owner);
    if (time != times.end()) {
      entry.time = time->second;
      entry.seconds =
          std::chrono::floor<std::chrono::seconds>(time->second).time_since_epoch().count();
    }
    entries.push_back(entry);
  }
  std::ranges::stable_sort(entries, [](const Entry& a, const Entry& b) {
    bool a_update = a.owned->operation == Operation::Update;
    bool b_update = b.owned->operation == Operation::Update;
    return std::tie(a_update, a.seconds, a.owner->manager, a.owned->api_version,
                    a.owner->subresource) < std::tie(b_update, b.seconds, b.owner->manager,
                                                     b.owned->api_version, b.owner->subresource);
  });
  std::vector<Value> list;
  for (const Entry& entry : entries) {
    Value item = Value::object();
    item.set("apiVersion", entry.owned->api_version);
    item.set("fieldsType", "FieldsV1");
    item.set("fieldsV1", entry.owned->fields.to_fields_v1());
    item.set("manager", entry.owner->manager);
    item.set("operation", entry.owned->operation == Operation::Apply ? "Apply" : "Update");
    if (!entry.owner->subresource.empty()) item.set("subresource", entry.owner->subresource);
    if (entry.time) item.set("time", rfc3339(*entry.time));
    list.push_back(std::move(item));
  }
  return Value::array(std::move(list));
}

}  // namespace lesto::patch
