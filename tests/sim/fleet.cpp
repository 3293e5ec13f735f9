#include "tests/sim/fleet.h"

#include <algorithm>

#include "fleet/model/crds.h"
#include "foundation/json/yaml.h"
#include "kube/object/kubeconfig.h"
#include "tests/sim/truth.h"

namespace lesto::sim {
namespace {

using namespace std::chrono_literals;

// What the log of a run keeps: its end.
constexpr std::size_t kLogMax = 400'000;
// Records of the ledger are durable so much later than what they tell of, at most.
constexpr Duration kLedgerLag = 1s;

std::string token_of(const std::string& who, const std::string& server) { return who + " at " + server; }
std::string ca_of(const std::string& server) { return "certificate authority of " + server + "\n"; }

apiserver::StaticToken admin(const std::string& who, const std::string& server) {
  return {.token = token_of(who, server), .user = who, .groups = {"system:masters"}, .uid = who};
}

// Adds a bearer token; nothing passes once the process that holds it is dead.
class Connection final : public io::Exchange {
 public:
  Connection(std::unique_ptr<io::Exchange> inner, std::string token, std::shared_ptr<const bool> dead)
      : inner_(std::move(inner)), token_(std::move(token)), dead_(std::move(dead)) {}
  io::Task<Result<io::Response>> send(io::Context context, io::Request request) override {
    // Not touched after the wait: a connection may be replaced while a call is under way.
    std::shared_ptr<const bool> dead = dead_;
    if (*dead) co_return fail(Code::Unavailable, "this process is dead");
    request.headers.push_back({"authorization", "Bearer " + token_});
    auto response = co_await inner_->send(std::move(context), std::move(request));
    if (*dead) co_return fail(Code::Unavailable, "this process is dead");
    co_return response;
  }

 private:
  std::unique_ptr<io::Exchange> inner_;
  std::string token_;
  std::shared_ptr<const bool> dead_;
};

}  // namespace

// Shows each answer to the journal. Some answers to writes are lies: the write happened, the answer says 500.
class Fleet::Recorder final : public io::Handler {
 public:
  Recorder(Fleet& fleet, std::string name, io::Handler& inner) : fleet_(fleet), name_(std::move(name)), inner_(inner) {}
  io::Task<io::Response> handle(io::Context context, io::Request request, io::Peer peer) override {
    std::string by = peer.address;
    io::Request copy = request;
    auto response = co_await inner_.handle(std::move(context), std::move(request), std::move(peer));
    fleet_.journal_.answered(name_, by, copy, response);
    if (by == "manager" && copy.method != "GET" && io::sim::chance(fleet_.fault_rng_, fleet_.faults_.after_write)) {
      co_return io::Response{.status = 500, .headers = {}, .body = "the answer was lost", .stream = nullptr};
    }
    co_return response;
  }

 private:
  Fleet& fleet_;
  std::string name_;
  io::Handler& inner_;
};

struct Fleet::Server {
  std::unique_ptr<io::sim::SimStorage> storage;
  std::unique_ptr<apiserver::ApiServer> handler;
  std::unique_ptr<Recorder> recorder;
};

struct Fleet::User {
  User(io::Loop& loop, std::unique_ptr<io::Exchange> to)
      : exchange(std::move(to)), client(loop, *exchange, "kubectl"), mapper(client) {}
  std::unique_ptr<io::Exchange> exchange;
  client::Client client;
  client::Mapper mapper;
};

class Fleet::Dialer final : public cluster::Dialer {
 public:
  Dialer(io::sim::Network& network, std::shared_ptr<const bool> dead) : network_(network), dead_(std::move(dead)) {}
  Result<std::unique_ptr<io::Exchange>> dial(const kube::Kubeconfig& config) override {
    std::string name = config.server.substr(std::string_view("https://").size());
    name = name.substr(0, name.find('.'));
    return std::make_unique<Connection>(network_.connect("manager", name), config.token, dead_);
  }

 private:
  io::sim::Network& network_;
  std::shared_ptr<const bool> dead_;
};

// One life of the manager's process.
struct Fleet::Incarnation {
  Incarnation(Fleet& fleet, std::string management)
      : dead(std::make_shared<bool>(false)),
        ledger(fleet.loop_, fleet.rng_, fleet.ledger_disk_),
        dialer(fleet.network_, dead),
        exchange(fleet.network_.connect("manager", management), token_of("lesto", management), dead),
        manager(std::make_unique<app::Manager>(fleet.loop_, fleet.log_, exchange, dialer, ledger, app::ManagerOptions{})),
        starting(fleet.loop_) {}

