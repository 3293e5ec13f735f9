// How long an event takes from its cluster to the deployed object in another one, seen from outside through the clusters'
// API servers, with the product running.
//
//   event_latency --kubeconfig FILE [--events N] [--burst N] [--gap-max MS] [--manifest FILE]
//
// FILE has the contexts management, gke and capi, as `lesto up` writes it. Prints JSON: for create, update and withdrawal
// p50, p90, p99 and max in milliseconds, from the answer to the write in gke to the watch event in capi; for the burst the
// time from the first answer to the last object.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <random>
#include <sstream>

#include "app/dialer.h"
#include "app/install.h"
#include "faces/cli/commands.h"
#include "foundation/io/asio_loop.h"
#include "foundation/json/text.h"
#include "kube/object/discovery.h"

namespace lesto::bench {
namespace {

using namespace std::chrono_literals;
constexpr Duration kPatience = 60s;
constexpr std::size_t kParallel = 64;

kube::Resource services() { return kube::core_resource("services", "Service", kube::Scope::Namespaced); }
kube::Resource endpoints() { return kube::core_resource("endpoints", "Endpoints", kube::Scope::Namespaced); }

// When each object of the target was last seen, and with which address; "" when it is gone.
struct Seen {
  Time time{};
  std::string address;
};

class Bench {
 public:
  Bench(io::AsioLoop& loop, client::Client& source, client::Client& target) : loop_(loop), source_(source), target_(target), scope_(loop) {}

  io::Task<Result<void>> run(int events, int burst, int gap_max_ms) {
    scope_.spawn(follow(scope_.context()));
    auto created = co_await phase("create", events, gap_max_ms, &Bench::create);
    if (!created) co_return created;
    auto updated = co_await phase("update", events, gap_max_ms, &Bench::update);
    if (!updated) co_return updated;
    auto removed = co_await phase("withdrawal", events, gap_max_ms, &Bench::remove);
    if (!removed) co_return removed;
    auto bursted = co_await run_burst(burst);
    scope_.cancel();
    co_await scope_.join();
    co_return bursted;
  }
  const json::Value& results() const { return results_; }

 private:
  using Act = io::Task<Result<void>> (Bench::*)(int);

  static std::string name(int n) { return "bench-" + std::to_string(n); }
  static std::string address(int n, int round) { return "203.0." + std::to_string(round) + "." + std::to_string(1 + n % 250); }

  io::Task<void> follow(io::Context context) {
    auto watch = co_await target_.watch(context, endpoints(), {.ns = "external", .label_selector = {}, .field_selector = {}, .resource_version = {}});
    if (!watch) co_return;
    for (;;) {
      auto batch = co_await watch->next(context);
      if (!batch || !*batch) co_return;
      Time now = loop_.now();
      for (const client::WatchEvent& event : **batch) {
        bool gone = event.type == client::EventType::Deleted;
        seen_[std::string(kube::name_of(event.object))] = {now, gone ? "" : event.object["subsets"][0]["addresses"][0]["ip"].string()};
      }
    }
  }

  io::Task<Result<void>> make_service(int n) {
    json::Value port = json::object({{"name", "http"}, {"port", 80}});
    json::Value service = json::object({{"apiVersion", "v1"},
                                        {"kind", "Service"},
                                        {"metadata", json::object({{"name", name(n)}, {"namespace", "default"}})},
                                        {"spec", json::object({{"type", "LoadBalancer"}, {"ports", json::array({port})}})}});
    auto made = co_await source_.create({}, services(), std::move(service), "bench");
    if (!made) co_return fail(std::move(made).error());
    co_return {};
  }

  io::Task<Result<void>> set_address(int n, std::string ip) {
    json::Value ingress = json::array({json::object({{"ip", ip}})});
    client::PatchOptions options;
    options.subresource = "status";
    auto patched = co_await source_.patch({}, services(), {"default", name(n)}, client::PatchType::Merge,
                                          json::object({{"status", json::object({{"loadBalancer", json::object({{"ingress", ingress}})}})}}),
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
    auto removed = co_await source_.remove({}, services(), {"default", name(n)}, {});
    if (!removed) co_return fail(std::move(removed).error());
    sent_[name(n)] = loop_.now();
    wanted_[name(n)] = "";
    co_return {};
  }

  bool arrived(const std::string& of) const {
    auto found = seen_.find("external-" + of);
    return found != seen_.end() && found->second.address == wanted_.at(of);
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
    for (int n = 0; n < events; ++n) {
      auto slept = co_await io::sleep(loop_, {}, std::chrono::microseconds(1000 + random_() % static_cast<unsigned>(gap_max_ms * 1000)));
      (void)slept;
      auto acted = co_await (this->*act)(n);
      if (!acted) co_return fail(std::move(acted.error()).during(what));
    }
    auto all = co_await wait_all();
    if (!all) co_return during(std::move(all), what);
    std::vector<double> times;
    for (const auto& [of, time] : sent_) {
      // The object may be there before the answer to the write has been read.
      times.push_back(std::max(0.0, std::chrono::duration<double, std::milli>(seen_["external-" + of].time - time).count()));
    }
    std::ranges::sort(times);
    auto at = [&](double share) { return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))]; };
    results_.set(what, json::object({{"events", events}, {"p50", at(0.5)}, {"p90", at(0.9)}, {"p99", at(0.99)}, {"max", times.back()}}));
    co_return {};
  }

