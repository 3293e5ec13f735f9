// The door: flags in, one command out.
#include <CLI/CLI.hpp>

#include <iostream>

#include "app/dialer.h"
#include "app/install.h"
#include "app/kubeconfig_file.h"
#include "app/listen.h"
#include "app/manager_command.h"
#include "app/registration.h"
#include "app/up.h"
#include "app/usage.h"
#include "faces/cli/commands.h"
#include "faces/cli/render.h"
#include "faces/cli/tryout.h"
#include "foundation/io/system_rng.h"

namespace lesto::app {
namespace {

struct Target {
  std::string kubeconfig;
  std::string context;

  void add(CLI::App& command) {
    command.add_option("--kubeconfig", kubeconfig,
                          "kubeconfig file; default: the variable KUBECONFIG, then ~/.kube/config");
    command.add_option("--context", context, "context of the kubeconfig; default: its current one");
  }
};

int report(const Error& error) {
  std::cerr << "lesto: " << error.text() << "\n";
  return 1;
}

// Runs one command over a client of the target.
template <class Command>
int with_client(const Target& target, Command command) {
  io::AsioLoop loop;
  auto config = read_kubeconfig_file(target.kubeconfig, target.context);
  if (!config) return report(config.error());
  auto exchange = connect(loop, *config);
  if (!exchange) return report(exchange.error());
  client::Client cluster_client(loop, **exchange, "lesto-cli");
  auto done = loop.run(command(cluster_client));
  return done ? 0 : report(done.error());
}

void add_up(CLI::App& app, int& status) {
  auto options = std::make_shared<UpOptions>();
  auto clusters = std::make_shared<std::vector<std::string>>();
  auto listen = std::make_shared<std::string>("127.0.0.1:0");
  CLI::App* command = app.add_subcommand("up", "everything in one process: clusters, controllers");
  command->add_option("--data", options->data, "directory that keeps everything, or \"memory\"")->capture_default_str();
  command->add_option("--cluster", *clusters, "a try-out cluster: NAME[,label=value]...")->allow_extra_args(false);
  command->add_option("--kubeconfig", options->kubeconfig,
                        "file to write, one context a cluster")->capture_default_str();
  command->add_option("--listen", *listen, "address and port of the management cluster")->capture_default_str();
  command->add_flag_callback(
      "--no-load-balancer", [options] { options->load_balancers = LoadBalancers::None; },
      "give Services of type LoadBalancer no address");
  command->callback([options, clusters, listen, &status] {
    auto good = parse_listen(*listen, options->address, options->port);
    if (good) good = parse_clusters(*clusters, options->clusters);
    status = good ? up(*options) : report(good.error());
  });
}

void add_apiserver(CLI::App& app, int& status) {
  auto options = std::make_shared<ApiserverOptions>();
  auto listen = std::make_shared<std::string>("127.0.0.1:0");
  CLI::App* command = app.add_subcommand("apiserver", "one embedded API server alone");
  command->add_option("--data", options->data, "directory that keeps everything, or \"memory\"")->capture_default_str();
  command->add_option("--name", options->name, "name of its context")->capture_default_str();
  command->add_option("--kubeconfig", options->kubeconfig, "file to write")->capture_default_str();
  command->add_option("--listen", *listen, "address and port")->capture_default_str();
  command->add_flag_callback(
      "--no-load-balancer", [options] { options->load_balancers = LoadBalancers::None; },
      "give Services of type LoadBalancer no address");
  command->callback([options, listen, &status] {
    auto good = parse_listen(*listen, options->address, options->port);
    status = good ? apiserver(*options) : report(good.error());
  });
}

void add_manager(CLI::App& app, int& status) {
  auto options = std::make_shared<ManagerCommand>();
  auto definitions = std::make_shared<std::string>("install");
  CLI::App* command = app.add_subcommand("manager", "the controllers against a management cluster");
  command->add_option("--kubeconfig", options->kubeconfig,
                        "kubeconfig of the management cluster; default: KUBECONFIG, ~/.kube/config, then the cluster that"
                        " this runs in");
  command->add_option("--context", options->context, "context of the kubeconfig");
  command->add_option("--namespace", options->own_namespace,
                        "namespace of the lease and of what is generated")->capture_default_str();
  command->add_option("--data", options->data, "directory for the causal log and the identity; default: memory");
  command->add_option("--listen", options->listen, "address and port of /healthz and /readyz; default: none");
  command->add_option("--crds", *definitions, "install the CustomResourceDefinitions, or check that they are there")
      ->check(CLI::IsMember({"install", "check"}))->capture_default_str();
  command->add_option("--capi-onboard-annotation", options->capi_onboard_annotation,
                        "look only at Cluster API clusters that have this annotation");
  command->callback([options, definitions, &status] {
    options->definitions = *definitions == "check" ? Definitions::Check : Definitions::Install;
    status = manager(*options);
  });
}

void add_apply(CLI::App& app, int& status) {
  auto target = std::make_shared<Target>();
  auto options = std::make_shared<cli::ApplyOptions>();
  CLI::App* command = app.add_subcommand("apply", "apply the objects of YAML files");
  target->add(*command);
  command->add_option("-f,--filename", options->files, "YAML file, or - for standard input")->required();
  command->add_option("-n,--namespace", options->ns, "namespace of objects that name none")->capture_default_str();
  command->add_flag("--dry-run", options->dry_run, "check only");
  command->callback([target, options, &status] {
    status = with_client(*target, [options](client::Client& c) { return cli::apply(c, *options, std::cout); });
  });
}

void add_get(CLI::App& app, int& status) {
  auto target = std::make_shared<Target>();
  auto options = std::make_shared<cli::GetOptions>();
  auto format = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("get", "show objects");
  target->add(*command);
  command->add_option("kind", options->kind, "services, svc, eventtriggers, ...")->required();
  command->add_option("name", options->name, "one object; default: all");
  command->add_option("-n,--namespace", options->ns, "namespace")->capture_default_str();
  command->add_flag("-A,--all-namespaces", options->all_namespaces, "all namespaces");
  command->add_option("-l,--selector", options->label_selector, "label selector");
  command->add_option("-o,--output", *format, "yaml, json or name")->check(CLI::IsMember({"yaml", "json", "name"}));
  command->callback([target, options, format, &status] {
    if (*format == "yaml") options->format = cli::Format::Yaml;
    if (*format == "json") options->format = cli::Format::Json;
    if (*format == "name") options->format = cli::Format::Name;
    status = with_client(*target, [options](client::Client& c) { return cli::get(c, *options, std::cout); });
  });
}

void add_delete(CLI::App& app, int& status) {
  auto target = std::make_shared<Target>();
  auto options = std::make_shared<cli::DeleteOptions>();
  CLI::App* command = app.add_subcommand("delete", "delete an object");
  target->add(*command);
  command->add_option("kind", options->kind, "its kind")->required();
  command->add_option("name", options->name, "its name")->required();
  command->add_option("-n,--namespace", options->ns, "its namespace")->capture_default_str();
  command->callback([target, options, &status] {
    status = with_client(*target, [options](client::Client& c) { return cli::remove(c, *options, std::cout); });
  });
}

void add_register(CLI::App& app, int& status) {
  auto options = std::make_shared<RegisterCommand>();
  CLI::App* command = app.add_subcommand("register", "make a cluster known to the management cluster");
  command->add_option("--kubeconfig", options->kubeconfig,
                        "of the management cluster; default: KUBECONFIG, then ~/.kube/config");
  command->add_option("--context", options->context, "of the management cluster; default: the current one");
  command->add_option("--cluster", options->cluster, "NAMESPACE/NAME of its SveltosCluster")->required();
  command->add_option("--labels", options->labels, "key=value,... that selectors look at; others that it has stay");
  command->add_option("--cluster-kubeconfig", options->cluster_kubeconfig,
                        "an administrator's kubeconfig of the cluster; default: that of the management cluster");
  command->add_option("--cluster-context", options->cluster_context, "context of that kubeconfig");
  command->add_option("--server", options->server,
                        "how the manager reaches the cluster, when not as the kubeconfig says: https://HOST:PORT");
  command->add_option("--account", options->account,
                        "NAMESPACE/NAME of the ServiceAccount that is made in the cluster")->capture_default_str();
  command->add_option("--cluster-role", options->cluster_role,
                        "a ClusterRole that exists there, instead of all rights");
  command->add_option("--token-duration", options->token_duration,
                        "ask for a token that expires, such as 8760h; default: one that does not");
  command->add_flag("--new-token", options->new_token, "replace the token; the one before stops working");
  command->add_flag("--store-kubeconfig", options->store_kubeconfig, "make no account: store the given credentials");
  command->callback([options, &status] { status = register_command(*options); });
}

void add_deregister(CLI::App& app, int& status) {
  auto options = std::make_shared<DeregisterCommand>();
  CLI::App* command = app.add_subcommand("deregister", "undo register; what is deployed in the cluster stays");
  command->add_option("--kubeconfig", options->kubeconfig,
                        "of the management cluster; default: KUBECONFIG, then ~/.kube/config");
  command->add_option("--context", options->context, "of the management cluster; default: the current one");
  command->add_option("--cluster", options->cluster, "NAMESPACE/NAME of its SveltosCluster")->required();
  command->add_option("--cluster-kubeconfig", options->cluster_kubeconfig,
                        "an administrator's kubeconfig of the cluster; default: the stored one");
  command->add_option("--cluster-context", options->cluster_context, "context of that kubeconfig");
  command->add_option("--account", options->account,
                        "with --cluster-kubeconfig: the ServiceAccount that was made there")->capture_default_str();
  command->add_flag("--forget", options->forget, "leave the cluster itself as it is, for one that does not answer");
  command->callback([options, &status] { status = deregister_command(*options); });
}

// The three clusters of the story, by the contexts of one kubeconfig.
int play_tryout(const std::string& kubeconfig, const cli::TryoutOptions& options) {
  io::AsioLoop loop;
  std::vector<std::unique_ptr<io::Exchange>> exchanges;
  std::vector<std::unique_ptr<client::Client>> clients;
  for (const char* context : {"management", "gke", "capi"}) {
    auto config = read_kubeconfig_file(kubeconfig, context);
    if (!config) return report(config.error());
    auto exchange = connect(loop, *config);
    if (!exchange) return report(exchange.error());
    exchanges.push_back(std::move(*exchange));
    clients.push_back(std::make_unique<client::Client>(loop, *exchanges.back(), "lesto-tryout"));
  }
  auto done = loop.run(cli::tryout({*clients[0], *clients[1], *clients[2]}, options, std::cout));
  return done ? 0 : report(done.error());
}

void add_tryout(CLI::App& app, int& status) {
  auto options = std::make_shared<cli::TryoutOptions>();
  auto kubeconfig = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("tryout", "play the cross-cluster story and time its steps (script/try)");
  command->add_option("--kubeconfig", *kubeconfig, "with the contexts management, gke, capi")->required();
  command->add_option("-f,--filename", options->manifest, "the story's manifest")->required();
  command->add_option("--name", options->name, "name of the Service")->required();
  command->add_flag_callback("--old-form", [options] {
    options->trigger_kind = "EventBasedAddOn";
    options->trigger_version = "v1alpha1";
  }, "the manifest holds an EventBasedAddOn");
  command->callback([options, kubeconfig, &status] { status = play_tryout(*kubeconfig, *options); });
}

int play_render(cli::RenderOptions& options) {
  io::AsioLoop loop;
  io::SystemRng rng;
  options.now = loop.now();
  options.rng = &rng;
  auto done = cli::render(options, std::cout);
  std::cout.flush();
  return done ? 0 : report(done.error());
}

void add_render(CLI::App& app, int& status) {
  auto options = std::make_shared<cli::RenderOptions>();
  auto listing = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("render", "try a template or a script, without any cluster");
  auto* file = command->add_option("-t,--template", options->file,
                                   "the template or script, or YAML with the object that holds it; - is standard input");
  command->add_option("-d,--data", options->data,
                      "YAML or JSON: the event's object, several of them, or a map of all that the template sees");
  command->add_option("--cluster", options->cluster, "YAML or JSON: what templates see as .Cluster");
  command->add_flag_callback("--lua", [options] { options->kind = cli::RenderKind::Lua; }, "it is a Lua script");
  command->add_flag_callback("--profile", [options] { options->render_for = cli::RenderFor::ClusterProfile; },
                             "a template of a ClusterProfile: functions name objects of .MgmtResources");
  command->add_flag("--functions", *listing, "list the functions of templates, each with its test");
  command->callback([options, listing, file, &status] {
    if (*listing) {
      cli::list_functions(std::cout);
    } else if (file->count() == 0) {
      status = report(Error(Code::Invalid, "render: --template FILE is missing"));
    } else {
      status = play_render(*options);
    }
  });
}

int run(int argc, char** argv) {
  CLI::App app{"Lesto watches events in a fleet of Kubernetes clusters and deploys add-ons, rendered with the event's data."};
  app.require_subcommand(1);
  int status = 0;
  add_up(app, status);
  add_apiserver(app, status);
  add_manager(app, status);
  add_apply(app, status);
  add_get(app, status);
  add_delete(app, status);
  add_register(app, status);
  add_deregister(app, status);
  add_tryout(app, status);
  add_render(app, status);
  app.add_subcommand("crds", "print the CustomResourceDefinitions")->callback([] { std::cout << crds_text(); });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return explain_usage(app, error);
  }
  return status;
}

}  // namespace
}  // namespace lesto::app

int main(int argc, char** argv) { return lesto::app::run(argc, argv); }
