#include "fleet/cluster/account.h"

#include "foundation/base/hash.h"
#include "kube/client/request.h"
#include "kube/object/discovery.h"

namespace lesto::cluster {
namespace {

using namespace std::chrono_literals;
using kube::Scope;

constexpr std::string_view kWriter = "lesto-register";
constexpr std::string_view kTokenType = "kubernetes.io/service-account-token";
// On Secrets with a token: whose it is, as a hash.
constexpr std::string_view kTokenLabel = "lesto.dev/token-of";
constexpr std::string_view kMarkPrefix = "registered.lesto.dev/";
// How long the cluster's token controller may take, and how often we look.
constexpr Duration kTokenPatience = 20s;
constexpr Duration kTokenLook = 100ms;

kube::Resource rbac(std::string_view plural, std::string_view kind) {
  return {"rbac.authorization.k8s.io", "v1", std::string(plural), std::string(kind),
          Scope::Cluster};
}
kube::Resource cluster_roles() { return rbac("clusterroles", "ClusterRole"); }
kube::Resource bindings() { return rbac("clusterrolebindings", "ClusterRoleBinding"); }
kube::Resource namespaces() { return kube::core_resource("namespaces", "Namespace", Scope::Cluster); }
kube::Resource secrets() { return kube::core_resource("secrets", "Secret", Scope::Namespaced); }
kube::Resource accounts() {
  return kube::core_resource("serviceaccounts", "ServiceAccount", Scope::Namespaced);
}

// Of the ClusterRole and the ClusterRoleBinding.
std::string rights_name(const kube::ObjectKey& account) {
  return "lesto:" + account.ns + ":" + account.name;
}
std::string mark_key(const RegistrationMark& mark) {
  return std::string(kMarkPrefix) + name_hash(mark.management_uid + "/" + mark.key.text());
}

json::Value object_of(const kube::Resource& resource, const kube::ObjectKey& key) {
  json::Value metadata = json::object({{"name", key.name}});
  if (!key.ns.empty()) metadata.set("namespace", key.ns);
  return json::object({{"apiVersion", resource.api_version()},
                       {"kind", resource.kind},
                       {"metadata", std::move(metadata)}});
}

json::Value owner_reference(const json::Value& owner) {
  return json::object({{"apiVersion", owner["apiVersion"]},
                       {"kind", owner["kind"]},
                       {"name", owner["metadata"]["name"]},
                       {"uid", owner["metadata"]["uid"]}});
}

// The object, or null when it is not there.
io::Task<Result<json::Value>> look(client::Client& target, kube::Resource resource,
                                   kube::ObjectKey key) {
  auto object = co_await target.get({}, std::move(resource), std::move(key));
  if (!object && object.error().code() == Code::NotFound) co_return json::Value();
  co_return object;
}

// The object that owns all that was made for the account; null when there is none.
io::Task<Result<json::Value>> find_root(client::Client& target, kube::ObjectKey account) {
  kube::ObjectKey key{"", rights_name(account)};
  auto role = co_await look(target, cluster_roles(), key);
  if (!role || !role->is_null()) co_return role;
  auto binding = co_await look(target, bindings(), std::move(key));
  co_return binding;
}

// The steps of one registration in one cluster.
class Maker {
 public:
  Maker(client::Client& target, AccountOptions options, RegistrationMark mark, Say say)
      : target_(target), options_(std::move(options)), mark_(std::move(mark)), say_(std::move(say)),
        account_{options_.ns, options_.name} {}

  io::Task<Result<AccountToken>> make() {
    auto done = co_await make_namespace();
    if (done) done = co_await make_rights();
    if (done) done = co_await make_service_account();
    if (!done) co_return fail(std::move(done).error());
    if (options_.token_duration) {
      auto requested = co_await request_token();
      co_return requested;
    }
    auto kept = co_await make_token_secret();
    co_return kept;
  }

 private:
  // Applies and tells what that changed. The answer is the object.
  io::Task<Result<json::Value>> apply(kube::Resource resource, json::Value object) {
    kube::ObjectKey key = kube::key_of(object);
    auto before = co_await look(target_, resource, key);
    if (!before) co_return fail(std::move(before).error());
    client::PatchOptions options;
    options.field_manager = kWriter;
    options.force = true;
    auto after = co_await target_.apply({}, resource, std::move(object), std::move(options));
    if (!after) co_return after;
    bool same = kube::resource_version_of(*before) == kube::resource_version_of(*after);
    say_(resource.kind + " " + key.text() +
         (before->is_null() ? " created" : same ? " unchanged" : " changed"));
    co_return after;
  }

  // Left alone when it is there: it may be anybody's.
  io::Task<Result<void>> make_namespace() {
    auto there = co_await look(target_, namespaces(), {"", options_.ns});
    if (!there) co_return fail(std::move(there).error());
    if (!there->is_null()) co_return {};
    auto made = co_await apply(namespaces(), object_of(namespaces(), {"", options_.ns}));
    if (!made) co_return fail(std::move(made).error());
    co_return {};
  }

