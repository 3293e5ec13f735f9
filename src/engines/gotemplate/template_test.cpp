// What no recorded case covers: time, chance, views, places of errors, the cache.
#include "engines/gotemplate/template.h"

#include <gtest/gtest.h>
#include <re2/re2.h>
#include <time.h>

#include <chrono>

#include "engines/gotemplate/cache.h"
#include "engines/gotemplate/functions.h"
#include "engines/gotemplate/zones.h"
#include "foundation/json/text.h"

namespace lesto::gotemplate {
namespace {

class Counting final : public Rng {
 public:
  explicit Counting(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() override {
    state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
    return state_ ^ (state_ >> 31);
  }

 private:
  std::uint64_t state_;
};

Result<std::string> render(std::string_view text, const json::Value& data = json::object({}),
                           const ExecuteOptions& options = {}) {
  auto compiled = Template::parse("t", text);
  if (!compiled) return fail(compiled.error());
  return (*compiled)->execute(Value::of_json(data), options);
}

std::string ok(std::string_view text, const json::Value& data = json::object({}),
               const ExecuteOptions& options = {}) {
  auto out = render(text, data, options);
  return out ? *out : "error: " + out.error().message();
}

std::string random_ok(std::string_view text, std::uint64_t seed = 1) {
  Counting rng(seed);
  ExecuteOptions options;
  options.rng = &rng;
  return ok(text, json::object({}), options);
}

TEST(Template, GivesItsNameLineAndColumnInErrorsAndAsValues) {
  auto compiled =
      Template::parse("ConfigMap default/policy key service.yaml", "a\nb: {{ .nope.x }}\n");
  ASSERT_TRUE(compiled);
  auto out = (*compiled)->execute(Value::of_json(json::object({})), {});
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().message(),
            "template: ConfigMap default/policy key service.yaml:2:11: executing \"ConfigMap "
            "default/policy key "
            "service.yaml\" at <.nope.x>: map has no entry for key \"nope\"");
  auto place = error_place("ConfigMap default/policy key service.yaml", out.error());
  ASSERT_TRUE(place);
  EXPECT_EQ(place->line, 2u);
  EXPECT_EQ(place->column, 11u);
}

TEST(Template, GivesTheLineOfParseErrors) {
  auto compiled = Template::parse("t", "a\n{{ nope }}");
  ASSERT_FALSE(compiled);
  EXPECT_EQ(compiled.error().message(), "template: t:2: function \"nope\" not defined");
  auto place = error_place("t", compiled.error());
  ASSERT_TRUE(place);
  EXPECT_EQ(place->line, 2u);
  EXPECT_FALSE(place->column);
  EXPECT_FALSE(error_place("other", compiled.error()));
}

TEST(Template, ChangesOfDataAreSeenByOneExecutionOnly) {
  json::Value data =
      json::object({{"m", json::object({{"a", 1}})}, {"l", json::array({json::object({})})}});
  auto compiled = Template::parse("t",
                                  "{{ $_ := set .m \"b\" 2 }}{{ .m.b }}{{ range .l }}{{ $_ := set "
                                  ". \"x\" 1 }}{{ end }}{{ (index .l 0).x }}{{ toJson . }}");
  ASSERT_TRUE(compiled);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ((*compiled)->execute(Value::of_json(data), {}).value_or("failed"),
              "21{\"l\":[{\"x\":1}],\"m\":{\"a\":1,\"b\":2}}");
  }
  EXPECT_EQ(json::write(data), "{\"l\":[{}],\"m\":{\"a\":1}}");
}

TEST(Template, CopiesOfObjectsDoNotShareChanges) {
  json::Value data = json::object({{"R", json::object({{"spec", json::object({{"a", 1}})}})}});
  EXPECT_EQ(
      ok("{{ $c := getResource .R }}{{ $_ := set $c.spec \"a\" 2 }}{{ .R.spec.a }}{{ $c.spec.a }}",
         data),
      "12");
}

TEST(Template, RecordsHaveGoNamesAndJsonNames) {
  json::Value reference = json::object(
      {{"kind", "Service"}, {"name", "web"}, {"namespace", "shop"}, {"apiVersion", "v1"}});
  Heap heap;
  MapNode* root = heap.new_map();
  heap.set(root, "MatchingResource", heap.record(kObjectReference, reference));
  auto compiled = Template::parse("t",
                                  "{{ with .MatchingResource }}{{ .Kind }} {{ .Name }} {{ "
                                  ".namespace }} {{ .apiVersion }} [{{ .UID }}]{{ end }}");
  ASSERT_TRUE(compiled);
  EXPECT_EQ((*compiled)->execute(Value::of_map(root), {}).value_or("failed"),
            "Service web shop v1 []");
  auto wrong = Template::parse("t", "{{ .MatchingResource.Spec }}");
  auto out = (*wrong)->execute(Value::of_map(root), {});
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().message(),
            "template: t:1:20: executing \"t\" at <.MatchingResource.Spec>: can't evaluate field "
            "Spec in type interface {}");
}

