#include "kube/apiserver/server.h"

#include "kube/apiserver/fixture_test.h"

namespace lesto::apiserver {
namespace {

constexpr const char* kConfigMaps = "/api/v1/namespaces/default/configmaps";

TEST_F(ServerTest, creates_reads_updates_and_deletes_an_object) {
  Answer made = post(kConfigMaps, R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"v"}})");
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.body["metadata"]["namespace"].text(), "default");
  EXPECT_FALSE(made.body["metadata"]["uid"].text().empty());
  Answer read = get(std::string(kConfigMaps) + "/a");
  EXPECT_EQ(read.body, made.body);
  json::Value fresh = read.body;
  fresh.set_path({"data", "k"}, "w");
  Answer put = call("PUT", std::string(kConfigMaps) + "/a", fresh);
  EXPECT_EQ(put.status, 200) << put.text;
  EXPECT_NE(put.body["metadata"]["resourceVersion"], made.body["metadata"]["resourceVersion"]);
  Answer stale = call("PUT", std::string(kConfigMaps) + "/a", fresh);
  EXPECT_EQ(stale.status, 409) << stale.text;
  EXPECT_EQ(call("DELETE", std::string(kConfigMaps) + "/a").status, 200);
  EXPECT_EQ(get(std::string(kConfigMaps) + "/a").status, 404);
}

TEST_F(ServerTest, keeps_the_version_of_an_update_that_changes_nothing) {
  Answer made = post(kConfigMaps, R"({"metadata":{"name":"a"},"data":{"k":"v"}})");
  auto stream = watch(std::string(kConfigMaps) + "?watch=1&resourceVersion=" +
                      made.body["metadata"]["resourceVersion"].string());
  Answer same = patch(std::string(kConfigMaps) + "/a", R"({"data":{"k":"v"}})");
  EXPECT_EQ(same.body["metadata"]["resourceVersion"], made.body["metadata"]["resourceVersion"]);
  EXPECT_TRUE(events(*stream).empty());
}

TEST_F(ServerTest, shows_changes_to_a_watch_in_order) {
  auto stream = watch("/api/v1/configmaps?watch=1&resourceVersion=" + std::to_string(server_->version()));
  post(kConfigMaps, R"({"metadata":{"name":"a"},"data":{"k":"v"}})");
  patch(std::string(kConfigMaps) + "/a", R"({"data":{"k":"w"}})");
  call("DELETE", std::string(kConfigMaps) + "/a");
  auto seen = events(*stream);
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0]["type"].text(), "ADDED");
  EXPECT_EQ(seen[1]["type"].text(), "MODIFIED");
  EXPECT_EQ(seen[1]["object"]["data"]["k"].text(), "w");
  EXPECT_EQ(seen[2]["type"].text(), "DELETED");
}

TEST_F(ServerTest, starts_again_with_what_was_stored) {
  Answer made = post(kConfigMaps, R"({"metadata":{"name":"a"},"data":{"k":"v"}})");
  stop();
  start();
  EXPECT_EQ(get(std::string(kConfigMaps) + "/a").body, made.body);
}

TEST_F(ServerTest, serves_custom_resources_as_soon_as_their_definition_is_there) {
  Answer crd = post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", R"({
    "apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"things.example.com"},
    "spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"things","kind":"Thing"},
      "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},
        "schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}})");
  ASSERT_EQ(crd.status, 201) << crd.text;
  std::string things = "/apis/example.com/v1/namespaces/default/things";
  Answer made = post(things, R"({"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"a"},
    "spec":{"x":1},"status":{"y":1}})");
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_FALSE(made.body.contains("status"));
  EXPECT_EQ(made.body["metadata"]["generation"].integer(), 1);
  Answer status = patch(things + "/a/status", R"({"spec":{"x":2},"status":{"y":2}})");
  EXPECT_EQ(status.status, 200) << status.text;
  EXPECT_EQ(status.body["status"]["y"].integer(), 2);
  EXPECT_EQ(status.body["spec"]["x"].integer(), 1);
  EXPECT_EQ(get("/apis/example.com/v1").body["resources"].size(), 2u);
  loop_.run_for(std::chrono::seconds(1));
  Answer established = get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.example.com");
  EXPECT_EQ(established.body["status"]["conditions"].size(), 2u);
  call("DELETE", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.example.com");
  loop_.run_for(std::chrono::seconds(1));
  EXPECT_EQ(get(things).status, 404);
}

