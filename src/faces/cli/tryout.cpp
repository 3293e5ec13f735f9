#include "faces/cli/tryout.h"

#include <cstdio>
#include <sstream>

#include "faces/cli/commands.h"
#include "kube/object/discovery.h"

namespace lesto::cli {
namespace {

using namespace std::chrono_literals;
using Holds = std::function<bool(const json::Value&)>;

constexpr Duration kPatience = 10s;
constexpr std::string_view kManager = "lesto-tryout";

kube::Resource services() { return kube::core_resource("services", "Service", kube::Scope::Namespaced); }
kube::Resource endpoints() { return kube::core_resource("endpoints", "Endpoints", kube::Scope::Namespaced); }

// An object, or null when it is not there.
io::Task<Result<json::Value>> look(client::Client& cluster_client, kube::Resource resource, kube::ObjectKey key) {
  auto object = co_await cluster_client.get({}, std::move(resource), std::move(key));
  if (!object && object.error().code() == Code::NotFound) co_return json::Value();
  co_return object;
}

class Story {
 public:
  Story(TryoutClusters clusters, TryoutOptions options, std::ostream& out)
      : clusters_(clusters), options_(std::move(options)), out_(out), name_(options_.name) {}

  io::Task<Result<void>> play() {
    auto done = co_await configure();
    if (done) done = co_await create();
    if (done) done = co_await change_ports();
    if (done) done = co_await change_address();
    if (done) done = co_await show_status();
    if (done) done = co_await remove();
    co_return done;
  }

 private:
  io::Task<Result<void>> configure() {
    std::ostringstream text;
    ApplyOptions apply_options;
    apply_options.files = {options_.manifest};
    auto applied = co_await apply(clusters_.management, std::move(apply_options), text);
    if (!applied) co_return applied;
    out_ << "  management  " << options_.manifest << ": EventSource, " << options_.trigger_kind << " and template applied\n";
    co_return {};
  }

  io::Task<Result<void>> create() {
    json::Value labels = json::object({{"app", name_}});
    json::Value container = json::object({{"name", "web"}, {"image", "nginx"}});
    json::Value pod = json::object({{"metadata", json::object({{"labels", labels}})},
                                    {"spec", json::object({{"containers", json::array({container})}})}});
    json::Value deployment = json::object({{"apiVersion", "apps/v1"},
                                           {"kind", "Deployment"},
                                           {"metadata", json::object({{"name", name_}, {"namespace", "default"}})},
                                           {"spec", json::object({{"selector", json::object({{"matchLabels", labels}})}, {"template", pod}})}});
    kube::Resource deployments{"apps", "v1", "deployments", "Deployment", kube::Scope::Namespaced};
    auto made = co_await clusters_.source.create({}, std::move(deployments), std::move(deployment), std::string(kManager));
    if (!made) co_return fail(std::move(made).error());
    json::Value port = json::object({{"name", "http"}, {"port", 80}, {"targetPort", 8080}});
    json::Value service = json::object(
        {{"apiVersion", "v1"},
         {"kind", "Service"},
         {"metadata", json::object({{"name", name_}, {"namespace", "default"}})},
         {"spec", json::object({{"type", "LoadBalancer"}, {"selector", labels}, {"ports", json::array({port})}})}});
    made = co_await clusters_.source.create({}, services(), std::move(service), std::string(kManager));
    if (!made) co_return fail(std::move(made).error());
    out_ << "  gke         Deployment and Service " << name_ << " of type LoadBalancer created\n";
    auto address = co_await wait_for_address();
    if (!address) co_return fail(std::move(address).error());
    Holds has_address = [this](const json::Value& found) {
      return found["subsets"][0]["addresses"][0]["ip"].text() == address_;
    };
    auto seen = co_await expect("external-" + name_ + " with endpoint " + address_, std::move(has_address));
    co_return seen;
  }

  io::Task<Result<void>> wait_for_address() {
    Time end = clusters_.source.loop().now() + kPatience;
    while (clusters_.source.loop().now() < end) {
      auto service = co_await look(clusters_.source, services(), {"default", name_});
      if (!service) co_return fail(std::move(service).error());
      address_ = (*service)["status"]["loadBalancer"]["ingress"][0]["ip"].string();
      if (!address_.empty()) break;
      auto slept = co_await io::sleep(clusters_.source.loop(), {}, 1ms);
      (void)slept;
    }
    if (address_.empty()) co_return fail(Code::NotFound, "step not seen: the Service gets an address in gke");
    out_ << "  gke         Service " << name_ << " got the address " << address_ << "\n";
    begin();
    co_return {};
  }

