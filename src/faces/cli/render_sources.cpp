#include "faces/cli/render_sources.h"

#include "fleet/model/names.h"
#include "foundation/base/hash.h"
#include "foundation/json/yaml.h"
#include "kube/object/object.h"

namespace lesto::cli {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return lines;
}

std::string_view without_indentation(std::string_view line) {
  auto start = line.find_first_not_of(' ');
  return start == line.npos ? std::string_view() : line.substr(start);
}

// A block text stands in the file as it is, but for its indentation.
std::optional<std::size_t> find_lines(std::string_view file, std::string_view text) {
  std::vector<std::string_view> all = lines_of(file);
  std::vector<std::string_view> wanted = lines_of(text);
  while (!wanted.empty() && without_indentation(wanted.back()).empty()) wanted.pop_back();
  if (wanted.empty()) return std::nullopt;
  for (std::size_t i = 0; i + wanted.size() <= all.size(); ++i) {
    bool same = true;
    for (std::size_t j = 0; same && j < wanted.size(); ++j) {
      same = without_indentation(all[i + j]) == without_indentation(wanted[j]);
    }
    if (same) return i;
  }
  return std::nullopt;
}

// Those documents that are objects. A file that is no YAML has none.
std::vector<json::Value> objects_of(const std::string& text) {
  std::vector<json::Value> objects;
  for (const std::string& document : json::split_yaml(text).texts) {
    auto value = json::parse_yaml(document);
    if (value && !(*value)["kind"].text().empty()) objects.push_back(std::move(*value));
  }
  return objects;
}

// An EventBasedAddOn takes every ConfigMap and Secret that it refers to for templates.
bool referred(const std::vector<json::Value>& objects, const json::Value& holder) {
  for (const json::Value& object : objects) {
    if (object["kind"].text() != "EventBasedAddOn") continue;
    for (const json::Value& reference : object["spec"]["policyRefs"].items()) {
      if (reference["kind"] == holder["kind"] && reference["name"] == holder["metadata"]["name"]) {
        return true;
      }
    }
  }
  return false;
}

void add_templates(std::vector<Source>& sources, const json::Value& object,
                   const std::vector<json::Value>& objects, const std::string& text) {
  std::string_view kind = object["kind"].text();
  if (kind != "ConfigMap" && kind != "Secret") return;
  const json::Value& annotations = object["metadata"]["annotations"];
  bool lenient = referred(objects, object);
  bool instantiated = lenient || annotations.contains(model::annotation::kInstantiate);
  if (!instantiated && !annotations.contains(model::annotation::kTemplate)) return;
  for (const char* field : {"data", "stringData"}) {
    for (const json::Member& entry : object[field].members()) {
      Source source;
      source.kind = instantiated ? SourceKind::Instantiated : SourceKind::Profile;
      source.name = kube::text_of(object) + " key " + std::string(entry.name());
      source.text = entry.value.string();
      source.lenient = lenient;
      if (kind == "Secret" && field == std::string_view("data")) {
        source.text = base64_decode(entry.value.text()).value_or("");
      } else {
        source.first_line = find_lines(text, source.text);
      }
      sources.push_back(std::move(source));
    }
  }
}

bool is_script(const json::Value& value) {
  return value.text().find("function evaluate") != std::string_view::npos;
}

// Every text below `value` that defines `evaluate`, whatever the field is called in the kind and
// version at hand.
void add_scripts(std::vector<Source>& sources, const json::Value& value, const std::string& path,
                 const std::string& field) {
  if (is_script(value)) {
    Source source;
    source.kind =
        field == "aggregatedSelection" || field == "evaluateHealth" || field == "evaluateCondition"
            ? SourceKind::Aggregate
            : SourceKind::Object;
    source.name = path;
    source.text = value.string();
    sources.push_back(std::move(source));
  }
  for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
    add_scripts(sources, value[i], path + "[" + std::to_string(i) + "]", field);
  }
  if (!value.is_object()) return;
  for (const json::Member& member : value.members()) {
    std::string name(member.name());
    add_scripts(sources, member.value, path + "." + name, name);
  }
}

Source whole(const std::string& file, const std::string& text) {
  return {.kind = SourceKind::Plain, .name = file, .text = text, .lenient = false, .first_line = 0};
}

}  // namespace

std::vector<Source> find_templates(const std::string& file, const std::string& text) {
  std::vector<Source> sources;
  std::vector<json::Value> objects = objects_of(text);
  for (const json::Value& object : objects) add_templates(sources, object, objects, text);
  if (sources.empty()) sources.push_back(whole(file, text));
  return sources;
}

std::vector<Source> find_scripts(const std::string& file, const std::string& text) {
  std::vector<Source> sources;
  for (const json::Value& object : objects_of(text)) {
    std::size_t before = sources.size();
    add_scripts(sources, object, kube::text_of(object) + " ", "");
    bool generates = object["metadata"]["annotations"].contains(model::annotation::kLua);
    for (std::size_t i = before; i < sources.size(); ++i) {
      sources[i].first_line = find_lines(text, sources[i].text);
      if (generates) sources[i].kind = SourceKind::Policy;
    }
  }
  if (sources.empty()) sources.push_back(whole(file, text));
  return sources;
}

}  // namespace lesto::cli
