#include "kube/apiserver/metadata.h"

#include "kube/object/names.h"

namespace lesto::apiserver {

namespace {

constexpr std::string_view kSubdomain =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
constexpr std::string_view kLabel =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
bool lower_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_label(std::string_view text) {
  if (text.empty() || !lower_alnum(text.front()) || !lower_alnum(text.back())) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return lower_alnum(c) || c == '-'; });
}

bool is_subdomain(std::string_view text) {
  for (;;) {
    std::size_t end = text.find('.');
    if (!is_label(text.substr(0, end))) return false;
    if (end == text.npos) return true;
    text.remove_prefix(end + 1);
  }
}

std::string too_long(std::size_t limit) { return "must be no more than " + std::to_string(limit) + " bytes"; }

}  // namespace

NameRule name_rule(const Resource& resource) {
  if (resource.group == "rbac.authorization.k8s.io") return NameRule::PathSegment;
  if (resource.custom) return NameRule::Subdomain;
  if (resource.plural == "namespaces" || resource.plural == "services") return NameRule::Label;
  return NameRule::Subdomain;
}

std::vector<std::string> check_name(NameRule rule, std::string_view name, bool prefix) {
  std::vector<std::string> out;
  std::string masked(name);
  // A generateName may end in a dash: its last character is taken for an alphanumeric one.
  if (prefix && masked.size() > 1 && masked.ends_with('-')) masked.back() = 'a';
  switch (rule) {
    case NameRule::Subdomain:
      if (masked.size() > 253) out.push_back(too_long(253));
      if (!is_subdomain(masked)) out.emplace_back(kSubdomain);
      break;
    case NameRule::Label:
      if (masked.size() > 63) out.push_back(too_long(63));
      if (!is_label(masked)) {
        if (masked.find('.') != masked.npos) out.emplace_back("must not contain dots");
        else out.emplace_back(kLabel);
      }
      break;
    case NameRule::PathSegment:
      if (name == "." || name == "..") out.push_back("may not be '" + std::string(name) + "'");
      for (char c : {'/', '%'}) {
        if (name.find(c) != name.npos) out.push_back("may not contain '" + std::string(1, c) + "'");
      }
      break;
  }
  return out;
}

std::vector<std::string> finalizers(const json::Value& object) {
  std::vector<std::string> out;
  for (const json::Value& item : object["metadata"]["finalizers"].items()) out.push_back(item.string());
  return out;
}

namespace {

kube::Complaints check_path_segment(std::string_view name, kube::NameForm) {
  return check_name(NameRule::PathSegment, name);
}

kube::NameCheck check_of(NameRule rule) {
  switch (rule) {
    case NameRule::Label: return kube::check_name_label;
    case NameRule::PathSegment: return check_path_segment;
    default: return kube::check_name_subdomain;
  }
}

void take(FieldErrors& errors, const kube::FieldErrors& found) {
  for (const kube::FieldError& error : found) errors.push_back({error.type, error.field, error.message});
}

// Built-in kinds want a domain before a finalizer's name; custom resources only warn.
void check_finalizers(const Resource& resource, const json::Value& object, FieldErrors& errors) {
  if (resource.custom || resource.group == "apiextensions.k8s.io") return;
  const json::Value& list = object["metadata"]["finalizers"];
  for (std::size_t i = 0; i < list.size(); ++i) {
    std::string_view name = list[i].text();
    bool standard = name == "kubernetes" || name == "orphan" || name == "foregroundDeletion";
    if (standard || name.find('/') != name.npos) continue;
    errors.push_back(field_invalid("metadata.finalizers[" + std::to_string(i) + "]", list[i],
                                   "name is neither a standard finalizer name nor is it fully qualified"));
  }
}

}  // namespace

void check_metadata(const Resource& resource, const json::Value& object, FieldErrors& errors) {
  auto namespaced = resource.namespaced ? kube::Namespaced::Yes : kube::Namespaced::No;
  take(errors, kube::check_metadata(object["metadata"], namespaced, check_of(name_rule(resource))));
  check_finalizers(resource, object, errors);
}

void check_metadata_update(const Resource& resource, const json::Value& fresh, const json::Value& old, FieldErrors& errors) {
  // kube-apiserver asks twice: the kind's own check and the general one.
  for (int time = 0; time < 2; ++time) take(errors, kube::check_metadata_update(fresh["metadata"], old["metadata"]));
  check_finalizers(resource, fresh, errors);
}

void fill_new(Core& core, json::Value& object) {
  json::Value& metadata = object.at("metadata");
  for (const char* field : {"resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"}) {
    metadata.erase(field);
  }
  metadata.set("uid", core.new_uid());
  metadata.set("creationTimestamp", core.now_text());
}

void keep_system_fields(json::Value& fresh, const json::Value& old) {
  json::Value& metadata = fresh.at("metadata");
  if (!metadata.is_object()) metadata = json::Value::object();
  const json::Value& before = old["metadata"];
  for (const char* field : {"name", "namespace", "uid", "creationTimestamp", "deletionTimestamp",
                            "deletionGracePeriodSeconds", "generation", "resourceVersion"}) {
    if (const json::Value* value = before.find(field)) metadata.set(field, *value);
    else metadata.erase(field);
  }
  metadata.erase("selfLink");
  if (!metadata.contains("generateName") && before.contains("generateName")) {
    metadata.set("generateName", before["generateName"]);
  }
}

std::string generated_name(Rng& rng, std::string_view base) {
  static constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
  std::string name(base.substr(0, kGenerateBaseMax));
  for (std::size_t i = 0; i < kGenerateSuffix; ++i) name += kAlphabet[rng.next() % kAlphabet.size()];
  return name;
}

void tidy_metadata(json::Value& object) {
  json::Value* metadata = object.edit("metadata");
  if (!metadata || !metadata->is_object()) return;
  std::vector<std::string> empty;
  for (const json::Member& member : metadata->members()) {
    const json::Value& value = member.value;
    bool drop = value.is_null() || (value.is_string() && value.text().empty()) ||
                ((value.is_object() || value.is_array()) && value.empty()) ||
                (member.name() == "generation" && value.integer() == 0);
    if (drop) empty.emplace_back(member.name());
  }
  for (const std::string& name : empty) metadata->erase(name);
}

namespace {

json::Value without_bookkeeping(const json::Value& object) {
  json::Value out = object;
  json::Value* metadata = out.edit("metadata");
  if (!metadata || !metadata->is_object()) return out;
  metadata->erase("resourceVersion");
  if (json::Value* managed = metadata->edit("managedFields"); managed && managed->is_array()) {
    for (std::size_t i = 0; i < managed->size(); ++i) {
      json::Value* entry = managed->edit(i);
      if (entry && entry->is_object()) entry->erase("time");
    }
  }
  return out;
}

}  // namespace

bool same_content(const json::Value& a, const json::Value& b) {
  if (a.same_storage(b)) return true;
  return without_bookkeeping(a) == without_bookkeeping(b);
}

}  // namespace lesto::apiserver
