// Fuzzes the execution of templates: a text, and after a NUL byte data as JSON (without it a fixed
// object with every kind of value). What must hold: no crash, no sanitizer finding, an end and an
// output within the limits, the same answer again, and data that is as before.
#include <cstdlib>
#include <string>
#include <string_view>

#include "engines/gotemplate/template.h"
#include "foundation/json/text.h"

namespace {

using namespace lesto;
using namespace lesto::gotemplate;

class Counting final : public Rng {
 public:
  std::uint64_t next() override {
    return state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
  }

 private:
  std::uint64_t state_ = 1;
};

const json::Value& fixed_data() {
  static const json::Value value = *json::parse(
      R"({"Resource":{"apiVersion":"v1","kind":"Service","metadata":{"name":"web",
          "namespace":"shop","labels":{
          "a":"1"}},"spec":{"ports":[{"port":80},{"port":443.5}],"on":true,"none":null,"deep":[[1,[2]],{}]}},
          "MgmtResources":{"x":{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"}}},
          "n":3,"f":1.5,"s":"text","list":[3,1,2,"b"],"empty":{},"big":9223372036854775807})");
  return value;
}

// Keys and password hashes take up to a second each; they have tests of their own.
bool is_slow(std::string_view text) {
  for (const char* name : {"genCA", "genS", "genP", "bcrypt", "htpasswd", "derivePassword"}) {
    if (text.find(name) != text.npos) return true;
  }
  return false;
}

std::string run(const Template& compiled, const json::Value& data, bool again) {
  Counting rng;
  ExecuteOptions options;
  options.rng = &rng;
  options.missing_key = again ? MissingKey::Error : MissingKey::Default;
  options.limits.steps = 30'000;
  options.limits.output_bytes = 1 << 20;
  options.limits.heap_bytes = 2 << 20;
  auto out = compiled.execute(Value::of_json(data), options);
  if (!out) return "error: " + out.error().message();
  if (out->size() > options.limits.output_bytes) std::abort();
  return *out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  json::Value data = fixed_data();
  if (auto end = text.find('\0'); end != text.npos) {
    auto given = json::parse(text.substr(end + 1));
    if (given) data = *given;
    text = text.substr(0, end);
  }
  if (is_slow(text)) return 0;
  std::string before = json::write(data);
  for (Dialect dialect : {Dialect::ByMap, Dialect::ById}) {
    auto compiled = Template::parse("t", text, {.dialect = dialect});
    if (!compiled) continue;
    std::string first = run(**compiled, data, false);
    (void)run(**compiled, data, true);
    if (run(**compiled, data, false) != first || json::write(data) != before) std::abort();
  }
  return 0;
}
