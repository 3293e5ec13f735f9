#include "kube/control/lease.h"

#include "tests/support/cases.h"

namespace lesto::control {
namespace {

std::string text_of(LeaseMove move) {
  switch (move) {
    case LeaseMove::Create: return "Create";
    case LeaseMove::Take: return "Take";
    case LeaseMove::Renew: return "Renew";
    case LeaseMove::Wait: return "Wait";
  }
  return "";
}

json::Value decide_case(const json::Value& given) {
  LeaseOptions options{.key = {"projectsveltos", "lesto-manager"}, .identity = "a", .times = {}};
  auto unchanged = parse_duration(given["unchanged"].is_null() ? "0s" : given["unchanged"].text());
  LeaseDecision decision = decide_lease(given["lease"], unchanged.value_or(Duration{}), options,
                                        Time(std::chrono::seconds(1'790'000'000)));
  json::Value decided = json::object({{"move", text_of(decision.move)}});
  if (decision.move == LeaseMove::Wait) {
    decided.set("wait", duration_text(decision.wait));
  } else {
    decided.set("lease", decision.lease);
  }
  return decided;
}

TEST(Lease, once_released_it_names_nobody_and_expires_soon) {
  json::Value lease = json::object(
      {{"spec", json::object({{"holderIdentity", "a"}, {"leaseDurationSeconds", 3}})}});
  json::Value released = released_lease(lease, Time(std::chrono::seconds(1'790'000'000)));
  EXPECT_EQ(released["spec"]["holderIdentity"].text(), "");
  EXPECT_EQ(released["spec"]["leaseDurationSeconds"].integer(), 1);
}

}  // namespace
}  // namespace lesto::control

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  lesto::testing_support::register_cases("kube/control", lesto::control::decide_case);
  return RUN_ALL_TESTS();
}
