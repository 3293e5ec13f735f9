#include "tests/real/fleet.h"

#include <array>
#include <cstdio>
#include <future>

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

// A binding of a manifest, for the user that is the manager here.
json::Value subjects() {
  return json::array({json::object({{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "User"}, {"name", "lesto"}})});
}

// In managed clusters the manager has what `lesto register` gives it.
json::Value administrator_binding() {
  return json::object(
      {{"apiVersion", "rbac.authorization.k8s.io/v1"},
       {"kind", "ClusterRoleBinding"},
       {"metadata", json::object({{"name", "lesto"}})},
       {"roleRef", json::object({{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "ClusterRole"}, {"name", "cluster-admin"}})},
       {"subjects", subjects()}});
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
  if (name == scenario::kManagement) {
    TRY(loop_.run(app::install_crds(administrator)));
    client::Mapper mapper(administrator);
    for (const char* file : {"manifests/namespace.yaml", "manifests/rbac.yaml"}) TRY(apply(administrator, mapper, file));
    return {};
  }
  auto bound = loop_.run(administrator.create({}, bindings(), administrator_binding(), "test"));
  if (!bound && !kube::is_already_exists(bound.error())) return fail(bound.error());
  return {};
}

Result<void> Fleet::apply(client::Client& administrator, client::Mapper& mapper, const std::string& file) {
  TRY_ASSIGN(std::string text, io::read_file(root_ + "/" + file));
  for (const std::string& document : json::split_yaml(text).texts) {
    TRY_ASSIGN(json::Value object, json::parse_yaml(document));
    if (object.is_null()) continue;
    if (object.contains("subjects")) object.set("subjects", subjects());
    TRY_ASSIGN(kube::Resource resource, loop_.run(mapper.resolve({}, kube::gvk_of(object))));
    client::PatchOptions options;
    options.field_manager = "test";
    options.force = true;
    TRY(loop_.run(administrator.apply({}, std::move(resource), std::move(object), std::move(options))));
  }
  return {};
}

Result<void> Fleet::realkube(const std::string& arguments) const {
  // The words come from stories of this tree; none holds a character that a shell looks at.
  std::string command = root_ + "/script/realkube " + arguments;
  std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return fail(Code::Internal, command + ": cannot be run");
  std::string said;
  std::array<char, 4096> piece;
  while (std::size_t got = std::fread(piece.data(), 1, piece.size(), pipe)) said.append(piece.data(), got);
  int status = ::pclose(pipe);
  if (status != 0) return fail(Code::Internal, command + ": exit status " + std::to_string(status) + "\n" + said);
  // What went well in the end may still have something to say: a server that was started twice.
  std::fputs(said.c_str(), stderr);
  return {};
}

Result<void> Fleet::signal(const std::string& name, const std::string& signal) {
  TRY(realkube("signal --state " + state_ + " " + signal + " " + name));
  if (signal == "TERM" || signal == "KILL") ended_.insert(name);
  if (signal == "STOP") halted_.insert(name);
  if (signal == "CONT") halted_.erase(name);
  return {};
}

Result<void> Fleet::start(const std::vector<std::string>& names, const std::vector<std::string>& flags) {
  std::vector<std::future<Result<void>>> starts;
  for (const std::string& name : names) {
    std::string arguments = "start --state " + state_ + " " + name;
    for (const std::string& flag : flags) arguments += " " + flag;
    starts.push_back(std::async(std::launch::async, [this, arguments] { return realkube(arguments); }));
  }
  for (std::future<Result<void>>& one : starts) TRY(one.get());
  for (const std::string& name : names) ended_.erase(name);
  if (!flags.empty()) flagged_.insert(names.begin(), names.end());
  return {};
}

Result<void> Fleet::reset() {
  for (const std::string& name : std::set<std::string>(halted_)) TRY(signal(name, "CONT"));
  for (const std::string& name : std::exchange(flagged_, {})) {
    if (!ended_.contains(name)) TRY(signal(name, "KILL"));
  }
  TRY(start({ended_.begin(), ended_.end()}, {}));
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