TEST(Template, ReadsAFieldOfALargeObjectWithoutConvertingIt) {
  json::Value data = json::object({});
  for (int i = 0; i < 3000; ++i) data.set("key" + std::to_string(i), std::string(50, 'x'));
  data.set("metadata", json::object({{"name", "web"}}));
  ExecuteOptions options;
  options.limits.heap_bytes = 4096;
  EXPECT_EQ(ok("{{ .metadata.name }}", data, options), "web");
}

TEST(TemplateSystem, EnvironmentAndNetworkAreClosed) {
  EXPECT_EQ(ok("[{{ env \"HOME\" }}][{{ expandenv \"a $HOME ${PATH} b$\" }}][{{ getHostByName "
               "\"localhost\" }}]"),
            "[][a   b$][]");
  EnvironmentVariable allowed[] = {{"REGION", "eu"}};
  ExecuteOptions options;
  options.environment = allowed;
  EXPECT_EQ(ok("{{ env \"REGION\" }} {{ expandenv \"x-${REGION}-$REGION$HOME\" }}",
               json::object({}), options),
            "eu x-eu-eu");
}

TEST(TemplateTime, NowIsWhatTheCallerSays) {
  ExecuteOptions options;
  options.now = *parse_rfc3339("2026-11-24T12:09:30Z");
  EXPECT_EQ(ok("{{ now | date \"2006-01-02 15:04:05\" }} {{ now.Year }} {{ ago (now | dateModify "
               "\"-90s\") }} "
               "{{ durationRound (now | dateModify \"-49h\") }} {{ date \"2006\" \"text\" }} {{ "
               "unixEpoch now }}",
               json::object({}), options),
            "2026-11-24 12:09:30 2026 1m30s 2d 2026 1795522170");
}

TEST(TemplateTime, KnowsZones) {
  Zones zones("/usr/share/zoneinfo");
  ExecuteOptions options;
  options.zones = &zones;
  EXPECT_EQ(ok("{{ dateInZone \"15:04 MST\" (int64 1719835200) \"Europe/Berlin\" }} "
               "{{ dateInZone \"15:04 MST\" (int64 2540000000) \"America/New_York\" }} "
               "{{ dateInZone \"15:04 MST\" 0 \"../etc/passwd\" }} {{ dateInZone \"MST\" 0 "
               "\"Nowhere/Land\" }}",
               json::object({}), options),
            "14:00 CEST 23:33 EDT 00:00 UTC UTC");
}

TEST(TemplateRandom, FollowsTheGenerator) {
  const char* text =
      "{{ randAlpha 8 }} {{ randNumeric 5 }} {{ randAlphaNum 9 }} {{ randAscii 4 | len }} {{ "
      "randInt 3 9 }} {{ shuffle \"abcdef\" }} {{ uuidv4 }} {{ randBytes 6 }}";
  EXPECT_EQ(random_ok(text, 5), random_ok(text, 5));
  EXPECT_NE(random_ok(text, 5), random_ok(text, 6));
  EXPECT_TRUE(re2::RE2::FullMatch(
      random_ok(
          "{{ randAlpha 8 }} {{ randNumeric 5 }} {{ randInt 3 9 }} {{ uuidv4 }} {{ randBytes 6 }}"),
      "[A-Za-z]{8} [0-9]{5} [3-8] "
      "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12} [A-Za-z0-9+/]{8}"));
  EXPECT_EQ(random_ok("{{ shuffle \"aaaa\" }}{{ randAlpha 0 }}{{ randAlpha -1 }}"), "aaaa");
  EXPECT_EQ(random_ok("{{ randInt 3 3 }}"),
            "error: template: t:1:3: executing \"t\" at <randInt 3 3>: error calling randInt: "
            "invalid argument to Intn");
  EXPECT_EQ(ok("{{ uuidv4 }}"),
            "error: template: t:1:3: executing \"t\" at <uuidv4>: error calling uuidv4: there is "
            "no source of chance here");
}

TEST(TemplateCrypto, HashesPasswords) {
  EXPECT_TRUE(
      re2::RE2::FullMatch(random_ok("{{ bcrypt \"secret\" }}"), "\\$2a\\$10\\$[./A-Za-z0-9]{53}"));
  EXPECT_TRUE(random_ok("{{ htpasswd \"user\" \"secret\" }}").starts_with("user:$2a$10$"));
  EXPECT_EQ(random_ok("{{ bcrypt (repeat 73 \"x\") }}"),
            "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes");
  EXPECT_EQ(
      random_ok(
          "{{ encryptAES \"key\" \"a text\" | decryptAES \"key\" }}{{ encryptAES \"key\" \"\" }}"),
      "a text");
}

TEST(TemplateCrypto, CountsWhatIsCostly) {
  std::string out = random_ok("{{ range 1000 }}{{ bcrypt \"x\" }}{{ end }}");
  EXPECT_NE(out.find("the limit of 8 keys and password hashes is passed"), out.npos) << out;
}

