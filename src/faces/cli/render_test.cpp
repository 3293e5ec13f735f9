// `lesto render` on files of a user.
#include "faces/cli/render.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "engines/gotemplate/functions.h"
#include "faces/cli/render_functions.h"
#include "foundation/json/text.h"

namespace lesto::cli {
namespace {

class Render : public testing::Test {
 private:
  static std::filesystem::path make_folder() {
    const char* test = testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::path folder =
        std::filesystem::path(testing::TempDir()) / ("render_" + std::string(test));
    std::filesystem::create_directories(folder);
    return folder;
  }
  std::filesystem::path folder_ = make_folder();

 protected:
  ~Render() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return name;
  }
  // The output, or "error: " and the text, with the folder's path left out.
  std::string run(RenderOptions options) {
    for (std::string* path : {&options.file, &options.data, &options.cluster}) {
      if (!path->empty()) *path = (folder_ / *path).string();
    }
    std::ostringstream out;
    auto done = render(options, out);
    std::string text = done ? out.str() : out.str() + "error: " + done.error().text();
    std::string prefix = folder_.string() + "/";
    for (auto at = text.find(prefix); at != text.npos; at = text.find(prefix))
      text.erase(at, prefix.size());
    return text;
  }

  std::string service_ = file("service.yaml", R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  ports: [{port: 80}, {port: 443}]
status:
  loadBalancer: {}
)");
};

TEST_F(Render, GivesTheEventsObjectAsResource) {
  file("t",
       "{{ .Resource.metadata.name }} {{ .MatchingResource.Name }} {{ .MatchingResource.kind }}\n");
  EXPECT_EQ(run({.file = "t", .data = service_}), "web web Service\n");
}

TEST_F(Render, GivesAMapWholeAndTheClusterBesideIt) {
  file(
      "t",
      "{{ .Resource.kind }} {{ .MatchingResource.Kind }} {{ .more }} {{ .Cluster.metadata.name }}");
  file("data.json", R"({"Resource": {"apiVersion": "v1", "kind": "Pod"}, "more": [1, 2.5]})");
  file("cluster.yaml", "metadata: {name: prod}");
  EXPECT_EQ(run({.file = "t", .data = "data.json", .cluster = "cluster.yaml"}),
            "Pod Pod [1 2.5] prod");
  EXPECT_EQ(run({.file = "t", .data = "data.json"}),
            "error: t:1:67: at <.Cluster.metadata.name>: map has no entry for key \"Cluster\"\n"
            "  1 | {{ .Resource.kind }} {{ .MatchingResource.Kind }} {{ .more }} {{ "
            ".Cluster.metadata.name }}\n"
            "    |                                                                   ^~~~~~~\n"
            "  the data is {MatchingResource: {apiVersion: \"v1\", kind: \"Pod\"}, Resource: "
            "{apiVersion: \"v1\", "
            "kind: \"Pod\"}, more: [1, 2.5]}\n"
            "  give the cluster with --cluster FILE");
}

TEST_F(Render, GivesSeveralObjectsAsResources) {
  file("t",
       "{{ range .Resources }}{{ .kind }} {{ end }}{{ len .MatchingResources }} {{ (index "
       ".MatchingResources 1).Name }}");
  file("two.yaml",
       "apiVersion: v1\nkind: Pod\n---\napiVersion: v1\nkind: Node\nmetadata: {name: n1}\n");
  EXPECT_EQ(run({.file = "t", .data = "two.yaml"}), "Pod Node 2 n1");
  file("list.yaml",
       "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod}, {kind: A, metadata: "
       "{name: b}}]");
  EXPECT_EQ(run({.file = "t", .data = "list.yaml"}), "Pod A 2 b");
}

TEST_F(Render, ShowsTheLineThePlaceAndTheValueAtFault) {
  file("t", "a: 1\nb: x\nname: é {{ .Resource.metadata.nme | upper }}\n");
  EXPECT_EQ(run({.file = "t", .data = service_}),
            "error: t:3:31: at <.Resource.metadata.nme>: map has no entry for key \"nme\"\n"
            "  1 | a: 1\n"
            "  2 | b: x\n"
            "  3 | name: é {{ .Resource.metadata.nme | upper }}\n"
            "    |                               ^~~\n"
            "  .Resource.metadata is {labels: {app: \"web\"}, name: \"web\", namespace: \"shop\"}\n"
            "  did you mean \"name\"?");
}

TEST_F(Render, ShowsWhatAFunctionRefused) {
  file("t", "{{ index .Resource.spec.ports 7 }}");
  EXPECT_EQ(run({.file = "t", .data = service_}),
            "error: t:1:4: at <index .Resource.spec.ports 7>: error calling index: index out of "
            "range: 7\n"
            "  1 | {{ index .Resource.spec.ports 7 }}\n"
            "    |    ^\n"
            "  argument 1 of index is [{port: 80}, {port: 443}] ([]interface {})");
  file("u", "{{ $p := .Resource.spec }}{{ range $p.ports }}{{ upper .port }}{{ end }}");
  EXPECT_EQ(run({.file = "u", .data = service_}),
            "error: u:1:56: at <.port>: wrong type for value; expected string; got int64\n"
            "  1 | {{ $p := .Resource.spec }}{{ range $p.ports }}{{ upper .port }}{{ end }}\n"
            "    |                                                        ^\n"
            "  .port is 80 (int64)");
}

TEST_F(Render, MarksWhatTheParserRefuses) {
  file("t", "a\n  b: {{ uper .x }}\n");
  EXPECT_EQ(run({.file = "t"}),
            "error: t:2:9: function \"uper\" not defined\n"
            "  1 | a\n"
            "  2 |   b: {{ uper .x }}\n"
            "    |         ^~~~");
}

TEST_F(Render, FindsTheTemplatesOfAConfigMapInItsFile) {
  file("policy.yaml", R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: policy
  namespace: default
  annotations: {projectsveltos.io/instantiate: ok}
data:
  a.yaml: |
    name: {{ .Resource.metadata.name }}
  b.yaml: |
    ports:
    - {{ .Resource.spec.prots }}
)");
  EXPECT_EQ(run({.file = "policy.yaml", .data = service_}),
            "---\n# ConfigMap default/policy key a.yaml\nname: web\n"
            "error: policy.yaml:12:25: ConfigMap default/policy key b.yaml: at "
            "<.Resource.spec.prots>: map has no entry "
            "for key \"prots\"\n"
            "  11 |     ports:\n"
            "  12 |     - {{ .Resource.spec.prots }}\n"
            "     |                         ^~~~~\n"
            "  .Resource.spec is {ports: [{...}, {...}]}\n"
            "  did you mean \"ports\"?");
}

TEST_F(Render, TakesWhatAnEventBasedAddOnRefersToForTemplates) {
  file("old.yaml", R"(apiVersion: lib.projectsveltos.io/v1alpha1
kind: EventBasedAddOn
metadata: {name: x}
spec:
  policyRefs: [{kind: ConfigMap, name: policy, namespace: default}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: policy, namespace: default}
data:
  a: "{{ .Resource.kind }} {{ .Resource.nope }}"
)");
  EXPECT_EQ(run({.file = "old.yaml", .data = service_}),
            "---\n# ConfigMap default/policy key a\nService <no value>\n");
}

TEST_F(Render, TakesAConfigMapWithoutTheAnnotationForATemplate) {
  file("t", "kind: ConfigMap\ndata: {a: \"{{ .Resource.kind }}\"}\n");
  EXPECT_EQ(run({.file = "t", .data = service_}), "kind: ConfigMap\ndata: {a: \"Service\"}\n");
}

TEST_F(Render, GivesProfileTemplatesTheirResourcesByIdentifier) {
  file("t", "{{ getField \"x\" \"metadata.name\" }}");
  file("data.yaml", "MgmtResources: {x: {apiVersion: v1, kind: Secret, metadata: {name: s}}}");
  EXPECT_EQ(run({.render_for = RenderFor::ClusterProfile, .file = "t", .data = "data.yaml"}), "s");
}

TEST_F(Render, RunsAScriptOnAnObject) {
  file("s.lua",
       "function evaluate()\n  hs = {}\n  hs.matching = #obj.spec.ports == 2\n  hs.message = "
       "obj.kind\n  return hs\nend\n");
  EXPECT_EQ(run({.kind = RenderKind::Lua, .file = "s.lua", .data = service_}),
            "matching: true\nmessage: Service\nmatches: Service\n");
}

TEST_F(Render, ShowsWhereAScriptFailsAndWhatIsThere) {
  file("s.lua",
       "function evaluate()\n  hs = {}\n  hs.matching = obj.status.loadbalancer.ingress ~= nil\n  "
       "return hs\nend\n");
  EXPECT_EQ(run({.kind = RenderKind::Lua, .file = "s.lua", .data = service_}),
            "error: s.lua:3:41: attempt to index a non-table object(nil) with key 'ingress'\n"
            "  1 | function evaluate()\n"
            "  2 |   hs = {}\n"
            "  3 |   hs.matching = obj.status.loadbalancer.ingress ~= nil\n"
            "    |                                         ^~~~~~~\n"
            "  obj.status.loadbalancer is nil; obj.status is {loadBalancer: {}}\n"
            "  did you mean \"loadBalancer\"?");
}

TEST_F(Render, ShowsWhereAScriptDoesNotParse) {
  file("s.lua", "function evaluate()\n  local hs = {matching = true\n  return hs\nend\n");
  EXPECT_EQ(run({.kind = RenderKind::Lua, .file = "s.lua", .data = service_}),
            "error: s.lua:3:3: near 'return':   syntax error\n"
            "  1 | function evaluate()\n"
            "  2 |   local hs = {matching = true\n"
            "  3 |   return hs\n"
            "    |   ^~~~~~");
}

TEST_F(Render, ShowsATableThatDoesNotFit) {
  file("s.lua", "function evaluate() return {matching = \"yes\"} end");
  EXPECT_EQ(run({.kind = RenderKind::Lua, .file = "s.lua", .data = service_}),
            "matching: \"yes\"\n"
            "error: s.lua: evaluate() returned what does not fit: json: cannot unmarshal string "
            "into Go struct field "
            "eventMatchStatus.matching of type bool\n  matching is \"yes\"");
  file("n.lua", "function eval() end");
  EXPECT_EQ(run({.kind = RenderKind::Lua, .file = "n.lua", .data = service_}),
            "error: n.lua: there is no function evaluate() in the script");
}

TEST_F(Render, FindsTheScriptsOfAnEventSource) {
  file("source.yaml", R"(apiVersion: lib.projectsveltos.io/v1beta1
kind: EventSource
metadata: {name: lb}
spec:
  resourceSelectors:
  - kind: Service
    version: v1
    group: ""
    evaluate: |
      function evaluate()
        return {matching = obj.metadata.name == "web"}
      end
  aggregatedSelection: |
    function evaluate()
      return {resources = resources, message = "all"}
    end
)");
  EXPECT_EQ(run({.kind = RenderKind::Lua, .file = "source.yaml", .data = service_}),
            R"(# EventSource lb .spec.aggregatedSelection
message: all
resources:
- apiVersion: v1
  kind: Service
  metadata:
    labels:
      app: web
    name: web
    namespace: shop
  spec:
    ports:
    - port: 80
    - port: 443
  status:
    loadBalancer: {}
1 of the objects match: all
# EventSource lb .spec.resourceSelectors[0].evaluate
matching: true
matches
)");
}

TEST_F(Render, NamesAFileThatIsNotThere) {
  EXPECT_TRUE(run({.file = "no"}).starts_with("error: read no: "));
  file("t", "{{ .a }}");
  EXPECT_EQ(run({.file = "t"}),
            "error: t:1:5: at <.a>: map has no entry for key \"a\"\n  1 | {{ .a }}\n    |     ^\n  "
            "the data is {}\n"
            "  give the data with --data FILE");
}

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The word, not as part of another.
bool mentions(std::string_view text, std::string_view word) {
  auto is_letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
    bool starts = at == 0 || (!is_letter(text[at - 1]) && text[at - 1] != '.');
    if (starts && (at + word.size() == text.size() || !is_letter(text[at + word.size()])))
      return true;
  }
  return false;
}

