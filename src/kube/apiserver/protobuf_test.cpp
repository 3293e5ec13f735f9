// Goal: what Go clients send in protobuf reads like the JSON of the same object. Method: bodies
// that kubectl sent, and upstream's own pairs of files (k8s.io/api/testdata, from the Go module
// cache; skipped when it is not there).
#include "kube/apiserver/protobuf.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "foundation/json/text.h"

namespace lesto::apiserver {
namespace {

using json::Value;

const Types& types() {
  static const std::shared_ptr<const Types> kTypes = *Types::load();
  return *kTypes;
}

std::string message(std::string_view type_meta, std::string_view raw) {
  std::string out("k8s\0", 4);
  out += '\x0a';
  out += static_cast<char>(type_meta.size());
  out += type_meta;
  out += '\x12';
  out += static_cast<char>(raw.size());
  return out + std::string(raw);
}

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

// Without what JSON shows or hides at will: nulls, empty texts, zeros, empty lists and objects.
Value meaningful(const Value& value) {
  if (value.is_object()) {
    Value out = Value::object();
    for (const auto& member : value.members()) {
      Value inner = meaningful(member.value);
      bool nothing = inner.is_null() || (inner.is_string() && inner.text().empty()) ||
                     (inner.is_bool() && !inner.boolean()) ||
                     (inner.is_number() && inner.number() == 0) ||
                     ((inner.is_object() || inner.is_array()) && inner.empty());
      if (!nothing) out.set(member.name(), inner);
    }
    return out;
  }
  if (value.is_array()) {
    Value out = Value::array();
    for (const Value& item : value.items()) out.push(meaningful(item));
    return out;
  }
  return value;
}

TEST(Protobuf, ASecretOfTheWireReadsAsItsJson) {
  std::string body = message(std::string("\x0a\x02v1\x12\x06Secret", 12),
                             std::string("\x0a\x03\x0a\x01"
                                         "a\x12\x06\x0a\x01k\x12\x01v",
                                         13));
  auto value = read_protobuf(body, types());
  ASSERT_TRUE(value) << value.error().text();
  EXPECT_EQ(json::write(*value),
            R"({"apiVersion":"v1","data":{"k":"dg=="},"kind":"Secret","metadata":{"name":"a"}})");
}

TEST(Protobuf, AZeroOfAPointerIsKept) {
  // Deployment{Spec: {Replicas: 0, MinReadySeconds: 0}}: the first is a pointer, the second is not.
  std::string body = message(std::string("\x0a\x07"
                                         "apps/v1\x12\x0a"
                                         "Deployment",
                                         21),
                             std::string("\x12\x04\x08\x00\x28\x00", 6));
  auto value = read_protobuf(body, types());
  ASSERT_TRUE(value) << value.error().text();
  EXPECT_EQ(json::write((*value)["spec"]), R"({"replicas":0})");
}

TEST(Protobuf, BrokenBytesAreErrors) {
  EXPECT_FALSE(read_protobuf("", types()));
  EXPECT_FALSE(read_protobuf("{}", types()));
  EXPECT_FALSE(read_protobuf(std::string("k8s\0\x0a\x7f", 6), types()));
  EXPECT_FALSE(
      read_protobuf(message(std::string("\x0a\x02v1\x12\x06Secret", 12), "\xff\xff\xff"), types()));
  EXPECT_FALSE(read_protobuf(message(std::string("\x0a\x02v1\x12\x04Nope", 10), ""), types()));
}

TEST(Protobuf, UpstreamsGoldenObjectsReadAsTheirJson) {
  const char* cache = std::getenv("GOMODCACHE");
  const char* home = std::getenv("HOME");
  std::filesystem::path folder = cache ? cache : std::string(home ? home : "") + "/go/pkg/mod";
  folder /= "k8s.io/api@v0.36.3/testdata/HEAD";
  if (!std::filesystem::exists(folder))
    GTEST_SKIP() << folder << " is missing: run tools/kube_tables/run once";
  int compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".pb") continue;
    std::filesystem::path json_path = entry.path();
    json_path.replace_extension(".json");
    auto want = json::parse(file_text(json_path));
    ASSERT_TRUE(want) << json_path;
    const Message* known = types().kind((*want)["apiVersion"].text(), (*want)["kind"].text());
    if (!known) continue;
    auto got = read_protobuf(file_text(entry.path()), types());
    EXPECT_TRUE(got) << entry.path() << ": " << got.error().text();
    if (!got) continue;
    EXPECT_EQ(json::write(meaningful(*got)), json::write(meaningful(*want))) << entry.path();
    auto typed = types().read(*known, *want);
    EXPECT_TRUE(typed) << entry.path() << ": " << typed.error().text();
    if (!typed) continue;
    EXPECT_TRUE(typed->unknown.empty()) << entry.path() << ": " << typed->unknown[0];
    EXPECT_EQ(json::write(typed->value), json::write(*want)) << entry.path();
    ++compared;
  }
  EXPECT_GT(compared, 80);
}

}  // namespace
}  // namespace lesto::apiserver
