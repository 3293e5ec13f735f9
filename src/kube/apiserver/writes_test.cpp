// Writes in bulk, faults, apply, owners: what the product's tests lean on.
#include <gmock/gmock.h>

#include "kube/apiserver/fixture_test.h"

namespace lesto::apiserver {
namespace {

constexpr const char* kConfigMaps = "/api/v1/namespaces/default/configmaps";

io::Task<void> create_one(io::Exchange& exchange, int number, int& made) {
  io::Request request;
  request.method = "POST";
  request.target = kConfigMaps;
  request.headers.push_back({"content-type", "application/json"});
  request.body = R"({"metadata":{"name":"c-)" + std::to_string(number) + R"("},"data":{"k":"v"}})";
  auto response = co_await exchange.send({}, std::move(request));
  if (response && response->status == 201) ++made;
}

// Goal: writes that are under way together share commits. Method: count the commits of a slow storage.
class SlowStorage final : public io::Storage {
 public:
  explicit SlowStorage(io::Loop& loop) : loop_(loop) {}
  io::Task<Result<void>> commit(std::vector<io::Write> batch) override {
    ++commits;
    auto slept = co_await io::sleep(loop_, {}, std::chrono::milliseconds(1));
    if (!slept) co_return fail(std::move(slept).error());
    if (broken) co_return fail(Code::Unavailable, "the disk is gone");
    auto kept = co_await memory_.commit(std::move(batch));
    co_return kept;
  }
  io::Task<Result<std::vector<io::Record>>> scan(std::string from, std::string to, std::size_t limit) override {
    return memory_.scan(std::move(from), std::move(to), limit);
  }
  Result<void> load(const std::function<void(io::Record)>& each) override { return memory_.load(each); }

  int commits = 0;
  bool broken = false;

 private:
  io::Loop& loop_;
  io::MemoryStorage memory_;
};

io::Task<Result<void>> stop(ApiServer& server) {
  co_await server.stop();
  co_return Result<void>();
}

TEST(Writes, share_commits_when_they_overlap) {
  io::sim::SimLoop loop;
  SeededRng rng;
  SlowStorage storage(loop);
  auto server = loop.run(ApiServer::open(loop, storage, rng, {}));
  ASSERT_TRUE(server.has_value());
  io::InProcessExchange exchange(**server);
  int before = storage.commits;
  int made = 0;
  io::TaskScope scope(loop);
  for (int i = 0; i < 1000; ++i) scope.spawn(create_one(exchange, i, made));
  loop.run_until([&] { return scope.running() == 0; });
  EXPECT_EQ(made, 1000);
  EXPECT_LE(storage.commits - before, 3);
  EXPECT_TRUE(loop.run(stop(**server)));
}

TEST(Writes, are_refused_after_a_failed_commit) {
  io::sim::SimLoop loop;
  SeededRng rng;
  SlowStorage storage(loop);
  auto server = loop.run(ApiServer::open(loop, storage, rng, {}));
  ASSERT_TRUE(server.has_value());
  io::InProcessExchange exchange(**server);
  storage.broken = true;
  int made = 0;
  io::TaskScope scope(loop);
  for (int i = 0; i < 3; ++i) scope.spawn(create_one(exchange, i, made));
  loop.run_until([&] { return scope.running() == 0; });
  EXPECT_EQ(made, 0);
  EXPECT_TRUE(loop.run(stop(**server)));
}

TEST_F(ServerTest, applies_with_owners_and_reports_conflicts) {
  std::string a = std::string(kConfigMaps) + "/a";
  std::string type = "application/apply-patch+yaml";
  Answer made = patch(a + "?fieldManager=one", R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"1"}})", type);
  EXPECT_EQ(made.status, 201) << made.text;
  Answer same = patch(a + "?fieldManager=one", R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"1"}})", type);
  EXPECT_EQ(same.body["metadata"]["resourceVersion"], made.body["metadata"]["resourceVersion"]);
  Answer refused = patch(a + "?fieldManager=two", R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"2"}})", type);
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.body["details"]["causes"][std::size_t(0)]["field"].text(), ".data.k");
  Answer forced = patch(a + "?fieldManager=two&force=true", R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"2"}})", type);
  EXPECT_EQ(forced.status, 200);
  EXPECT_EQ(forced.body["data"]["k"].text(), "2");
}

