#include "app/up.h"

#include <cstdio>
#include <iostream>

#include "app/dialer.h"
#include "app/install.h"
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
  return io::write_file(file, json::write_yaml(kube::kubeconfig_document(contexts, contexts.front().name)));
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
  std::unique_ptr<io::Storage> ledger;
};

Result<void> start_hosts(io::AsioLoop& loop, Rng& rng, const UpOptions& options, Fleet& fleet) {
  TRY_ASSIGN(Identity identity, load_identity(options.data, rng, loop.now()));
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
  if (options.data == "memory") {
    fleet.ledger = std::make_unique<io::MemoryStorage>();
  } else {
    TRY_ASSIGN(fleet.ledger, io::SqliteStorage::open(loop, options.data + "/ledger.db"));
  }
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

Result<UpCluster> parse_cluster(const std::string& text) {
  UpCluster cluster;
  std::size_t start = 0;
  for (bool first = true; start <= text.size(); first = false) {
    std::size_t end = std::min(text.find(',', start), text.size());
    std::string part = text.substr(start, end - start);
    start = end + 1;
    if (first) {
      cluster.name = part;
      continue;
    }
    std::size_t equals = part.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(Code::Invalid, "--cluster " + text + ": \"" + part + "\" is not label=value");
    }
    cluster.labels[part.substr(0, equals)] = part.substr(equals + 1);
  }
  if (cluster.name.empty() || cluster.name == "management") {
    return fail(Code::Invalid, "--cluster " + text + ": a cluster needs a name of its own");
  }
  return cluster;
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
  auto manager = std::make_unique<Manager>(loop, log, *management, dialer, *fleet.ledger, ManagerOptions{});
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
  auto identity = load_identity(options.data, rng, loop.now());
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
