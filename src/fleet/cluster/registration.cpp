#include "fleet/cluster/registration.h"

#include "fleet/cluster/credentials.h"
#include "fleet/cluster/management.h"
#include "fleet/model/names.h"
#include "foundation/base/hash.h"
#include "foundation/json/yaml.h"
#include "kube/object/discovery.h"

namespace lesto::cluster {
namespace {

using namespace std::chrono_literals;
using kube::Scope;

constexpr std::string_view kWriter = "lesto-register";
constexpr std::string_view kAdvice =
    "; nothing was changed. With --cluster-kubeconfig other credentials are used, with --forget the"
    " cluster itself is left as it is";
constexpr std::string_view kSecretKey = "kubeconfig";
// A new token may be refused for an instant, until every API server has seen its account.
constexpr Duration kTokenPatience = 10s;
constexpr Duration kTokenLook = 250ms;

kube::Resource sveltos_clusters() {
  return lib_resource("sveltosclusters", "SveltosCluster", Scope::Namespaced);
}
kube::Resource secrets() { return kube::core_resource("secrets", "Secret", Scope::Namespaced); }

kube::ObjectKey default_secret(const kube::ObjectKey& cluster) {
  return {cluster.ns, model::kubeconfig_secret_name({cluster.ns, cluster.name, {}})};
}

// The object, or null when it is not there.
io::Task<Result<json::Value>> look(client::Client& target, kube::Resource resource,
                                   kube::ObjectKey key) {
  auto object = co_await target.get({}, std::move(resource), std::move(key));
  if (!object && object.error().code() == Code::NotFound) co_return json::Value();
  co_return object;
}

// The management cluster's uid, once it is certain that SveltosClusters can be kept there.
io::Task<Result<std::string>> check_management(client::Client& management) {
  auto listed = co_await management.list({}, sveltos_clusters(), {.ns = "default",
                                                                  .label_selector = {},
                                                                  .field_selector = {},
                                                                  .continue_token = {}});
  if (!listed && listed.error().code() == Code::NotFound) {
    co_return fail(Code::NotFound,
                   "it does not serve SveltosClusters yet: start `lesto manager` first, or install"
                   " the definitions with `lesto crds | kubectl apply --server-side -f -`");
  }
  if (!listed) co_return fail(std::move(listed).error());
  auto uid = co_await cluster_uid(management);
  co_return uid;
}

// Why a cluster did not answer, and what a person can do about it.
Error explain(Error error, const kube::Kubeconfig& config) {
  std::string advice;
  const std::string& message = error.message();
  auto says = [&message](std::string_view part) { return message.find(part) != message.npos; };
  bool loopback = config.server.find("//127.") != std::string::npos ||
                  config.server.find("//localhost") != std::string::npos;
  if (says("refused")) {
    advice = loopback ? "nothing listens there; is it up, and on this machine?"
                      : "nothing listens there; is the API server up, and is this its port?";
  } else if (says("no address for the name")) {
    advice = "this machine cannot resolve the name; is the kubeconfig's server right?";
  } else if (error.code() == Code::Timeout) {
    advice = "no answer in time; is there a firewall, a VPN, or a proxy in between?";
  } else if (says("certificate")) {
    advice = "certificate-authority-data and tls-server-name of the kubeconfig must fit the server";
  } else if (says("Unauthorized")) {
    advice = "its credentials are wrong or have expired";
  } else if (says("attempting to grant RBAC permissions")) {
    advice = "to grant rights one must have them: use an administrator's kubeconfig, or"
             " --cluster-role with a role that you may bind";
  } else if (error.code() == Code::Denied) {
    advice = "an administrator's kubeconfig is needed, once";
  }
  if (advice.empty()) return error;
  return Error(error.code(), error.text() + " (" + advice + ")");
}

// The version, if the cluster answers to these credentials.
io::Task<Result<std::string>> check_connection(client::Client& target) {
  auto version = co_await target.get_path({}, "/version");
  if (!version) co_return fail(std::move(version).error());
  if ((*version)["gitVersion"].text().empty()) {
    co_return fail(Code::Invalid, "what answers there is no Kubernetes API server");
  }
  // /version is open to everybody: whether the credentials count shows here.
  auto user = co_await who_am_i(target);
  if (!user) co_return user;
  if (*user == "system:anonymous") {
    co_return fail(Code::Denied, "the kubeconfig holds no credentials: it is system:anonymous there");
  }
  co_return "version " + (*version)["gitVersion"].string() + ", as " + *user;
}

// One connection to a cluster, for the time of a registration.
struct Connection {
  std::unique_ptr<io::Exchange> exchange;
  std::unique_ptr<client::Client> target;
};

Result<Connection> dial(io::Loop& loop, Dialer& dialer, const kube::Kubeconfig& config) {
  Connection connection;
  TRY_ASSIGN(connection.exchange, dialer.dial(config));
  connection.target =
      std::make_unique<client::Client>(loop, *connection.exchange, std::string(kWriter));
  return connection;
}

io::Task<Result<void>> check_token(io::Loop& loop, Dialer& dialer, kube::Kubeconfig config) {
  auto connection = dial(loop, dialer, config);
  if (!connection) co_return fail(std::move(connection).error());
  Time end = loop.now() + kTokenPatience;
  for (;;) {
    auto user = co_await who_am_i(*connection->target);
    if (user) co_return {};
    if (user.error().code() != Code::Denied || loop.now() >= end) {
      co_return fail(std::move(user.error()).during("the new credentials do not work"));
    }
    auto slept = co_await io::sleep(loop, {}, kTokenLook);
    if (!slept) co_return slept;
  }
}

class Registrar {
 public:
  Registrar(client::Client& management, Registration registration, Say say)
      : management_(management), registration_(std::move(registration)), say_(std::move(say)) {}

