// `lesto register` and `lesto deregister` against embedded API servers.
#include "fleet/cluster/credentials.h"
#include "fleet/cluster/registration.h"
#include "foundation/json/text.h"
#include "tests/manager/fleet.h"

namespace lesto::manager_test {
namespace {

constexpr const char* kRole = "lesto:projectsveltos:projectsveltos";
const kube::Resource kSecrets{"", "v1", "secrets", "Secret", kube::Scope::Namespaced};
const kube::ObjectKey kGke{"clusters", "gke"};

class Registering : public testing::Test {
 protected:
  void SetUp() override {
    fleet_.serve_management();
    fleet_.serve("gke");
    dialer_ = fleet_.dialer_for("engineer");
  }

  cluster::Registration gke(std::map<std::string, std::string> labels = {}) {
    cluster::Registration registration;
    registration.key = kGke;
    registration.labels = std::move(labels);
    registration.kubeconfig = fleet_.kubeconfig("gke");
    registration.account = cluster::AccountOptions{};
    return registration;
  }

  Result<void> enroll(cluster::Registration registration) {
    said_.clear();
    return fleet_.run(cluster::register_cluster(fleet_.admin("management"), *dialer_, std::move(registration), say()));
  }
  Result<void> deregister(cluster::Deregistration deregistration) {
    said_.clear();
    return fleet_.run(cluster::deregister_cluster(fleet_.admin("management"), *dialer_, std::move(deregistration), say()));
  }
  cluster::Say say() {
    return [this](const std::string& line) { said_ += line + "\n"; };
  }

  // Whom the API server takes the bearer for, or the code of its refusal.
  std::string user_of(const kube::Kubeconfig& config) {
    auto exchange = dialer_->dial(config);
    client::Client bearer(fleet_.loop, **exchange, "test");
    auto user = fleet_.run(cluster::who_am_i(bearer));
    return user ? *user : std::string(to_string(user.error().code()));
  }

  json::Value secret() {
    auto found = fleet_.get("management", "v1", "Secret", {"clusters", "gke-sveltos-kubeconfig"});
    return found ? *found : json::Value();
  }
  json::Value sveltos_cluster() {
    auto found = fleet_.get("management", "lib.projectsveltos.io/v1beta1", "SveltosCluster", kGke);
    return found ? *found : json::Value();
  }
  bool in_gke(const std::string& api_version, const std::string& kind, const kube::ObjectKey& key) {
    return fleet_.get("gke", api_version, kind, key).has_value();
  }
  bool account_is_there() {
    return in_gke("v1", "ServiceAccount", {"projectsveltos", "projectsveltos"}) ||
           in_gke("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", {"", kRole}) ||
           in_gke("rbac.authorization.k8s.io/v1", "ClusterRole", {"", kRole});
  }

