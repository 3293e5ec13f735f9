#include "tests/scenario/sim_world.h"

#include "app/dialer.h"
#include "fleet/model/crds.h"
#include "foundation/io/files.h"
#include "foundation/json/yaml.h"
#include "kube/object/kubeconfig.h"

namespace lesto::scenario {
namespace {

std::string token_of(const std::string& cluster) { return "token-of-" + cluster; }
// The manager is nobody but the account of manifests/rbac.yaml in the management cluster.
constexpr const char* kManagerToken = "token-of-the-manager";
constexpr const char* kManagerUser = "system:serviceaccount:projectsveltos:lesto-manager";
std::string ca_of(const std::string& cluster) { return "certificate authority of " + cluster + "\n"; }
std::string url_of(const std::string& cluster) { return "https://" + cluster + ".example:6443"; }

// What a TLS client answers when a certificate does not verify.
class Untrusted final : public io::Exchange {
 public:
  io::Task<Result<io::Response>> send(io::Context, io::Request) override {
    co_return fail(Code::Denied, "the certificate of the server is not trusted: unable to get local issuer certificate");
  }
};

}  // namespace

struct SimWorld::Server {
  std::unique_ptr<apiserver::ApiServer> handler;
};

struct SimWorld::User {
  User(io::Loop& loop, std::unique_ptr<io::Exchange> to) : exchange(std::move(to)), client(loop, *exchange, "kubectl"), mapper(client) {}
  std::unique_ptr<io::Exchange> exchange;
  client::Client client;
  client::Mapper mapper;
};

class SimWorld::Dialer final : public cluster::Dialer {
 public:
  explicit Dialer(io::sim::Network& network) : network_(network) {}
  Result<std::unique_ptr<io::Exchange>> dial(const kube::Kubeconfig& config) override {
    std::string name = config.server.substr(std::string_view("https://").size());
    name = name.substr(0, name.find('.'));
    if (config.ca_pem != ca_of(name)) return std::make_unique<Untrusted>();
    return app::with_token(network_.connect("manager", name), config.token);
  }

