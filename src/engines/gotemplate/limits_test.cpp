// What stops hostile templates, and that the error says which limit it was.
#include <gtest/gtest.h>
#include <time.h>

#include <chrono>

#include "engines/gotemplate/hostile_templates.h"
#include "engines/gotemplate/template.h"
#include "tests/support/peak.h"

namespace lesto::gotemplate {
namespace {

class Counting final : public Rng {
 public:
  std::uint64_t next() override {
    return state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
  }

 private:
  std::uint64_t state_ = 7;
};

Result<std::string> render(std::string_view text, const ExecuteOptions& options = {}) {
  auto compiled = Template::parse("t", text);
  if (!compiled) return fail(compiled.error());
  json::Value data = json::object({{"Resource", json::object({{"kind", "Service"}})}});
  return (*compiled)->execute(Value::of_json(data), options);
}

// Time of this thread: a busy machine does not count.
std::chrono::nanoseconds cpu_time() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

class Limits : public testing::TestWithParam<HostileTemplate> {};

TEST_P(Limits, StopHostileTemplatesSoonAndSayWhich) {
  Counting rng;
  ExecuteOptions options;
  options.rng = &rng;
  tests::PeakMemory memory;
  auto started = cpu_time();
  auto out = render(GetParam().text, options);
  auto took = cpu_time() - started;
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code(), Code::TooLarge) << out.error().message();
  EXPECT_NE(out.error().message().find(GetParam().limit), std::string::npos)
      << out.error().message();
  // bench/hostile_bench holds the release build to 100 ms; sanitizers cost a factor.
  EXPECT_LT(took, std::chrono::milliseconds(2500));
  EXPECT_LT(memory.peak(), 64u << 20);
}

INSTANTIATE_TEST_SUITE_P(All, Limits, testing::ValuesIn(kHostileTemplates),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(TemplateLimits, ALongTemplateIsRefused) {
  auto compiled = Template::parse("t", std::string(kTemplateBytes + 1, 'x'));
  ASSERT_FALSE(compiled);
  EXPECT_EQ(compiled.error().code(), Code::TooLarge);
  EXPECT_EQ(compiled.error().message(),
            "template: t: the limit of 4194304 bytes of template is passed");
}

TEST(TemplateLimits, DeepNestingOfTextIsRefused) {
  for (const char* open : {"{{ if 1 }}", "{{ with 1 }}", "{{ range 1 }}"}) {
    std::string text;
    for (int i = 0; i < 5000; ++i) text += open;
    auto compiled = Template::parse("t", text);
    ASSERT_FALSE(compiled);
    EXPECT_EQ(compiled.error().code(), Code::TooLarge);
    EXPECT_TRUE(
        compiled.error().message().ends_with("blocks are nested deeper than the limit of 400"));
  }
  std::string parens = "{{ ";
  for (int i = 0; i < 100000; ++i) parens += "(";
  auto compiled = Template::parse("t", parens);
  ASSERT_FALSE(compiled);
  EXPECT_EQ(compiled.error().message(), "template: t:1: max expression depth exceeded");
  std::string chain = "{{ if 1 }}";
  for (int i = 0; i < 5000; ++i) chain += "{{ else if 1 }}";
  EXPECT_FALSE(Template::parse("t", chain + "{{ end }}"));
}

TEST(TemplateLimits, AWidthBeyondTheLimitIsGosError) {
  EXPECT_EQ(*render("{{ printf \"%20000000d\" 1 }}"), "%!(NOVERB)%!(EXTRA int=1)");
  EXPECT_EQ(*render("{{ printf \"%.20000000f\" 1.0 }}"), "%!(NOVERB)%!(EXTRA float64=1)");
  EXPECT_EQ(*render("{{ printf \"%*d\" 20000000 1 }}"), "%!(BADWIDTH)1");
  EXPECT_EQ(*render("{{ printf \"%.*f\" 2000000 1.0 }}"), "%!(BADPREC)1.000000");
}

TEST(TemplateLimits, KeysAreCountedAndTheirSizeIsBounded) {
  Counting rng;
  ExecuteOptions options;
  options.rng = &rng;
  for (const char* make : {"bcrypt \"x\"", "genPrivateKey \"ed25519\"",
                           "derivePassword 1 \"pin\" \"x\" \"y\" \"z\"", "htpasswd \"u\" \"x\""}) {
    auto out = render("{{ range 1000 }}{{ " + std::string(make) + " }}{{ end }}", options);
    ASSERT_FALSE(out) << make;
    EXPECT_EQ(out.error().code(), Code::TooLarge);
    EXPECT_NE(out.error().message().find("the limit of 8 keys and password hashes is passed"),
              std::string::npos)
        << out.error().message();
  }
  auto out = render("{{ genCAWithKey \"x\" 1 (repeat 20000 \"x\") }}", options);
  ASSERT_FALSE(out);
  EXPECT_NE(out.error().message().find("the limit of 8192 bytes of key is passed"),
            std::string::npos)
      << out.error().message();
}

TEST(TemplateLimits, MemoryIsGivenBackAfterActionsThatLeaveNothing) {
  // 20,000 texts of 1,000 bytes are more than the heap holds at once.
  auto out = render(
      "{{ range until 20000 }}{{ if contains \"y\" (repeat 1000 \"x\") }}!{{ end }}{{ end }}done");
  EXPECT_EQ(out.value_or("failed"), "done");
}

}  // namespace
}  // namespace lesto::gotemplate
