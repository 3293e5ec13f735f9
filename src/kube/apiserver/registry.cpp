#include "kube/apiserver/registry.h"

#include <algorithm>
#include <charconv>

namespace lesto::apiserver {

const Version* Resource::version(std::string_view name) const {
  for (const Version& candidate : versions) {
    if (candidate.name == name) return &candidate;
  }
  return nullptr;
}

const Subresource* Resource::subresource(std::string_view name) const {
  for (const Subresource& candidate : subresources) {
    if (candidate.name == name) return &candidate;
  }
  return nullptr;
}

bool Resource::allows(std::string_view verb) const {
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

Registry::Registry() {
  for (Resource& resource : builtin_resources()) put(std::move(resource));
}

ResourceRef Registry::find(std::string_view group, std::string_view plural) const {
  auto found = resources_.find(std::pair(std::string(group), std::string(plural)));
  return found == resources_.end() ? nullptr : found->second;
}

ResourceRef Registry::find_kind(std::string_view group, std::string_view version, std::string_view kind) const {
  for (const auto& [key, resource] : resources_) {
    if (resource->group != group || resource->kind != kind) continue;
    const Version* found = resource->version(version);
    if (found && found->served) return resource;
  }
  return nullptr;
}

ResourceRef Registry::find_group_kind(std::string_view group, std::string_view kind) const {
  for (const auto& [key, resource] : resources_) {
    if (resource->group == group && resource->kind == kind) return resource;
  }
  return nullptr;
}

void Registry::put(Resource resource) {
  auto key = std::pair(resource.group, resource.plural);
  resources_[key] = std::make_shared<const Resource>(std::move(resource));
  ++revision_;
}

void Registry::remove(std::string_view group, std::string_view plural) {
  if (resources_.erase(std::pair(std::string(group), std::string(plural))) > 0) ++revision_;
}

std::vector<ResourceRef> Registry::all() const {
  std::vector<ResourceRef> out;
  out.reserve(resources_.size());
  for (const auto& [key, resource] : resources_) out.push_back(resource);
  return out;
}

bool Registry::serves(std::string_view group, std::string_view version) const {
  for (const auto& [key, resource] : resources_) {
    if (resource->group != group) continue;
    const Version* found = resource->version(version);
    if (found && found->served) return true;
  }
  return false;
}

namespace {

// "v1beta2" reads as maturity 1 (alpha 0, beta 1, stable 2), major 1, minor 2; maturity -1: not of this form.
struct Parsed {
  int maturity = -1;
  int major = 0;
  int minor = 0;
};

Parsed parse_version(std::string_view text) {
  Parsed out;
  if (!text.starts_with('v')) return out;
  const char* at = text.data() + 1;
  const char* end = text.data() + text.size();
  auto major = std::from_chars(at, end, out.major);
  if (major.ec != std::errc() || out.major <= 0) return out;
  std::string_view left(major.ptr, static_cast<std::size_t>(end - major.ptr));
  if (left.empty()) {
    out.maturity = 2;
    return out;
  }
  int maturity = left.starts_with("beta") ? 1 : left.starts_with("alpha") ? 0 : -1;
  if (maturity < 0) return out;
  left.remove_prefix(maturity == 1 ? 4 : 5);
  auto minor = std::from_chars(left.data(), end, out.minor);
  if (minor.ec != std::errc() || minor.ptr != end) return out;
  out.maturity = maturity;
  return out;
}

}  // namespace

bool version_before(std::string_view a, std::string_view b) {
  Parsed left = parse_version(a);
  Parsed right = parse_version(b);
  if (left.maturity < 0 && right.maturity < 0) return a < b;
  if (left.maturity != right.maturity) return left.maturity > right.maturity;
  if (left.major != right.major) return left.major > right.major;
  return left.minor > right.minor;
}

}  // namespace lesto::apiserver