  std::shared_ptr<bool> dead;
  io::sim::SimStorage ledger;
  Dialer dialer;
  Connection exchange;
  std::unique_ptr<app::Manager> manager;
  io::TaskScope starting;
  bool started = false;
  bool failed = false;
};

Fleet::Fleet(std::uint64_t seed)
    : loop_(seed),
      rng_(seed ^ 0x6e6574),
      fault_rng_(seed ^ 0x666c74),
      network_(loop_, rng_),
      journal_(loop_),
      log_(loop_, LogLevel::Info, [this](std::string_view line) {
        if (log_text_.size() > kLogMax) log_text_.erase(0, kLogMax / 2);
        log_text_ += std::string(line) + "\n";
      }) {}

Fleet::~Fleet() {
  wanted_ = false;
  restarts_.clear();
  if (manager_) {
    *manager_->dead = true;
    bury_manager();
  }
  users_.clear();
  while (!servers_.empty()) stop_server(servers_.begin()->first, true);
  io::TaskScope scope(loop_);
  scope.spawn(network_.stop());
  loop_.run_until([&] { return scope.running() == 0; });
}

std::string Fleet::kubeconfig(const std::string& name) const {
  kube::Kubeconfig config;
  config.server = "https://" + name + ".example:6443";
  config.ca_pem = ca_of(name);
  config.token = token_of("lesto", name);
  return json::write_yaml(kube::kubeconfig_document({{name, config}}, name));
}

void Fleet::start_server(const std::string& name) {
  CHECK(!servers_.contains(name));
  bool fresh = !disks_.contains(name);
  auto server = std::make_unique<Server>();
  server->storage = std::make_unique<io::sim::SimStorage>(loop_, rng_, disks_[name]);
  apiserver::Options options;
  options.name = name;
  options.load_balancer = apiserver::StandIn::Off;
  options.tokens = {admin("lesto", name), admin("person", name)};
  options.fault = [this](const apiserver::FaultPoint& point) { return fault(point); };
  auto opened = loop_.run(apiserver::ApiServer::open(loop_, *server->storage, rng_, std::move(options)));
  CHECK(opened.has_value());
  server->handler = std::move(*opened);
  server->recorder = std::make_unique<Recorder>(*this, name, *server->handler);
  network_.serve(name, server->recorder.get());
  servers_[name] = std::move(server);
  if (!users_.contains(name)) {
    auto alive = std::make_shared<bool>(false);
    users_[name] = std::make_unique<User>(
        loop_, std::make_unique<Connection>(network_.connect("user", name), token_of("person", name), alive));
  }
  if (fresh && name == kManagement) install_crds();
}

void Fleet::install_crds() {
  kube::Resource crds{"apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition",
                      kube::Scope::Cluster};
  for (json::Value& crd : model::crds()) {
    auto created = loop_.run(users_.at(std::string(kManagement))->client.create({}, crds, std::move(crd), "test"));
    CHECK(created.has_value());
  }
}

void Fleet::stop_server(const std::string& name, bool crash) {
  auto found = servers_.find(name);
  CHECK(found != servers_.end());
  network_.serve(name, nullptr);
  if (crash) found->second->storage->crash();
  io::TaskScope scope(loop_);
  scope.spawn(found->second->handler->stop());
  CHECK(loop_.run_until([&] { return scope.running() == 0 && network_.running(name) == 0; }));
  servers_.erase(found);
}

void Fleet::crash_server(const std::string& name, Duration down) {
  if (!servers_.contains(name)) return;
  stop_server(name, true);
  restarts_[name] = loop_.now() + down;
  loop_.after(down, [] {});
}

void Fleet::replace_server(const std::string& name) {
  if (servers_.contains(name)) stop_server(name, true);
  restarts_.erase(name);
  disks_[name].records.clear();
  journal_.forget(name);
  start_server(name);
}

void Fleet::drop_watches(const std::string& name) {
  if (servers_.contains(name)) servers_.at(name)->handler->drop_watches();
}
void Fleet::forget_history(const std::string& name) {
  if (servers_.contains(name)) servers_.at(name)->handler->forget_history();
}

void Fleet::start_manager() {
  wanted_ = true;
  manager_start_ = loop_.now();
  tend_manager();
}

bool Fleet::manager_started() const { return manager_ && manager_->started && !*manager_->dead; }
bool Fleet::died_after(Time when) const {
  return std::ranges::any_of(deaths_, [&](Time death) { return death >= when && death < when + kLedgerLag; });
}
ledger::Ledger* Fleet::ledger() { return manager_started() ? &manager_->manager->ledger() : nullptr; }

void Fleet::crash_manager(Duration down) {
  if (!manager_ || *manager_->dead) return;
  journal_.say("manager crashes");
  deaths_.push_back(loop_.now());
  *manager_->dead = true;
  manager_->ledger.crash();
  for (const auto& [name, disk] : disks_) network_.break_connections("manager", name);
  manager_start_ = loop_.now() + down;
  loop_.after(down, [] {});
}

void Fleet::crash_manager_soon(std::size_t jobs, Duration down) { crash_in_ = {jobs, down}; }

void Fleet::bury_manager() {
  io::TaskScope scope(loop_);
  scope.spawn(manager_->manager->stop());
  CHECK(loop_.run_until([&] { return scope.running() == 0 && manager_->starting.running() == 0; }));
  manager_.reset();
}

// Buries a dead one, and starts a new one when it is time, as whoever looks after processes does.
void Fleet::tend_manager() {
  if (manager_ && manager_->failed && !*manager_->dead) crash_manager(1s);
  if (manager_ && *manager_->dead) bury_manager();
  if (manager_ || !wanted_ || loop_.now() < manager_start_) return;
  manager_ = std::make_unique<Incarnation>(*this, std::string(kManagement));
  journal_.say("manager starts");
  struct Start {
    static io::Task<void> run(Incarnation& life) {
      auto started = co_await life.manager->start();
      life.started = started.has_value();
      life.failed = !started.has_value();
    }
  };
  manager_->starting.spawn(Start::run(*manager_));
}

bool Fleet::step() {
  bool any = loop_.step();
  if (crash_in_ && crash_in_->first-- == 0) {
    crash_manager(crash_in_->second);
    crash_in_.reset();
  }
  if (tending_) return any;
  tending_ = true;
  tend_manager();
  for (auto restart = restarts_.begin(); restart != restarts_.end();) {
    if (restart->second > loop_.now()) {
      ++restart;
      continue;
    }
    std::string name = restart->first;
    restart = restarts_.erase(restart);
    journal_.say("server " + name + " starts");
    start_server(name);
  }
  tending_ = false;
  return any;
}

void Fleet::run_for(Duration duration) {
  auto over = std::make_shared<bool>(false);
  loop_.after(duration, [over] { *over = true; });
  while (!*over) CHECK(step());
}

void Fleet::run_jobs(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) step();
}

