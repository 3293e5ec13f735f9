#include "fleet/model/helm_chart.h"

#include "fleet/model/blocks.h"

namespace lesto::model {

template <class Io, Is<HelmInstallOptions> Value>
void fields(Io& io, Value& value) {
  io.defaulted("createNamespace", value.create_namespace, true);
  io.defaulted("replace", value.replace, true);
  io.optional("disableHooks", value.disable_hooks);
  io.optional("takeOwnership", value.take_ownership);
  io.defaulted("recoverAfterConsecutiveFailures", value.recover_after_consecutive_failures,
               kRecoverAfterFailuresDefault);
}

template <class Io, Is<HelmUpgradeOptions> Value>
void fields(Io& io, Value& value) {
  io.optional("force", value.force);
  io.optional("resetValues", value.reset_values);
  io.optional("reuseValues", value.reuse_values);
  io.optional("resetThenReuseValues", value.reset_then_reuse_values);
  io.optional("recreate", value.recreate);
  io.defaulted("maxHistory", value.max_history, kMaxHistoryDefault);
  io.optional("cleanupOnFail", value.cleanup_on_fail);
  io.optional("subNotes", value.sub_notes);
  io.optional("upgradeCRDs", value.upgrade_crds);
  io.optional("disableHooks", value.disable_hooks);
  io.optional("takeOwnership", value.take_ownership);
}

template <class Io, Is<HelmUninstallOptions> Value>
void fields(Io& io, Value& value) {
  io.optional("keepHistory", value.keep_history);
  io.optional("deletionPropagation", value.deletion_propagation);
  io.optional("disableHooks", value.disable_hooks);
}

template <class Io, Is<HelmOptions> Value>
void fields(Io& io, Value& value) {
  io.optional("skipCRDs", value.skip_crds);
  io.optional("skipSchemaValidation", value.skip_schema_validation);
  io.optional("wait", value.wait);
  io.optional("waitForJobs", value.wait_for_jobs);
  io.optional("timeout", value.timeout);
  io.optional("disableHooks", value.disable_hooks);
  io.optional("disableOpenAPIValidation", value.disable_openapi_validation);
  io.optional("atomic", value.atomic);
  io.optional("dependencyUpdate", value.dependency_update);
  io.optional("labels", value.labels);
  io.optional("enableClientCache", value.enable_client_cache);
  io.optional("description", value.description);
  io.optional("passCredentialsAll", value.pass_credentials_all);
  io.optional("runTests", value.run_tests);
  io.optional("postRenderStrategy", value.post_render_strategy);
  io.optional("installOptions", value.install);
  io.optional("upgradeOptions", value.upgrade);
  io.optional("uninstallOptions", value.uninstall);
}

template <class Io, Is<RegistryCredentials> Value>
void fields(Io& io, Value& value) {
  io.optional("credentials", value.credentials);
  io.optional("key", value.key);
  io.optional("ca", value.ca);
  io.optional("insecureSkipTLSVerify", value.insecure_skip_tls_verify);
  io.optional("plainHTTP", value.plain_http);
}

template <class Io, Is<OidcIdentity> Value>
void fields(Io& io, Value& value) {
  io.required("issuer", value.issuer);
  io.required("subject", value.subject);
}

template <class Io, Is<SignatureVerification> Value>
void fields(Io& io, Value& value) {
  io.required("provider", value.provider);
  io.optional("secretRef", value.secret_ref);
  io.optional("matchOIDCIdentity", value.match_oidc_identity);
}

template <class Io, Is<ProvenanceVerification> Value>
void fields(Io& io, Value& value) {
  io.required("keyringSecretRef", value.keyring_secret_ref);
}

template <class Io, Is<HelmChart> Value>
void fields(Io& io, Value& value) {
  io.filled("repositoryURL", value.repository_url);
  io.optional("repositoryName", value.repository_name);
  io.optional("chartName", value.chart_name);
  io.optional("chartVersion", value.chart_version);
  io.filled("releaseName", value.release_name);
  io.filled("releaseNamespace", value.release_namespace);
  io.optional("values", value.values);
  io.optional("valuesFrom", value.values_from);
  io.defaulted("helmChartAction", value.action, HelmChartAction::Install);
  io.optional("options", value.options);
  io.optional("registryCredentialsConfig", value.registry_credentials);
  io.optional("signatureVerification", value.signature_verification);
  io.optional("provenanceVerification", value.provenance_verification);
}

bool read(const json::Value& from, const Path& path, Problems& problems, HelmChart& to) {
  return read<HelmChart>(from, path, problems, to);
}
json::Value write(const HelmChart& from) { return write<HelmChart>(from); }

namespace {

Schema flag(std::string_view description) { return boolean(description).fallback(false); }

Schema install_options() {
  return object(
      "Options of installing.",
      {optional("createNamespace", boolean("Create the release's namespace.").fallback(true)),
       optional("replace", boolean("Replace an older release of the name.").fallback(true)),
       optional("disableHooks", flag("Run no hooks.")),
       optional("takeOwnership", flag("Take over objects that exist already.")),
       optional("recoverAfterConsecutiveFailures",
                integer("Uninstall first after so many failures in a row.")
                    .fallback(kRecoverAfterFailuresDefault))});
}

Schema upgrade_options() {
  return object(
      "Options of upgrading.",
      {optional("force", flag("Replace objects where needed.")),
       optional("resetValues", flag("Start from the chart's own values.")),
       optional("reuseValues", flag("Start from the values of the last release.")),
       optional("resetThenReuseValues",
                flag("Start from the chart's own values, then those of the last release.")),
       optional("recreate", flag("Restart pods. Deprecated.")),
       optional("maxHistory", integer("Releases that are kept.").fallback(kMaxHistoryDefault)),
       optional("cleanupOnFail", flag("Delete new objects when an upgrade fails.")),
       optional("subNotes", flag("Render the notes of subcharts.")),
       optional("upgradeCRDs", flag("Update CRDs, too.")),
       optional("disableHooks", flag("Run no hooks.")),
       optional("takeOwnership", flag("Take over objects that exist already."))});
}

Schema uninstall_options() {
  return object(
      "Options of uninstalling.",
      {optional("keepHistory", boolean("Keep the record of the release.")),
       optional(
           "deletionPropagation",
           string("How dependents are deleted.").one_of({"orphan", "foreground", "background"})),
       optional("disableHooks", flag("Run no hooks."))});
}

Schema helm_options() {
  return object(
      "Options of Helm.",
      {optional("skipCRDs", flag("Do not install the chart's CRDs.")),
       optional("skipSchemaValidation", flag("Do not check values against the chart's schema.")),
       optional("wait", flag("Wait until the objects are ready.")),
       optional("waitForJobs", flag("With wait: wait for Jobs to complete, too.")),
       optional("timeout", duration("How long one operation may take; five minutes when absent.")),
       optional("disableHooks", flag("Run no hooks. Deprecated: see the options of each action.")),
       optional("disableOpenAPIValidation",
                flag("Do not check objects against the cluster's schemas.")),
       optional("atomic", flag("Undo what was done when it fails.")),
       optional("dependencyUpdate", flag("Fetch missing dependencies.")),
       optional("labels", text_map("Labels of the release's record.")),
       optional("enableClientCache", flag("Accepted for compatibility.")),
       optional("description", string("Description of the release.")),
       optional("passCredentialsAll", boolean("Send credentials to every host.")),
       optional("runTests", flag("Run the chart's tests after deploying.")),
       optional("postRenderStrategy", string("Whether hooks are changed by patches, too.")
                                          .one_of({"combined", "separate", "nohooks"})),
       optional("installOptions", install_options()), optional("upgradeOptions", upgrade_options()),
       optional("uninstallOptions", uninstall_options())});
}

Schema registry_credentials() {
  return object(
      "How to log in to the repository.",
      {optional("credentials", secret_reference("Secret with the credentials.")),
       optional("key", string("Key in that Secret.")),
       optional("ca", secret_reference("Secret with the certificate authority.")),
       optional("insecureSkipTLSVerify", boolean("Do not verify the server's certificate.")),
       optional("plainHTTP", boolean("Speak HTTP with the registry."))});
}

Schema signature_verification() {
  Schema identity = object({}, {required("issuer", string("Issuer, a regular expression.")),
                                required("subject", string("Subject, a regular expression."))});
  return object(
      "How the signature of an OCI chart is verified.",
      {required("provider",
                string("With a public key, or keyless.").one_of({"PublicKey", "Keyless"})),
       optional("secretRef", secret_reference("Secret with the public key cosign.pub.")),
       optional("matchOIDCIdentity", array("Accepted signers, when keyless.", identity))});
}

}  // namespace

Schema helm_charts() {
  constexpr std::string_view kNeeded[][2] = {{"chartName", "ChartName must be defined"},
                                             {"chartVersion", "ChartVersion must be defined"},
                                             {"repositoryName", "RepositoryName must be defined"}};
  Schema chart = object(
      "One chart.",
      {required("repositoryURL", string("Repository: http(s)://, oci://, or a Flux source as "
                                        "gitrepository://namespace/name/path.")
                                     .min_length(1)),
       optional("repositoryName", string("Name of the repository.")),
       optional("chartName",
                string("Name of the chart, as repository/chart where it is served over HTTP.")),
       optional("chartVersion", string("Version of the chart.")),
       required("releaseName", string("Name of the release.").min_length(1)),
       required("releaseNamespace", string("Namespace of the release.").min_length(1)),
       optional("values", string("Values as YAML. A template.")),
       optional("valuesFrom", values_from("ConfigMaps and Secrets with more values.")),
       optional(
           "helmChartAction",
           string("Install or uninstall.").one_of({"Install", "Uninstall"}).fallback("Install")),
       optional("options", helm_options()),
       optional("registryCredentialsConfig", registry_credentials()),
       optional("signatureVerification", signature_verification()),
       optional(
           "provenanceVerification",
           object("How the provenance of a chart served over HTTP is verified.",
                  {required("keyringSecretRef",
                            secret_reference("Secret with the keyring, key keyring.gpg."))}))});
  for (const auto& [name, message] : kNeeded) {
    std::string rule =
        "self.repositoryURL.startsWith('http') || self.repositoryURL.startsWith('oci') ? "
        "size(self." +
        std::string(name) + ") >= 1 : true";
    chart = chart.rule(rule, message);
  }
  return array("Helm charts to deploy.", chart).atomic();
}

}  // namespace lesto::model