  io::Task<Result<void>> change_ports() {
    json::Value ports = json::array({json::object({{"name", "http"}, {"port", 8443}, {"targetPort", 8080}})});
    auto patched = co_await clusters_.source.patch({}, services(), {"default", name_}, client::PatchType::Merge,
                                                   json::object({{"spec", json::object({{"ports", ports}})}}), {});
    if (!patched) co_return fail(std::move(patched).error());
    begin();
    out_ << "  gke         Service " << name_ << " moves from port 80 to 8443\n";
    Holds has_port = [](const json::Value& found) {
      return found["subsets"][0]["ports"][0]["port"].integer() == 8443;
    };
    auto seen = co_await expect("the new port", std::move(has_port));
    co_return seen;
  }

  io::Task<Result<void>> change_address() {
    address_ = "203.0.113.99";
    json::Value ingress = json::array({json::object({{"ip", address_}})});
    client::PatchOptions patch;
    patch.subresource = "status";
    auto patched = co_await clusters_.source.patch(
        {}, services(), {"default", name_}, client::PatchType::Merge,
        json::object({{"status", json::object({{"loadBalancer", json::object({{"ingress", ingress}})}})}}), std::move(patch));
    if (!patched) co_return fail(std::move(patched).error());
    begin();
    out_ << "  gke         Service " << name_ << " moves to the address " << address_ << "\n";
    Holds has_address = [this](const json::Value& found) {
      return found["subsets"][0]["addresses"][0]["ip"].text() == address_;
    };
    auto seen = co_await expect("the new address", std::move(has_address));
    co_return seen;
  }

  io::Task<Result<void>> show_status() {
    kube::Resource triggers{"lib.projectsveltos.io", options_.trigger_version,
                            options_.trigger_kind == "EventTrigger" ? "eventtriggers" : "eventbasedaddons",
                            options_.trigger_kind, kube::Scope::Cluster};
    Time end = clusters_.management.loop().now() + kPatience;
    std::string message;
    while (clusters_.management.loop().now() < end) {
      auto trigger = co_await look(clusters_.management, triggers, {"", "service-policy"});
      if (!trigger) co_return fail(std::move(trigger).error());
      for (const json::Value& condition : (*trigger)["status"]["conditions"].items()) {
        if (condition["type"].text() != "Ready") continue;
        message = condition["message"].string();
        if (condition["status"].text() != "True") continue;
        out_ << "  management  " << options_.trigger_kind << " service-policy says: " << message << "\n";
        co_return {};
      }
      auto slept = co_await io::sleep(clusters_.management.loop(), {}, 5ms);
      (void)slept;
    }
    co_return fail(Code::NotFound, "step not seen: " + options_.trigger_kind + " service-policy is Ready; it says: " + message);
  }

  io::Task<Result<void>> remove() {
    auto removed = co_await clusters_.source.remove({}, services(), {"default", name_}, {});
    if (!removed) co_return fail(std::move(removed).error());
    begin();
    out_ << "  gke         Service " << name_ << " deleted\n";
    Holds is_gone = [](const json::Value& found) { return found.is_null(); };
    auto gone = co_await expect("the withdrawal", std::move(is_gone));
    if (!gone) co_return gone;
    auto service = co_await look(clusters_.target, services(), {"external", "external-" + name_});
    if (!service) co_return fail(std::move(service).error());
    if (!service->is_null()) {
      auto slept = co_await io::sleep(clusters_.target.loop(), {}, 200ms);
      (void)slept;
      service = co_await look(clusters_.target, services(), {"external", "external-" + name_});
      if (!service || !service->is_null()) co_return fail(Code::NotFound, "step not seen: the Service in capi goes");
    }
    co_return {};
  }

  void begin() { started_ = clusters_.target.loop().now(); }

  // Waits until the Endpoints in the target are as wanted, and says how long that took.
  io::Task<Result<void>> expect(std::string what, Holds holds) {
    io::Loop& loop = clusters_.target.loop();
    while (loop.now() < started_ + kPatience) {
      auto found = co_await look(clusters_.target, endpoints(), {"external", "external-" + name_});
      if (!found) co_return fail(std::move(found).error());
      if (holds(*found)) {
        char time[32];
        std::snprintf(time, sizeof time, "%.1f ms", std::chrono::duration<double, std::milli>(loop.now() - started_).count());
        out_ << "  capi        " << what << ", after " << time << "\n";
        co_return {};
      }
      auto slept = co_await io::sleep(loop, {}, 200us);
      (void)slept;
    }
    co_return fail(Code::NotFound, "step not seen: " + what + " in capi");
  }

  TryoutClusters clusters_;
  TryoutOptions options_;
  std::ostream& out_;
  std::string name_;
  std::string address_;
  Time started_{};
};

}  // namespace

io::Task<Result<void>> tryout(TryoutClusters clusters, TryoutOptions options, std::ostream& out) {
  Story story(clusters, std::move(options), out);
  auto result = co_await story.play();
  co_return result;
}

}  // namespace lesto::cli