  // The first of role and binding that is ours is the root. It carries the mark.
  io::Task<Result<void>> make_rights() {
    json::Value annotations = json::object({{mark_key(mark_), mark_.key.text()}});
    std::string name = rights_name(account_);
    bool own_role = options_.cluster_role.empty();
    if (own_role) {
      json::Value all = json::array({"*"});
      json::Value role = object_of(cluster_roles(), {"", name});
      role.set("rules",
               json::array({json::object({{"apiGroups", all}, {"resources", all}, {"verbs", all}}),
                            json::object({{"nonResourceURLs", all}, {"verbs", all}})}));
      auto made = co_await apply(cluster_roles(), std::move(role));
      if (!made) co_return fail(std::move(made).error());
      root_ = std::move(*made);
    }
    json::Value binding = object_of(bindings(), {"", name});
    if (own_role) {
      binding.set_path({"metadata", "ownerReferences"}, json::array({owner_reference(root_)}));
    }
    binding.set("roleRef", json::object({{"apiGroup", "rbac.authorization.k8s.io"},
                                         {"kind", "ClusterRole"},
                                         {"name", own_role ? name : options_.cluster_role}}));
    binding.set("subjects", json::array({json::object({{"kind", "ServiceAccount"},
                                                       {"namespace", account_.ns},
                                                       {"name", account_.name}})}));
    auto bound = co_await apply(bindings(), std::move(binding));
    if (!bound) co_return fail(std::move(bound).error());
    if (!own_role) root_ = std::move(*bound);
    auto marked = co_await annotate(std::move(annotations));
    co_return marked;
  }

  // By a merge, so that the marks of others stay.
  io::Task<Result<void>> annotate(json::Value annotations) {
    bool there = root_["metadata"]["annotations"].contains(mark_key(mark_));
    if (there) co_return {};
    client::PatchOptions options;
    options.field_manager = kWriter;
    json::Value patch =
        json::object({{"metadata", json::object({{"annotations", std::move(annotations)}})}});
    kube::Resource resource = options_.cluster_role.empty() ? cluster_roles() : bindings();
    auto done = co_await target_.patch({}, std::move(resource), kube::key_of(root_),
                                       client::PatchType::Merge, std::move(patch),
                                       std::move(options));
    if (!done) co_return fail(std::move(done).error());
    co_return {};
  }

  json::Value owned(const kube::Resource& resource, const kube::ObjectKey& key) const {
    json::Value object = object_of(resource, key);
    object.set_path({"metadata", "ownerReferences"}, json::array({owner_reference(root_)}));
    return object;
  }

  io::Task<Result<void>> make_service_account() {
    auto made = co_await apply(accounts(), owned(accounts(), account_));
    if (!made) co_return fail(std::move(made).error());
    co_return {};
  }

  // The name of the Secret with the token, "" when there is none. With `new_token` there is none
  // afterwards.
  io::Task<Result<std::string>> find_token_secret() {
    client::ListOptions options;
    options.ns = account_.ns;
    options.label_selector = std::string(kTokenLabel) + "=" + name_hash(account_.text());
    auto found = co_await target_.list({}, secrets(), std::move(options));
    if (!found) co_return fail(std::move(found).error());
    for (const json::Value& secret : found->items) {
      kube::ObjectKey key = kube::key_of(secret);
      if (!options_.new_token && !kube::is_deleting(secret)) co_return key.name;
      auto removed = co_await target_.remove({}, secrets(), key, {});
      if (!removed && removed.error().code() != Code::NotFound) {
        co_return fail(std::move(removed).error());
      }
      say_("Secret " + key.text() + " deleted");
    }
    co_return "";
  }

  // The token follows from the names of Secret and account: under a name that was used before the
  // same token would count again, the one that somebody has revoked.
  io::Task<Result<std::string>> create_token_secret() {
    json::Value secret = owned(secrets(), {account_.ns, ""});
    json::Value& metadata = secret.at("metadata");
    metadata.erase("name");
    metadata.set("generateName", account_.name + "-lesto-token-");
    metadata.set("labels", json::object({{kTokenLabel, name_hash(account_.text())}}));
    metadata.set("annotations",
                 json::object({{"kubernetes.io/service-account.name", account_.name}}));
    secret.set("type", kTokenType);
    auto made = co_await target_.create({}, secrets(), std::move(secret), std::string(kWriter));
    if (!made) co_return fail(std::move(made).error());
    say_("Secret " + kube::key_of(*made).text() + " created");
    co_return std::string(kube::name_of(*made));
  }

  io::Task<Result<AccountToken>> make_token_secret() {
    auto name = co_await find_token_secret();
    if (!name) co_return fail(std::move(name).error());
    if (name->empty()) {
      name = co_await create_token_secret();
      if (!name) co_return fail(std::move(name).error());
    } else {
      say_("Secret " + account_.ns + "/" + *name + " unchanged");
    }
    kube::ObjectKey key{account_.ns, *name};
    Time end = target_.loop().now() + kTokenPatience;
    while (target_.loop().now() < end) {
      auto filled = co_await target_.get({}, secrets(), key);
      if (!filled) co_return fail(std::move(filled).error());
      auto token = base64_decode((*filled)["data"]["token"].text());
      if (token && !token->empty()) co_return AccountToken{std::move(*token), std::nullopt};
      auto slept = co_await io::sleep(target_.loop(), {}, kTokenLook);
      if (!slept) co_return fail(std::move(slept).error());
    }
    co_return fail(Code::Unavailable,
                   "Secret " + key.text() + " of type " + std::string(kTokenType) +
                       " was not filled in: does kube-controller-manager run in that cluster, with"
                       " its serviceaccount-token controller? --token-duration 8760h asks the API"
                       " server for a token instead, one that expires");
  }