  // Namespace, Secret, SveltosCluster.
  io::Task<Result<void>> write(kube::Kubeconfig stored) {
    auto done = co_await make_namespace();
    if (done) done = co_await write_secret(std::move(stored));
    if (done) done = co_await write_cluster();
    co_return done;
  }

 private:
  io::Task<Result<void>> make_namespace() {
    kube::Resource resource = kube::core_resource("namespaces", "Namespace", Scope::Cluster);
    json::Value ns =
        json::object({{"apiVersion", "v1"},
                      {"kind", "Namespace"},
                      {"metadata", json::object({{"name", registration_.key.ns}})}});
    auto there = co_await look(management_, resource, {"", registration_.key.ns});
    if (!there) co_return fail(std::move(there).error());
    if (!there->is_null()) co_return {};
    auto made = co_await management_.create({}, std::move(resource), std::move(ns), std::string(kWriter));
    if (!made) co_return fail(std::move(made).error());
    say_("Namespace " + registration_.key.ns + " created");
    co_return {};
  }

  io::Task<Result<void>> write_secret(kube::Kubeconfig stored) {
    kube::ObjectKey key = default_secret(registration_.key);
    const std::string& name = registration_.key.name;
    std::string text = json::write_yaml(kube::kubeconfig_document({{name, std::move(stored)}}, name));
    json::Value data = json::object({{kSecretKey, base64_encode(text)}});
    json::Value secret =
        json::object({{"apiVersion", "v1"},
                      {"kind", "Secret"},
                      {"metadata", json::object({{"name", key.name}, {"namespace", key.ns}})},
                      {"data", std::move(data)}});
    auto done = co_await apply(secrets(), std::move(secret));
    co_return done;
  }

  // Labels of others, and those of an earlier registration, stay.
  io::Task<Result<void>> write_cluster() {
    json::Value labels = json::object({});
    for (const auto& [key, value] : registration_.labels) labels.set(key, value);
    json::Value spec = json::object({{"kubeconfigKeyName", kSecretKey}});
    auto there = co_await look(management_, sveltos_clusters(), registration_.key);
    if (!there) co_return fail(std::move(there).error());
    std::string name = "SveltosCluster " + registration_.key.text();
    if (there->is_null()) {
      json::Value metadata = json::object({{"name", registration_.key.name},
                                           {"namespace", registration_.key.ns},
                                           {"labels", std::move(labels)}});
      json::Value cluster = json::object({{"apiVersion", model::kLibApiVersion},
                                          {"kind", "SveltosCluster"},
                                          {"metadata", std::move(metadata)},
                                          {"spec", std::move(spec)}});
      auto made = co_await management_.create({}, sveltos_clusters(), std::move(cluster),
                                              std::string(kWriter));
      if (!made) co_return fail(std::move(made).error());
      say_(name + " created");
      co_return {};
    }
    // The Secret's name goes back to the default, which is the one that was written.
    spec.set("kubeconfigName", nullptr);
    json::Value patch = json::object(
        {{"metadata", json::object({{"labels", std::move(labels)}})}, {"spec", std::move(spec)}});
    client::PatchOptions options;
    options.field_manager = kWriter;
    auto patched = co_await management_.patch({}, sveltos_clusters(), registration_.key,
                                              client::PatchType::Merge, std::move(patch),
                                              std::move(options));
    if (!patched) co_return fail(std::move(patched).error());
    bool same = kube::resource_version_of(*there) == kube::resource_version_of(*patched);
    say_(name + (same ? " unchanged" : " changed"));
    co_return {};
  }

