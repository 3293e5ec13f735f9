// Holds the release build to its promise: every hostile template and script is stopped within 100
// ms of CPU and 64 MB.
//   hostile_bench [show]       prints what misses (all of them with `show`); exit status 1 when
//   something does
// Each runs in a process of its own, whose peak of memory is that of the case.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <string>

#include "engines/gotemplate/hostile_templates.h"
#include "engines/gotemplate/template.h"
#include "engines/lua/engine.h"
#include "engines/lua/hostile_scripts.h"

namespace lesto {
namespace {

constexpr double kMillisecondsMax = 100;
constexpr long kKilobytesMax = 64 << 10;

class Counting final : public Rng {
 public:
  std::uint64_t next() override {
    return state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
  }

 private:
  std::uint64_t state_ = 7;
};

struct Cost {
  double milliseconds = 0;
  long kilobytes = 0;
  bool stopped = false;
};

Cost cost_of(const std::function<bool()>& work) {
  std::fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    alarm(20);
    bool stopped = work();
    std::fflush(stdout);
    _exit(stopped ? 0 : 1);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  Cost cost;
  auto milliseconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  cost.milliseconds = milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
  cost.kilobytes = usage.ru_maxrss;
  cost.stopped = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return cost;
}

bool run_template(const char* text, bool show) {
  Counting rng;
  gotemplate::ExecuteOptions options;
  options.rng = &rng;
  json::Value data = json::object({{"Resource", json::object({{"kind", "Service"}})}});
  auto compiled = gotemplate::Template::parse("t", text);
  auto out = compiled ? (*compiled)->execute(gotemplate::Value::of_json(data), options)
                      : Result<std::string>(fail(compiled.error()));
  if (show) std::printf("  %.200s\n", out ? "NOT STOPPED" : out.error().message().c_str());
  return !out && out.error().code() == Code::TooLarge;
}

bool run_script(const char* body, bool show) {
  lua::Engine engine;
  auto script = engine.compile(std::string("function evaluate(obj) ") + body + " end");
  if (!script) return false;
  json::Value list = json::Value::array();
  for (int i = 0; i < 100; ++i) list.push(json::object({{"name", "item"}, {"n", i}}));
  json::Value object =
      json::object({{"kind", "Pod"}, {"list", list}, {"map", json::object({{"a", 1}})}});
  auto verdict = engine.evaluate_event(*script, object, {});
  if (show) std::printf("  %.200s\n", verdict ? "NOT STOPPED" : verdict.error().message.c_str());
  return !verdict && verdict.error().code == Code::TooLarge;
}

int run(bool show) {
  // What a process has before it does anything: the library code that all share.
  long idle = cost_of([] { return true; }).kilobytes;
  int cases = 0;
  int missed = 0;
  double slowest = 0;
  long largest = 0;
  auto judge = [&](const char* kind, const char* name, const std::function<bool()>& work) {
    Cost cost = cost_of(work);
    cost.kilobytes -= idle;
    ++cases;
    slowest = std::max(slowest, cost.milliseconds);
    largest = std::max(largest, cost.kilobytes);
    bool good =
        cost.stopped && cost.milliseconds < kMillisecondsMax && cost.kilobytes < kKilobytesMax;
    if (!good) ++missed;
    if (good && !show) return;
    std::printf("%s %s: %.1f ms, %.1f MB%s%s\n", kind, name, cost.milliseconds,
                static_cast<double>(cost.kilobytes) / 1024,
                cost.stopped ? "" : ", NOT STOPPED BY A LIMIT", good ? "" : "  MISSED");
  };
  for (const auto& each : gotemplate::kHostileTemplates) {
    judge("template", each.name, [&] { return run_template(each.text, show); });
  }
  for (const auto& each : lua::kHostileScripts) {
    judge("script", each.name, [&] { return run_script(each.script, show); });
  }
  std::printf("hostile: %d cases, slowest %.1f ms, largest %.1f MB, %d missed\n", cases, slowest,
              static_cast<double>(largest) / 1024, missed);
  return missed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace lesto

int main(int argc, char** argv) { return lesto::run(argc > 1 && argv[1] == std::string("show")); }
