// Goal: no field of a schema is forgotten by the structs, and the other way round for what is
// printed. Method: for each kind an object is made from its schema in which every field is set, to
// something other than its default. Read and printed, it must come out as it went in. Fields that
// exclude each other go into different variants; all variants together must cover the schema.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "fleet/model/cluster_configuration.h"
#include "fleet/model/cluster_report.h"
#include "fleet/model/cluster_summary.h"
#include "fleet/model/crds.h"
#include "fleet/model/event_report.h"
#include "fleet/model/event_source.h"
#include "fleet/model/event_trigger.h"
#include "fleet/model/profile.h"
#include "fleet/model/reloader.h"
#include "fleet/model/resource_summary.h"
#include "fleet/model/sets.h"
#include "fleet/model/sveltos_cluster.h"
#include "foundation/json/text.h"

namespace lesto::model {
namespace {

constexpr int kVariants = 4;

// What is left out of a variant, since it excludes something else in it.
bool left_out(std::string_view path, int variant) {
  auto is = [&](std::string_view end) { return path.ends_with(end); };
  // Of the flat EventSource and of the first EventBasedAddOn; event_source_test and
  // event_trigger_test have these.
  for (const char* flat :
       {"group", "version", "kind", "labelFilters", "namespace", "script", "clusterSelector"}) {
    std::string root = std::string("old.spec.") + flat;
    if (path == root || path.starts_with(root + "[")) return true;
  }
  if (variant == 0) return is(".remoteURL") || is(".jobCheck") || is("spec.workloadIdentity");
  if (is("Refs[].kind") || is(".kubeconfigName")) return true;
  for (const char* checks :
       {"validateHealths[]", "preDeployChecks[]", "preDeleteChecks[]", "postDeleteChecks[]"}) {
    if (is(std::string(checks) + ".script") || is(std::string(checks) + ".evaluateCEL"))
      return true;
  }
  constexpr const char* kProviders[] = {"", ".workloadIdentity.aws", ".workloadIdentity.gcp",
                                        ".workloadIdentity.azure"};
  for (int other = 1; other < kVariants; ++other) {
    if (other != variant && is(kProviders[other])) return true;
  }
  return false;
}

bool is_duration(std::string_view path) {
  for (const char* name :
       {".timeout", ".interval", ".tokenDuration", ".renewTokenRequestInterval"}) {
    if (path.ends_with(name)) return true;
  }
  return false;
}

class Sampler {
 public:
  explicit Sampler(int variant) : variant_(variant) {}

  json::Value make(const json::Value& schema, const std::string& path) {
    std::string_view type = schema["type"].text();
    if (schema["properties"].is_object()) return make_object(schema, path);
    if (schema["additionalProperties"].is_object()) {
      return json::object({{"some-key", make(schema["additionalProperties"], path + "{}")}});
    }
    if (type == "array") return json::array({make(schema["items"], path + "[]")});
    if (type == "boolean") return !schema["default"].boolean();
    if (type == "integer") return schema["default"].integer(6) + 1;
    if (type == "string") return make_text(schema, path);
    if (schema["x-kubernetes-int-or-string"].boolean()) return "30%";
    return json::Value();
  }

  const std::set<std::string>& seen() const { return seen_; }

 private:
  json::Value make_object(const json::Value& schema, const std::string& path) {
    json::Value object = json::Value::object();
    for (const json::Member& property : schema["properties"].members()) {
      std::string inner = path + "." + std::string(property.name());
      if (left_out(inner, variant_)) continue;
      seen_.insert(inner);
      object.set(property.name(), make(property.value, inner));
    }
    return object;
  }

  json::Value make_text(const json::Value& schema, const std::string& path) const {
    if (path.ends_with(".provider") && schema["enum"].size() == 3) {
      return schema["enum"][static_cast<std::size_t>(variant_ - 1)];
    }
    for (const json::Value& value : schema["enum"].items()) {
      if (!(value == schema["default"])) return value;
    }
    if (schema["format"].text() == "date-time") return "2026-01-02T03:04:05Z";
    if (schema["format"].text() == "byte") return "aGVsbG8=";
    if (is_duration(path)) return "7m0s";
    if (schema["pattern"].text().starts_with("^(https?")) return "https://example.com/x";
    if (path.ends_with(".operator")) return "In";
    std::string name = "some-";
    for (char c : path.substr(path.rfind('.') + 1)) {
      if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) name += c;
    }
    return name;
  }