  io::Task<Result<void>> apply(kube::Resource resource, json::Value object) {
    std::string name = kube::text_of(object);
    auto before = co_await look(management_, resource, kube::key_of(object));
    if (!before) co_return fail(std::move(before).error());
    client::PatchOptions options;
    options.field_manager = kWriter;
    options.force = true;
    auto after =
        co_await management_.apply({}, std::move(resource), std::move(object), std::move(options));
    if (!after) co_return fail(std::move(after).error());
    bool same = kube::resource_version_of(*before) == kube::resource_version_of(*after);
    say_(name + (before->is_null() ? " created" : same ? " unchanged" : " changed"));
    co_return {};
  }

  client::Client& management_;
  Registration registration_;
  Say say_;
};

Say prefixed(const Say& say, const std::string& where) {
  return [say, where](const std::string& line) { say(where + ": " + line); };
}

// The account that a registration has made: that of the stored credentials. Nothing when those are
// somebody's own.
io::Task<Result<std::optional<kube::ObjectKey>>> stored_account(client::Client& target, Say say) {
  auto user = co_await who_am_i(target);
  if (!user) co_return fail(std::move(user).error());
  auto account = account_of(*user);
  if (!account) say("the stored credentials are those of " + *user + ": nothing was made there");
  co_return account;
}

// The account of this registration in the cluster goes; the error says why it cannot.
io::Task<Result<void>> clean(client::Client& management, client::Client& target, kube::ObjectKey key,
                             kube::ObjectKey account, Say say) {
  auto uid = co_await cluster_uid(management);
  if (!uid) co_return fail(std::move(uid.error()).during("management"));
  auto removed = co_await remove_account(target, std::move(account), {*uid, std::move(key)}, say);
  if (!removed) co_return fail(std::move(removed).error());
  if (*removed == Removal::NotThere) say("nothing of this registration is there");
  co_return {};
}

// How to reach the cluster that goes: as given, or as stored.
io::Task<Result<kube::Kubeconfig>> stored_kubeconfig(client::Client& management,
                                                     json::Value object, kube::ObjectKey key) {
  model::SveltosCluster cluster;
  if (!object.is_null()) {
    auto parsed = model::parse_sveltos_cluster(object);
    if (!parsed) co_return fail(std::move(parsed).error());
    cluster = std::move(*parsed);
  }
  cluster.meta.ns = key.ns;
  cluster.meta.name = key.name;
  KubeconfigPlace place = kubeconfig_place(cluster);
  auto secret = co_await look(management, secrets(), place.secret);
  if (!secret) co_return fail(std::move(secret).error());
  co_return read_kubeconfig(place, *secret);
}

// What is to be cleaned, and with what.
struct Cleaning {
  Connection connection;
  std::optional<kube::ObjectKey> account;
};

// A connection that works and may see the account, before anything is changed.
io::Task<Result<Cleaning>> prepare_cleaning(io::Loop& loop, Dialer& dialer, Deregistration what,
                                            kube::Kubeconfig config, Say say) {
  Cleaning cleaning;
  auto connection = dial(loop, dialer, config);
  if (!connection) co_return fail(std::move(connection).error());
  cleaning.connection = std::move(*connection);
  client::Client& target = *cleaning.connection.target;
  auto contact = co_await check_connection(target);
  if (!contact) co_return fail(explain(std::move(contact).error(), config));
  cleaning.account = what.account;
  if (!what.kubeconfig) {
    auto account = co_await stored_account(target, std::move(say));
    if (!account) co_return fail(std::move(account).error());
    cleaning.account = std::move(*account);
  }
  if (cleaning.account) {
    auto visible = co_await check_account(target, *cleaning.account);
    if (!visible) co_return fail(explain(std::move(visible).error(), config));
  }
  co_return std::move(cleaning);
}

io::Task<Result<void>> remove_object(client::Client& management, kube::Resource resource,
                                     kube::ObjectKey key, Say say) {
  std::string name = resource.kind + " " + key.text();
  auto removed = co_await management.remove({}, std::move(resource), std::move(key), {});
  if (!removed && removed.error().code() == Code::NotFound) co_return {};
  if (!removed) co_return fail(std::move(removed).error());
  say("management: " + name + " deleted");
  co_return {};
}

}  // namespace

io::Task<Result<void>> register_cluster(client::Client& management, Dialer& dialer,
                                        Registration registration, Say say) {
  const std::string where = registration.key.name + " (" + registration.kubeconfig.server + ")";
  auto uid = co_await check_management(management);
  if (!uid) co_return fail(std::move(uid.error()).during("management cluster"));
  auto connection = dial(management.loop(), dialer, registration.kubeconfig);
  if (!connection) co_return fail(std::move(connection.error()).during(where));
  auto contact = co_await check_connection(*connection->target);
  if (!contact) {
    co_return fail(explain(std::move(contact).error(), registration.kubeconfig).during(where));
  }
  say(where + ": " + *contact);
  kube::Kubeconfig stored = registration.kubeconfig;
  stored.ns.clear();
  if (registration.account) {
    Say there = prefixed(say, registration.key.name);
    auto made = co_await make_account(*connection->target, *registration.account,
                                      {*uid, registration.key}, std::move(there));
    if (!made) {
      co_return fail(explain(std::move(made).error(), registration.kubeconfig).during(where));
    }
    stored.token = std::move(made->token);
    stored.client_certificate_pem.clear();
    stored.client_key_pem.clear();
    auto works = co_await check_token(management.loop(), dialer, stored);
    if (!works) co_return fail(std::move(works.error()).during(where));
  }
  if (!registration.server.empty()) stored.server = registration.server;
  Registrar registrar(management, std::move(registration), prefixed(say, "management"));
  auto written = co_await registrar.write(std::move(stored));
  if (!written) co_return fail(std::move(written.error()).during("management cluster"));
  co_return {};
}

io::Task<Result<void>> deregister_cluster(client::Client& management, Dialer& dialer,
                                          Deregistration deregistration, Say say) {
  const kube::ObjectKey key = deregistration.key;
  auto object = co_await look(management, sveltos_clusters(), key);
  if (!object) co_return fail(std::move(object.error()).during("management cluster"));
  auto config = co_await stored_kubeconfig(management, *object, key);
  bool nothing = object->is_null() && !config && config.error().code() == Code::NotFound;
  if (nothing) co_return fail(Code::NotFound, "there is no SveltosCluster " + key.text());
  Cleaning cleaning;
  if (!deregistration.forget) {
    if (deregistration.kubeconfig) config = *deregistration.kubeconfig;
    Result<Cleaning> prepared = fail(Code::NotFound, "");
    if (config) {
      prepared = co_await prepare_cleaning(management.loop(), dialer, deregistration, *config,
                                           prefixed(say, key.name));
    } else {
      prepared = fail(std::move(config).error());
    }
    if (!prepared) {
      const Error& error = prepared.error();
      co_return fail(error.code(), key.text() + ": " + error.text() + std::string(kAdvice));
    }
    cleaning = std::move(*prepared);
  }
  auto removed = co_await remove_object(management, sveltos_clusters(), key, say);
  if (!removed) co_return removed;
  if (cleaning.account) {
    removed = co_await clean(management, *cleaning.connection.target, key, *cleaning.account,
                             prefixed(say, key.name));
    if (!removed) co_return fail(explain(std::move(removed).error(), *config).during(key.text()));
  }
  // Last, so that a run that was cut off can be repeated.
  removed = co_await remove_object(management, secrets(), default_secret(key), say);
  co_return removed;
}

}  // namespace lesto::cluster
