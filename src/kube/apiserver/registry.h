// What the server serves: the built-in resources and, as CRDs come and go, custom ones.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engines/patch/schema.h"
#include "foundation/json/value.h"
#include "kube/apiserver/status.h"

namespace lesto::apiserver {

namespace schema {
class Schema;
}

struct Subresource {
  std::string name;
  std::vector<std::string> verbs;
  // Of what it answers; empty: the resource's own.
  std::string group;
  std::string version;
  std::string kind;
};

struct Version {
  std::string name;
  bool served = true;
  // Custom resources: openAPIV3Schema, additionalPrinterColumns, subresources, selectableFields.
  json::Value schema;
  json::Value columns;
  json::Value subresources;
  json::Value selectable;
  bool deprecated = false;
  std::string deprecation_warning;
  // Of custom resources: what decodes and validates, and what merges.
  std::shared_ptr<const schema::Schema> compiled;
  patch::Schema merge;
};

struct Resource {
  std::string group;
  std::string plural;
  std::string singular;
  std::string kind;
  std::string list_kind;
  bool namespaced = true;
  bool custom = false;
  // metadata.generation counts changes of the specification.
  bool generation = false;
  // Objects are kept; reviews are only answered.
  bool stored = true;
  // In order of preference.
  std::vector<Version> versions;
  std::string storage_version;
  std::vector<std::string> short_names;
  std::vector<std::string> categories;
  std::vector<std::string> verbs;
  std::vector<Subresource> subresources;
  // Whose objects these are; another resource's for core/v1 and events.k8s.io/v1 Events.
  std::string table;
  // PUT without resourceVersion: the last writer wins (else 422).
  bool unconditional_update = true;
  // PUT of an object that is not there creates it.
  bool create_on_update = false;
  std::string storage_version_hash;
  // When a custom resource's CRD is being deleted nothing new is accepted.
  bool terminating = false;

  GroupResource group_resource() const { return {group, plural}; }
  const Version* version(std::string_view name) const;
  const Subresource* subresource(std::string_view name) const;
  bool allows(std::string_view verb) const;
  std::string api_version(std::string_view version) const {
    return group.empty() ? std::string(version) : group + "/" + std::string(version);
  }
};

// Resources are shared with requests in flight and never change: a changed CRD puts a new one in place.
using ResourceRef = std::shared_ptr<const Resource>;

class Registry {
 public:
  // With the built-in resources.
  Registry();

  ResourceRef find(std::string_view group, std::string_view plural) const;
  // The resource that serves this kind in this version.
  ResourceRef find_kind(std::string_view group, std::string_view version, std::string_view kind) const;
  ResourceRef find_group_kind(std::string_view group, std::string_view kind) const;
  void put(Resource resource);
  void remove(std::string_view group, std::string_view plural);
  // In order of group and plural.
  std::vector<ResourceRef> all() const;
  bool serves(std::string_view group, std::string_view version) const;
  // Grows with each change; discovery documents are cached by it.
  std::uint64_t revision() const { return revision_; }

 private:
  std::map<std::pair<std::string, std::string>, ResourceRef, std::less<>> resources_;
  std::uint64_t revision_ = 1;
};

// The versions of a group by Kubernetes' order of maturity: v2, v1, v1beta2, v1beta1, v1alpha1, others by name.
bool version_before(std::string_view a, std::string_view b);

std::vector<Resource> builtin_resources();

}  // namespace lesto::apiserver