std::optional<apiserver::Fault> Fleet::fault(const apiserver::FaultPoint& point) {
  if (point.user != "lesto") return std::nullopt;
  auto hit = [this](double rate) { return io::sim::chance(fault_rng_, rate); };
  bool watches = point.verb == "watch";
  bool writes = !watches && point.verb != "get" && point.verb != "list" && point.verb != "GET";
  bool conflict = hit(faults_.conflict);
  bool gone = hit(faults_.gone);
  bool drop = hit(faults_.drop_watch);
  if (hit(faults_.too_many)) return apiserver::Fault{.status = 429, .retry_after_seconds = 1, .drop_watch_after = {}};
  if (hit(faults_.internal)) return apiserver::Fault{.status = 500, .drop_watch_after = {}};
  if (hit(faults_.unavailable)) return apiserver::Fault{.status = 503, .drop_watch_after = {}};
  if (writes && conflict) return apiserver::Fault{.status = 409, .drop_watch_after = {}};
  if (watches && gone) return apiserver::Fault{.status = 410, .drop_watch_after = {}};
  if (watches && drop) {
    return apiserver::Fault{.status = 0, .drop_watch_after = io::sim::below(fault_rng_, 5)};
  }
  return std::nullopt;
}

template <class T>
Result<T> Fleet::insist(const std::string& server, const std::function<io::Task<Result<T>>()>& ask) {
  for (int attempt = 0;; ++attempt) {
    auto result = run(ask());
    if (result) return result;
    Code code = result.error().code();
    bool passes = code == Code::Unavailable || code == Code::Timeout || code == Code::Conflict || code == Code::Internal;
    if (!passes || attempt > 600) return fail(std::move(result.error()).during("user at " + server));
    run_for(200ms);
  }
}

Result<kube::Resource> Fleet::resolve(const std::string& server, const kube::GroupVersionKind& gvk) {
  return insist<kube::Resource>(server, [&] { return users_.at(server)->mapper.resolve({}, gvk); });
}

Result<void> Fleet::apply(const std::string& server, json::Value object) {
  TRY_ASSIGN(kube::Resource resource, resolve(server, kube::gvk_of(object)));
  client::PatchOptions options;
  options.field_manager = "person";
  options.force = true;
  TRY(insist<json::Value>(server, [&] { return users_.at(server)->client.apply({}, resource, object, options); }));
  return {};
}

Result<void> Fleet::patch_status(const std::string& server, const json::Value& of, json::Value status) {
  TRY_ASSIGN(kube::Resource resource, resolve(server, kube::gvk_of(of)));
  client::PatchOptions options;
  options.field_manager = "person";
  options.subresource = "status";
  json::Value body = json::object({{"status", std::move(status)}});
  TRY(insist<json::Value>(server, [&] {
    return users_.at(server)->client.patch({}, resource, kube::key_of(of), client::PatchType::Merge, body, options);
  }));
  return {};
}

Result<void> Fleet::remove(const std::string& server, const json::Value& of) {
  TRY_ASSIGN(kube::Resource resource, resolve(server, kube::gvk_of(of)));
  auto removed = insist<json::Value>(
      server, [&] { return users_.at(server)->client.remove({}, resource, kube::key_of(of), {}); });
  if (!removed && removed.error().code() != Code::NotFound) return fail(std::move(removed).error());
  return {};
}

Result<std::vector<json::Value>> Fleet::list(const std::string& server, const kube::GroupVersionKind& gvk) {
  TRY_ASSIGN(kube::Resource resource, resolve(server, gvk));
  TRY_ASSIGN(client::List list,
             insist<client::List>(server, [&] { return users_.at(server)->client.list({}, resource, {}); }));
  return std::move(list.items);
}

}  // namespace lesto::sim
