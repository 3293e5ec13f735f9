// Several managers of one management cluster.
#include <algorithm>

#include "foundation/base/hash.h"
#include "foundation/json/text.h"
#include "foundation/json/yaml.h"
#include "tests/manager/fleet.h"

namespace lesto::manager_test {
namespace {

using namespace std::chrono_literals;
using app::ReplicaState;

constexpr const char* kLease = "lesto-manager";

void register_at(Fleet& fleet, const std::string& name, const std::string& label) {
  std::string config = json::write_yaml(
      kube::kubeconfig_document({{name, fleet.kubeconfig(name)}}, name));
  fleet.apply("management", json::object({{"apiVersion", "v1"},
                                          {"kind", "Secret"},
                                          {"metadata", json::object({{"name", name + "-sveltos-kubeconfig"}, {"namespace", "default"}})},
                                          {"data", json::object({{"kubeconfig", base64_encode(config)}})}}));
  fleet.apply("management", json::object({{"apiVersion", "lib.projectsveltos.io/v1beta1"},
                                          {"kind", "SveltosCluster"},
                                          {"metadata", json::object({{"name", name}, {"namespace", "default"}, {"labels", json::object({{"role", label}})}})}}));
}

json::Value service(const std::string& name, int port) {
  return json::object({{"apiVersion", "v1"},
                       {"kind", "Service"},
                       {"metadata", json::object({{"name", name}, {"namespace", "default"}, {"labels", json::object({{"app", "shop"}})}})},
                       {"spec", json::object({{"ports", json::array({json::object({{"port", port}})})}})}});
}

// A fleet in which a Service of east becomes a ConfigMap of west.
void build(Fleet& fleet) {
  fleet.serve_management();
  fleet.serve("east");
  fleet.serve("west");
  register_at(fleet, "east", "source");
  register_at(fleet, "west", "target");
  fleet.apply_file("management", "tests/scenario/setup/shop.yaml");
  fleet.apply("east", service("tea", 80));
}

std::string port_in_west(Fleet& fleet, const std::string& name) {
  auto note = fleet.get("west", "v1", "ConfigMap", {"notes", name});
  return note ? (*note)["data"]["port"].string() : "";
}

std::string holder(Fleet& fleet) {
  auto lease = fleet.get("management", "coordination.k8s.io/v1", "Lease", {"projectsveltos", kLease});
  return lease ? (*lease)["spec"]["holderIdentity"].string() : "";
}

// How long it takes in virtual time; a minute is as good as never.
Duration until(Fleet& fleet, const std::function<bool()>& done) {
  Time start = fleet.loop.now();
  fleet.loop.run_until(done, 1min);
  return fleet.loop.now() - start;
}

// The second one waits for what the first one has.
void start_in_turn(Fleet& fleet, Process& one, Process& two) {
  for (Process* process : {&one, &two}) {
    process->start();
    fleet.loop.run_for(5s);
  }
}

TEST(Replica, of_two_one_acts_and_the_other_within_five_seconds_of_its_loss_and_never_both) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Fleet fleet(seed);
    build(fleet);
    Process one(fleet, "one", "one");
    Process two(fleet, "two", "two");
    one.start();
    ASSERT_LT(until(fleet, [&] { return one.replica().state() == ReplicaState::Acting; }), 1s) << fleet.log_text;
    two.start();
    fleet.loop.run_for(10s);
    ASSERT_EQ(port_in_west(fleet, "tea"), "80") << fleet.log_text;
    EXPECT_EQ(two.replica().state(), ReplicaState::Waiting);
    EXPECT_EQ(holder(fleet), "one");

    // Not even its death is told to anybody: the connections stand still.
    fleet.loop.run_for(std::chrono::milliseconds(50 * seed));
    fleet.isolate("one");
    bool both = false;
    Duration took = until(fleet, [&] {
      both |= one.replica().leads() && two.replica().leads();
      return two.replica().state() == ReplicaState::Acting;
    });
    EXPECT_LT(took, 5s) << "seed " << seed;
    EXPECT_FALSE(both);
    EXPECT_FALSE(one.replica().leads());
    fleet.apply("east", service("tea", 81));
    fleet.apply("east", service("rum", 90));
    EXPECT_LT(until(fleet, [&] { return port_in_west(fleet, "tea") == "81" && port_in_west(fleet, "rum") == "90"; }), 2s);
  }
}

TEST(Replica, a_takeover_writes_nothing_when_nothing_is_to_do) {
  Fleet fleet(7);
  build(fleet);
  Process one(fleet, "one", "one");
  Process two(fleet, "two", "two");
  one.start();
  two.start();
  fleet.loop.run_for(20s);
  ASSERT_EQ(port_in_west(fleet, "tea"), "80");
  fleet.isolate("one");
  std::string written;
  fleet.network.set_intercept([&](const std::string& to, const io::Request& request) -> std::optional<io::Response> {
    bool write = request.method != "GET" && request.target.find("/leases/") == std::string::npos;
    if (write) written += to + " " + request.method + " " + request.target + "\n";
    return std::nullopt;
  });
  EXPECT_LT(until(fleet, [&] { return two.replica().state() == ReplicaState::Acting; }), 5s);
  fleet.loop.run_for(1min);
  EXPECT_EQ(written, "");
}

