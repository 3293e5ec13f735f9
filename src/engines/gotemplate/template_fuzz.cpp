// libFuzzer target: any text as a template over a small object. Nothing may crash, hang or pass the
// limits. The corpus is the templates of tests/golden/gotemplate; how to run it: docs/TESTING.md.
#include <cstddef>
#include <cstdint>

#include "engines/gotemplate/template.h"

namespace {

class Chance final : public lesto::Rng {
 public:
  std::uint64_t next() override {
    return state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
  }

 private:
  std::uint64_t state_ = 1;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace lesto;
  using namespace lesto::gotemplate;
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  auto compiled = Template::parse("t", text);
  if (!compiled) return 0;
  static const json::Value data = json::object({{"s", "hello"},
                                                {"i", 3},
                                                {"f", 1.5},
                                                {"n", nullptr},
                                                {"l", json::array({1, "x", nullptr})},
                                                {"m", json::object({{"a", 1}, {"b", "x"}})}});
  Chance chance;
  ExecuteOptions options;
  options.rng = &chance;
  options.limits.steps = 20'000;
  auto out = (*compiled)->execute(Value::of_json(data), options);
  return out && out->size() > kOutputBytes ? 1 : 0;
}
