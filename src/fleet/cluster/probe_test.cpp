#include "fleet/cluster/probe.h"

#include "tests/support/cases.h"

namespace lesto::cluster {
namespace {

Code parse_code(std::string_view text) {
  for (Code code : {Code::NotFound, Code::Invalid, Code::Denied, Code::Unavailable}) {
    if (to_string(code) == text) return code;
  }
  return Code::Internal;
}

json::Value decide_case(const json::Value& given) {
  Result<std::string> version = given["version"].string();
  if (!given["error"].is_null()) {
    version = fail(parse_code(given["error"]["code"].text()), given["error"]["message"].string());
  }
  json::Value cluster = json::object({{"metadata", json::object({{"generation", 1}})},
                                      {"spec", given["spec"]},
                                      {"status", given["status"]}});
  json::Value status = probe_status(cluster, version, Time(std::chrono::seconds(1'790'000'000)));
  for (const json::Value& condition : status["conditions"].items()) {
    status.set("says", condition["status"].string() + " " + condition["reason"].string());
  }
  status.erase("conditions");
  return status;
}

}  // namespace
}  // namespace lesto::cluster

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  lesto::testing_support::register_cases("fleet/cluster", lesto::cluster::decide_case);
  return RUN_ALL_TESTS();
}
