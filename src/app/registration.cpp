#include "app/registration.h"

#include <iostream>

#include "app/dialer.h"
#include "app/kubeconfig_file.h"
#include "app/labels.h"
#include "app/up.h"
#include "fleet/cluster/registration.h"

namespace lesto::app {
namespace {

Result<kube::ObjectKey> parse_key(const std::string& flag, const std::string& text) {
  auto slash = text.find('/');
  bool good = slash != text.npos && slash > 0 && slash + 1 < text.size() &&
              text.find('/', slash + 1) == text.npos;
  if (!good) return fail(Code::Invalid, flag + " " + text + ": not NAMESPACE/NAME");
  return kube::ObjectKey{text.substr(0, slash), text.substr(slash + 1)};
}

// The cluster's own file, or else the management cluster's, where another context must be named.
Result<kube::Kubeconfig> cluster_kubeconfig(const std::string& management_file,
                                            const std::string& file, const std::string& context,
                                            ExecPlugins plugins = ExecPlugins::Run) {
  if (file.empty() && context.empty()) {
    return fail(Code::Invalid,
                "say how the cluster is reached: --cluster-kubeconfig FILE, --cluster-context NAME,"
                " or both");
  }
  return read_kubeconfig_file(file.empty() ? management_file : file, context, plugins);
}

Result<cluster::Registration> read_registration(const RegisterCommand& command) {
  cluster::Registration registration;
  TRY_ASSIGN(registration.key, parse_key("--cluster", command.cluster));
  TRY_ASSIGN(registration.labels,
             during(parse_labels(command.labels), "--labels " + command.labels));
  TRY_ASSIGN(registration.kubeconfig,
             cluster_kubeconfig(command.kubeconfig, command.cluster_kubeconfig,
                                command.cluster_context,
                                command.store_kubeconfig ? ExecPlugins::Refuse : ExecPlugins::Run));
  registration.server = command.server;
  if (command.store_kubeconfig) return registration;
  cluster::AccountOptions account;
  TRY_ASSIGN(kube::ObjectKey key, parse_key("--account", command.account));
  account.ns = key.ns;
  account.name = key.name;
  account.cluster_role = command.cluster_role;
  account.new_token = command.new_token;
  if (!command.token_duration.empty()) {
    TRY_ASSIGN(account.token_duration,
               during(parse_duration(command.token_duration), "--token-duration"));
  }
  registration.account = std::move(account);
  return registration;
}

Result<cluster::Deregistration> read_deregistration(const DeregisterCommand& command) {
  cluster::Deregistration deregistration;
  TRY_ASSIGN(deregistration.key, parse_key("--cluster", command.cluster));
  TRY_ASSIGN(deregistration.account, parse_key("--account", command.account));
  deregistration.forget = command.forget;
  if (command.cluster_kubeconfig.empty() && command.cluster_context.empty()) return deregistration;
  TRY_ASSIGN(deregistration.kubeconfig,
             cluster_kubeconfig(command.kubeconfig, command.cluster_kubeconfig,
                                command.cluster_context));
  return deregistration;
}

void say(const std::string& line) { std::cout << line << std::endl; }

// Runs `work` with a client of the management cluster.
template <class Work>
Result<void> with_management(const std::string& kubeconfig, const std::string& context, Work work) {
  io::AsioLoop loop;
  TRY_ASSIGN(kube::Kubeconfig config, read_kubeconfig_file(kubeconfig, context));
  TRY_ASSIGN(auto exchange, connect(loop, config));
  client::Client management(loop, *exchange, "lesto-register");
  NetworkDialer dialer(loop);
  return loop.run(work(management, dialer));
}

int report(const Result<void>& done) {
  if (done) return 0;
  std::cerr << "lesto: " << done.error().text() << "\n";
  return 1;
}

bool is_loopback(const std::string& server) {
  return server.find("//127.") != server.npos || server.find("//localhost") != server.npos ||
         server.find("//[::1]") != server.npos;
}

}  // namespace

int register_command(const RegisterCommand& command) {
  auto registration = read_registration(command);
  if (!registration) return report(fail(registration.error()));
  bool loopback =
      is_loopback(command.server.empty() ? registration->kubeconfig.server : command.server);
  auto done = with_management(
      command.kubeconfig, command.context, [&](client::Client& management, NetworkDialer& dialer) {
        return cluster::register_cluster(management, dialer, *registration, say);
      });
  if (done && loopback) {
    say("note: the stored address is this machine's own: a manager elsewhere, or in a Pod, needs"
        " --server");
  }
  return report(done);
}

int deregister_command(const DeregisterCommand& command) {
  auto deregistration = read_deregistration(command);
  if (!deregistration) return report(fail(deregistration.error()));
  auto done = with_management(
      command.kubeconfig, command.context, [&](client::Client& management, NetworkDialer& dialer) {
        return cluster::deregister_cluster(management, dialer, *deregistration, say);
      });
  return report(done);
}

}  // namespace lesto::app