TEST_F(ServerTest, gives_an_empty_openapi_v2_document_to_who_still_asks_for_one) {
  Answer json = get("/openapi/v2");
  EXPECT_EQ(json.status, 200);
  EXPECT_EQ(json.body["swagger"].text(), "2.0");
  // kubectl asks for a type with an @ in it, which Go cannot read as a media type when it comes back.
  io::Headers accept = {{"accept", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"}};
  Answer binary = call("GET", "/openapi/v2", {}, accept);
  EXPECT_EQ(io::header(binary.headers, "content-type"), "application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
}

TEST_F(ServerTest, names_its_checks_to_who_asks_for_them) {
  EXPECT_EQ(get("/readyz").text, "ok");
  EXPECT_EQ(get("/readyz?verbose").text, "[+]ping ok\nreadyz check passed\n");
}

TEST_F(ServerTest, has_the_priority_classes_of_every_cluster_and_columns_for_quotas) {
  EXPECT_EQ(get("/apis/scheduling.k8s.io/v1/priorityclasses/system-node-critical").body["value"].integer(), 2'000'001'000);
  post("/api/v1/namespaces/default/resourcequotas", R"({"metadata":{"name":"q"},"spec":{"hard":{"pods":"3","limits.cpu":"2"}}})");
  io::Headers accept = {{"accept", "application/json;as=Table;v=v1;g=meta.k8s.io"}};
  Answer table = call("GET", "/api/v1/namespaces/default/resourcequotas", {}, accept);
  const json::Value& cells = table.body["rows"][std::size_t(0)]["cells"];
  EXPECT_EQ(cells[1].text(), "pods: 0/3");
  EXPECT_EQ(cells[2].text(), "limits.cpu: 0/2");
}

TEST_F(ServerTest, never_gives_one_address_to_two_services) {
  auto service = [](const std::string& name, const std::string& spec) {
    return R"({"metadata":{"name":")" + name + R"("},"spec":{"ports":[{"port":80}])" + spec + "}}";
  };
  const std::string path = "/api/v1/namespaces/default/services";
  Answer first = post(path, service("a", R"(,"clusterIP":"10.96.7.7")"));
  ASSERT_EQ(first.status, 201) << first.text;
  EXPECT_EQ(post(path, service("b", R"(,"clusterIP":"10.96.7.7")")).status, 422);
  EXPECT_EQ(call("DELETE", path + "/a").status, 200);
  // The number is free again with its Service, and one that was refused holds none.
  EXPECT_EQ(post(path, service("c", R"(,"clusterIP":"10.96.7.7")")).status, 201);
  EXPECT_EQ(post(path, service("d", R"(,"clusterIP":"10.96.7.8","type":"Nonsense")")).status, 422);
  EXPECT_EQ(post(path, service("e", R"(,"clusterIP":"10.96.7.8")")).status, 201);
}

TEST_F(ServerTest, empties_a_namespace_before_it_goes) {
  ASSERT_EQ(post("/api/v1/namespaces", R"({"metadata":{"name":"n"}})").status, 201);
  loop_.run_for(std::chrono::seconds(1));
  EXPECT_EQ(get("/api/v1/namespaces/n/serviceaccounts/default").status, 200);
  ASSERT_EQ(post("/api/v1/namespaces/n/configmaps", R"({"metadata":{"name":"a","finalizers":["x/y"]}})").status, 201);
  Answer deleted = call("DELETE", "/api/v1/namespaces/n");
  EXPECT_EQ(deleted.body["status"]["phase"].text(), "Terminating");
  loop_.run_for(std::chrono::seconds(1));
  EXPECT_EQ(get("/api/v1/namespaces/n").status, 200);
  EXPECT_EQ(get("/api/v1/namespaces/n/configmaps").body["items"].size(), 1u);
  EXPECT_EQ(post("/api/v1/namespaces/n/configmaps", R"({"metadata":{"name":"b"}})").status, 403);
  patch("/api/v1/namespaces/n/configmaps/a", R"({"metadata":{"finalizers":null}})");
  loop_.run_for(std::chrono::seconds(1));
  EXPECT_EQ(get("/api/v1/namespaces/n").status, 404);
}

}  // namespace
}  // namespace lesto::apiserver
