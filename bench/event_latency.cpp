// How long an event takes from its cluster to the deployed object in another one, and to the status that says so, seen
// from outside through the clusters' API servers, with the product running. Then the floor: the least that any product
// must do (watch one cluster, apply to the other) with our own client, in the same process on the same servers.
//
//   event_latency --kubeconfig FILE                                       contexts management, gke, capi of one file
//   event_latency --management FILE[#CONTEXT] --source ... --target ...   or each by itself
//     [--events N] [--burst N] [--gap-max MS] [--manifest FILE] [--no-floor] [--stages]
//
// Prints JSON. Times are milliseconds from the answer to the write in the source to the watch event in the target
// (deployed), or in the management cluster (status); a burst's are from its first answer to the last object. Writes are
// those of everybody in the management cluster, by its own metrics, while the create phase ran, for each event. With
// --stages also when each kind of object that is written on the way was seen; the watches that this takes cost a little.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <random>
#include <sstream>

#include "app/dialer.h"
#include "app/install.h"
#include "app/kubeconfig_file.h"
#include "bench/floor.h"
#include "bench/sightings.h"
#include "faces/cli/commands.h"
#include "foundation/io/asio_loop.h"
#include "foundation/json/text.h"
#include "kube/object/api_error.h"
#include "kube/object/discovery.h"

namespace lesto::bench {
namespace {

using namespace std::chrono_literals;
constexpr Duration kPatience = 60s;
constexpr std::size_t kParallel = 64;
constexpr std::string_view kTargetNamespace = "external";

struct Clients {
  io::Exchange& metrics;  // the management cluster's
  client::Client& management;
  client::Client& source;
  client::Client& target;
};

// Whose reaction is measured: the product's, or the floor's.
enum class Who { Product, Floor };

class Bench {
 public:
  Bench(io::AsioLoop& loop, Clients clients, Who who, Look look)
      : loop_(loop),
        clients_(clients),
        who_(who),
        sightings_(clients.management, clients.target, std::string(kTargetNamespace), prefix(), look),
        scope_(loop) {}

  io::Task<Result<void>> run(int events, int burst, int gap_max_ms) {
    sightings_.start(scope_);
    std::optional<Floor> floor;
    if (who_ == Who::Floor) floor.emplace(clients_.source, clients_.target);
    if (floor) scope_.spawn(floor->run(scope_.context()));
    auto done = co_await run_phases(events, burst, gap_max_ms);
    scope_.cancel();
    co_await scope_.join();
    co_return done;
  }
  const json::Value& results() const { return results_; }

 private:
  using Act = io::Task<Result<void>> (Bench::*)(int);

  io::Task<Result<void>> run_phases(int events, int burst, int gap_max_ms) {
    auto created = co_await phase("create", events, gap_max_ms, &Bench::create);
    if (!created) co_return created;
    auto updated = co_await phase("update", events, gap_max_ms, &Bench::update);
    if (!updated) co_return updated;
    auto removed = co_await phase("withdrawal", events, gap_max_ms, &Bench::remove);
    if (!removed) co_return removed;
    auto bursted = co_await run_burst(burst);
    co_return bursted;
  }

  std::string prefix() const { return who_ == Who::Product ? "bench-" : "floor-"; }
  std::string name(int n) const { return prefix() + std::to_string(n); }
  static std::string address(int n, int round) { return "203.0." + std::to_string(round) + "." + std::to_string(1 + n % 250); }

  io::Task<Result<void>> make_service(int n) {
    json::Value port = json::object({{"name", "http"}, {"port", 80}});
    json::Value metadata = json::object({{"name", name(n)}, {"namespace", "default"}});
    if (who_ == Who::Floor) metadata.set("labels", json::object({{kFloorLabel, "yes"}}));
    json::Value service = json::object({{"apiVersion", "v1"},
                                        {"kind", "Service"},
                                        {"metadata", std::move(metadata)},
                                        {"spec", json::object({{"type", "LoadBalancer"}, {"ports", json::array({port})}})}});
    auto made = co_await clients_.source.create({}, services(), service, "bench");
    if (!made && kube::is_already_exists(made.error())) {
      // Left by a run that was broken off.
      auto removed = co_await clients_.source.remove({}, services(), {"default", name(n)}, {});
      if (removed) made = co_await clients_.source.create({}, services(), std::move(service), "bench");
    }
    if (!made) co_return fail(std::move(made).error());
    co_return {};
  }

  // The product's event is an address in the status, the floor's one in an annotation, so that only one of them acts.
  io::Task<Result<void>> set_address(int n, std::string ip) {
    json::Value ingress = json::array({json::object({{"ip", ip}})});
    json::Value patch = json::object({{"status", json::object({{"loadBalancer", json::object({{"ingress", ingress}})}})}});
    client::PatchOptions options;
    if (who_ == Who::Product) {
      options.subresource = "status";
    } else {
      patch = json::object({{"metadata", json::object({{"annotations", json::object({{kFloorLabel, ip}})}})}});
    }
    auto patched = co_await clients_.source.patch({}, services(), {"default", name(n)}, client::PatchType::Merge, std::move(patch),
                                                  std::move(options));
    if (!patched) co_return fail(std::move(patched).error());
    sent_[name(n)] = loop_.now();
    wanted_[name(n)] = std::move(ip);
    co_return {};
  }

