#include "kube/apiserver/schema/embedded.h"

#include <algorithm>

#include "kube/apiserver/schema/names.h"
#include "kube/apiserver/schema/object_meta.h"

namespace lesto::apiserver::schema {
namespace {

using json::Value;

void check_api_version(Problems& out, const Value& value, const std::string& path) {
  if (!value.is_string()) {
    out.push_back(invalid(path, value, "must be a string"));
  } else if (value.text().empty()) {
    out.push_back(invalid(path, value, "must not be empty"));
  } else if (std::count(value.text().begin(), value.text().end(), '/') > 1) {
    out.push_back(invalid(path, value, "unexpected GroupVersion string: " + value.string()));
  }
}

void check_kind(Problems& out, const Value& value, const std::string& path) {
  if (!value.is_string()) {
    out.push_back(invalid(path, value, "must be a string"));
    return;
  }
  if (value.text().empty()) {
    out.push_back(invalid(path, value, "must not be empty"));
    return;
  }
  std::string lower(value.text());
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  std::string joined;
  for (const std::string& complaint : dns1035_label(lower))
    joined += (joined.empty() ? "" : ",") + complaint;
  if (!joined.empty())
    out.push_back(
        invalid(path, value, "may have mixed case, but should otherwise match: " + joined));
}

void check_resource(Problems& out, const Value& object, const std::string& path) {
  for (std::string_view name : {"apiVersion", "kind"}) {
    const Value* found = object.find(name);
    std::string at = child(path, name);
    if (!found) {
      out.push_back(required(at));
    } else if (name == "kind") {
      check_kind(out, *found, at);
    } else {
      check_api_version(out, *found, at);
    }
  }
  const Value* meta = object.find("metadata");
  if (!meta) return;
  // A name is not required of an embedded resource.
  Value named = *meta;
  if (named["name"].text().empty()) named.set("name", "fakename");
  MetaRules rules{.namespaced = !named["namespace"].text().empty(), .name = path_segment};
  append(out, check_meta(named, rules, child(path, "metadata")));
}

}  // namespace

Problems check_embedded(const Value& value, const Node& node, std::string_view at) {
  Problems out;
  if (!node.embedded_below) return out;
  std::string path(at);
  if (value.is_object()) {
    if (node.embedded) check_resource(out, value, path);
    for (const auto& member : value.members()) {
      const Node* property = node.property(member.name());
      const Node* next = property ? property : node.additional.get();
      if (!next) continue;
      append(out, check_embedded(member.value, *next,
                                 property ? child(path, member.name()) : key(path, member.name())));
    }
  }
  if (value.is_array() && node.items) {
    for (std::size_t i = 0; i < value.size(); ++i)
      append(out, check_embedded(value[i], *node.items, index(path, i)));
  }
  return out;
}

}  // namespace lesto::apiserver::schema
