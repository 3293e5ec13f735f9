#include "app/manager_command.h"

#include <cstdio>
#include <iostream>

#include "app/dialer.h"
#include "app/health.h"
#include "app/identity.h"
#include "app/in_cluster.h"
#include "app/install.h"
#include "app/kubeconfig_file.h"
#include "app/ledger_file.h"
#include "app/listen.h"
#include "app/replica.h"
#include "foundation/io/system_rng.h"

namespace lesto::app {
namespace {

constexpr Duration kGrace = std::chrono::milliseconds(200);

int report(const Error& error) {
  std::fprintf(stderr, "lesto: %s\n", error.text().c_str());
  return 1;
}

struct Management {
  std::unique_ptr<io::Exchange> exchange;
  std::string name;  // for people, and for telling lock files apart
};

Result<Management> connect_management(io::AsioLoop& loop, const ManagerCommand& command) {
  bool in_cluster = command.kubeconfig.empty() && command.context.empty() &&
                    !have_default_kubeconfig() && runs_in_cluster();
  Management management;
  if (in_cluster) {
    TRY_ASSIGN(management.exchange, connect_in_cluster(loop));
    management.name = "this cluster";
    return management;
  }
  TRY_ASSIGN(kube::Kubeconfig config, read_kubeconfig_file(command.kubeconfig, command.context, ExecPlugins::Refuse));
  TRY_ASSIGN(management.exchange, connect(loop, config));
  management.name = config.server;
  return management;
}

// What the controllers stand on, before anybody holds the lease.
io::Task<Result<void>> prepare(client::Client& management, ManagerCommand command, Log& log) {
  Result<void> done;
  if (command.definitions == Definitions::Install) {
    done = co_await install_crds(management);
  } else {
    done = co_await check_crds(management, log);
  }
  if (done) done = co_await ensure_namespace(management, command.own_namespace);
  co_return done;
}

// One process from its start to its end.
class Process {
 public:
  explicit Process(const ManagerCommand& command)
      : command_(command), log_(loop_, LogLevel::Info, [](std::string_view line) {
          std::cerr << line << "\n";
        }) {}

  Result<void> run() {
    TRY_ASSIGN(Management management, connect_management(loop_, command_));
    TRY_ASSIGN(ReplicaIdentity identity,
               command_.data.empty()
                   ? ReplicaIdentity::claim_any(management.name + " " + command_.own_namespace, rng_)
                   : ReplicaIdentity::claim(command_.data, rng_));
    TRY_ASSIGN(LedgerFile ledger, open_ledger(loop_, command_.data));
    client::Client client(loop_, *management.exchange, "lesto");
    auto prepared = loop_.run(prepare(client, command_, log_));
    if (!prepared) return during(std::move(prepared), "management cluster " + management.name);
    NetworkDialer dialer(loop_);
    ReplicaOptions options;
    options.identity = identity.text();
    options.manager.own_namespace = command_.own_namespace;
    options.manager.ledger = ledger.bounds;
    options.changed = [](ReplicaState state) {
      if (state == ReplicaState::Acting) std::cout << "ready" << std::endl;
      if (state == ReplicaState::Waiting) std::cout << "standby" << std::endl;
    };
    options.manager.capi_onboard_annotation = command_.capi_onboard_annotation;
    Replica replica(loop_, log_, *management.exchange, dialer, *ledger.storage, std::move(options));
    return during(serve(replica), "management cluster " + management.name);
  }

 private:
  Result<void> serve(Replica& replica) {
    Health health([&replica] {
      bool starting = replica.state() == ReplicaState::Starting;
      return starting ? std::string("the controllers have not begun") : std::string();
    });
    std::unique_ptr<io::HttpServer> server;
    if (!command_.listen.empty()) {
      io::ServerOptions options;
      TRY(parse_listen(command_.listen, options.address, options.port));
      TRY_ASSIGN(server, io::HttpServer::open(loop_, health, std::move(options)));
    }
    io::TaskScope scope(loop_);
    loop_.on_signal([&scope](int) { scope.cancel(); });
    Result<void> ended;
    scope.spawn(run_replica(replica, scope, ended));
    loop_.run_until([&] { return scope.running() == 0; });
    if (server) loop_.run(stop_server(*server));
    return ended;
  }

  static io::Task<void> run_replica(Replica& replica, io::TaskScope& scope, Result<void>& ended) {
    ended = co_await replica.run(scope.context());
    scope.cancel();
  }

  static io::Task<Result<void>> stop_server(io::HttpServer& server) {
    co_await server.stop(kGrace);
    co_return {};
  }

  ManagerCommand command_;
  io::AsioLoop loop_;
  io::SystemRng rng_;
  Log log_;
};

}  // namespace

int manager(const ManagerCommand& command) {
  Process process(command);
  auto ended = process.run();
  return ended ? 0 : report(ended.error());
}

}  // namespace lesto::app