  int variant_;
  std::set<std::string> seen_;
};

void collect(const json::Value& schema, const std::string& path, std::set<std::string>& paths) {
  for (const json::Member& property : schema["properties"].members()) {
    std::string inner = path + "." + std::string(property.name());
    paths.insert(inner);
    collect(property.value, inner, paths);
  }
  if (schema["items"].is_object()) collect(schema["items"], path + "[]", paths);
}

json::Value metadata() {
  return *json::parse(R"({"name":"x","namespace":"n","uid":"u","resourceVersion":"7","generation":3,
      "creationTimestamp":"2026-01-02T03:04:05Z","deletionTimestamp":"2026-01-02T03:04:06Z","labels":{"a":"b"},
      "annotations":{"c":"d"},"finalizers":["f"],"ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p",
      "uid":"q","controller":true,"blockOwnerDeletion":false}]})");
}

using ReadAndPrint = std::function<Result<json::Value>(const json::Value&)>;

template <class Type>
ReadAndPrint through(Result<Type> (*parse)(const json::Value&)) {
  return [parse](const json::Value& object) -> Result<json::Value> {
    TRY_ASSIGN(Type value, parse(object));
    return to_json(value);
  };
}

std::map<std::string, ReadAndPrint> readers() {
  return {{"SveltosCluster", through(parse_sveltos_cluster)},
          {"EventSource", through(parse_event_source)},
          {"EventTrigger", through(parse_event_trigger)},
          {"EventBasedAddOn", through(parse_event_trigger)},
          {"EventReport", through(parse_event_report)},
          {"ClusterProfile", through(parse_profile)},
          {"Profile", through(parse_profile)},
          {"ClusterSummary", through(parse_cluster_summary)},
          {"ClusterConfiguration", through(parse_cluster_configuration)},
          {"ClusterReport", through(parse_cluster_report)},
          {"ClusterSet", through(parse_set)},
          {"Set", through(parse_set)},
          {"ResourceSummary", through(parse_resource_summary)},
          {"Reloader", through(parse_reloader)},
          {"ReloaderReport", through(parse_reloader_report)}};
}

void expect_all_fields_survive(const json::Value& definition, const ReadAndPrint& read_and_print) {
  std::string kind = definition["spec"]["names"]["kind"].string();
  const json::Value& version = definition["spec"]["versions"].items()[0];
  bool old = kind == "EventSource" || kind == "EventBasedAddOn";
  std::set<std::string> wanted;
  std::set<std::string> seen;
  for (const char* part : {"spec", "status"}) {
    const json::Value& schema = version["schema"]["openAPIV3Schema"]["properties"][part];
    collect(schema, (old ? "old." : "new.") + std::string(part), wanted);
  }
  for (int variant = 0; variant < kVariants; ++variant) {
    Sampler sampler(variant);
    json::Value object = json::object(
        {{"apiVersion", definition["spec"]["group"].string() + "/" + version["name"].string()},
         {"kind", kind},
         {"metadata", metadata()}});
    for (const char* part : {"spec", "status"}) {
      const json::Value& schema = version["schema"]["openAPIV3Schema"]["properties"][part];
      if (schema.is_object())
        object.set(part, sampler.make(schema, (old ? "old." : "new.") + std::string(part)));
    }
    Result<json::Value> printed = read_and_print(object);
    ASSERT_TRUE(printed.has_value()) << printed.error().text();
    EXPECT_EQ(json::write(*printed, {.indent = 1}), json::write(object, {.indent = 1}))
        << kind << " variant " << variant;
    seen.insert(sampler.seen().begin(), sampler.seen().end());
  }
  for (const std::string& path : wanted) {
    bool flat = left_out(path, 0) && left_out(path, 1) && left_out(path, 2) && left_out(path, 3);
    EXPECT_TRUE(flat || seen.contains(path)) << kind << ": no variant has " << path;
  }
}

TEST(Sample, every_field_of_every_schema_is_read_and_printed) {
  std::map<std::string, ReadAndPrint> all = readers();
  std::vector<json::Value> definitions = crds();
  EXPECT_EQ(definitions.size(), all.size());
  for (const json::Value& definition : definitions) {
    auto reader = all.find(definition["spec"]["names"]["kind"].string());
    ASSERT_NE(reader, all.end()) << json::write(definition["metadata"]);
    expect_all_fields_survive(definition, reader->second);
  }
}

TEST(Sample, an_object_of_defaults_prints_as_little_as_it_can) {
  json::Value object = json::object({{"apiVersion", "config.projectsveltos.io/v1beta1"},
                                     {"kind", "ClusterProfile"},
                                     {"metadata", json::object({{"name", "x"}})}});
  Result<json::Value> printed = readers()["ClusterProfile"](object);
  ASSERT_TRUE(printed.has_value()) << printed.error().text();
  EXPECT_EQ(json::write(*printed), json::write(object));
}

}  // namespace
}  // namespace lesto::model
