// Suite `crd` (tests/golden/crd/README.md): the schema engine of the embedded API server.
//
// The group sveltos-crd, recorded with the CRDs that Project Sveltos ships, runs against Lesto's
// own CRDs of these kinds (fleet/model). LESTO_SVELTOS_CRDS names a folder of JSON files with CRDs
// that are used instead, and for the kinds that Lesto does not have yet (see
// tools/golden/sveltos_crds).
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "fleet/model/crds.h"
#include "foundation/json/text.h"
#include "kube/apiserver/schema/definition.h"
#include "kube/apiserver/schema/schema.h"
#include "kube/apiserver/types.h"
#include "tools/golden/golden.h"

namespace lesto::golden {
namespace {

using apiserver::Types;
using apiserver::schema::Problem;
using apiserver::schema::Problems;
using apiserver::schema::Schema;
using json::Value;

Value problems_value(const Problems& problems) {
  Value out = Value::array();
  for (const Problem& problem : problems) {
    out.push(json::object(
        {{"type", problem.type}, {"field", problem.field}, {"message", problem.message}}));
  }
  return out;
}

Value sorted_errors(const Value& errors) {
  std::vector<Value> items(errors.items().begin(), errors.items().end());
  std::sort(items.begin(), items.end(), [](const Value& a, const Value& b) {
    auto key = [](const Value& v) {
      return std::tuple(v["field"].string(), v["type"].string(), v["message"].string());
    };
    return key(a) < key(b);
  });
  return Value::array(std::move(items));
}

Verdict compare(const Value& want, const Value& got) {
  std::string wanted = json::write(want), came = json::write(got);
  return {wanted == came, wanted, came};
}

Value definition_around(const Value& schema) {
  Value version = json::object({{"name", "v1"},
                                {"served", true},
                                {"storage", true},
                                {"schema", json::object({{"openAPIV3Schema", schema}})}});
  return json::object({{"apiVersion", "apiextensions.k8s.io/v1"},
                       {"kind", "CustomResourceDefinition"},
                       {"metadata", json::object({{"name", "things.example.com"}})},
                       {"spec", json::object({{"group", "example.com"},
                                              {"scope", "Namespaced"},
                                              {"names", json::object({{"plural", "things"},
                                                                      {"singular", "thing"},
                                                                      {"kind", "Thing"},
                                                                      {"listKind", "ThingList"}})},
                                              {"versions", json::array({version})}})}});
}

class Suite {
 public:
  Verdict check(const Value& line) {
    if (!types_) {
      auto types = Types::load();
      if (!types) return {false, "the table of types", types.error().text()};
      types_ = *types;
    }
    const Value& in = line["in"];
    std::string_view group = line["group"].text();
    if (group == "schema") return check_schema(in, line["out"]);
    if (group == "definition") return check_definition(in, line["out"]);
    if (group == "sveltos-crd") return check_sveltos(line);
    return check_object(in["schema"], {.group = "example.com", .version = "v1", .kind = "Thing"},
                        line);
  }

 private:
  Verdict check_schema(const Value& in, const Value& out) {
    Value crd = apiserver::schema::default_definition(definition_around(in["schema"]));
    return compare(sorted_errors(out["errors"]),
                   problems_value(apiserver::schema::check_definition(crd, *types_)));
  }

  Verdict check_definition(const Value& in, const Value& out) {
    Value crd = apiserver::schema::default_definition(in["crd"]);
    Value names = crd["spec"]["names"];
    for (const char* required : {"plural", "kind"}) {
      if (!names.contains(required)) names.set(required, "");
    }
    Value got = json::object(
        {{"names", names},
         {"errors", problems_value(apiserver::schema::check_definition(crd, *types_))}});
    return compare(
        json::object({{"names", out["names"]}, {"errors", sorted_errors(out["errors"])}}), got);
  }

  Verdict check_object(const Value& openapi, apiserver::schema::Kind kind, const Value& line) {
    auto schema = Schema::compile(openapi, std::move(kind), *types_);
    if (!schema) return {false, json::write(line["out"]), "schema: " + schema.error().text()};
    return check_with(**schema, line);
  }

  Verdict check_with(const Schema& schema, const Value& line) {
    const Value& in = line["in"];
    auto decoded = schema.decode(in["object"]);
    if (!decoded) {
      std::string got = decoded.error().message();
      return {got == line["err"].text(),
              line.contains("err") ? line["err"].string() : json::write(line["out"]),
              "err: " + got};
    }
    Value old = in["old"];
    if (!old.is_null()) {
      auto old_decoded = schema.decode(old);
      if (!old_decoded)
        return {false, json::write(line["out"]), "old: " + old_decoded.error().text()};
      old = old_decoded->object;
    }
    Value unknown = Value::array();
    for (const std::string& path : decoded->unknown) unknown.push(path);
    Value got = json::object({{"object", decoded->object},
                              {"errors", problems_value(schema.validate(
                                             decoded->object, old.is_null() ? nullptr : &old))}});
    if (!unknown.empty()) got.set("unknown", unknown);
    Value want = line["out"];
    if (line.contains("err")) return {false, "err: " + line["err"].string(), json::write(got)};
    want.set("errors", sorted_errors(want["errors"]));
    return compare(want, got);
  }

  Verdict check_sveltos(const Value& line) {
    if (!loaded_) load_sveltos();
    std::string name = line["in"]["crd"].string();
    auto found = sveltos_.find(name);
    if (found == sveltos_.end())
      return {false, "CRD " + name, "neither Lesto's nor in LESTO_SVELTOS_CRDS"};
    return check_with(*found->second, line);
  }

  void load_sveltos() {
    loaded_ = true;
    for (const Value& crd : model::crds()) add_sveltos(crd);
    const char* folder = std::getenv("LESTO_SVELTOS_CRDS");
    if (!folder) return;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != ".json") continue;
      std::ifstream file(entry.path());
      std::stringstream text;
      text << file.rdbuf();
      auto crd = json::parse(text.str());
      if (crd) add_sveltos(*crd);
    }
  }

  void add_sveltos(const Value& crd) {
    const Value& spec = crd["spec"];
    for (const Value& version : spec["versions"].items()) {
      apiserver::schema::Kind kind{
          spec["group"].string(), version["name"].string(), spec["names"]["kind"].string(),
          spec["scope"].text() == "Namespaced" ? apiserver::schema::Scope::Namespaced
                                               : apiserver::schema::Scope::Cluster};
      auto schema = Schema::compile(version["schema"]["openAPIV3Schema"], kind, *types_);
      if (schema) sveltos_[crd["metadata"]["name"].string() + "/" + kind.version] = *schema;
    }
  }

  std::shared_ptr<const Types> types_;
  std::map<std::string, std::shared_ptr<const Schema>> sveltos_;
  bool loaded_ = false;
};

}  // namespace

Check crd_suite() {
  auto suite = std::make_shared<Suite>();
  return [suite](const Value& line) { return suite->check(line); };
}

}  // namespace lesto::golden