  io::Task<Result<void>> create(int n) {
    auto made = co_await make_service(n);
    if (!made) co_return made;
    auto set = co_await set_address(n, address(n, 1));
    co_return set;
  }
  io::Task<Result<void>> update(int n) {
    auto set = co_await set_address(n, address(n, 2));
    co_return set;
  }
  io::Task<Result<void>> remove(int n) {
    auto removed = co_await clients_.source.remove({}, services(), {"default", name(n)}, {});
    if (!removed) co_return fail(std::move(removed).error());
    sent_[name(n)] = loop_.now();
    wanted_[name(n)] = "";
    co_return {};
  }

  bool arrived(const std::string& of) const {
    auto found = sightings_.objects().find(of);
    return found != sightings_.objects().end() && found->second.content == wanted_.at(of);
  }

  io::Task<Result<void>> wait_all() {
    Time end = loop_.now() + kPatience;
    while (loop_.now() < end) {
      bool all = std::ranges::all_of(wanted_, [this](const auto& entry) { return arrived(entry.first); });
      if (all) co_return {};
      auto slept = co_await io::sleep(loop_, {}, 5ms);
      (void)slept;
    }
    std::string missing;
    for (const auto& [of, ip] : wanted_) {
      if (!arrived(of) && missing.size() < 200) missing += " " + of;
    }
    co_return fail(Code::Timeout, "not seen in the target:" + missing);
  }

  io::Task<Result<void>> phase(std::string what, int events, int gap_max_ms, Act act) {
    sent_.clear();
    wanted_.clear();
    auto before = co_await management_writes();
    for (int n = 0; n < events; ++n) {
      auto slept = co_await io::sleep(loop_, {}, std::chrono::microseconds(1000 + random_() % static_cast<unsigned>(gap_max_ms * 1000)));
      (void)slept;
      auto acted = co_await (this->*act)(n);
      if (!acted) co_return fail(std::move(acted.error()).during(what));
    }
    auto all = co_await wait_all();
    if (!all) co_return during(std::move(all), what);
    // Statuses follow, and take their writes with them.
    auto slept = co_await io::sleep(loop_, {}, who_ == Who::Product ? 1500ms : 0ms);
    (void)slept;
    std::vector<double> deployed;
    std::vector<double> told;
    for (const auto& [of, time] : sent_) {
      deployed.push_back(after(time, sightings_.objects().at(of).time));
      auto status = sightings_.statuses().find(of);
      if (status != sightings_.statuses().end()) told.push_back(after(time, status->second.time));
    }
    json::Value result = spread(std::move(deployed));
    result.set("events", events);
    if (told.size() == sent_.size()) result.set("status", spread(std::move(told)));
    auto writes = co_await management_writes();
    json::Value stages = stages_of();
    if (what == "create" && !stages.members().empty()) result.set("seen_after_ms", std::move(stages));
    if (before && writes) result.set("management_writes_per_event", (*writes - *before) / events);
    results_.set(what, std::move(result));
    co_return {};
  }

  // The object may be there before the answer to the write has been read.
  static double after(Time sent, Time seen) { return std::max(0.0, std::chrono::duration<double, std::milli>(seen - sent).count()); }

  // The middle of the times after which each kind of object that the product writes on the way was seen.
  json::Value stages_of() const {
    json::Value result = json::object({});
    for (const auto& [stage, times] : sightings_.stages()) {
      std::vector<double> spans;
      for (const auto& [of, time] : times) {
        auto sent = sent_.find(of);
        if (sent != sent_.end()) spans.push_back(after(sent->second, time));
      }
      if (!spans.empty()) result.set(stage, spread(std::move(spans))["p50"]);
    }
    return result;
  }

