#include "tests/real/real_world.h"

#include <algorithm>
#include <charconv>

#include "foundation/json/text.h"
#include "foundation/json/yaml.h"
#include "kube/object/discovery.h"

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

kube::Resource services() { return kube::core_resource("services", "Service", kube::Scope::Namespaced); }

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
  std::string place;
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
    return restart(json::array({name}), {});
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
  return signal(cluster, "KILL");
}

// Those that run are killed first; all are started at the same time.
Result<void> RealWorld::restart(const json::Value& names, const json::Value& flags) {
  std::vector<std::string> words;
  for (const json::Value& flag : flags.items()) words.push_back(flag.string());
  std::vector<std::string> real;
  for (const json::Value& name : names.items()) {
    auto found = clusters_.find(name.string());
    if (found == clusters_.end()) return fail(Code::Invalid, "no cluster " + name.string());
    if (found->second->runs) TRY(stop_server(name.string()));
    found->second->runs = true;
    real.push_back(found->second->name);
  }
  return meanwhile([this, real, words] { return fleet_.start(real, words); });
}

Result<void> RealWorld::signal(const Cluster& cluster, const std::string& which) {
  return meanwhile([this, real = cluster.name, which] { return fleet_.signal(real, which); });
}

Result<void> RealWorld::meanwhile(std::function<Result<void>()> call) {
  return run(io::offload(loop_, std::move(call)));
}

Result<void> RealWorld::start_manager() {
  CHECK(!manager_);
  TRY_ASSIGN(auto connection, app::connect(loop_, managers_kubeconfig(std::string(scenario::kManagement)), impatient()));
  management_ = scenario::noting(std::move(connection), refusals_);
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
  if (verb == "compact") return fleet_.etcd().compact();
  if (verb == "restart servers") return restart(what["clusters"], what["flags"]);
  std::string name = what["cluster"].is_null() ? what.string() : what["cluster"].string();
  auto found = clusters_.find(name);
  if (found == clusters_.end()) return fail(Code::Invalid, "\"" + std::string(verb) + "\": no verb, or no cluster " + name);
  Cluster& cluster = *found->second;
  if (verb == "kill server") return stop_server(name);
  if (verb == "freeze server") return signal(cluster, "STOP");
  if (verb == "thaw server") return signal(cluster, "CONT");
  if (verb == "connections") return look_at_connections(cluster.cable, what);
  if (verb == "throttled") return look_at_refusals(cluster);
  if (verb == "note place") return note_place(cluster);
  if (verb == "place is gone") return look_at_place(cluster);
  return fail(Code::Invalid, "a story knows no action \"" + std::string(verb) + "\"");
}

// {open?, ever?}: exactly so many are open, at least so many were made; exactly one, if one.
Result<void> RealWorld::look_at_connections(const Cable& cable, const json::Value& what) {
  std::int64_t ever = what["ever"].integer();
  bool open_right = what["open"].is_null() || cable.open() == what["open"].integer();
  bool ever_right = ever == 1 ? cable.opened() == 1 : cable.opened() >= ever;
  if (open_right && ever_right) return {};
  return fail(Code::Invalid, std::to_string(cable.open()) + " connections of the manager are open, and " +
                                 std::to_string(cable.opened()) + " were made; wanted " + json::write(what));
}

// The server has answered 429 because of its flow control.
Result<void> RealWorld::look_at_refusals(Cluster& cluster) {
  io::Request request;
  request.target = "/metrics";
  TRY_ASSIGN(io::Response response, run(cluster.exchange->send({}, std::move(request))));
  constexpr std::string_view kRefused = "\napiserver_flowcontrol_rejected_requests_total{";
  if (response.body.find(kRefused) != std::string::npos) return {};
  return fail(Code::Invalid, "the API server has refused no request");
}

// Where a watch of Services stands now.
Result<void> RealWorld::note_place(Cluster& cluster) {
  TRY_ASSIGN(client::List list, run(cluster.client.list({}, services(), {.ns = {}, .label_selector = {}, .field_selector = {}, .continue_token = {}})));
  cluster.place = list.resource_version;
  return {};
}

// A watch that comes back with that place is told 410: what the manager, which stood there, is told as well.
Result<void> RealWorld::look_at_place(Cluster& cluster) {
  client::WatchOptions options;
  options.resource_version = cluster.place;
  options.timeout_s = 1;
  auto watch = run(cluster.client.watch({}, services(), std::move(options)));
  if (!watch && watch.error().code() == Code::Gone) return {};
  if (!watch) return fail(watch.error());
  auto events = run(watch->next({}));
  if (!events && events.error().code() == Code::Gone) return {};
  return fail(Code::Invalid, "a watch from " + cluster.place + " is still served");
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
  kube::Kubeconfig config = managers_kubeconfig(cluster);
  // Registered as a target, the management cluster needs more than the manager's own rights there.
  if (cluster == scenario::kManagement) config.token = kAdministratorToken;
  return json::write_yaml(kube::kubeconfig_document({{cluster, config}}, cluster));
}

const scenario::Patience& RealWorld::patience() const {
  static constexpr scenario::Patience kPatience{
      .until_true = 120s, .look_every = 50ms, .still = 1s, .still_every = 100ms};
  return kPatience;
}

void RealWorld::wait(Duration duration) { pass(std::min(duration, kWaitMax)); }

void RealWorld::pass(Duration duration) {
  bool over = false;
  loop_.after(duration, [&over] { over = true; });
  loop_.run_until([&over] { return over; });
}

}  // namespace lesto::real
