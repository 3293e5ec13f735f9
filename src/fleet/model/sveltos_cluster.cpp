#include "fleet/model/sveltos_cluster.h"

#include "fleet/model/blocks.h"
#include "fleet/model/crd_schemas.h"

namespace lesto::model {

template <class Io, Is<TokenRequestRenewal> Value>
void fields(Io& io, Value& value) {
  io.required("renewTokenRequestInterval", value.interval);
  io.optional("tokenDuration", value.token_duration);
  io.optional("saNamespace", value.service_account_namespace);
  io.optional("saName", value.service_account_name);
  io.defaulted("kubeconfigKeyName", value.kubeconfig_key_name, std::string(kRenewedKubeconfigKey));
}

template <class Io, Is<ActiveWindow> Value>
void fields(Io& io, Value& value) {
  io.filled("from", value.from);
  io.filled("to", value.to);
}

template <class Io, Is<ClusterCheck> Value>
void fields(Io& io, Value& value) {
  io.filled("name", value.name);
  io.required("resourceSelectors", value.resource_selectors);
  io.filled("condition", value.condition);
}

template <class Io, Is<AwsIdentity> Value>
void fields(Io& io, Value& value) {
  io.filled("clusterName", value.cluster_name);
  io.optional("roleARN", value.role_arn);
  io.optional("region", value.region);
}

template <class Io, Is<GcpIdentity> Value>
void fields(Io& io, Value& value) {
  io.optional("projectID", value.project_id);
  io.optional("clusterName", value.cluster_name);
  io.optional("location", value.location);
}

template <class Io, Is<AzureIdentity> Value>
void fields(Io& io, Value& value) {
  io.optional("tenantID", value.tenant_id);
  io.optional("clientID", value.client_id);
  io.optional("subscriptionID", value.subscription_id);
  io.optional("resourceGroup", value.resource_group);
  io.optional("clusterName", value.cluster_name);
}

template <class Io, Is<CaSecretRef> Value>
void fields(Io& io, Value& value) {
  io.optional("name", value.name);
}

template <class Io, Is<WorkloadIdentity> Value>
void fields(Io& io, Value& value) {
  io.required("provider", value.provider);
  io.filled("endpoint", value.endpoint);
  io.optional("caSecretRef", value.ca_secret_ref);
  io.optional("aws", value.aws);
  io.optional("gcp", value.gcp);
  io.optional("azure", value.azure);
}

template <class Io, Is<SveltosClusterSpec> Value>
void fields(Io& io, Value& value) {
  io.optional("kubeconfigName", value.kubeconfig_name);
  io.optional("kubeconfigKeyName", value.kubeconfig_key_name);
  io.optional("paused", value.paused);
  io.optional("tokenRequestRenewalOption", value.token_request_renewal);
  io.optional("data", value.data);
  io.optional("activeWindow", value.active_window);
  io.defaulted("consecutiveFailureThreshold", value.consecutive_failure_threshold,
               kFailureThresholdDefault);
  io.optional("readinessChecks", value.readiness_checks);
  io.optional("livenessChecks", value.liveness_checks);
  io.optional("pullMode", value.pull_mode);
  io.optional("workloadIdentity", value.workload_identity);
}

template <class Io, Is<SveltosClusterStatus> Value>
void fields(Io& io, Value& value) {
  io.optional("version", value.version);
  io.optional("ready", value.ready);
  io.optional("connectionStatus", value.connection_status);
  io.optional("connectionFailures", value.connection_failures);
  io.optional("failureMessage", value.failure_message);
  io.optional("lastReconciledTokenRequestAt", value.last_reconciled_token_request_at);
  io.optional("agentLastReportTime", value.agent_last_report_time);
  io.optional("nextUnpause", value.next_unpause);
  io.optional("nextPause", value.next_pause);
  io.optional("activeWindowHash", value.active_window_hash);
  io.optional("conditions", value.conditions);
}

template <class Io, Is<SveltosCluster> Value>
void fields(Io& io, Value& value) {
  io.required("metadata", value.meta);
  io.optional("spec", value.spec);
  io.status("status", value.status);
}

namespace {

void check_provider(const WorkloadIdentity& identity, const Path& at, Problems& problems) {
  auto expect = [&](IdentityProvider provider, std::string_view block, bool set) {
    if ((identity.provider == provider) == set) return;
    problems.add(Path{&at, block},
                 "must be set if and only if provider is " + std::string(to_string(provider)));
  };
  expect(IdentityProvider::AWS, "aws", identity.aws.has_value());
  expect(IdentityProvider::GCP, "gcp", identity.gcp.has_value());
  expect(IdentityProvider::Azure, "azure", identity.azure.has_value());
}

void check_cluster(const SveltosCluster& cluster, Problems& problems) {
  const Path root;
  const Path spec{&root, "spec"};
  if (cluster.spec.consecutive_failure_threshold < 1) {
    problems.add(Path{&spec, "consecutiveFailureThreshold"},
                 "should be greater than or equal to 1");
  }
  if (!cluster.spec.workload_identity) return;
  if (!cluster.spec.kubeconfig_name.empty()) {
    problems.add(Path{&spec, "kubeconfigName"}, "cannot be set together with workloadIdentity");
  }
  check_provider(*cluster.spec.workload_identity, Path{&spec, "workloadIdentity"}, problems);
}

Schema checks(std::string_view description) {
  return array(
      description,
      object(
          {},
          {required("name", string("Name of the check.").min_length(1)),
           required("resourceSelectors", resource_selectors("Objects that the check looks at.")),
           required("condition", string("Lua with a function evaluate() over the global resources "
                                        "that returns {pass, message}.")
                                     .min_length(1))}));
}

Schema token_renewal() {
  return object(
      "How the kubeconfig's token is renewed.",
      {required("renewTokenRequestInterval", duration("How often to renew.")),
       optional("tokenDuration", duration("How long a token lives; the interval when absent.")),
       optional("saNamespace", string("Namespace of the ServiceAccount.")),
       optional("saName", string("Name of the ServiceAccount.")),
       optional("kubeconfigKeyName",
                string("Key of the Secret that the new kubeconfig is written to."))});
}

Schema workload_identity() {
  Schema aws =
      object("EKS.", {required("clusterName", string("Name of the cluster.").min_length(1)),
                      optional("roleARN", string("Role to assume.")),
                      optional("region", string("Region of the cluster."))});
  Schema gcp = object("GKE.", {optional("projectID", string("Project of the cluster.")),
                               optional("clusterName", string("Name of the cluster.")),
                               optional("location", string("Zone or region of the cluster."))});
  Schema azure = object(
      "AKS.", {optional("tenantID", string("Tenant.")), optional("clientID", string("Client.")),
               optional("subscriptionID", string("Subscription.")),
               optional("resourceGroup", string("Resource group of the cluster.")),
               optional("clusterName", string("Name of the cluster."))});
  return object(
             "Credentials without a stored kubeconfig.",
             {required("provider",
                       string("Whose cluster this is.").one_of({"AWS", "GCP", "Azure"})),
              required("endpoint", string("Address of the API server.").min_length(1)),
              optional("caSecretRef", object("Secret with the certificate authority, key ca.crt.",
                                             {optional("name", string("Name of the Secret."))})),
              optional("aws", aws), optional("gcp", gcp), optional("azure", azure)})
      .rule("(self.provider == 'AWS') == has(self.aws)",
            "aws must be set if and only if provider is AWS")
      .rule("(self.provider == 'GCP') == has(self.gcp)",
            "gcp must be set if and only if provider is GCP")
      .rule("(self.provider == 'Azure') == has(self.azure)",
            "azure must be set if and only if provider is Azure");
}

Schema cluster_spec() {
  Schema window = object("When the cluster is served.",
                         {required("from", string("Cron expression: from now on.").min_length(1)),
                          required("to", string("Cron expression: until now.").min_length(1))});
  return object(
             "How to reach the cluster.",
             {optional("kubeconfigName",
                       string("Secret with the kubeconfig; NAME-sveltos-kubeconfig when empty.")),
              optional("kubeconfigKeyName", string("Key of that Secret.")),
              optional("paused", boolean("Change nothing in the cluster.")),
              optional("tokenRequestRenewalOption", token_renewal()),
              optional("data", text_map("Free data for templates.")),
              optional("activeWindow", window),
              optional("consecutiveFailureThreshold",
                       integer("Failures in a row after which the cluster is Down.")
                           .minimum(1)
                           .fallback(kFailureThresholdDefault)),
              optional("readinessChecks", checks("Checks before the cluster becomes ready.")),
              optional("livenessChecks", checks("Checks that keep the cluster healthy.")),
              optional("pullMode", boolean("An agent fetches; the cluster is never dialled.")
                                       .fallback(false)
                                       .rule("self == oldSelf", "Value is immutable")),
              optional("workloadIdentity", workload_identity())})
      .rule("!has(self.workloadIdentity) || !has(self.kubeconfigName)",
            "kubeconfigName cannot be set together with workloadIdentity");
}

Schema cluster_status() {
  return object(
      "How the cluster is.",
      {optional("version", string("Kubernetes version.")),
       optional("ready", boolean("The cluster was reached.")),
       optional("connectionStatus", string("Whether it answers now.").one_of({"Healthy", "Down"})),
       optional("connectionFailures", integer("Failures since the last success.").fallback(0)),
       optional("failureMessage", string("What failed last.")),
       optional("lastReconciledTokenRequestAt", string("When the token was renewed.")),
       optional("agentLastReportTime", date_time("When the agent was heard last.")),
       optional("nextUnpause", date_time("When the active window opens.")),
       optional("nextPause", date_time("When the active window closes.")),
       optional("activeWindowHash", string("Hash of the window that these times belong to.")),
       optional("conditions", conditions())});
}

}  // namespace

Result<SveltosCluster> parse_sveltos_cluster(const json::Value& object) {
  return read_object<SveltosCluster>(object, {"SveltosCluster"}, check_cluster);
}

json::Value to_json(const SveltosCluster& cluster) {
  return write_object(kLibApiVersion, "SveltosCluster", cluster);
}
json::Value to_json(const SveltosClusterStatus& status) { return write(status); }

KindSchema sveltos_cluster_schema() {
  return {"lib.projectsveltos.io",
          "SveltosCluster",
          "sveltosclusters",
          "sveltoscluster",
          kube::Scope::Namespaced,
          "A cluster of the fleet.",
          cluster_spec(),
          cluster_status(),
          Subresource::Status,
          {{"Ready", "boolean", ".status.ready", "Whether the cluster was reached", 0},
           {"ConnectionStatus", "string", ".status.connectionStatus", "Whether it answers now", 1},
           {"Version", "string", ".status.version", "Kubernetes version", 0},
           {"Age", "date", ".metadata.creationTimestamp", "Time since creation", 0},
           {"Shard", "string", ".metadata.annotations.sharding\\.projectsveltos\\.io/key",
            "Shard of the cluster", 0},
           {"Message", "string", ".status.conditions[?(@.type==\"Ready\")].message",
            "What is wrong", 1}}};
}

}  // namespace lesto::model