  static json::Value spread(std::vector<double> times) {
    std::ranges::sort(times);
    auto at = [&](double share) { return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))]; };
    return json::object({{"p50", at(0.5)}, {"p90", at(0.9)}, {"p99", at(0.99)}, {"max", times.back()}});
  }

  // Nothing when the server has no metrics, as the embedded one.
  io::Task<std::optional<double>> management_writes() {
    if (who_ == Who::Floor) co_return std::nullopt;
    io::Request request;
    request.target = "/metrics";
    auto response = co_await clients_.metrics.send({}, std::move(request));
    if (!response || response->status != 200) co_return std::nullopt;
    co_return count_writes(response->body);
  }

  io::Task<Result<void>> fire(int n) {
    auto set = co_await set_address(n, address(n, 3));
    co_return set;
  }

  io::Task<void> one_of_burst(int n, std::size_t& running, io::Signal& room, std::optional<Error>& error, Act act) {
    auto done = co_await (this->*act)(n);
    if (!done) error = done.error();
    --running;
    room.notify();
  }

  io::Task<Result<void>> each_of_burst(int count, Act act) {
    std::size_t running = 0;
    io::Signal room(loop_);
    io::TaskScope scope(loop_);
    std::optional<Error> error;
    for (int n = 0; n < count; ++n) {
      while (running >= kParallel) {
        auto woken = co_await room.wait({});
        (void)woken;
      }
      ++running;
      scope.spawn(one_of_burst(10000 + n, running, room, error, act));
    }
    co_await scope.join();
    if (error) co_return fail(*error);
    co_return {};
  }

  io::Task<Result<void>> run_burst(int count) {
    if (count == 0) co_return {};
    auto prepared = co_await each_of_burst(count, &Bench::make_service);
    if (!prepared) co_return prepared;
    sent_.clear();
    wanted_.clear();
    Time start = loop_.now();
    auto sent = co_await each_of_burst(count, &Bench::fire);
    if (!sent) co_return sent;
    Time all_sent = loop_.now();
    auto all = co_await wait_all();
    if (!all) co_return all;
    Time last = start;
    for (const auto& [of, ip] : wanted_) last = std::max(last, sightings_.objects().at(of).time);
    auto ms = [&](Time time) { return std::chrono::duration<double, std::milli>(time - start).count(); };
    results_.set("burst", json::object({{"events", count}, {"writes_ms", ms(all_sent)}, {"last_object_ms", ms(last)}}));
    // Nothing is left over for the next run.
    auto removed = co_await each_of_burst(count, &Bench::remove);
    if (removed) removed = co_await wait_all();
    co_return removed;
  }

  io::AsioLoop& loop_;
  Clients clients_;
  Who who_;
  Sightings sightings_;
  io::TaskScope scope_;
  std::map<std::string, Time> sent_;
  std::map<std::string, std::string> wanted_;
  std::mt19937 random_{1};
  json::Value results_ = json::object({});
};

struct Connection {
  std::unique_ptr<io::Exchange> exchange;
  std::unique_ptr<client::Client> client;
};

// `where` is FILE or FILE#CONTEXT.
Result<Connection> reach(io::AsioLoop& loop, const std::string& where) {
  auto hash = where.find('#');
  std::string context = hash == std::string::npos ? "" : where.substr(hash + 1);
  TRY_ASSIGN(auto config, app::read_kubeconfig_file(where.substr(0, hash), context));
  Connection made;
  TRY_ASSIGN(made.exchange, app::connect(loop, config));
  made.client = std::make_unique<client::Client>(loop, *made.exchange, "lesto-bench");
  return made;
}

struct Settings {
  std::string management, source, target;
  std::string manifest = "examples/cross-cluster/v1beta1.yaml";
  int events = 300;
  int burst = 50;
  int gap_max_ms = 30;
  bool no_floor = false;
  bool stages = false;
};

Result<json::Value> measure(const Settings& settings) {
  io::AsioLoop loop;
  TRY_ASSIGN(Connection management, reach(loop, settings.management));
  TRY_ASSIGN(Connection source, reach(loop, settings.source));
  TRY_ASSIGN(Connection target, reach(loop, settings.target));
  std::ostringstream ignored;
  cli::ApplyOptions apply;
  apply.files = {settings.manifest};
  TRY(loop.run(cli::apply(*management.client, apply, ignored)));
  Clients clients{*management.exchange, *management.client, *source.client, *target.client};
  TRY(loop.run(make_namespace(*target.client, std::string(kTargetNamespace))));
  Bench product(loop, clients, Who::Product, settings.stages ? Look::Stages : Look::Statuses);
  TRY(loop.run(product.run(settings.events, settings.burst, settings.gap_max_ms)));
  json::Value results = product.results();
  if (settings.no_floor) return results;
  Bench floor(loop, clients, Who::Floor, Look::Target);
  TRY(loop.run(floor.run(settings.events, settings.burst, settings.gap_max_ms)));
  results.set("floor", floor.results());
  return results;
}

int run(int argc, char** argv) {
  CLI::App app{"event latency, seen from outside"};
  Settings settings;
  std::string kubeconfig;
  app.add_option("--kubeconfig", kubeconfig);
  app.add_option("--management", settings.management);
  app.add_option("--source", settings.source);
  app.add_option("--target", settings.target);
  app.add_option("--manifest", settings.manifest);
  app.add_option("--events", settings.events)->check(CLI::Range(1, 1'000'000));
  app.add_option("--burst", settings.burst);
  app.add_option("--gap-max", settings.gap_max_ms)->check(CLI::Range(1, 60'000));
  app.add_flag("--no-floor", settings.no_floor);
  app.add_flag("--stages", settings.stages);
  CLI11_PARSE(app, argc, argv);
  if (settings.management.empty()) settings.management = kubeconfig + "#management";
  if (settings.source.empty()) settings.source = kubeconfig + "#gke";
  if (settings.target.empty()) settings.target = kubeconfig + "#capi";
  auto results = measure(settings);
  if (!results) {
    std::cerr << results.error().text() << "\n";
    return 1;
  }
  std::cout << json::write(*results, {.indent = 2}) << "\n";
  return 0;
}

}  // namespace
}  // namespace lesto::bench

int main(int argc, char** argv) { return lesto::bench::run(argc, argv); }
