#include "bench/floor.h"

#include <charconv>
#include <cstdio>

#include "foundation/io/parallel.h"
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

std::optional<double> count_writes(std::string_view metrics) {
  constexpr std::string_view kCounter = "apiserver_request_total{";
  if (metrics.find(kCounter) == metrics.npos) return std::nullopt;
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

namespace {

io::Task<Result<void>> put(client::Client& target, io::Context context, kube::Resource resource, json::Value object) {
  client::PatchOptions options;
  options.field_manager = "floor";
  options.force = true;
  auto applied = co_await target.apply(std::move(context), std::move(resource), std::move(object), std::move(options));
  if (!applied) co_return fail(std::move(applied).error());
  co_return {};
}

io::Task<Result<void>> drop(client::Client& target, io::Context context, kube::Resource resource, std::string name) {
  auto removed = co_await target.remove(std::move(context), std::move(resource), {kNamespace, std::move(name)}, {});
  if (!removed && removed.error().code() != Code::NotFound) co_return fail(std::move(removed).error());
  co_return {};
}

json::Value service(const std::string& name) {
  json::Value port = json::object({{"name", "http"}, {"port", 80}, {"protocol", "TCP"}});
  return json::object({{"apiVersion", "v1"},
                       {"kind", "Service"},
                       {"metadata", metadata(name)},
                       {"spec", json::object({{"ports", json::array({port})}})}});
}

json::Value endpoints_of(const std::string& name, const json::Value& address) {
  json::Value port = json::object({{"name", "http"}, {"port", 80}, {"protocol", "TCP"}});
  json::Value subset = json::object({{"addresses", json::array({json::object({{"ip", address}})})}, {"ports", json::array({port})}});
  return json::object({{"apiVersion", "v1"},
                       {"kind", "Endpoints"},
                       {"metadata", metadata(name)},
                       {"subsets", json::array({subset})}});
}

}  // namespace

io::Task<void> Floor::settle(io::Context context, std::string name) {
  std::string external = "external-" + name;
  while (last_[name]) {
    client::WatchEvent event = *std::exchange(last_[name], std::nullopt);
    io::Parallel writes(source_.loop(), 2);
    const json::Value* address = kube::annotation_of(event.object, kFloorLabel);
    if (event.type == client::EventType::Deleted) {
      co_await writes.spawn(drop(target_, context, services(), external));
      co_await writes.spawn(drop(target_, context, endpoints(), external));
    } else if (address) {
      co_await writes.spawn(put(target_, context, services(), service(external)));
      co_await writes.spawn(put(target_, context, endpoints(), endpoints_of(external, *address)));
    }
    auto written = co_await writes.join();
    bool over = !written && written.error().code() == Code::Cancelled;
    if (!written && !over) std::fprintf(stderr, "floor: %s\n", written.error().text().c_str());
  }
  last_.erase(name);
}

io::Task<void> Floor::run(io::Context context) {
  client::WatchOptions options;
  options.label_selector = std::string(kFloorLabel) + "=yes";
  auto watch = co_await source_.watch(context, services(), options);
  while (watch) {
    auto batch = co_await watch->next(context);
    if (context.cancel.requested()) break;
    if (!batch || !*batch) {
      watch = co_await source_.watch(context, services(), options);
      continue;
    }
    for (client::WatchEvent& event : **batch) {
      std::string name(kube::name_of(event.object));
      auto [entry, idle] = last_.try_emplace(name);
      entry->second = std::move(event);
      if (idle) scope_.spawn(settle(context, std::move(name)));
    }
  }
  co_await scope_.join();
}

}  // namespace lesto::bench
