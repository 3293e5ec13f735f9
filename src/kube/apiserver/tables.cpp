#include "kube/apiserver/tables.h"

#include "foundation/json/text.h"
#include "kube/apiserver/data.h"
#include "kube/apiserver/json_path.h"
#include "kube/apiserver/present.h"

namespace lesto::apiserver {

namespace {

json::Value column(std::string_view name, std::string_view type, std::string_view format, std::string_view description,
                   std::int64_t priority) {
  return json::object({{"name", name},
                       {"type", type},
                       {"format", format},
                       {"description", description},
                       {"priority", priority}});
}

json::Value builtin_columns(const Resource& resource) {
  json::Value out = json::Value::array();
  auto document = json::parse(embedded("columns.json"));
  CHECK(document.has_value());
  std::string group = resource.group == "events.k8s.io" ? "" : resource.group;
  const json::Value& rows = (*document)[group][resource.kind];
  bool known = rows.is_array() && !builtin_cells(resource, json::Value::object(), {}).is_null();
  if (known) {
    for (const json::Value& row : rows.items()) {
      out.push(column(row[std::size_t(0)].text(), row[std::size_t(1)].text(), row[std::size_t(2)].text(), "", row[std::size_t(3)].integer()));
    }
  } else {
    out.push(column("Name", "string", "name", "", 0));
    out.push(column("Created At", "date", "", "", 0));
  }
  return out;
}

json::Value cell_of(const json::Value& value, std::string_view type, Time now) {
  if (type == "string") return value.is_string() ? value : json::Value(json::write(value));
  if (type == "integer") {
    if (value.is_int()) return value;
    return value.is_double() ? json::Value(static_cast<std::int64_t>(value.number())) : json::Value();
  }
  if (type == "number") return value.is_number() ? value : json::Value();
  if (type == "boolean") return value.is_bool() ? value : json::Value();
  if (type == "date") return value.is_string() ? json::Value(age_text(value, now)) : json::Value();
  return {};
}

}  // namespace

std::string human_duration(Duration duration) {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  auto two = [](long a, const char* unit_a, long b, const char* unit_b) {
    std::string out = std::to_string(a) + unit_a;
    if (b > 0) out += std::to_string(b) + unit_b;
    return out;
  };
  long minutes = seconds / 60;
  long hours = minutes / 60;
  long days = hours / 24;
  long years = days / 365;
  if (seconds < 120) return std::to_string(seconds) + "s";
  if (minutes < 10) return two(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return std::to_string(minutes) + "m";
  if (hours < 8) return two(hours, "h", minutes % 60, "m");
  if (hours < 48) return std::to_string(hours) + "h";
  if (hours < 192) return two(days, "d", hours % 24, "h");
  if (years < 2) return std::to_string(days) + "d";
  if (years < 8) return two(years, "y", days % 365, "d");
  return std::to_string(years) + "y";
}

std::string age_text(const json::Value& timestamp, Time now) {
  if (timestamp.text().empty()) return "<unknown>";
  auto time = parse_rfc3339(timestamp.text());
  return time ? human_duration(now - *time) : "<invalid>";
}

TableMaker::TableMaker(const Core& core, const Call& call, std::string meta_version)
    : core_(core), resource_(call.resource), version_(call.version), meta_version_(std::move(meta_version)),
      include_(call.route.query.get("includeObject")) {
  if (!resource_->custom) {
    definitions_ = builtin_columns(*resource_);
    return;
  }
  definitions_ = json::array({column("Name", "string", "name", "", 0)});
  const Version* version = resource_->version(version_);
  paths_ = version ? version->columns : json::Value();
  if (paths_.empty()) {
    paths_ = json::array({json::object({{"name", "Age"}, {"type", "date"}, {"jsonPath", ".metadata.creationTimestamp"}})});
  }
  for (const json::Value& own : paths_.items()) {
    std::string description = own["description"].string();
    if (description.empty()) description = "Custom resource definition column (in JSONPath format): " + own["jsonPath"].string();
    definitions_.push(column(own["name"].text(), own["type"].text(), own["format"].text(), description, own["priority"].integer()));
  }
}

Outcome<void> TableMaker::check(const Call& call) {
  std::string_view include = call.route.query.get("includeObject");
  if (include.empty() || include == "None" || include == "Metadata" || include == "Object") return {};
  return refuse(bad_request("Unable to convert to Table as requested: includeObject: Invalid value: " + quoted(include) +
                            ": must be 'Metadata', 'Object', 'None', or empty"));
}

json::Value TableMaker::empty() const { return table({}, Columns::Show); }

json::Value TableMaker::cells(const json::Value& object) const {
  if (!resource_->custom) {
    json::Value own = builtin_cells(*resource_, object, core_.loop.now());
    if (!own.is_null()) return own;
    return json::array({object["metadata"]["name"], object["metadata"]["creationTimestamp"]});
  }
  json::Value out = json::array({object["metadata"]["name"]});
  for (const json::Value& own : paths_.items()) {
    auto found = find_path(object, own["jsonPath"].text());
    out.push(found.empty() ? json::Value() : cell_of(found[0], own["type"].text(), core_.loop.now()));
  }
  return out;
}

json::Value TableMaker::table(const std::vector<json::Value>& objects, Columns columns) const {
  json::Value rows = json::Value::array();
  std::string version;
  for (const json::Value& object : objects) {
    json::Value row = json::object({{"cells", cells(object)}});
    if (include_ == "Object") row.set("object", object);
    else if (include_ != "None") row.set("object", partial_metadata(object, meta_version_));
    else row.set("object", nullptr);
    rows.push(std::move(row));
    version = object["metadata"]["resourceVersion"].string();
  }
  json::Value metadata = json::Value::object();
  if (!version.empty()) metadata.set("resourceVersion", version);
  return json::object({{"kind", "Table"},
                       {"apiVersion", "meta.k8s.io/" + meta_version_},
                       {"metadata", std::move(metadata)},
                       {"columnDefinitions", columns == Columns::Show ? definitions_ : json::Value()},
                       {"rows", std::move(rows)}});
}

}  // namespace lesto::apiserver
