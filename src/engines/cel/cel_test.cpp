// Goal: the engine answers as cel-go does, and no expression runs away. The golden suite `cel` has
// the breadth; here are the promises of our own: cost, depth, JSON without copies, types of
// schemas.
#include "engines/cel/cel.h"

#include <gtest/gtest.h>

#include "foundation/json/text.h"

namespace lesto::cel {
namespace {

json::Value json_of(std::string_view text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value) << text;
  return value.value_or(json::Value());
}

// The answer as JSON, or what went wrong.
std::string answer(std::string_view expression, std::string_view resource = "null",
                   Library library = Library::Standard) {
  auto program = Program::compile(expression, {library, {{"resource", dyn()}}});
  if (!program) return "refused: " + program.error().text;
  auto value = (*program)->run({*Value::from_json(json_of(resource))});
  return value ? json::write(value->to_json()) : "failed: " + value.error().message();
}

TEST(Cel, AFilterReadsTheObjectsFields) {
  std::string_view service =
      R"({"kind":"Service","spec":{"type":"LoadBalancer"},"status":{"loadBalancer":{"ingress":[{"ip":"1.2.3.4"}]}}})";
  EXPECT_EQ(
      answer("has(resource.status.loadBalancer.ingress) && resource.spec.type == 'LoadBalancer'",
             service),
      "true");
  EXPECT_EQ(
      answer("resource.status.loadBalancer.ingress.exists(i, i.ip.startsWith('1.'))", service),
      "true");
  EXPECT_EQ(answer("resource.spec.nope", service), "failed: no such key: nope");
}

TEST(Cel, WhatDecidesWinsOverErrorsBesideIt) {
  EXPECT_EQ(answer("resource.nope || true", "{}"), "true");
  EXPECT_EQ(answer("false && resource.nope", "{}"), "false");
  EXPECT_EQ(answer("resource.nope && true", "{}"), "failed: no such key: nope");
  EXPECT_EQ(answer("[1, 'a', 2].exists(x, x > 1)"), "true");
}

TEST(Cel, ErrorsPointIntoTheText) {
  EXPECT_EQ(answer("1 +\n  'é' + x"),
            "refused: ERROR: <input>:1:3: found no matching overload for '_+_' applied to '(int, "
            "string)'\n | 1 +\n | ..^\n"
            "ERROR: <input>:2:9: undeclared reference to 'x' (in container '')\n |   'é' + x\n | "
            "........^");
}

TEST(Cel, NumbersKeepTheirEdges) {
  EXPECT_EQ(answer("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(answer("9223372036854775807 + 1"), "failed: integer overflow");
  EXPECT_EQ(answer("-9223372036854775808 / -1"), "failed: integer overflow");
  EXPECT_EQ(answer("-9223372036854775808 % -1"), "failed: integer overflow");
  EXPECT_EQ(answer("-(-9223372036854775808)"), "failed: integer overflow");
  EXPECT_EQ(answer("int('9223372036854775808')"),
            "failed: type conversion error from 'string' to 'int'");
  EXPECT_EQ(answer("string(1.0 / 0.0)"), "\"+Inf\"");
}

TEST(Cel, NestingIsBounded) {
  std::string deep(5000, '(');
  EXPECT_TRUE(answer(deep).starts_with("refused: ")) << "open parentheses";
  std::string chain = "1";
  for (int i = 0; i < 5000; ++i) chain += " + 1";
  EXPECT_TRUE(answer(chain).starts_with("refused: "));
  std::string wide = "true";
  for (int i = 0; i < 5000; ++i) wide += " && true";
  EXPECT_EQ(answer(wide), "true");
  std::string negations(5000, '!');
  EXPECT_EQ(answer(negations + "true"), "true");
}

TEST(Cel, CostIsBounded) {
  std::string loops = "[1,2,3,4,5,6,7,8,9,10]";
  std::string body = "true";
  for (int i = 0; i < 9; ++i) body = loops + ".all(x" + std::to_string(i) + ", " + body + ")";
  auto program = Program::compile(body, {Library::Standard, {}});
  ASSERT_TRUE(program);
  auto value = (*program)->run({}, 10'000);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code(), Code::TooLarge);
}

TEST(Cel, GrowingTextsAreBounded) {
  std::string doubling = "resource";
  for (int i = 0; i < 60; ++i) doubling = "[" + doubling + "].map(x, x + x)[0]";
  std::string result = answer(doubling, "\"0123456789\"");
  EXPECT_TRUE(result.starts_with("failed: operation cancelled") || result.starts_with("refused: "))
      << result.substr(0, 200);
}

TEST(Cel, ASchemasTypesReadDatesAndEscapedNames) {
  TypeRef self = object("object", {{"x__dash__y", {"x-y", simple(TypeKind::String)}},
                                   {"at", {"at", simple(TypeKind::Timestamp)}},
                                   {"wait", {"wait", simple(TypeKind::Duration)}}});
  auto program = Program::compile(
      "self.x__dash__y == 'a' && self.at.getFullYear() == 2024 && self.wait > duration('1m')",
      {Library::Kubernetes, {{"self", self}}});
  ASSERT_TRUE(program) << program.error().text;
  auto value = (*program)->run(
      {*Value::from_json(json_of(R"({"x-y":"a","at":"2024-05-06","wait":"1h"})"), self.get())});
  ASSERT_TRUE(value) << value.error().text();
  EXPECT_TRUE(value->boolean());
  auto wrong = Program::compile("self.nope", {Library::Kubernetes, {{"self", self}}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().text,
            "ERROR: <input>:1:5: undefined field 'nope'\n | self.nope\n | ....^");
}

TEST(Cel, ListsWithKeysAreEqualInAnyOrder) {
  auto type = std::make_shared<Type>(*list_of(dyn()));
  type->list = ListKind::Set;
  Value a = *Value::from_json(json_of("[1,2]"), type.get());
  Value b = *Value::from_json(json_of("[2,1]"), type.get());
  EXPECT_TRUE(a == b);
  EXPECT_FALSE(*Value::from_json(json_of("[1,2]")) == *Value::from_json(json_of("[2,1]")));
}

TEST(Cel, KubernetesLibrariesAnswer) {
  auto kubernetes = [](std::string_view text) { return answer(text, "{}", Library::Kubernetes); };
  EXPECT_EQ(kubernetes("resource.?a.orValue('none')"), "\"none\"");
  EXPECT_EQ(kubernetes("quantity('1.5Gi').compareTo(quantity('1536Mi'))"), "0");
  EXPECT_EQ(kubernetes("semver('1.2.3-rc.1').isLessThan(semver('1.2.3'))"), "true");
  EXPECT_EQ(kubernetes("url('https://a.b:80/x?y=1&y=2').getQuery()['y']"), R"(["1","2"])");
  EXPECT_EQ(kubernetes("cidr('10.0.0.0/8').containsIP('10.1.2.3')"), "true");
  EXPECT_EQ(kubernetes("string(cidr('10.1.2.3/8').masked())"), "\"10.0.0.0/8\"");
  EXPECT_EQ(kubernetes("'%s is %.2f (%x)'.format(['a', 1.5, 255])"), "\"a is 1.50 (ff)\"");
  EXPECT_EQ(kubernetes("'a,b,c'.split(',', 2)"), R"(["a","b,c"])");
  EXPECT_EQ(kubernetes("[3,1,2].sort().reverse()"), "[3,2,1]");
  EXPECT_EQ(kubernetes("[1,2,3].transformMap(i, v, v * 2)"), R"({"0":2,"1":4,"2":6})");
  EXPECT_EQ(kubernetes("sets.equivalent([1,2,2],[2,1])"), "true");
  EXPECT_EQ(kubernetes("'ab12'.findAll('[0-9]')"), R"(["1","2"])");
  EXPECT_EQ(kubernetes("format.dns1123Label().validate('A').hasValue()"), "true");
}

TEST(Cel, HostileTextsAreRefusedNotCrashed) {
  for (std::string_view text : {"",         "'",         "'''",     "b'\\xZZ'",
                                "\\",       "1e999",     "0x",      "9999999999999999999",
                                "a.",       ".",         "[",       "{",
                                "{1:",      "has()",     "has(a)",  "x.all(1, true)",
                                "\xff\xfe", "a ? b",     "'\\u12'", "`",
                                "a.`",      "1.2.3",     "!",       "-",
                                "in",       "true.false"}) {
    EXPECT_TRUE(answer(text).starts_with("refused: ")) << text;
  }
}

}  // namespace
}  // namespace lesto::cel
