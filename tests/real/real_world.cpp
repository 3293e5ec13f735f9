#include "tests/real/real_world.h"

#include <algorithm>
#include <charconv>

#include "foundation/json/yaml.h"

namespace lesto::real {
namespace {

using namespace std::chrono_literals;

// Stories are written for virtual time, where waiting costs nothing. Here a `wait` is cut short, and the manager's own
// patience is scaled likewise: what takes it 45 s (a connection gone silent) takes 5 s.
constexpr Duration kWaitMax = 1500ms;
constexpr Duration kPingEvery = 3s;
constexpr Duration kPingTimeout = 2s;

io::ClientOptions impatient() {
  io::ClientOptions options;
  options.connect_timeout = 3s;
  options.ping_every = kPingEvery;
  options.ping_timeout = kPingTimeout;
  return options;
}

app::ManagerOptions manager_options() {
  app::ManagerOptions options;
  options.probes = {.healthy = 2s, .failing_first = 100ms, .failing_max = 1s, .answer_max = 3s};
  return options;
}

std::uint16_t port_of(const std::string& url) {
  std::uint16_t port = 0;
  std::from_chars(url.data() + url.rfind(':') + 1, url.data() + url.size(), port);
  return port;
}

}  // namespace

struct RealWorld::Cluster {
  Cluster(io::AsioLoop& loop, std::string real, const kube::Kubeconfig& administrator)
      : name(std::move(real)),
        cable(port_of(administrator.server)),
        exchange(app::connect(loop, administrator).value()),
        client(loop, *exchange, "kubectl"),
        mapper(client) {}

  std::string name;  // the fleet's
  Cable cable;
  std::unique_ptr<io::Exchange> exchange;
  client::Client client;
  client::Mapper mapper;
  bool runs = true;
};

RealWorld::RealWorld(Fleet& fleet)
    : fleet_(fleet),
      log_(loop_, LogLevel::Info, [this](std::string_view line) { log_text_ += std::string(line) + "\n"; }),
      dialer_(loop_, impatient()) {}

RealWorld::~RealWorld() {
  if (manager_) stop_manager();
  clusters_.clear();
  auto reset = fleet_.reset();
  if (!reset) std::fprintf(stderr, "the clusters are not as they were: %s\n", reset.error().text().c_str());
  CHECK(reset.has_value());
}

Result<void> RealWorld::start_server(const std::string& name) {
  auto known = clusters_.find(name);
  if (known != clusters_.end()) {
    if (known->second->runs) return fail(Code::Invalid, "server " + name + " runs already");
    known->second->runs = true;
    return restart(name, {});
  }
  std::string real = name;
  if (name != scenario::kManagement) {
    std::size_t taken = clusters_.size() - clusters_.count(std::string(scenario::kManagement));
    if (taken == fleet_.names().size()) return fail(Code::Invalid, "no cluster is left for " + name);
    real = fleet_.names()[taken];
  }
  clusters_[name] = std::make_unique<Cluster>(loop_, real, fleet_.administrator(real));
  return {};
}

Result<void> RealWorld::stop_server(const std::string& name) {
  Cluster& cluster = *clusters_.at(name);
  cluster.runs = false;
  // One that is asked to end waits a minute for its watches.
  return meanwhile([this, real = cluster.name] { return fleet_.signal(real, "KILL"); });
}

Result<void> RealWorld::restart(const std::string& cluster, const json::Value& flags) {
  std::vector<std::string> words;
  for (const json::Value& flag : flags.items()) words.push_back(flag.string());
  return meanwhile([this, real = clusters_.at(cluster)->name, words] { return fleet_.start(real, words); });
}

Result<void> RealWorld::meanwhile(std::function<Result<void>()> call) {
  return run(io::offload(loop_, std::move(call)));
}

Result<void> RealWorld::start_manager() {
  CHECK(!manager_);
  TRY_ASSIGN(management_, app::connect(loop_, managers_kubeconfig(std::string(scenario::kManagement)), impatient()));
  manager_ = std::make_unique<app::Manager>(loop_, log_, *management_, dialer_, ledger_, manager_options());
  return during(loop_.run(manager_->start()), "start of the manager");
}

void RealWorld::stop_manager() {
  CHECK(manager_);
  io::TaskScope scope(loop_);
  scope.spawn(manager_->stop());
  loop_.run_until([&] { return scope.running() == 0; });
  manager_.reset();
  management_.reset();
}

void RealWorld::cut(const std::string& cluster) { clusters_.at(cluster)->cable.cut(); }
void RealWorld::heal(const std::string& cluster) { clusters_.at(cluster)->cable.heal(); }

Result<void> RealWorld::fault(std::string_view verb, const json::Value& what) {
  std::string name = what["cluster"].is_null() ? what.string() : what["cluster"].string();
  if (verb == "compact") return fleet_.etcd().compact();
  auto found = clusters_.find(name);
  if (found == clusters_.end()) return fail(Code::Invalid, "\"" + std::string(verb) + "\": no verb, or no cluster " + name);
  Cluster& cluster = *found->second;
  std::string real = cluster.name;
  if (verb == "kill server") {
    cluster.runs = false;
    return meanwhile([this, real] { return fleet_.signal(real, "KILL"); });
  }
  if (verb == "freeze server") return meanwhile([this, real] { return fleet_.signal(real, "STOP"); });
  if (verb == "thaw server") return meanwhile([this, real] { return fleet_.signal(real, "CONT"); });
  if (verb == "restart server") {
    TRY(meanwhile([this, real] { return fleet_.signal(real, "KILL"); }));
    return restart(name, what["flags"]);
  }
  if (verb == "one connection") {
    if (cluster.cable.open() == 1) return {};
    return fail(Code::Invalid, "the manager has " + std::to_string(cluster.cable.open()) + " connections to " + name);
  }
  return fail(Code::Invalid, "a story knows no action \"" + std::string(verb) + "\"");
}

client::Client& RealWorld::user(const std::string& cluster) { return clusters_.at(cluster)->client; }
client::Mapper& RealWorld::mapper(const std::string& cluster) { return clusters_.at(cluster)->mapper; }

std::string RealWorld::url(const std::string& cluster) const {
  return "https://127.0.0.1:" + std::to_string(clusters_.at(cluster)->cable.port());
}

kube::Kubeconfig RealWorld::managers_kubeconfig(const std::string& cluster) const {
  kube::Kubeconfig config;
  config.server = url(cluster);
  config.ca_pem = fleet_.administrator(clusters_.at(cluster)->name).ca_pem;
  config.token = kManagerToken;
  return config;
}

std::string RealWorld::kubeconfig(const std::string& cluster) const {
  return json::write_yaml(kube::kubeconfig_document({{cluster, managers_kubeconfig(cluster)}}, cluster));
}

const scenario::Patience& RealWorld::patience() const {
  static constexpr scenario::Patience kPatience{
      .until_true = 40s, .look_every = 50ms, .still = 1s, .still_every = 100ms};
  return kPatience;
}

void RealWorld::wait(Duration duration) { pass(std::min(duration, kWaitMax)); }

void RealWorld::pass(Duration duration) {
  bool over = false;
  loop_.after(duration, [&over] { over = true; });
  loop_.run_until([&over] { return over; });
}

}  // namespace lesto::real