  io::Task<Result<AccountToken>> request_token() {
    std::int64_t seconds =
        std::chrono::duration_cast<std::chrono::seconds>(*options_.token_duration).count();
    json::Value body =
        json::object({{"apiVersion", "authentication.k8s.io/v1"},
                      {"kind", "TokenRequest"},
                      {"spec", json::object({{"expirationSeconds", seconds}})}});
    std::string path = client::object_path(accounts(), account_, "token");
    auto answer = co_await target_.post_path({}, std::move(path), std::move(body));
    if (!answer) co_return fail(std::move(answer).error());
    AccountToken token{(*answer)["status"]["token"].string(), std::nullopt};
    auto expires = parse_rfc3339((*answer)["status"]["expirationTimestamp"].text());
    if (!expires) co_return fail(std::move(expires).error());
    token.expires = *expires;
    say_("token of ServiceAccount " + account_.text() + " until " + rfc3339(*expires));
    co_return token;
  }

  client::Client& target_;
  AccountOptions options_;
  RegistrationMark mark_;
  Say say_;
  kube::ObjectKey account_;
  json::Value root_;
};

}  // namespace

io::Task<Result<AccountToken>> make_account(client::Client& target, AccountOptions options,
                                            RegistrationMark mark, Say say) {
  Maker maker(target, std::move(options), std::move(mark), std::move(say));
  auto token = co_await maker.make();
  co_return token;
}

io::Task<Result<void>> check_account(client::Client& target, kube::ObjectKey account) {
  auto root = co_await find_root(target, std::move(account));
  if (!root) co_return fail(std::move(root).error());
  co_return {};
}

io::Task<Result<Removal>> remove_account(client::Client& target, kube::ObjectKey account,
                                         RegistrationMark mark, Say say) {
  std::string name = rights_name(account);
  auto root = co_await find_root(target, account);
  if (!root) co_return fail(std::move(root).error());
  kube::Resource resource = (*root)["kind"].text() == "ClusterRole" ? cluster_roles() : bindings();
  std::string own = mark_key(mark);
  if (root->is_null() || !kube::annotation_of(*root, own)) co_return Removal::NotThere;
  bool shared = false;
  for (const json::Member& annotation : (*root)["metadata"]["annotations"].members()) {
    shared |= annotation.name().starts_with(kMarkPrefix) && annotation.name() != own;
  }
  if (shared) {
    client::PatchOptions options;
    options.field_manager = kWriter;
    json::Value patch = json::object(
        {{"metadata", json::object({{"annotations", json::object({{own, nullptr}})}})}});
    auto done = co_await target.patch({}, resource, {"", name}, client::PatchType::Merge,
                                      std::move(patch), std::move(options));
    if (!done) co_return fail(std::move(done).error());
    say(resource.kind + " " + name + " stays: other registrations use it");
    co_return Removal::InUse;
  }
  // The rights under which this runs may go with it: all the rest is the garbage collector's.
  client::DeleteOptions options;
  options.uid = kube::uid_of(*root);
  auto removed = co_await target.remove({}, resource, {"", name}, std::move(options));
  if (!removed && removed.error().code() != Code::NotFound) {
    co_return fail(std::move(removed).error());
  }
  say(resource.kind + " " + name + " deleted, and with it what it owns: the ServiceAccount " +
      account.text() + ", its binding and its token");
  co_return Removal::Removed;
}

io::Task<Result<std::string>> who_am_i(client::Client& cluster_client) {
  json::Value body = json::object(
      {{"apiVersion", "authentication.k8s.io/v1"}, {"kind", "SelfSubjectReview"}});
  auto answer = co_await cluster_client.post_path(
      {}, "/apis/authentication.k8s.io/v1/selfsubjectreviews", std::move(body));
  if (!answer) co_return fail(std::move(answer).error());
  co_return (*answer)["status"]["userInfo"]["username"].string();
}

std::optional<kube::ObjectKey> account_of(std::string_view user) {
  constexpr std::string_view prefix = "system:serviceaccount:";
  if (!user.starts_with(prefix)) return std::nullopt;
  user.remove_prefix(prefix.size());
  auto colon = user.find(':');
  if (colon == user.npos) return std::nullopt;
  return kube::ObjectKey{std::string(user.substr(0, colon)), std::string(user.substr(colon + 1))};
}

io::Task<Result<std::string>> cluster_uid(client::Client& cluster_client) {
  auto system = co_await cluster_client.get({}, namespaces(), {"", "kube-system"});
  if (!system) co_return fail(std::move(system).error());
  co_return std::string(kube::uid_of(*system));
}

}  // namespace lesto::cluster