// Every function has a test; the test exists and calls the function.
TEST(Functions, HaveATestEach) {
  std::map<std::string, std::string> tests;
  std::filesystem::path root = LESTO_ROOT;
  for (const auto& entry : std::filesystem::directory_iterator(root / "tests/golden/gotemplate")) {
    if (entry.path().extension() != ".jsonl") continue;
    std::ifstream in(entry.path());
    for (std::string text; std::getline(in, text);) {
      auto line = json::parse(text);
      ASSERT_TRUE(line);
      tests[(*line)["id"].string()] = (*line)["in"]["template"].string();
    }
  }
  for (const auto& entry : std::filesystem::directory_iterator(root / "src/engines/gotemplate")) {
    if (!entry.path().string().ends_with("_test.cpp")) continue;
    std::string text = read(entry.path());
    for (auto at = text.find("\nTEST("); at != text.npos; at = text.find("\nTEST(", at + 1)) {
      std::string name = text.substr(at + 6, text.find(')', at) - at - 6);
      if (auto comma = name.find(", "); comma != name.npos) name.replace(comma, 2, ".");
      tests[name] = text.substr(at, text.find("\n}\n", at) - at);
    }
  }
  using gotemplate::Dialect;
  for (Dialect dialect : {Dialect::ByMap, Dialect::ById}) {
    for (const gotemplate::Function* function : gotemplate::list_functions(dialect)) {
      std::string test(test_of(function->name));
      ASSERT_FALSE(test.empty()) << function->name
                                 << " has no test: name one in render_functions.cpp";
      ASSERT_TRUE(tests.contains(test)) << function->name << ": there is no test " << test;
      EXPECT_TRUE(mentions(tests[test], function->name))
          << test << " does not call " << function->name;
    }
  }
  EXPECT_EQ(function_tests().size(), gotemplate::list_functions(Dialect::ByMap).size());
}

TEST(Functions, AreListedWithTheirTests) {
  std::ostringstream out;
  list_functions(out);
  std::string text = out.str();
  EXPECT_TRUE(mentions(text, "trimSuffix"));
  EXPECT_EQ(std::ranges::count(text, '\n'),
            static_cast<std::ptrdiff_t>(function_tests().size() + 1));
}

}  // namespace
}  // namespace lesto::cli
