// Credentials that stop counting, and come back: how fast, and how loud.
#include <algorithm>

#include "foundation/base/hash.h"
#include "foundation/json/yaml.h"
#include "tests/manager/fleet.h"

namespace lesto::manager_test {
namespace {

using namespace std::chrono_literals;

constexpr int kServices = 20;

void store_credentials(Fleet& fleet, const std::string& name, const std::string& token) {
  kube::Kubeconfig kubeconfig = fleet.kubeconfig(name);
  if (!token.empty()) kubeconfig.token = token;
  std::string text = json::write_yaml(kube::kubeconfig_document({{name, kubeconfig}}, name));
  fleet.apply("management",
              json::object({{"apiVersion", "v1"},
                            {"kind", "Secret"},
                            {"metadata", json::object({{"name", name + "-sveltos-kubeconfig"},
                                                       {"namespace", "default"}})},
                            {"data", json::object({{"kubeconfig", base64_encode(text)}})}}));
}

void set_port(Fleet& fleet, int service, int port) {
  json::Value metadata = json::object({{"name", "tea-" + std::to_string(service)},
                                       {"namespace", "default"},
                                       {"labels", json::object({{"app", "shop"}})}});
  json::Value ports = json::array({json::object({{"port", port}})});
  fleet.apply("east", json::object({{"apiVersion", "v1"},
                                    {"kind", "Service"},
                                    {"metadata", std::move(metadata)},
                                    {"spec", json::object({{"ports", std::move(ports)}})}}));
}

bool all_have(Fleet& fleet, const std::string& port) {
  for (int i = 0; i < kServices; ++i) {
    auto note = fleet.get("west", "v1", "ConfigMap", {"notes", "tea-" + std::to_string(i)});
    if (!note || (*note)["data"]["port"].text() != port) return false;
  }
  return true;
}

std::string reason(Fleet& fleet, const std::string& name) {
  auto cluster = fleet.get("management", "lib.projectsveltos.io/v1beta1", "SveltosCluster",
                           {"default", name});
  return (*cluster)["status"]["conditions"][0]["reason"].string();
}

class Credentials : public testing::Test {
 protected:
  void SetUp() override {
    fleet_.serve_management();
    for (const char* name : {"east", "west"}) {
      fleet_.serve(name);
      store_credentials(fleet_, name, "");
      json::Value labels =
          json::object({{"role", name == std::string("east") ? "source" : "target"}});
      fleet_.apply("management",
                   json::object({{"apiVersion", "lib.projectsveltos.io/v1beta1"},
                                 {"kind", "SveltosCluster"},
                                 {"metadata", json::object({{"name", name},
                                                            {"namespace", "default"},
                                                            {"labels", std::move(labels)}})}}));
    }
    fleet_.apply_file("management", "tests/scenario/setup/shop.yaml");
    for (int i = 0; i < kServices; ++i) set_port(fleet_, i, 80);
    manager_.start();
    ASSERT_TRUE(fleet_.loop.run_until([this] { return all_have(fleet_, "80"); }, 1min));
  }

  Fleet fleet_{21};
  Process manager_{fleet_, "manager", "manager"};
};

TEST_F(Credentials, that_count_again_are_used_at_once_however_long_they_did_not) {
  for (const char* name : {"east", "west"}) store_credentials(fleet_, name, "revoked");
  fleet_.loop.run_for(5min);
  EXPECT_EQ(reason(fleet_, "east"), "AccessDenied");
  EXPECT_EQ(reason(fleet_, "west"), "AccessDenied");
  for (int i = 0; i < kServices; ++i) set_port(fleet_, i, 81);
  fleet_.loop.run_for(1min);
  EXPECT_TRUE(all_have(fleet_, "80"));

  Time start = fleet_.loop.now();
  for (const char* name : {"east", "west"}) store_credentials(fleet_, name, "");
  EXPECT_TRUE(fleet_.loop.run_until([this] { return all_have(fleet_, "81"); }, 2min));
  EXPECT_LT(fleet_.loop.now() - start, 2s) << fleet_.log_text;
}

TEST_F(Credentials, that_do_not_count_for_an_hour_make_no_noise) {
  store_credentials(fleet_, "west", "revoked");
  for (int i = 0; i < kServices; ++i) set_port(fleet_, i, 81);
  fleet_.log_text.clear();
  fleet_.loop.run_for(1h);
  auto lines = std::count(fleet_.log_text.begin(), fleet_.log_text.end(), '\n');
  // A line for each thing that cannot be done, and now and then again.
  EXPECT_LT(lines, 3 * kServices) << fleet_.log_text.substr(0, 4000);
}

}  // namespace
}  // namespace lesto::manager_test
