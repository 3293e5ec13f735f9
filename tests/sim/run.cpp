#include "tests/sim/run.h"

#include "foundation/json/text.h"
#include "tests/sim/history.h"
#include "tests/sim/safety.h"
#include "tests/sim/settled.h"
#include "tests/sim/users.h"

namespace lesto::sim {
namespace {

using namespace std::chrono_literals;

// How long everything may take to settle once nothing breaks any more: connections that nobody answers break after 45 s,
// retries wait up to 30 s, conflicts are tried again after 60 s.
constexpr Duration kSettleMax = 10min;
constexpr Duration kQuiet = 10min;
// Longer than any retry waits: what was not tried again by then is not going to be.
constexpr Duration kStill = 70s;

class Life {
 public:
  explicit Life(const RunOptions& options)
      : options_(options),
        dice_(options.seed),
        fleet_(options.seed),
        history_(fleet_.loop()),
        safety_(history_),
        users_(dice_, fleet_, [this] { history_.changed(users_.truth()); }) {
    if (options.trace) fleet_.journal().show(options.trace);
    fleet_.journal().listen([this](const Write& write) {
      history_.hear(write);
      if (users_.meddled()) safety_.meddled();
      safety_.hear(write);
    });
  }
  // The fleet still answers while it is taken down.
  ~Life() {
    fleet_.journal().listen({});
    fleet_.journal().show({});
  }
  Life(const Life&) = delete;
  Life& operator=(const Life&) = delete;

  RunResult live() {
    Time begin = fleet_.loop().now();
    start();
    for (int round = 1; round <= options_.rounds && result_.wrong.empty(); ++round) {
      round_ = round;
      fleet_.journal().say("--- round " + std::to_string(round));
      storm();
      heal();
      users_.correct(round == options_.rounds);
      if (!settle("after the storm")) break;
      calm();
    }
    if (result_.wrong.empty()) watch_quiet();
    result_.hash = fleet_.journal().hash();
    result_.requests = fleet_.journal().requests();
    result_.writes = fleet_.journal().writes();
    result_.virtual_time = fleet_.loop().now() - begin;
    result_.log = fleet_.log();
    return std::move(result_);
  }

 private:
  void start() {
    fleet_.start_server(std::string(kManagement));
    bool early = dice_.chance(0.5);
    if (early) fleet_.start_manager();
    users_.begin();
    if (!early) fleet_.start_manager();
  }

  // Users and misfortune at once.
  void storm() {
    std::size_t steps = 5 + dice_.below(30);
    double fault_share = dice_.chance(0.2) ? 0 : 0.1 + 0.05 * static_cast<double>(dice_.below(8));
    if (fault_share > 0) spoil();
    for (std::size_t i = 0; i < steps; ++i) {
      if (dice_.chance(fault_share)) {
        fault();
      } else {
        users_.act();
      }
      pass_time();
      if (stop_early()) return;
    }
  }

  // Between two things in a row, a moment or a while.
  void pass_time() {
    std::size_t choice = dice_.below(10);
    if (choice < 4) fleet_.run_jobs(dice_.below(200));
    if (choice >= 4 && choice < 8) fleet_.run_for(dice_.between(1ms, 2s));
    if (choice == 8) fleet_.run_for(dice_.between(1s, 60s));
  }

  // How badly everything goes in this round.
  void spoil() {
    double most = dice_.pick({0.0, 0.01, 0.05, 0.2});
    auto rate = [&] { return dice_.chance(0.5) ? most * static_cast<double>(1 + dice_.below(100)) / 100 : 0.0; };
    FaultRates rates{.conflict = rate(),
                     .too_many = rate(),
                     .internal = rate(),
                     .unavailable = rate(),
                     .after_write = rate(),
                     .gone = rate(),
                     .drop_watch = 4 * rate()};
    fleet_.set_faults(rates);
    for (const std::string& server : servers()) {
      io::sim::LinkRates link;
      link.request_lost = rate() / 2;
      link.answer_lost = rate() / 2;
      link.stream_cut = rate() / 4;
      if (dice_.chance(0.2)) link.delay_max = dice_.between(10ms, 3s);
      fleet_.network().set_rates("manager", server, link);
    }
  }

  void fault() {
    std::string server = dice_.pick(servers());
    std::size_t choice = dice_.below(9);
    fleet_.journal().say("fault " + std::to_string(choice) + " at " + server);
    switch (choice) {
      case 0: fleet_.network().cut("manager", server); break;
      case 1: fleet_.network().heal("manager", server); break;
      case 2: fleet_.network().break_connections("manager", server); break;
      case 3: fleet_.drop_watches(server); break;
      case 4:
        fleet_.forget_history(server);
        fleet_.drop_watches(server);
        break;
      case 5: fleet_.crash_server(server, dice_.between(10ms, 40s)); break;
      case 6: fleet_.crash_manager_soon(dice_.below(300), dice_.between(1ms, 5s)); break;
      case 7: fleet_.crash_manager(dice_.between(1ms, 60s)); break;
      case 8: {
        Duration by = dice_.between(1s, 1h);
        safety_.jumped(by);
        fleet_.jump_clock(by);
        break;
      }
      default: break;
    }
  }