TEST_F(ServerTest, deletes_what_a_deleted_owner_leaves_behind) {
  Answer owner = post(kConfigMaps, R"({"metadata":{"name":"owner"}})");
  std::string uid = owner.body["metadata"]["uid"].string();
  std::string reference = R"("ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"owner","uid":")" + uid + R"("}])";
  ASSERT_EQ(post(kConfigMaps, R"({"metadata":{"name":"child",)" + reference + "}}").status, 201);
  call("DELETE", std::string(kConfigMaps) + "/owner");
  loop_.run_for(std::chrono::seconds(1));
  EXPECT_EQ(get(std::string(kConfigMaps) + "/child").status, 404);
}

TEST_F(ServerTest, says_410_to_a_watch_from_a_forgotten_version) {
  Answer made = post(kConfigMaps, R"({"metadata":{"name":"a"}})");
  post(kConfigMaps, R"({"metadata":{"name":"b"}})");
  server_->forget_history();
  auto stream = watch(std::string(kConfigMaps) + "?watch=1&resourceVersion=" + made.body["metadata"]["resourceVersion"].string());
  auto seen = events(*stream);
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0]["type"].text(), "ERROR");
  EXPECT_EQ(seen[0]["object"]["code"].integer(), 410);
}

TEST_F(ServerTest, never_aborts_on_objects_of_the_wrong_shape) {
  const char* bodies[] = {"null", "[]", "1", "{}", R"({"metadata":1})", R"({"metadata":{"labels":1,"name":[]}})",
                          R"({"spec":"x","metadata":{"name":"a"}})", R"({"metadata":{"name":"a","ownerReferences":[1],"finalizers":{}}})",
                          R"({"kind":1,"apiVersion":{},"metadata":{"name":"a"}})"};
  for (const char* path : {"/api/v1/namespaces", kConfigMaps, "/api/v1/namespaces/default/services", "/api/v1/namespaces/default/pods",
                           "/apis/apps/v1/namespaces/default/deployments", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                           "/apis/rbac.authorization.k8s.io/v1/clusterroles", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                           "/api/v1/namespaces/default/serviceaccounts/default/token", "/apis/batch/v1/namespaces/default/jobs"}) {
    for (const char* body : bodies) {
      EXPECT_GE(post(path, body).status, 200) << path << " " << body;
      for (const char* type : {"application/merge-patch+json", "application/strategic-merge-patch+json", "application/json-patch+json", "application/apply-patch+yaml"}) {
        EXPECT_GE(patch(std::string(path) + "/a?fieldManager=m", body, type).status, 200) << path << " " << body;
        EXPECT_GE(patch("/api/v1/namespaces/default?fieldManager=m", body, type).status, 200) << body;
      }
    }
  }
}

TEST_F(ServerTest, refuses_a_kind_that_is_no_text) {
  EXPECT_EQ(post(kConfigMaps, R"({"kind":1,"metadata":{"name":"a"}})").status, 400);
  EXPECT_EQ(post(kConfigMaps, R"({"apiVersion":{},"metadata":{"name":"a"}})").status, 400);
}

class FaultTest : public ServerTest {
 protected:
  FaultTest() : ServerTest(options()) {}
  static Options options() {
    Options out;
    out.fault = [](const FaultPoint& point) -> std::optional<Fault> {
      Fault fault;
      if (point.verb == "create" && point.resource == "secrets") {
        fault.status = 429;
        fault.retry_after_seconds = 2;
      } else if (point.verb == "watch") {
        fault.drop_watch_after = 1;
      } else {
        return std::nullopt;
      }
      return fault;
    };
    return out;
  }
};

TEST_F(FaultTest, fails_requests_and_drops_watches_as_the_hook_says) {
  Answer refused = post("/api/v1/namespaces/default/secrets", R"({"metadata":{"name":"a"}})");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(io::header(refused.headers, "retry-after"), "2");
  auto stream = watch(std::string(kConfigMaps) + "?watch=1&resourceVersion=" + std::to_string(server_->version()));
  post(kConfigMaps, R"({"metadata":{"name":"a"}})");
  post(kConfigMaps, R"({"metadata":{"name":"b"}})");
  EXPECT_EQ(events(*stream).size(), 1u);
  auto end = loop_.run(stream->next(io::Context()));
  EXPECT_FALSE(end.has_value());
}