 private:
  io::sim::Network& network_;
};

SimWorld::SimWorld(std::optional<std::uint64_t> seed, Rights* rights)
    : loop_(seed),
      rng_(seed.value_or(1)),
      network_(loop_, rng_),
      log_(loop_, LogLevel::Info, [this](std::string_view line) { log_text_ += std::string(line) + "\n"; }),
      dialer_(std::make_unique<Dialer>(network_)),
      rights_(rights) {}

SimWorld::~SimWorld() {
  if (manager_) stop_manager();
  users_.clear();
  while (!servers_.empty()) CHECK(stop_server(servers_.begin()->first).has_value());
  io::TaskScope scope(loop_);
  scope.spawn(network_.stop());
  loop_.run_until([&] { return scope.running() == 0; });
}

Result<void> SimWorld::start_server(const std::string& name) {
  if (servers_.contains(name)) return fail(Code::Invalid, "server " + name + " runs already");
  auto& storage = storages_[name];
  if (!storage) storage = std::make_unique<io::MemoryStorage>();
  apiserver::Options options;
  options.name = name;
  options.load_balancer = apiserver::StandIn::Off;
  options.tokens = {{.token = token_of(name), .user = "admin", .groups = {"system:masters"}, .uid = "admin"}};
  if (name == kManagement) {
    options.tokens.push_back({.token = kManagerToken,
                              .user = kManagerUser,
                              .groups = {"system:serviceaccounts", "system:serviceaccounts:projectsveltos"},
                              .uid = "manager"});
    options.fault = [this](const apiserver::FaultPoint& request) -> std::optional<apiserver::Fault> {
      if (rights_ && request.user == kManagerUser) rights_->note(request);
      return std::nullopt;
    };
  }
  auto opened = loop_.run(apiserver::ApiServer::open(loop_, *storage, rng_, std::move(options)));
  CHECK(opened.has_value());
  auto server = std::make_unique<Server>();
  server->handler = std::move(*opened);
  network_.serve(name, server->handler.get());
  servers_[name] = std::move(server);
  if (!users_.contains(name)) {
    users_[name] = std::make_unique<User>(
        loop_, app::with_token(network_.connect("user", name), token_of(name)));
  }
  if (name != kManagement) return {};
  kube::Resource crds{"apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", kube::Scope::Cluster};
  for (json::Value& crd : model::crds()) {
    auto created = loop_.run(user(name).create({}, crds, std::move(crd), "test"));
    CHECK(created.has_value() || created.error().code() == Code::Conflict);
  }
  TRY(apply_file("manifests/namespace.yaml"));
  return apply_file("manifests/rbac.yaml");
}

// To the management cluster.
Result<void> SimWorld::apply_file(const std::string& path) {
  TRY_ASSIGN(std::string text, io::read_file(std::string(LESTO_ROOT) + "/" + path));
  std::string name(kManagement);
  for (const std::string& document : json::split_yaml(text).texts) {
    TRY_ASSIGN(json::Value object, json::parse_yaml(document));
    if (object.is_null()) continue;
    TRY_ASSIGN(kube::Resource resource, loop_.run(mapper(name).resolve({}, kube::gvk_of(object))));
    client::PatchOptions options;
    options.field_manager = "test";
    options.force = true;
    TRY(loop_.run(user(name).apply({}, std::move(resource), std::move(object), std::move(options))));
  }
  return {};
}

Result<void> SimWorld::stop_server(const std::string& name) {
  auto server = servers_.find(name);
  if (server == servers_.end()) return fail(Code::Invalid, "server " + name + " does not run");
  network_.serve(name, nullptr);
  io::TaskScope scope(loop_);
  scope.spawn(server->second->handler->stop());
  loop_.run_until([&] { return scope.running() == 0 && network_.running(name) == 0; });
  servers_.erase(server);
  return {};
}

Result<void> SimWorld::start_manager() {
  CHECK(!manager_);
  std::string name(kManagement);
  management_ = noting(app::with_token(network_.connect("manager", name), kManagerToken), refusals_);
  manager_ = std::make_unique<app::Manager>(loop_, log_, *management_, *dialer_, ledger_, app::ManagerOptions{});
  return during(loop_.run(manager_->start()), "start of the manager");
}

void SimWorld::stop_manager() {
  CHECK(manager_);
  io::TaskScope scope(loop_);
  scope.spawn(manager_->stop());
  CHECK(loop_.run_until([&] { return scope.running() == 0; }));
  manager_.reset();
  management_.reset();
}

client::Client& SimWorld::user(const std::string& cluster) { return users_.at(cluster)->client; }
client::Mapper& SimWorld::mapper(const std::string& cluster) { return users_.at(cluster)->mapper; }

Result<void> SimWorld::fault(std::string_view verb, const json::Value&) {
  return fail(Code::Invalid, "\"" + std::string(verb) + "\" is no verb of stories, or of those on real servers only");
}

const Patience& SimWorld::patience() const {
  using namespace std::chrono_literals;
  static constexpr Patience kPatience{.until_true = 120s, .look_every = 20ms, .still = 20s, .still_every = 200ms};
  return kPatience;
}

// Ends with the last job that is left, whatever it waits for: a task that never ends is a bug of the product.
void SimWorld::run_until(const std::function<bool()>& done) { CHECK(loop_.run_until(done, std::chrono::hours(24))); }

std::string SimWorld::url(const std::string& cluster) const { return url_of(cluster); }

std::string SimWorld::kubeconfig(const std::string& cluster) const {
  kube::Kubeconfig config;
  config.server = url_of(cluster);
  config.ca_pem = ca_of(cluster);
  config.token = token_of(cluster);
  return json::write_yaml(kube::kubeconfig_document({{cluster, config}}, cluster));
}

}  // namespace lesto::scenario