TEST(Replica, one_that_ends_in_good_order_makes_room_at_once) {
  Fleet fleet(3);
  build(fleet);
  Process one(fleet, "one", "one");
  Process two(fleet, "two", "two");
  start_in_turn(fleet, one, two);
  EXPECT_EQ(holder(fleet), "one");
  one.stop();
  EXPECT_LT(until(fleet, [&] { return two.replica().state() == ReplicaState::Acting; }), 1s);
  EXPECT_EQ(holder(fleet), "two");
}

TEST(Replica, one_that_is_started_again_under_its_identity_does_not_wait_for_itself) {
  Fleet fleet(4);
  build(fleet);
  Process one(fleet, "one", "one");
  one.start();
  fleet.loop.run_for(5s);
  fleet.isolate("one");
  Process again(fleet, "again", "one");
  again.start();
  EXPECT_LT(until(fleet, [&] { return again.replica().state() == ReplicaState::Acting; }), 500ms);
  EXPECT_EQ(holder(fleet), "one");
}

TEST(Replica, a_lease_that_somebody_takes_by_hand_stops_its_holder) {
  Fleet fleet(5);
  build(fleet);
  Process one(fleet, "one", "one");
  one.start();
  fleet.loop.run_for(5s);
  fleet.apply("management", json::object({{"apiVersion", "coordination.k8s.io/v1"},
                                          {"kind", "Lease"},
                                          {"metadata", json::object({{"name", kLease}, {"namespace", "projectsveltos"}})},
                                          {"spec", json::object({{"holderIdentity", "somebody"}, {"leaseDurationSeconds", 20}})}}));
  EXPECT_LT(until(fleet, [&] { return one.replica().state() == ReplicaState::Waiting; }), 2s);
  fleet.apply("east", service("tea", 81));
  fleet.loop.run_for(15s);
  EXPECT_EQ(port_in_west(fleet, "tea"), "80");
  // Nobody renews it: it expires.
  EXPECT_LT(until(fleet, [&] { return port_in_west(fleet, "tea") == "81"; }), 10s);
}

TEST(Replica, a_management_cluster_that_is_away_for_a_while_is_taken_up_again) {
  Fleet fleet(6);
  build(fleet);
  Process one(fleet, "one", "one");
  one.start();
  fleet.loop.run_for(5s);
  fleet.network.cut("one", "management");
  EXPECT_LT(until(fleet, [&] { return !one.replica().leads(); }), 3s);
  fleet.apply("east", service("tea", 81));
  fleet.loop.run_for(30s);
  EXPECT_EQ(port_in_west(fleet, "tea"), "80");
  fleet.network.heal("one", "management");
  EXPECT_LT(until(fleet, [&] { return port_in_west(fleet, "tea") == "81"; }), 50s);
}

// What a real API server answers while its roles are not there yet.
std::optional<io::Response> refuse(const std::string& to, const io::Request&) {
  if (to != "management") return std::nullopt;
  io::Response response;
  response.status = 403;
  response.body = R"({"kind":"Status","status":"Failure","reason":"Forbidden","code":403,"message":"clusterrole not found"})";
  return response;
}

TEST(Replica, a_management_cluster_that_refuses_everything_for_a_moment_is_taken_up_again_by_both) {
  Fleet fleet(9);
  build(fleet);
  Process one(fleet, "one", "one");
  Process two(fleet, "two", "two");
  start_in_turn(fleet, one, two);
  fleet.network.set_intercept(refuse);
  fleet.loop.run_for(20s);
  EXPECT_FALSE(one.replica().leads() || two.replica().leads());
  ASSERT_FALSE(one.ended().has_value()) << one.ended()->error().text();
  ASSERT_FALSE(two.ended().has_value()) << two.ended()->error().text();
  fleet.network.set_intercept({});
  fleet.apply("east", service("tea", 81));
  EXPECT_LT(until(fleet, [&] { return port_in_west(fleet, "tea") == "81"; }), 10s) << fleet.log_text;
}

TEST(Replica, one_whose_rights_are_taken_away_for_good_ends_with_an_error_that_says_so) {
  Fleet fleet(10);
  build(fleet);
  Process one(fleet, "one", "one");
  one.start();
  fleet.loop.run_for(5s);
  fleet.network.set_intercept(refuse);
  Time start = fleet.loop.now();
  fleet.loop.run_until([&] { return one.ended().has_value(); }, 2min);
  ASSERT_TRUE(one.ended().has_value());
  ASSERT_FALSE(one.ended()->has_value());
  EXPECT_GT(fleet.loop.now() - start, 50s);
  EXPECT_NE(one.ended()->error().text().find("clusterrole not found"), std::string::npos);
  std::size_t lines = static_cast<std::size_t>(std::ranges::count(fleet.log_text, '\n'));
  EXPECT_LT(lines, 50U) << fleet.log_text;
}

TEST(Replica, without_the_right_to_the_lease_it_ends_with_an_error_that_names_it) {
  Fleet fleet(8);
  build(fleet);
  auto removed = fleet.run(fleet.admin("management").remove({}, {"rbac.authorization.k8s.io", "v1", "roles", "Role", kube::Scope::Namespaced}, {"projectsveltos", "lesto-manager"}, {}));
  ASSERT_TRUE(removed.has_value());
  Process one(fleet, "one", "one");
  one.start();
  until(fleet, [&] { return one.ended().has_value(); });
  ASSERT_TRUE(one.ended().has_value());
  ASSERT_FALSE(one.ended()->has_value());
  EXPECT_NE(one.ended()->error().text().find("cannot get resource \"leases\""), std::string::npos) << one.ended()->error().text();
}

}  // namespace
}  // namespace lesto::manager_test
