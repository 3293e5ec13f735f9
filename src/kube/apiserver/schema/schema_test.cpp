// Goal: what the golden suite `crd` does not show: reading of the store, /status, bounded rules,
// hostile schemas.
#include "kube/apiserver/schema/schema.h"

#include <gtest/gtest.h>

#include "foundation/json/text.h"
#include "kube/apiserver/schema/definition.h"
#include "kube/apiserver/types.h"

namespace lesto::apiserver::schema {
namespace {

using json::Value;

Value json_of(std::string_view text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value) << text;
  return value.value_or(Value());
}

class SchemaTest : public testing::Test {
 protected:
  std::shared_ptr<const Schema> compile(std::string_view properties) {
    Value openapi = json_of(R"({"type":"object","properties":)" + std::string(properties) + "}");
    auto schema =
        Schema::compile(openapi, {"example.com", "v1", "Thing", Scope::Namespaced}, *types_);
    EXPECT_TRUE(schema) << schema.error().text();
    return *schema;
  }
  static Value thing(std::string_view rest) {
    return json_of(
        R"({"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"a","namespace":"b","resourceVersion":"1"},)" +
        std::string(rest) + "}");
  }
  static std::string texts(const Problems& problems) {
    std::string out;
    for (const Problem& problem : problems) out += (out.empty() ? "" : "\n") + problem.text();
    return out;
  }
  std::shared_ptr<const Types> types_ = *Types::load();
};

TEST_F(SchemaTest, WhatIsStoredIsReadEvenWhenItIsMalformed) {
  auto schema =
      compile(R"({"spec":{"type":"object","properties":{"a":{"type":"string","default":"x"}}}})");
  Value stored = json_of(
      R"({"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"a","labels":{"l":5},"nope":1},"spec":{"z":1}})");
  EXPECT_FALSE(schema->decode(stored));
  EXPECT_EQ(
      json::write(schema->decode_stored(stored)),
      R"({"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"a"},"spec":{"a":"x"}})");
}

TEST_F(SchemaTest, TheObjectOfTheCallerIsNotChanged) {
  auto schema =
      compile(R"({"spec":{"type":"object","properties":{"a":{"type":"string","default":"x"}}}})");
  Value object = thing(R"("spec":{"z":1})");
  std::string before = json::write(object);
  ASSERT_TRUE(schema->decode(object));
  EXPECT_EQ(json::write(object), before);
}

// Upstream words the text from the status' own root, and the field from the object's.
TEST_F(SchemaTest, AWriteOfTheStatusChecksTheStatusAlone) {
  auto schema = compile(
      R"({"spec":{"type":"object","properties":{"a":{"type":"integer"}}},"status":{"type":"object","properties":{"n":{"type":"integer","maximum":3}}}})");
  EXPECT_EQ(texts(schema->validate_status(thing(R"("spec":{"a":"bad"},"status":{"n":9})"),
                                          thing(R"("spec":{"a":"bad"})"))),
            "status.n: Invalid value: 9: n in body should be less than or equal to 3");
}

TEST_F(SchemaTest, ARuleThatRunsAwayIsStopped) {
  auto schema = compile(R"json({"spec":{"type":"object",
    "properties":{"l":{"type":"array","items":{"type":"integer"}}},
    "x-kubernetes-validations":[
      {"rule":"self.l.all(a, self.l.all(b, self.l.all(c, a + b + c >= 0)))"}]}})json");
  std::string list = "0";
  for (int i = 1; i < 400; ++i) list += "," + std::to_string(i);
  std::string found = texts(schema->validate(thing("\"spec\":{\"l\":[" + list + "]}")));
  EXPECT_NE(found.find("cost limit exceeded"), std::string::npos) << found;
}

TEST_F(SchemaTest, AnErrorOfARulePointsToItsValue) {
  auto schema = compile(R"json({"spec":{"type":"object","properties":{"m":{"type":"object",
    "additionalProperties":{"type":"integer","x-kubernetes-validations":[
      {"rule":"self < 3","messageExpression":"'got ' + string(self)"}]}}}}})json");
  EXPECT_EQ(texts(schema->validate(thing(R"("spec":{"m":{"a":1,"b.c":7}})"))),
            "spec.m[b.c]: Invalid value: 7: got 7");
}

TEST_F(SchemaTest, ASchemaNestedTooDeeplyIsRefused) {
  Value openapi = json_of(R"({"type":"string"})");
  for (int i = 0; i < 400; ++i) openapi = json::object({{"type", "array"}, {"items", openapi}});
  openapi = json::object({{"type", "object"}, {"properties", json::object({{"spec", openapi}})}});
  EXPECT_FALSE(
      Schema::compile(openapi, {"example.com", "v1", "Thing", Scope::Namespaced}, *types_));
}

TEST_F(SchemaTest, TheNameOfADefinitionFollowsItsGroup) {
  Value crd = default_definition(json_of(
      R"({"metadata":{"name":"x.example.com"},"spec":{"group":"example.com","scope":"Cluster",
    "names":{"plural":"things","kind":"Thing"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}})"));
  EXPECT_EQ(crd["spec"]["names"]["listKind"].text(), "ThingList");
  EXPECT_EQ(
      texts(check_definition(crd, *types_)),
      R"(metadata.name: Invalid value: "x.example.com": must be spec.names.plural+"."+spec.group)");
  Value changed = crd;
  changed.set_path({"spec", "group"}, "other.com");
  changed.set_path({"metadata", "resourceVersion"}, "1");
  EXPECT_EQ(texts(check_definition(changed, *types_, &crd)),
            "spec.group: Invalid value: \"other.com\": field is immutable");
}

TEST_F(SchemaTest, HostileDefinitionsAreFindingsNotCrashes) {
  for (
      std::string_view text :
      {"{}", R"({"spec":5})", R"({"spec":{"versions":[null,5]}})",
       R"({"spec":{"versions":[{"schema":{"openAPIV3Schema":{"properties":[]}}}]}})",
       R"({"spec":{"names":[],"versions":{}}})",
       R"({"spec":{"versions":[{"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-validations":[5,{"rule":7}]}}}]}})"}) {
    EXPECT_FALSE(check_definition(default_definition(json_of(text)), *types_).empty()) << text;
  }
}

}  // namespace
}  // namespace lesto::apiserver::schema
