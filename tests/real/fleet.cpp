#include "tests/real/fleet.h"

#include <cstdlib>

#include "app/dialer.h"
#include "app/install.h"
#include "foundation/io/files.h"
#include "foundation/json/yaml.h"
#include "kube/object/api_error.h"
#include "kube/object/discovery.h"
#include "tests/scenario/world.h"

namespace lesto::real {
namespace {

std::string first_line(std::string text) { return text.substr(0, text.find('\n')); }

kube::Resource bindings() {
  return {"rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", kube::Scope::Cluster};
}

json::Value manager_binding() {
  return json::object(
      {{"apiVersion", "rbac.authorization.k8s.io/v1"},
       {"kind", "ClusterRoleBinding"},
       {"metadata", json::object({{"name", "lesto"}})},
       {"roleRef", json::object({{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "ClusterRole"}, {"name", "cluster-admin"}})},
       {"subjects", json::array({json::object({{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "User"}, {"name", "lesto"}})})}});
}

}  // namespace

Fleet::Fleet(std::string root, std::string state, const std::string& etcd_url)
    : root_(std::move(root)), state_(std::move(state)), etcd_(loop_, etcd_url) {}

Result<std::unique_ptr<Fleet>> Fleet::open(const std::string& root, const std::string& state) {
  TRY_ASSIGN(std::string url, io::read_file(state + "/etcd.url"));
  TRY_ASSIGN(std::string text, io::read_file(state + "/kubeconfig"));
  TRY_ASSIGN(json::Value document, json::parse_yaml(text));
  std::unique_ptr<Fleet> fleet(new Fleet(root, state, first_line(url)));
  for (const json::Value& context : document["contexts"].items()) {
    std::string name = context["name"].string();
    TRY_ASSIGN(fleet->administrators_[name], kube::parse_kubeconfig(document, name));
    if (name != scenario::kManagement) fleet->names_.push_back(name);
  }
  for (const auto& [name, config] : fleet->administrators_) TRY(during(fleet->prepare(name), name));
  TRY(fleet->etcd_.remember());
  return fleet;
}

Result<void> Fleet::prepare(const std::string& name) {
  TRY_ASSIGN(auto exchange, app::connect(loop_, administrators_.at(name)));
  client::Client administrator(loop_, *exchange, "lesto-real-test");
  if (name == scenario::kManagement) TRY(loop_.run(app::install_crds(administrator)));
  auto bound = loop_.run(administrator.create({}, bindings(), manager_binding(), "test"));
  if (!bound && !kube::is_already_exists(bound.error())) return fail(bound.error());
  return {};
}

Result<void> Fleet::realkube(const std::string& arguments) const {
  // The words come from stories of this tree; none holds a character that a shell looks at.
  std::string command = root_ + "/script/realkube " + arguments;
  if (std::system(command.c_str()) != 0) return fail(Code::Internal, command + ": failed");
  return {};
}

Result<void> Fleet::signal(const std::string& name, const std::string& signal) {
  TRY(realkube("signal --state " + state_ + " " + signal + " " + name));
  if (signal == "TERM" || signal == "KILL") ended_.insert(name);
  if (signal == "STOP") halted_.insert(name);
  if (signal == "CONT") halted_.erase(name);
  return {};
}

Result<void> Fleet::start(const std::string& name, const std::vector<std::string>& flags) {
  std::string arguments = "start --state " + state_ + " " + name;
  for (const std::string& flag : flags) arguments += " " + flag;
  TRY(realkube(arguments));
  ended_.erase(name);
  if (!flags.empty()) flagged_.insert(name);
  return {};
}

Result<void> Fleet::reset() {
  for (const std::string& name : std::set<std::string>(halted_)) TRY(signal(name, "CONT"));
  for (const std::string& name : std::exchange(flagged_, {})) {
    if (!ended_.contains(name)) TRY(signal(name, "KILL"));
  }
  for (const std::string& name : std::set<std::string>(ended_)) TRY(start(name, {}));
  TRY(etcd_.restore());
  for (const auto& [name, config] : administrators_) TRY(during(catch_up(name), name));
  return {};
}

Result<void> Fleet::catch_up(const std::string& name) {
  TRY_ASSIGN(auto exchange, app::connect(loop_, administrators_.at(name)));
  client::Client administrator(loop_, *exchange, "lesto-real-test");
  // Without a resourceVersion the answer is as new as etcd, and comes from the cache that admission looks at.
  TRY(loop_.run(administrator.list({}, kube::core_resource("namespaces", "Namespace", kube::Scope::Cluster), {.ns = {}, .label_selector = {}, .field_selector = {}, .continue_token = {}})));
  return {};
}

}  // namespace lesto::real