  void heal() {
    fleet_.journal().say("everything heals");
    fleet_.set_faults({});
    fleet_.crash_no_more();
    fleet_.network().heal_all();
    for (const std::string& server : servers()) fleet_.network().set_rates("manager", server, {});
  }

  // Runs until all invariants hold; false when they do not in time.
  bool settle(const std::string& when) {
    if (stop_early()) return false;
    std::vector<std::string> wrong;
    Time end = fleet_.loop().now() + kSettleMax;
    std::uint64_t writes = fleet_.journal().writes();
    Time still = fleet_.loop().now();
    do {
      fleet_.run_for(10s);
      if (std::exchange(writes, fleet_.journal().writes()) != writes) still = fleet_.loop().now();
      if (!fleet_.manager_started() || fleet_.loop().now() - still < kStill) continue;
      wrong = Settled(fleet_, users_.truth(), history_).check();
      if (!wrong.empty()) continue;
      safety_.settled();
      users_.settled();
      return !stop_early();
    } while (fleet_.loop().now() < end);
    if (wrong.empty()) wrong = {"the manager does not stop writing"};
    for (std::string& what : wrong) report(when + ": " + what);
    return false;
  }

  // Nobody wants anything new, but things break: nothing may be made, changed or deleted.
  void calm() {
    auto before = picture();
    fleet_.journal().say("calm");
    if (dice_.chance(0.7)) spoil();
    std::size_t faults = dice_.below(6);
    for (std::size_t i = 0; i < faults; ++i) {
      fault();
      pass_time();
      if (stop_early()) return;
    }
    if (dice_.chance(0.5)) fleet_.crash_manager(dice_.between(1ms, 5s));
    heal();
    if (!settle("after a calm")) return;
    auto after = picture();
    for (const auto& [what, state] : before) {
      auto now = after.find(what);
      if (now == after.end()) report("in a calm, lost " + what);
      if (now != after.end() && now->second != state) report("in a calm, changed " + what + ": " + state + " to " + now->second);
    }
    for (const auto& [what, state] : after) {
      if (!before.contains(what)) report("in a calm, made " + what);
    }
  }

  // Identity and state of everything that matters: in clusters to the last write, in management without statuses.
  std::map<std::string, std::string> picture() {
    std::map<std::string, std::string> all;
    auto add = [&](const std::string& server, const kube::GroupVersionKind& gvk, bool management) {
      auto objects = fleet_.list(server, gvk);
      if (!objects) return report(objects.error().text());
      for (const json::Value& object : *objects) {
        if (management && !is_ours(object)) continue;
        if (kube::name_of(object) == "kube-root-ca.crt") continue;
        // What somebody has edited is put right when a deployment that failed is tried again, also in a calm.
        if (users_.truth().by_hand.contains({server, kube::id_of(object)})) continue;
        std::string state = management ? std::to_string(kube::generation_of(object)) + json::write(object["data"])
                                       : std::string(kube::resource_version_of(object));
        all[server + " " + kube::text_of(object)] = std::string(kube::uid_of(object)) + " " + state;
      }
    };
    for (const ClusterTruth& cluster : users_.truth().clusters) {
      for (const kube::GroupVersionKind& gvk : deployed_kinds()) add(cluster.name, gvk, false);
    }
    for (const char* kind : {"EventReport", "ClusterProfile", "ClusterSummary"}) {
      std::string group = kind == std::string("EventReport") ? "lib.projectsveltos.io" : "config.projectsveltos.io";
      add(std::string(kManagement), {group, "v1beta1", kind}, true);
    }
    for (const char* kind : {"ConfigMap", "Secret"}) add(std::string(kManagement), {"", "v1", kind}, true);
    return all;
  }

  void watch_quiet() {
    std::uint64_t writes = fleet_.journal().writes();
    std::uint64_t requests = fleet_.journal().requests();
    fleet_.run_for(kQuiet);
    writes = fleet_.journal().writes() - writes;
    requests = fleet_.journal().requests() - requests;
    if (writes > 0) report(std::to_string(writes) + " writes in ten quiet minutes");
    if (requests > 2000) report(std::to_string(requests) + " requests in ten quiet minutes");
    for (const std::string& what : Settled(fleet_, users_.truth(), history_).check()) report("after the quiet: " + what);
  }

  std::vector<std::string> servers() const {
    std::vector<std::string> all = {std::string(kManagement)};
    for (const ClusterTruth& cluster : users_.truth().clusters) all.push_back(cluster.name);
    return all;
  }

  bool stop_early() {
    for (const std::string& what : safety_.violations()) report("safety: " + what);
    if (!users_.trouble().empty()) report("a user's request was refused: " + users_.trouble());
    return !result_.wrong.empty();
  }

  void report(const std::string& what) {
    std::string line = "round " + std::to_string(round_) + ", " + what;
    fleet_.journal().say("WRONG " + line);
    result_.wrong.push_back(std::move(line));
  }

  const RunOptions& options_;
  Dice dice_;
  Fleet fleet_;
  History history_;
  Safety safety_;
  Users users_;
  int round_ = 0;
  RunResult result_;
};

}  // namespace

RunResult run(const RunOptions& options) { return Life(options).live(); }

}  // namespace lesto::sim
