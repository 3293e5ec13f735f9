// Fuzzes the Lua engine: any text as a script, over an object that has every kind of value. What
// must hold: no crash, no sanitizer finding, an end within the budgets, and an engine that works
// afterwards.
#include <cstdlib>
#include <string_view>

#include "engines/lua/engine.h"
#include "foundation/json/text.h"

namespace {

const lesto::json::Value& object() {
  static const lesto::json::Value value = *lesto::json::parse(
      R"({"kind":"Pod","metadata":{"name":"a","labels":{"x":"1"}},"spec":{"n":3,"f":1.5,"t":true,
        "none":null,"list":[1,"b",[2,3],{"c":4}],"empty":[],"map":{}}})");
  return value;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static lesto::lua::Engine engine;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto script = engine.compile(text);
  if (script) {
    (void)engine.evaluate_event(*script, object(), {});
    (void)engine.evaluate_aggregate(*script, lesto::json::array({object(), object()}), {});
  }
  static const auto sound = *engine.compile(
      "function evaluate() return {matching = obj.spec.list[4].c == 4, message = "
      "obj.metadata.name} end");
  auto verdict = engine.evaluate_event(sound, object(), {});
  if (!verdict || !verdict->matching || verdict->message != "a") std::abort();
  return 0;
}
