#include "app/up.h"

#include <cstdio>
#include <iostream>
#include <set>

#include "app/dialer.h"
#include "app/install.h"
#include "app/labels.h"
#include "app/ledger_file.h"
#include "app/manager.h"
#include "foundation/io/files.h"
#include "foundation/io/memory_storage.h"
#include "foundation/io/sqlite_storage.h"
#include "foundation/io/system_rng.h"
#include "foundation/json/yaml.h"
#include "kube/object/names.h"

namespace lesto::app {
namespace {

// Where `lesto up` registers its try-out clusters.
constexpr std::string_view kClusterNamespace = "clusters";

int report(const Error& error) {
  std::fprintf(stderr, "lesto: %s\n", error.text().c_str());
  return 1;
}

Log make_log(const Clock& clock) {
  return Log(clock, LogLevel::Warn, [](std::string_view line) { std::cerr << line << "\n"; });
}

Result<void> write_kubeconfig(const std::string& file, const std::vector<std::unique_ptr<ClusterHost>>& hosts) {
  std::vector<kube::NamedKubeconfig> contexts;
  for (const std::unique_ptr<ClusterHost>& host : hosts) contexts.push_back({host->name(), host->kubeconfig()});
  std::string text = json::write_yaml(kube::kubeconfig_document(contexts, contexts.front().name));
  return during(io::write_file(file, text), "--kubeconfig " + file);
}

// Runs until somebody asks to end.
void run_until_signal(io::AsioLoop& loop) {
  loop.on_signal([&loop](int) { loop.stop(); });
  std::cout << "ready" << std::endl;
  loop.run();
}

io::Task<Result<void>> stop_all(Manager* manager, std::vector<std::unique_ptr<ClusterHost>>& hosts) {
  if (manager) co_await manager->stop();
  for (std::unique_ptr<ClusterHost>& host : hosts) co_await host->stop();
  co_return {};
}

struct Fleet {
  std::vector<std::unique_ptr<ClusterHost>> hosts;
  LedgerFile ledger;
};

Result<void> start_hosts(io::AsioLoop& loop, Rng& rng, const UpOptions& options, Fleet& fleet) {
  TRY_ASSIGN(Identity identity, during(load_identity(options.data, rng, loop.now()), "--data " + options.data));
  HostOptions host{.name = "management",
                   .data = options.data,
                   .address = options.address,
                   .port = options.port,
                   .load_balancers = options.load_balancers};
  TRY_ASSIGN(auto management, ClusterHost::start(loop, rng, identity, host));
  fleet.hosts.push_back(std::move(management));
  host.port = 0;
  for (const UpCluster& cluster : options.clusters) {
    host.name = cluster.name;
    TRY_ASSIGN(auto started, ClusterHost::start(loop, rng, identity, host));
    fleet.hosts.push_back(std::move(started));
  }
  TRY_ASSIGN(fleet.ledger, open_ledger(loop, options.data));
  return {};
}

io::Task<Result<void>> set_up(client::Client& management, const UpOptions& options, const Fleet& fleet) {
  auto installed = co_await install_crds(management);
  if (!installed) co_return installed;
  Registration own{.ns = "mgmt", .name = "mgmt", .labels = {{"sveltos-agent", "present"}}, .kubeconfig = fleet.hosts[0]->kubeconfig()};
  auto registered = co_await register_cluster(management, std::move(own));
  if (!registered) co_return registered;
  for (std::size_t i = 0; i < options.clusters.size(); ++i) {
    Registration registration{.ns = std::string(kClusterNamespace),
                              .name = options.clusters[i].name,
                              .labels = options.clusters[i].labels,
                              .kubeconfig = fleet.hosts[i + 1]->kubeconfig()};
    registered = co_await register_cluster(management, std::move(registration));
    if (!registered) co_return registered;
  }
  co_return {};
}

}  // namespace

Result<void> parse_clusters(const std::vector<std::string>& texts, std::vector<UpCluster>& out) {
  // The names of the files under --data that are not those of a try-out cluster.
  std::set<std::string> taken = {"management", "ledger"};
  for (const std::string& text : texts) {
    std::string flag = "--cluster " + text;
    std::size_t comma = std::min(text.find(','), text.size());
    UpCluster cluster{.name = text.substr(0, comma), .labels = {}};
    TRY(during(check_host_name(cluster.name), flag));
    if (!taken.insert(cluster.name).second) {
      return fail(Code::Invalid, flag + ": the name \"" + cluster.name + "\" is taken; a cluster needs one of its own");
    }
    TRY_ASSIGN(cluster.labels, during(parse_labels(text.substr(std::min(comma + 1, text.size()))), flag));
    out.push_back(std::move(cluster));
  }
  return {};
}

int up(const UpOptions& options) {
  io::AsioLoop loop;
  io::SystemRng rng;
  Log log = make_log(loop);
  Fleet fleet;
  auto started = start_hosts(loop, rng, options, fleet);
  if (!started) {
    loop.run(stop_all(nullptr, fleet.hosts));
    return report(started.error());
  }
  auto management = connect_in_process(fleet.hosts[0]->handler(), fleet.hosts[0]->kubeconfig().token);
  HostDialer dialer(loop, fleet.hosts);
  client::Client management_client(loop, *management, "lesto");
  auto prepared = loop.run(set_up(management_client, options, fleet));
  ManagerOptions manager_options;
  manager_options.ledger = fleet.ledger.bounds;
  auto manager = std::make_unique<Manager>(loop, log, *management, dialer, *fleet.ledger.storage, manager_options);
  if (prepared) prepared = loop.run(manager->start());
  if (prepared) prepared = write_kubeconfig(options.kubeconfig, fleet.hosts);
  if (prepared) run_until_signal(loop);
  loop.run(stop_all(manager.get(), fleet.hosts));
  return prepared ? 0 : report(prepared.error());
}

int apiserver(const ApiserverOptions& options) {
  io::AsioLoop loop;
  io::SystemRng rng;
  std::vector<std::unique_ptr<ClusterHost>> hosts;
  auto named = during(check_host_name(options.name), "--name " + options.name);
  if (!named) return report(named.error());
  auto identity = during(load_identity(options.data, rng, loop.now()), "--data " + options.data);
  if (!identity) return report(identity.error());
  auto host = ClusterHost::start(loop, rng, *identity,
                                 {.name = options.name,
                                  .data = options.data,
                                  .address = options.address,
                                  .port = options.port,
                                  .load_balancers = options.load_balancers});
  if (!host) return report(host.error());
  hosts.push_back(std::move(*host));
  auto written = write_kubeconfig(options.kubeconfig, hosts);
  if (written) run_until_signal(loop);
  loop.run(stop_all(nullptr, hosts));
  return written ? 0 : report(written.error());
}

}  // namespace lesto::app
