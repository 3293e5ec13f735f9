#include "tests/manager/fleet.h"

#include "app/dialer.h"
#include "fleet/model/crds.h"
#include "foundation/io/files.h"
#include "foundation/json/yaml.h"
#include "kube/client/mapper.h"

namespace lesto::manager_test {
namespace {

constexpr const char* kManagement = "management";
constexpr const char* kManagerToken = "token-of-the-manager";

std::string admin_token(const std::string& cluster) { return "token-of-" + cluster; }

class Dialer final : public cluster::Dialer {
 public:
  Dialer(io::sim::Network& network, std::string party)
      : network_(network), party_(std::move(party)) {}
  Result<std::unique_ptr<io::Exchange>> dial(const kube::Kubeconfig& config) override {
    std::string name = config.server.substr(std::string_view("https://").size());
    return app::with_token(network_.connect(party_, name), config.token);
  }

 private:
  io::sim::Network& network_;
  std::string party_;
};

}  // namespace

struct Fleet::Server {
  io::MemoryStorage storage;
  std::unique_ptr<apiserver::ApiServer> handler;
};

struct Fleet::User {
  User(io::Loop& loop, std::unique_ptr<io::Exchange> to)
      : exchange(std::move(to)), client(loop, *exchange, "kubectl"), mapper(client) {}
  std::unique_ptr<io::Exchange> exchange;
  client::Client client;
  client::Mapper mapper;
};

Fleet::Fleet(std::optional<std::uint64_t> seed)
    : loop(seed),
      rng(seed.value_or(1)),
      network(loop, rng),
      log(loop, LogLevel::Info,
          [this](std::string_view line) { log_text += std::string(line) + "\n"; }) {}

Fleet::~Fleet() {
  users_.clear();
  for (auto& [name, server] : servers_) {
    network.serve(name, nullptr);
    io::TaskScope scope(loop);
    scope.spawn(server->handler->stop());
    loop.run_until([&] { return scope.running() == 0 && network.running(name) == 0; });
  }
  io::TaskScope scope(loop);
  scope.spawn(network.stop());
  loop.run_until([&] { return scope.running() == 0; });
}

void Fleet::serve(const std::string& name) {
  auto server = std::make_unique<Server>();
  apiserver::Options options;
  options.name = name;
  options.load_balancer = apiserver::StandIn::Off;
  options.tokens = {
      {.token = admin_token(name), .user = "admin", .groups = {"system:masters"}, .uid = "admin"},
      {.token = kManagerToken,
       .user = "system:serviceaccount:projectsveltos:lesto-manager",
       .groups = {"system:serviceaccounts", "system:serviceaccounts:projectsveltos"},
       .uid = "manager"}};
  auto opened = loop.run(apiserver::ApiServer::open(loop, server->storage, rng, std::move(options)));
  CHECK(opened.has_value());
  server->handler = std::move(*opened);
  network.serve(name, server->handler.get());
  servers_[name] = std::move(server);
  users_[name] = std::make_unique<User>(
      loop, app::with_token(network.connect("admin", name), admin_token(name)));
}

void Fleet::serve_management() {
  serve(kManagement);
  for (json::Value& crd : model::crds()) apply(kManagement, std::move(crd));
  apply_file(kManagement, "manifests/namespace.yaml");
  apply_file(kManagement, "manifests/rbac.yaml");
}

client::Client& Fleet::admin(const std::string& cluster) { return users_.at(cluster)->client; }

kube::Kubeconfig Fleet::kubeconfig(const std::string& cluster) const {
  kube::Kubeconfig config;
  config.server = "https://" + cluster;
  config.token = admin_token(cluster);
  return config;
}

std::unique_ptr<io::Exchange> Fleet::management_for(const std::string& party) {
  return app::with_token(network.connect(party, kManagement), kManagerToken);
}

std::unique_ptr<cluster::Dialer> Fleet::dialer_for(const std::string& party) {
  return std::make_unique<Dialer>(network, party);
}

void Fleet::isolate(const std::string& party) {
  for (const auto& [name, server] : servers_) network.cut(party, name);
}

void Fleet::apply(const std::string& cluster, json::Value object) {
  auto resource = run(users_.at(cluster)->mapper.resolve({}, kube::gvk_of(object)));
  CHECK(resource.has_value());
  client::PatchOptions options;
  options.field_manager = "test";
  options.force = true;
  auto applied = run(admin(cluster).apply({}, *resource, std::move(object), std::move(options)));
  ASSERT_TRUE(applied.has_value()) << applied.error().text();
}

void Fleet::apply_file(const std::string& cluster, const std::string& path) {
  auto text = io::read_file(std::string(LESTO_ROOT) + "/" + path);
  ASSERT_TRUE(text.has_value()) << text.error().text();
  for (const std::string& document : json::split_yaml(*text).texts) {
    auto object = json::parse_yaml(document);
    ASSERT_TRUE(object.has_value()) << object.error().text();
    if (object->is_null()) continue;
    if ((*object)["kind"].text() == "ConfigMap" && kube::namespace_of(*object).empty()) {
      object->set_path({"metadata", "namespace"}, "default");
    }
    apply(cluster, std::move(*object));
  }
}

Result<json::Value> Fleet::get(const std::string& cluster, const std::string& api_version,
                               const std::string& kind, const kube::ObjectKey& key) {
  auto resource =
      run(users_.at(cluster)->mapper.resolve({}, kube::parse_gvk(api_version, kind)));
  if (!resource) return fail(resource.error());
  return run(admin(cluster).get({}, *resource, key));
}

Process::Process(Fleet& fleet, const std::string& party, const std::string& identity)
    : fleet_(fleet),
      management_(fleet.management_for(party)),
      dialer_(fleet.dialer_for(party)),
      scope_(fleet.loop) {
  app::ReplicaOptions options;
  options.identity = identity;
  replica_ = std::make_unique<app::Replica>(fleet.loop, fleet.log, *management_, *dialer_, ledger_,
                                            std::move(options));
}

Process::~Process() { stop(); }

io::Task<void> Process::run() { ended_ = co_await replica_->run(scope_.context()); }

void Process::start() { scope_.spawn(run()); }

void Process::stop() {
  scope_.cancel();
  CHECK(fleet_.loop.run_until([&] { return scope_.running() == 0; }));
}

}  // namespace lesto::manager_test
