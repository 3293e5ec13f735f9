// References to content in the management cluster: raw YAML, kustomizations, values, objects for
// templates.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fleet/model/enums.h"
#include "fleet/model/reference.h"
#include "foundation/base/time.h"

namespace lesto::model {

inline constexpr std::int32_t kTierDefault = 100;
inline constexpr Duration kRemoteIntervalDefault = std::chrono::minutes(5);

struct SecretReference {
  std::string ns;
  std::string name;
  friend bool operator==(const SecretReference&, const SecretReference&) = default;
};

// Content fetched over HTTP or from an OCI registry.
struct RemoteUrl {
  std::string url;
  Duration interval = kRemoteIntervalDefault;
  std::optional<SecretReference> secret_ref;
  // The content is a template. Of policyRefs only.
  bool is_template = false;
  bool insecure_skip_tls_verify = false;
  bool plain_http = false;
  friend bool operator==(const RemoteUrl&, const RemoteUrl&) = default;
};

// What PolicyRef and KustomizationRef have in common. Exactly one of `kind` and `remote_url` is
// set.
struct ContentRef {
  // Empty: the cluster's namespace.
  std::string ns;
  std::string name;
  std::optional<RefKind> kind;
  // Inside a Flux source.
  std::string path;
  DeploymentType deployment_type = DeploymentType::Remote;
  // A missing object is not an error.
  bool optional = false;
  // Between references of one profile, the lower one wins.
  std::int32_t tier = kTierDefault;
  bool skip_namespace_creation = false;
  // Delete and create again where a field cannot be changed.
  bool force = false;
  std::optional<RemoteUrl> remote_url;
  friend bool operator==(const ContentRef&, const ContentRef&) = default;
};

struct PolicyRef : ContentRef {
  friend bool operator==(const PolicyRef&, const PolicyRef&) = default;
};

// A ConfigMap or a Secret.
struct DataRef {
  ValuesKind kind = ValuesKind::ConfigMap;
  std::string ns;
  std::string name;
  friend bool operator==(const DataRef&, const DataRef&) = default;
};

struct ValueFrom {
  ValuesKind kind = ValuesKind::ConfigMap;
  std::string ns;
  std::string name;
  bool optional = false;
  friend bool operator==(const ValueFrom&, const ValueFrom&) = default;
};

struct KustomizationRef : ContentRef {
  std::string target_namespace;
  std::vector<std::string> components;
  // Substitutions after the build.
  std::map<std::string, std::string> values;
  std::vector<ValueFrom> values_from;
  friend bool operator==(const KustomizationRef&, const KustomizationRef&) = default;
};

// An object of the management cluster that templates reach by its identifier.
struct TemplateResourceRef {
  ObjectReference resource;
  std::string identifier;
  bool optional = false;
  bool ignore_status_changes = false;
  // Dotted paths whose change renders again; empty: any change.
  std::vector<std::string> watch_fields;
  friend bool operator==(const TemplateResourceRef&, const TemplateResourceRef&) = default;
};

}  // namespace lesto::model
