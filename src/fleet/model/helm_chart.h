// A Helm chart of a profile.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fleet/model/enums.h"
#include "fleet/model/policy_ref.h"
#include "foundation/base/time.h"

namespace lesto::model {

inline constexpr std::int64_t kRecoverAfterFailuresDefault = 5;
inline constexpr std::int64_t kMaxHistoryDefault = 2;

struct HelmInstallOptions {
  bool create_namespace = true;
  bool replace = true;
  bool disable_hooks = false;
  bool take_ownership = false;
  std::int64_t recover_after_consecutive_failures = kRecoverAfterFailuresDefault;
  friend bool operator==(const HelmInstallOptions&, const HelmInstallOptions&) = default;
};

struct HelmUpgradeOptions {
  bool force = false;
  bool reset_values = false;
  bool reuse_values = false;
  bool reset_then_reuse_values = false;
  bool recreate = false;
  std::int64_t max_history = kMaxHistoryDefault;
  bool cleanup_on_fail = false;
  bool sub_notes = false;
  bool upgrade_crds = false;
  bool disable_hooks = false;
  bool take_ownership = false;
  friend bool operator==(const HelmUpgradeOptions&, const HelmUpgradeOptions&) = default;
};

struct HelmUninstallOptions {
  bool keep_history = false;
  std::optional<DeletionPropagation> deletion_propagation;
  bool disable_hooks = false;
  friend bool operator==(const HelmUninstallOptions&, const HelmUninstallOptions&) = default;
};

struct HelmOptions {
  bool skip_crds = false;
  bool skip_schema_validation = false;
  bool wait = false;
  bool wait_for_jobs = false;
  // None: Helm's five minutes.
  std::optional<Duration> timeout;
  bool disable_hooks = false;
  bool disable_openapi_validation = false;
  bool atomic = false;
  bool dependency_update = false;
  std::map<std::string, std::string> labels;
  bool enable_client_cache = false;
  std::string description;
  bool pass_credentials_all = false;
  bool run_tests = false;
  std::optional<PostRenderStrategy> post_render_strategy;
  HelmInstallOptions install;
  HelmUpgradeOptions upgrade;
  HelmUninstallOptions uninstall;
  friend bool operator==(const HelmOptions&, const HelmOptions&) = default;
};

struct RegistryCredentials {
  std::optional<SecretReference> credentials;
  std::string key;
  std::optional<SecretReference> ca;
  bool insecure_skip_tls_verify = false;
  bool plain_http = false;
  friend bool operator==(const RegistryCredentials&, const RegistryCredentials&) = default;
};

// Both members are regular expressions.
struct OidcIdentity {
  std::string issuer;
  std::string subject;
  friend bool operator==(const OidcIdentity&, const OidcIdentity&) = default;
};

struct SignatureVerification {
  SignatureProvider provider = SignatureProvider::PublicKey;
  std::optional<SecretReference> secret_ref;
  std::vector<OidcIdentity> match_oidc_identity;
  friend bool operator==(const SignatureVerification&, const SignatureVerification&) = default;
};

struct ProvenanceVerification {
  SecretReference keyring_secret_ref;
  friend bool operator==(const ProvenanceVerification&, const ProvenanceVerification&) = default;
};

struct HelmChart {
  std::string repository_url;
  std::string repository_name;
  std::string chart_name;
  std::string chart_version;
  std::string release_name;
  std::string release_namespace;
  // YAML text, a template.
  std::string values;
  std::vector<ValueFrom> values_from;
  HelmChartAction action = HelmChartAction::Install;
  std::optional<HelmOptions> options;
  std::optional<RegistryCredentials> registry_credentials;
  std::optional<SignatureVerification> signature_verification;
  std::optional<ProvenanceVerification> provenance_verification;
  friend bool operator==(const HelmChart&, const HelmChart&) = default;
};

}  // namespace lesto::model