  Fleet fleet_{11};
  std::unique_ptr<cluster::Dialer> dialer_;
  std::string said_;
};

TEST_F(Registering, stores_credentials_of_an_account_of_its_own_that_work) {
  auto done = enroll(gke({{"env", "production"}}));
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_EQ(sveltos_cluster()["metadata"]["labels"]["env"].text(), "production");
  auto config = cluster::read_kubeconfig({{"clusters", "gke-sveltos-kubeconfig"}, "kubeconfig"}, secret());
  ASSERT_TRUE(config.has_value()) << config.error().text();
  EXPECT_NE(config->token, fleet_.kubeconfig("gke").token);
  auto exchange = dialer_->dial(*config);
  client::Client stored(fleet_.loop, **exchange, "test");
  auto user = fleet_.run(cluster::who_am_i(stored));
  ASSERT_TRUE(user.has_value()) << user.error().text();
  EXPECT_EQ(*user, "system:serviceaccount:projectsveltos:projectsveltos");
  auto listed = fleet_.run(stored.list({}, {"", "v1", "secrets", "Secret", kube::Scope::Namespaced}, {}));
  EXPECT_TRUE(listed.has_value());
}

TEST_F(Registering, again_changes_nothing) {
  ASSERT_TRUE(enroll(gke({{"env", "production"}})).has_value());
  std::string before = json::write(secret()) + json::write(sveltos_cluster());
  auto again = enroll(gke({{"env", "production"}}));
  ASSERT_TRUE(again.has_value()) << again.error().text();
  EXPECT_EQ(json::write(secret()) + json::write(sveltos_cluster()), before);
  EXPECT_EQ(said_.find("created"), std::string::npos) << said_;
  EXPECT_EQ(said_.find(" changed"), std::string::npos) << said_;
}

TEST_F(Registering, again_with_other_labels_keeps_those_that_are_there) {
  ASSERT_TRUE(enroll(gke({{"env", "production"}})).has_value());
  ASSERT_TRUE(enroll(gke({{"dep", "eng"}})).has_value());
  EXPECT_EQ(sveltos_cluster()["metadata"]["labels"]["env"].text(), "production");
  EXPECT_EQ(sveltos_cluster()["metadata"]["labels"]["dep"].text(), "eng");
}

TEST_F(Registering, with_a_new_token_makes_the_old_one_worthless) {
  ASSERT_TRUE(enroll(gke()).has_value());
  auto old = cluster::read_kubeconfig({{"clusters", "gke-sveltos-kubeconfig"}, ""}, secret());
  EXPECT_EQ(user_of(*old), "system:serviceaccount:projectsveltos:projectsveltos");
  cluster::Registration again = gke();
  again.account->new_token = true;
  ASSERT_TRUE(enroll(std::move(again)).has_value());
  auto fresh = cluster::read_kubeconfig({{"clusters", "gke-sveltos-kubeconfig"}, ""}, secret());
  EXPECT_EQ(user_of(*old), "Denied");
  EXPECT_EQ(user_of(*fresh), "system:serviceaccount:projectsveltos:projectsveltos");
}

TEST_F(Registering, again_after_the_token_was_revoked_does_not_bring_it_back_to_life) {
  ASSERT_TRUE(enroll(gke()).has_value());
  auto leaked = cluster::read_kubeconfig({{"clusters", "gke-sveltos-kubeconfig"}, ""}, secret());
  auto tokens = fleet_.run(fleet_.admin("gke").list({}, kSecrets, {.ns = "projectsveltos", .label_selector = "lesto.dev/token-of", .field_selector = {}, .continue_token = {}}));
  ASSERT_EQ(tokens->items.size(), 1U);
  ASSERT_TRUE(fleet_.run(fleet_.admin("gke").remove({}, kSecrets, kube::key_of(tokens->items[0]), {})).has_value());
  EXPECT_EQ(user_of(*leaked), "Denied");
  ASSERT_TRUE(enroll(gke()).has_value());
  EXPECT_EQ(user_of(*leaked), "Denied");
}

TEST_F(Registering, can_ask_for_a_token_that_expires) {
  cluster::Registration registration = gke();
  registration.account->token_duration = std::chrono::hours(24);
  auto done = enroll(std::move(registration));
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_NE(said_.find("token of ServiceAccount projectsveltos/projectsveltos until 2026-"), std::string::npos) << said_;
  auto tokens = fleet_.run(fleet_.admin("gke").list({}, kSecrets, {.ns = "projectsveltos", .label_selector = "lesto.dev/token-of", .field_selector = {}, .continue_token = {}}));
  EXPECT_TRUE(tokens->items.empty());
}

TEST_F(Registering, can_store_what_was_given_and_make_nothing) {
  cluster::Registration registration = gke();
  registration.account.reset();
  registration.server = "https://gke.internal:6443";
  ASSERT_TRUE(enroll(std::move(registration)).has_value());
  auto config = cluster::read_kubeconfig({{"clusters", "gke-sveltos-kubeconfig"}, ""}, secret());
  EXPECT_EQ(config->token, fleet_.kubeconfig("gke").token);
  EXPECT_EQ(config->server, "https://gke.internal:6443");
  EXPECT_FALSE(account_is_there());
}

TEST_F(Registering, a_cluster_that_does_not_answer_leaves_no_trace) {
  cluster::Registration registration = gke();
  registration.kubeconfig.server = "https://nowhere";
  auto done = enroll(std::move(registration));
  ASSERT_FALSE(done.has_value());
  EXPECT_NE(done.error().text().find("gke (https://nowhere)"), std::string::npos) << done.error().text();
  EXPECT_TRUE(secret().is_null());
  EXPECT_TRUE(sveltos_cluster().is_null());
}

TEST_F(Registering, credentials_that_do_not_count_are_told_and_leave_no_trace) {
  cluster::Registration registration = gke();
  registration.kubeconfig.token = "stale";
  auto done = enroll(std::move(registration));
  ASSERT_FALSE(done.has_value());
  EXPECT_NE(done.error().text().find("its credentials are wrong or have expired"), std::string::npos) << done.error().text();
  EXPECT_TRUE(sveltos_cluster().is_null());
}

TEST_F(Registering, where_our_kinds_are_not_served_says_how_to_get_them) {
  fleet_.serve("bare");
  auto done = fleet_.run(cluster::register_cluster(fleet_.admin("bare"), *dialer_, gke(), say()));
  ASSERT_FALSE(done.has_value());
  EXPECT_NE(done.error().text().find("lesto crds | kubectl apply"), std::string::npos) << done.error().text();
  EXPECT_FALSE(account_is_there());
}

TEST_F(Registering, deregistering_leaves_nothing_of_it) {
  ASSERT_TRUE(enroll(gke()).has_value());
  ASSERT_TRUE(account_is_there());
  auto done = deregister({.key = kGke, .kubeconfig = std::nullopt});
  ASSERT_TRUE(done.has_value()) << done.error().text();
  fleet_.loop.run_for(std::chrono::seconds(5));
  EXPECT_FALSE(account_is_there());
  auto tokens = fleet_.run(fleet_.admin("gke").list({}, kSecrets, {.ns = "projectsveltos", .label_selector = "lesto.dev/token-of", .field_selector = {}, .continue_token = {}}));
  EXPECT_TRUE(tokens->items.empty());
  EXPECT_TRUE(secret().is_null());
  EXPECT_TRUE(sveltos_cluster().is_null());
  EXPECT_EQ(deregister({.key = kGke, .kubeconfig = std::nullopt}).error().code(), Code::NotFound);
}

TEST_F(Registering, an_account_that_another_registration_uses_stays) {
  cluster::Registration second = gke();
  second.key.name = "gke-again";
  ASSERT_TRUE(enroll(gke()).has_value());
  ASSERT_TRUE(enroll(std::move(second)).has_value());
  ASSERT_TRUE(deregister({.key = kGke, .kubeconfig = std::nullopt}).has_value());
  fleet_.loop.run_for(std::chrono::seconds(5));
  EXPECT_TRUE(account_is_there());
  ASSERT_TRUE(deregister({.key = {"clusters", "gke-again"}, .kubeconfig = std::nullopt}).has_value());
  fleet_.loop.run_for(std::chrono::seconds(5));
  EXPECT_FALSE(account_is_there());
}

TEST_F(Registering, an_account_that_may_not_remove_itself_is_removed_by_an_administrator) {
  cluster::Registration registration = gke();
  registration.account->cluster_role = "view";
  ASSERT_TRUE(enroll(std::move(registration)).has_value());
  auto done = deregister({.key = kGke, .kubeconfig = std::nullopt});
  ASSERT_FALSE(done.has_value());
  EXPECT_NE(done.error().text().find("nothing was changed"), std::string::npos) << done.error().text();
  EXPECT_FALSE(sveltos_cluster().is_null());
  done = deregister({.key = kGke, .kubeconfig = fleet_.kubeconfig("gke")});
  ASSERT_TRUE(done.has_value()) << done.error().text();
  fleet_.loop.run_for(std::chrono::seconds(5));
  EXPECT_FALSE(account_is_there());
  EXPECT_TRUE(sveltos_cluster().is_null());
}

TEST_F(Registering, deregistering_a_dead_cluster_changes_nothing_unless_it_is_to_be_forgotten) {
  ASSERT_TRUE(enroll(gke()).has_value());
  fleet_.network.serve("gke", nullptr);
  auto done = deregister({.key = kGke, .kubeconfig = std::nullopt});
  ASSERT_FALSE(done.has_value());
  EXPECT_NE(done.error().text().find("nothing was changed"), std::string::npos) << done.error().text();
  EXPECT_FALSE(sveltos_cluster().is_null());
  done = deregister({.key = kGke, .kubeconfig = std::nullopt, .forget = true});
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_TRUE(sveltos_cluster().is_null());
  EXPECT_TRUE(secret().is_null());
}

}  // namespace
}  // namespace lesto::manager_test
