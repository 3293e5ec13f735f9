#include "bench/floor.h"

#include <charconv>

#include "kube/object/api_error.h"
#include "kube/object/discovery.h"

namespace lesto::bench {
namespace {

constexpr const char* kNamespace = "external";

json::Value metadata(const std::string& name) { return json::object({{"name", name}, {"namespace", kNamespace}}); }

}  // namespace

kube::Resource services() { return kube::core_resource("services", "Service", kube::Scope::Namespaced); }
kube::Resource endpoints() { return kube::core_resource("endpoints", "Endpoints", kube::Scope::Namespaced); }

io::Task<Result<void>> make_namespace(client::Client& target, std::string name) {
  json::Value object = json::object({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", json::object({{"name", name}})}});
  auto made = co_await target.create({}, kube::core_resource("namespaces", "Namespace", kube::Scope::Cluster), std::move(object), "bench");
  if (!made && !kube::is_already_exists(made.error())) co_return fail(std::move(made).error());
  co_return {};
}

double count_writes(std::string_view metrics) {
  constexpr std::string_view kCounter = "apiserver_request_total{";
  double sum = 0;
  while (!metrics.empty()) {
    std::string_view line = metrics.substr(0, metrics.find('\n'));
    metrics.remove_prefix(std::min(line.size() + 1, metrics.size()));
    if (!line.starts_with(kCounter)) continue;
    auto has = [&](std::string_view text) { return line.find(text) != line.npos; };
    bool writes = has("verb=\"POST\"") || has("verb=\"PUT\"") || has("verb=\"PATCH\"") || has("verb=\"APPLY\"") || has("verb=\"DELETE\"");
    bool good = has("code=\"200\"") || has("code=\"201\"");
    bool others = has("resource=\"leases\"") || has("resource=\"events\"") || has("reviews\"");
    if (!writes || !good || others) continue;
    std::string_view number = line.substr(line.rfind(' ') + 1);
    double value = 0;
    std::from_chars(number.data(), number.data() + number.size(), value);
    sum += value;
  }
  return sum;
}

io::Task<void> Floor::put(io::Context context, kube::Resource resource, json::Value object) {
  client::PatchOptions options;
  options.field_manager = "floor";
  options.force = true;
  auto applied = co_await target_.apply(std::move(context), std::move(resource), std::move(object), std::move(options));
  (void)applied;  // A missing object is found by the bench.
}

io::Task<void> Floor::drop(io::Context context, kube::Resource resource, std::string name) {
  auto removed = co_await target_.remove(std::move(context), std::move(resource), {kNamespace, std::move(name)}, {});
  (void)removed;
}

void Floor::handle(const io::Context& context, const client::WatchEvent& event) {
  std::string name = "external-" + std::string(kube::name_of(event.object));
  if (event.type == client::EventType::Deleted) {
    scope_.spawn(drop(context, services(), name));
    scope_.spawn(drop(context, endpoints(), name));
    return;
  }
  const json::Value* address = kube::annotation_of(event.object, kFloorLabel);
  if (!address) return;
  json::Value port = json::object({{"name", "http"}, {"port", 80}, {"protocol", "TCP"}});
  json::Value subset = json::object({{"addresses", json::array({json::object({{"ip", *address}})})}, {"ports", json::array({port})}});
  scope_.spawn(put(context, services(),
                   json::object({{"apiVersion", "v1"}, {"kind", "Service"}, {"metadata", metadata(name)}, {"spec", json::object({{"ports", json::array({port})}})}})));
  scope_.spawn(put(context, endpoints(),
                   json::object({{"apiVersion", "v1"}, {"kind", "Endpoints"}, {"metadata", metadata(name)}, {"subsets", json::array({subset})}})));
}

io::Task<void> Floor::run(io::Context context) {
  client::WatchOptions options;
  options.label_selector = std::string(kFloorLabel) + "=yes";
  auto watch = co_await source_.watch(context, services(), std::move(options));
  while (watch) {
    auto batch = co_await watch->next(context);
    if (!batch || !*batch) break;
    for (const client::WatchEvent& event : **batch) handle(context, event);
  }
  co_await scope_.join();
}

}  // namespace lesto::bench