TEST_F(ServerTest, lets_an_impersonated_user_do_only_what_roles_allow) {
  io::Headers as{{"impersonate-user", "alice"}};
  EXPECT_EQ(call("GET", kConfigMaps, {}, as).status, 403);
  post("/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings", R"({"metadata":{"name":"b"},
    "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"view"},
    "subjects":[{"kind":"User","apiGroup":"rbac.authorization.k8s.io","name":"alice"}]})");
  EXPECT_EQ(call("GET", kConfigMaps, {}, as).status, 200);
  EXPECT_EQ(call("GET", "/api/v1/namespaces/default/secrets", {}, as).status, 403);
  EXPECT_EQ(call("GET", "/api/v1/namespaces/kube-system/configmaps", {}, as).status, 403);
}

TEST_F(ServerTest, refuses_endpoints_that_are_no_addresses) {
  const std::string path = "/api/v1/namespaces/default/endpoints";
  auto refused = [&](const std::string& subset) {
    return post(path, R"({"metadata":{"name":"e"},"subsets":[)" + subset + "]}").body["message"].string();
  };
  EXPECT_THAT(refused(R"({"addresses":[{"ip":"x"}]})"), testing::HasSubstr("subsets[0].addresses[0].ip: Invalid value: \"x\": must be a valid IP"));
  EXPECT_THAT(refused(R"({"addresses":[{"ip":"127.0.0.1"}]})"), testing::HasSubstr("may not be in the loopback range"));
  EXPECT_THAT(refused(R"({"addresses":[{"ip":"fe80::1"}]})"), testing::HasSubstr("may not be in the link-local range"));
  EXPECT_THAT(refused(R"({"addresses":[{"ip":"010.1.1.1"}]})"), testing::HasSubstr("must not have leading 0s"));
  EXPECT_THAT(refused(R"({"ports":[{"port":80}]})"), testing::HasSubstr("must specify `addresses` or `notReadyAddresses`"));
  EXPECT_THAT(refused(R"({"addresses":[{"ip":"10.0.0.1"}],"ports":[{"port":0},{"port":1}]})"), testing::HasSubstr("subsets[0].ports[0].name: Required value"));
  EXPECT_EQ(post(path, R"({"metadata":{"name":"e"},"subsets":[{"addresses":[{"ip":"203.0.113.1"}],"ports":[{"port":80}]}]})").status, 201);
}

TEST_F(ServerTest, wants_a_domain_before_the_name_of_a_finalizer) {
  Answer made = post("/api/v1/namespaces/default/configmaps", R"({"metadata":{"name":"f","finalizers":["mine"]}})");
  EXPECT_THAT(made.body["message"].string(), testing::HasSubstr("metadata.finalizers[0]: Invalid value: \"mine\": name is neither a standard finalizer"));
}

TEST_F(ServerTest, takes_limits_for_requests_in_pods_only) {
  constexpr const char* kPod = R"("containers":[{"name":"c","image":"i","resources":{"limits":{"cpu":"1"}}}])";
  Answer pod = post("/api/v1/namespaces/default/pods", R"({"metadata":{"name":"p"},"spec":{)" + std::string(kPod) + "}}");
  EXPECT_EQ(pod.body["spec"]["containers"][std::size_t(0)]["resources"]["requests"]["cpu"].text(), "1") << pod.text;
  Answer set = post("/apis/apps/v1/namespaces/default/deployments",
                    R"({"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{)" +
                        std::string(kPod) + "}}}}");
  EXPECT_TRUE(set.body["spec"]["template"]["spec"]["containers"][std::size_t(0)]["resources"]["requests"].is_null()) << set.text;
  Answer greedy = post("/api/v1/namespaces/default/pods",
                       R"({"metadata":{"name":"q"},"spec":{"containers":[{"name":"c","image":"i","resources":{"requests":{"cpu":"2"},"limits":{"cpu":"1"}}}]}})");
  EXPECT_THAT(greedy.body["message"].string(), testing::HasSubstr("\"2\": must be less than or equal to cpu limit of 1"));
}

}  // namespace
}  // namespace lesto::apiserver
