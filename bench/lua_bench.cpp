// CPU time from JSON bytes to a verdict, of each script of a folder:
//   lua_bench FOLDER [print]
// A case is NAME.lua with NAME.json; names that begin with "aggregate" see 1,000 objects, copies of
// the one in the file with @N@ replaced by their number. bench/go/lua is the other side; both come
// to the same verdicts.
#include <cstdio>

#include "bench/cases.h"
#include "engines/lua/engine.h"
#include "foundation/json/text.h"

namespace lesto::lua {
namespace {

std::string thousand(const std::string& object) {
  std::string list = "[";
  for (int i = 0; i < 1000; ++i) {
    std::string copy = object;
    for (auto at = copy.find("@N@"); at != copy.npos; at = copy.find("@N@"))
      copy.replace(at, 3, std::to_string(i));
    list += (i == 0 ? "" : ",") + copy;
  }
  return list + "]";
}

struct Answer {
  bool matching = false;
  std::size_t resources = 0;
  std::string message;
};

Outcome<Answer> evaluate(Engine& engine, const std::string& script, const std::string& bytes,
                         bool aggregate) {
  auto value = json::parse(bytes);
  auto compiled = engine.compile(script);
  if (!compiled) return std::unexpected(compiled.error());
  if (aggregate) {
    auto verdict = engine.evaluate_aggregate(*compiled, *value, {});
    if (!verdict) return std::unexpected(verdict.error());
    return Answer{false, verdict->resources.size(), verdict->message};
  }
  auto verdict = engine.evaluate_event(*compiled, *value, {});
  if (!verdict) return std::unexpected(verdict.error());
  return Answer{verdict->matching, 0, verdict->message};
}

int run(int argc, char** argv) {
  if (argc < 2) return 2;
  Engine engine;
  for (const bench::Case& each : bench::cases(argv[1], ".lua")) {
    bool aggregate = each.name.starts_with("aggregate");
    std::string bytes = aggregate ? thousand(each.data) : each.data;
    auto answer = evaluate(engine, each.text, bytes, aggregate);
    if (!answer) {
      std::fprintf(stderr, "%s: %s\n", each.name.c_str(), answer.error().text().c_str());
      return 1;
    }
    if (argc > 2) {
      std::printf("%s %s %zu %s\n", each.name.c_str(), answer->matching ? "true" : "false",
                  answer->resources, answer->message.c_str());
      continue;
    }
    double cost = bench::measure([&] { (void)evaluate(engine, each.text, bytes, aggregate); });
    std::printf("verdict/%s %.3f\n", each.name.c_str(), cost);
  }
  return 0;
}

}  // namespace
}  // namespace lesto::lua

int main(int argc, char** argv) { return lesto::lua::run(argc, argv); }