TEST(TemplateCrypto, MakesCertificates) {
  EXPECT_EQ(random_ok("{{ $ca := genCA \"my-ca\" 365 }}{{ $c := genSignedCert \"web\" (list "
                      "\"10.0.0.1\" \"::1\") (list \"a.b\") 30 $ca }}"
                      "{{ $ca.Cert | contains \"BEGIN CERTIFICATE\" }} {{ $c.Key | contains "
                      "\"BEGIN RSA PRIVATE KEY\" }} "
                      "{{ typeOf $c }} {{ $d := buildCustomCert (b64enc $c.Cert) (b64enc $c.Key) "
                      "}}{{ eq $c.Cert $d.Cert }}"),
            "true true sprig.certificate true");
  EXPECT_EQ(
      random_ok("{{ $k := genPrivateKey \"ecdsa\" }}{{ $c := genSelfSignedCertWithKey \"x\" nil "
                "nil 1 $k }}{{ eq $c.Key $k }}"
                "{{ $e := genPrivateKey \"ed25519\" }}{{ contains \"BEGIN PRIVATE KEY\" $e }}{{ "
                "$ca := genCAWithKey \"ca\" 1 $e }}"
                "{{ contains \"BEGIN CERT\" (genSignedCertWithKey \"x\" nil nil 1 $ca $k).Cert }}"),
      "truetruetrue");
  EXPECT_EQ(random_ok("{{ genSelfSignedCert \"x\" (list \"no\") nil 1 }}"),
            "error: template: t:1:3: executing \"t\" at <genSelfSignedCert \"x\" (list \"no\") nil "
            "1>: error calling genSelfSignedCert: error parsing ip: no");
  EXPECT_EQ(random_ok("{{ genCAWithKey \"x\" 1 \"\" }}"),
            "error: template: t:1:3: executing \"t\" at <genCAWithKey \"x\" 1 \"\">: error calling "
            "genCAWithKey: parsing private key: no PEM data in input");
  EXPECT_EQ(random_ok("{{ (genCA \"x\" 1).Foo }}"),
            "error: template: t:1:14: executing \"t\" at <1>: can't evaluate field Foo in type "
            "sprig.certificate");
}

TEST(Functions, CanBeCalledByNameFromOtherHosts) {
  Heap heap;
  ExecuteOptions options;
  Context context(heap, options);
  Value arguments[] = {heap.text("-"),
                       heap.list(std::vector<Value>{heap.text("a"), heap.text("b")})};
  auto joined = call_function("join", arguments, context);
  ASSERT_TRUE(joined);
  EXPECT_EQ(joined->text(), "a-b");
  // Hosts with one kind of integer need not know Go's.
  Value repeat[] = {Value::of_int64(3), heap.text("x")};
  EXPECT_EQ(call_function("repeat", repeat, context)->text(), "xxx");
  EXPECT_EQ(call_function("nope", {}, context).error().code(), Code::NotFound);
  EXPECT_EQ(call_function("repeat", {}, context).error().message(),
            "wrong number of args for repeat: want 2 got 0");
  EXPECT_FALSE(call_function("join", std::span(repeat, 2), context));
}

TEST(Functions, MustFormsAnswerAsTheirPlainOnes) {
  EXPECT_EQ(ok("{{ mustLast (list 1 2) }} {{ mustRegexFind \"b+\" \"abbc\" }}"), "2 bb");
  EXPECT_EQ(ok("{{ mustRegexFind \"(\" \"x\" }}"),
            "error: template: t:1:3: executing \"t\" at <mustRegexFind \"(\" \"x\">: error calling "
            "mustRegexFind: "
            "error parsing regexp: missing closing ): `(`");
}

TEST(Functions, AreAllListed) {
  // Go's builtins without slice, which Sprig hides; Sprig's 211; what Sprig lacks of the to/from
  // functions; the objects.
  auto functions = list_functions(Dialect::ByMap);
  EXPECT_EQ(functions.size(), 18u + 211u + 6u + 7u);
  for (const Function* function : functions) EXPECT_FALSE(group_name(function->group).empty());
}

TEST(TemplateCache, KeepsTemplatesByContentWithinItsBounds) {
  Cache cache(2, 1000);
  auto first = cache.get("t", "a");
  ASSERT_TRUE(first);
  EXPECT_EQ(cache.get("t", "a")->get(), first->get());
  EXPECT_NE(cache.get("u", "a")->get(), first->get());
  EXPECT_EQ(cache.size(), 2u);
  // "t" was used before "u".
  ASSERT_TRUE(cache.get("t", "b"));
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_NE(cache.get("t", "a")->get(), first->get());
  EXPECT_FALSE(cache.get("t", "{{"));
  EXPECT_TRUE(cache.get("t", std::string(5000, 'x')));
  EXPECT_EQ(cache.size(), 0u);
}

}  // namespace
}  // namespace lesto::gotemplate