  io::Task<void> one_of_burst(int n, std::size_t& running, io::Signal& room, std::optional<Error>& error, bool prepare) {
    Result<void> done;
    if (prepare) {
      done = co_await make_service(n);
    } else {
      done = co_await set_address(n, address(n, 3));
    }
    if (!done) error = done.error();
    --running;
    room.notify();
  }

  io::Task<Result<void>> each_of_burst(int count, bool prepare) {
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
      scope.spawn(one_of_burst(10000 + n, running, room, error, prepare));
    }
    co_await scope.join();
    if (error) co_return fail(*error);
    co_return {};
  }

  io::Task<Result<void>> run_burst(int count) {
    if (count == 0) co_return {};
    auto prepared = co_await each_of_burst(count, true);
    if (!prepared) co_return prepared;
    sent_.clear();
    wanted_.clear();
    Time start = loop_.now();
    auto sent = co_await each_of_burst(count, false);
    if (!sent) co_return sent;
    Time all_sent = loop_.now();
    auto all = co_await wait_all();
    if (!all) co_return all;
    Time last = start;
    for (const auto& [of, ip] : wanted_) last = std::max(last, seen_["external-" + of].time);
    auto ms = [&](Time time) { return std::chrono::duration<double, std::milli>(time - start).count(); };
    results_.set("burst", json::object({{"events", count}, {"writes_ms", ms(all_sent)}, {"last_object_ms", ms(last)}}));
    co_return {};
  }

  io::AsioLoop& loop_;
  client::Client& source_;
  client::Client& target_;
  io::TaskScope scope_;
  std::map<std::string, Seen> seen_;
  std::map<std::string, Time> sent_;
  std::map<std::string, std::string> wanted_;
  std::mt19937 random_{1};
  json::Value results_ = json::object({});
};

int run(int argc, char** argv) {
  CLI::App app{"event latency, seen from outside"};
  std::string kubeconfig;
  std::string manifest = "examples/cross-cluster/v1beta1.yaml";
  int events = 300;
  int burst = 1000;
  int gap_max_ms = 30;
  app.add_option("--kubeconfig", kubeconfig)->required();
  app.add_option("--manifest", manifest);
  app.add_option("--events", events);
  app.add_option("--burst", burst);
  app.add_option("--gap-max", gap_max_ms);
  CLI11_PARSE(app, argc, argv);
  io::AsioLoop loop;
  std::vector<std::unique_ptr<io::Exchange>> exchanges;
  std::vector<std::unique_ptr<client::Client>> clients;
  for (const char* context : {"management", "gke", "capi"}) {
    auto config = app::read_kubeconfig_file(kubeconfig, context);
    auto exchange = config ? app::connect(loop, *config) : Result<std::unique_ptr<io::Exchange>>(fail(config.error()));
    if (!exchange) {
      std::cerr << exchange.error().text() << "\n";
      return 1;
    }
    exchanges.push_back(std::move(*exchange));
    clients.push_back(std::make_unique<client::Client>(loop, *exchanges.back(), "lesto-bench"));
  }
  std::ostringstream ignored;
  cli::ApplyOptions apply;
  apply.files = {manifest};
  auto done = loop.run(cli::apply(*clients[0], apply, ignored));
  Bench bench(loop, *clients[1], *clients[2]);
  if (done) done = loop.run(bench.run(events, burst, gap_max_ms));
  std::cout << json::write(bench.results(), {.indent = 2}) << "\n";
  if (!done) std::cerr << done.error().text() << "\n";
  return done ? 0 : 1;
}

}  // namespace
}  // namespace lesto::bench

int main(int argc, char** argv) { return lesto::bench::run(argc, argv); }
