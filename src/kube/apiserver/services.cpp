#include "kube/apiserver/services.h"

#include <charconv>

#include "kube/apiserver/metadata.h"
#include "kube/apiserver/writing.h"

namespace lesto::apiserver {

namespace {

using json::Value;

// Addresses are 10.96.0.0/12; the first is the Service kubernetes.
constexpr std::uint32_t kFirstAddress = (10u << 24) | (96u << 16);
constexpr std::uint32_t kAddresses = 1u << 20;
constexpr int kFirstPort = 30000;
constexpr int kLastPort = 32767;
constexpr std::string_view kTable = "core/services";

std::string address_text(std::uint32_t address) {
  return std::to_string(address >> 24) + "." + std::to_string((address >> 16) & 255) + "." +
         std::to_string((address >> 8) & 255) + "." + std::to_string(address & 255);
}

std::optional<std::uint32_t> read_address(std::string_view text) {
  std::uint32_t out = 0;
  for (int i = 0; i < 4; ++i) {
    unsigned part = 0;
    auto read = std::from_chars(text.data(), text.data() + text.size(), part);
    if (read.ec != std::errc() || part > 255) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    if (i < 3) {
      if (!text.starts_with('.')) return std::nullopt;
      text.remove_prefix(1);
    }
    out = out << 8 | part;
  }
  if (!text.empty()) return std::nullopt;
  return out;
}

Status invalid_service(const Value& service, FieldError error) {
  return invalid("", "Service", service["metadata"]["name"].text(), {std::move(error)});
}

Outcome<void> allocate_address(Core& core, Value& service, const Key& key) {
  Value& spec = service.at("spec");
  std::string wanted = spec["clusterIPs"][std::size_t(0)].string();
  if (wanted.empty()) wanted = spec["clusterIP"].string();
  if (wanted == "None") {
    spec.set("clusterIP", "None");
    spec.set("clusterIPs", json::array({"None"}));
    return {};
  }
  if (!wanted.empty()) {
    auto address = read_address(wanted);
    Value list = json::array({wanted});
    if (!address || *address - kFirstAddress >= kAddresses) {
      return refuse(invalid_service(service, field_invalid("spec.clusterIPs", list, "failed to allocate IP " + wanted + ": the provided network does not match the current range")));
    }
    if (core.services.address_taken(wanted, key)) {
      return refuse(invalid_service(service, field_invalid("spec.clusterIPs", list, "failed to allocate IP " + wanted + ": provided IP is already allocated")));
    }
  } else {
    for (int attempt = 0; attempt < 1000 && wanted.empty(); ++attempt) {
      auto offset = static_cast<std::uint32_t>(2 + core.rng.next() % (kAddresses - 3));
      std::string text = address_text(kFirstAddress + offset);
      if (!core.services.address_taken(text, key)) wanted = text;
    }
    if (wanted.empty()) return refuse(internal("failed to allocate a serviceIP: range is full"));
  }
  spec.set("clusterIP", wanted);
  spec.set("clusterIPs", json::array({wanted}));
  return {};
}

// `given`: to other ports of the same Service, in this call.
std::int64_t free_port(Core& core, const Key& key, const std::set<std::int64_t>& given) {
  auto count = static_cast<std::uint64_t>(kLastPort - kFirstPort + 1);
  std::uint64_t start = core.rng.next() % count;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::int64_t port = kFirstPort + static_cast<std::int64_t>((start + i) % count);
    if (!given.contains(port) && !core.services.port_taken(port, key)) return port;
  }
  return 0;
}

Outcome<void> allocate_ports(Core& core, Value& service, const Value* old, const Key& key) {
  std::set<std::int64_t> given;
  auto taken = [&](std::int64_t port) { return given.contains(port) || core.services.port_taken(port, key); };
  Value* ports = service.at("spec").edit("ports");
  if (!ports || !ports->is_array()) return {};
  for (std::size_t i = 0; i < ports->size(); ++i) {
    Value* port = ports->edit(i);
    if (!port || !port->is_object()) continue;
    std::int64_t wanted = (*port)["nodePort"].integer();
    std::string field = "spec.ports[" + std::to_string(i) + "].nodePort";
    if (wanted == 0 && old) {
      // The same port keeps its node port.
      for (const Value& before : (*old)["spec"]["ports"].items()) {
        if (before["port"] == (*port)["port"] && before["protocol"] == (*port)["protocol"]) wanted = before["nodePort"].integer();
      }
      if (taken(wanted)) wanted = 0;
    }
    if (wanted == 0) {
      wanted = free_port(core, key, given);
      if (wanted == 0) return refuse(internal("failed to allocate a nodePort: range is full"));
    } else if (wanted < kFirstPort || wanted > kLastPort) {
      return refuse(invalid_service(service, field_invalid(field, wanted, "provided port is not in the valid range. The range of valid ports is 30000-32767")));
    } else if (taken(wanted)) {
      return refuse(invalid_service(service, field_invalid(field, wanted, "provided port is already allocated")));
    }
    port->set("nodePort", wanted);
    given.insert(wanted);
  }
  return {};
}

void drop_node_ports(Value& spec) {
  Value* ports = spec.edit("ports");
  if (!ports || !ports->is_array()) return;
  for (std::size_t i = 0; i < ports->size(); ++i) {
    if (Value* port = ports->edit(i); port && port->is_object()) port->erase("nodePort");
  }
}

// An update may leave out what the server filled in, and a change of type drops what the old type had.
void patch_from_old(Value& spec, const Value& before) {
  std::string_view type = spec["type"].text();
  std::string_view had = before["type"].text();
  bool needs_address = type != "ExternalName";
  bool had_address = had != "ExternalName";
  if (needs_address && had_address) {
    bool has_single = !spec["clusterIP"].text().empty();
    bool has_list = !spec["clusterIPs"].empty();
    if (!has_single && !has_list) {
      spec.set("clusterIP", before["clusterIP"]);
      spec.set("clusterIPs", before["clusterIPs"]);
    } else if (has_single && !has_list) {
      spec.set("clusterIPs", spec["clusterIP"] == before["clusterIP"] ? before["clusterIPs"] : json::array({spec["clusterIP"]}));
    } else if (has_single && spec["clusterIP"] != before["clusterIP"] && spec["clusterIPs"] == before["clusterIPs"]) {
      spec.set("clusterIPs", json::array({spec["clusterIP"]}));
    } else if (!has_single) {
      spec.set("clusterIP", spec["clusterIPs"][std::size_t(0)]);
    }
    for (const char* field : {"ipFamilies", "ipFamilyPolicy"}) {
      if (spec[field].is_null() && before.contains(field)) spec.set(field, before[field]);
    }
  }
  auto node_ports = [](std::string_view t) { return t == "NodePort" || t == "LoadBalancer"; };
  if (node_ports(had) && !node_ports(type) && spec["ports"] == before["ports"]) drop_node_ports(spec);
  if (!node_ports(type)) {
    if (spec["externalTrafficPolicy"] == before["externalTrafficPolicy"]) spec.erase("externalTrafficPolicy");
    spec.erase("healthCheckNodePort");
  }
  if (type != "LoadBalancer" && had == "LoadBalancer") {
    if (spec["allocateLoadBalancerNodePorts"] == before["allocateLoadBalancerNodePorts"]) spec.erase("allocateLoadBalancerNodePorts");
    if (spec["loadBalancerClass"] == before["loadBalancerClass"]) spec.erase("loadBalancerClass");
  }
  if (!needs_address && had_address) {
    for (const char* field : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"}) spec.erase(field);
  }
}

void fill_families(Value& spec) {
  bool headless = spec["clusterIP"].text() == "None" && spec["selector"].empty();
  if (spec["ipFamilyPolicy"].text().empty()) spec.set("ipFamilyPolicy", headless ? "RequireDualStack" : "SingleStack");
  if (spec["ipFamilies"].empty()) spec.set("ipFamilies", headless ? json::array({"IPv4", "IPv6"}) : json::array({"IPv4"}));
}

}  // namespace

Outcome<void> complete_service(Core& core, const Call& call, json::Value& fresh, const json::Value* old) {
  if (!fresh["spec"].is_object()) return {};
  if (old) patch_from_old(fresh.at("spec"), (*old)["spec"]);
  std::string type = fresh["spec"]["type"].string();
  if (!old) fresh.set("status", json::object({{"loadBalancer", Value::object()}}));
  if (type == "ExternalName") return {};
  Key key = make_key(call.ns(), fresh["metadata"]["name"].text());
  bool has_address = old && (*old)["spec"]["type"].text() != "ExternalName";
  if (!has_address) {
    auto allocated = allocate_address(core, fresh, key);
    if (!allocated) return allocated;
  }
  fill_families(fresh.at("spec"));
  bool allocates = fresh["spec"]["allocateLoadBalancerNodePorts"].boolean(true);
  if (type == "NodePort" || (type == "LoadBalancer" && allocates)) {
    auto allocated = allocate_ports(core, fresh, old, key);
    if (!allocated) return allocated;
  } else if (type != "LoadBalancer" && old && !fresh["status"]["loadBalancer"].empty()) {
    fresh.set_path({"status", "loadBalancer"}, Value::object());
  }
  core.services.remember(key, fresh);
  return {};
}

void default_ingress_mode(json::Value& service) {
  Value* status = service.edit("status");
  Value* balancer = status && status->is_object() ? status->edit("loadBalancer") : nullptr;
  Value* ingress = balancer && balancer->is_object() ? balancer->edit("ingress") : nullptr;
  if (!ingress || !ingress->is_array()) return;
  for (std::size_t i = 0; i < ingress->size(); ++i) {
    Value* entry = ingress->edit(i);
    if (entry && entry->is_object() && !(*entry)["ip"].text().empty() && (*entry)["ipMode"].text().empty()) entry->set("ipMode", "VIP");
  }
}

void bootstrap_services(Core& core) {
  Key key = make_key("default", "kubernetes");
  if (core.store.newest(kTable, key)) return;
  std::string ip = address_text(kFirstAddress + 1);
  Value labels = json::object({{"component", "apiserver"}, {"provider", "kubernetes"}});
  Value port = json::object({{"name", "https"}, {"port", 443}, {"protocol", "TCP"}, {"targetPort", 6443}});
  Value object = json::object({{"apiVersion", "v1"},
                               {"kind", "Service"},
                               {"metadata", json::object({{"name", "kubernetes"}, {"namespace", "default"}, {"labels", labels}})},
                               {"spec", json::object({{"clusterIP", ip},
                                                      {"clusterIPs", json::array({ip})},
                                                      {"internalTrafficPolicy", "Cluster"},
                                                      {"ipFamilies", json::array({"IPv4"})},
                                                      {"ipFamilyPolicy", "SingleStack"},
                                                      {"ports", json::array({port})},
                                                      {"sessionAffinity", "None"},
                                                      {"type", "ClusterIP"}})},
                               {"status", json::object({{"loadBalancer", Value::object()}})}});
  fill_new(core, object);
  core.store.put(kTable, key, std::move(object));
}

void watch_load_balancers(Core& core) {
  core.store.listen([&core](const Table& table, const Event& event) {
    if (core.options.load_balancer == StandIn::Off || table.name != kTable || event.change == Change::Deleted) return;
    const Value& service = event.object;
    if (service["spec"]["type"].text() != "LoadBalancer" || being_deleted(service)) return;
    if (!service["status"]["loadBalancer"]["ingress"].empty()) return;
    std::set<std::string> used;
    core.store.each_newest(kTable, "", [&](const Key&, const Value& other) {
      for (const Value& entry : other["status"]["loadBalancer"]["ingress"].items()) used.insert(entry["ip"].string());
    });
    std::string ip;
    for (int last = 1; last < 255 && ip.empty(); ++last) {
      std::string candidate = "203.0.113." + std::to_string(last);
      if (!used.contains(candidate)) ip = candidate;
    }
    if (ip.empty()) return;
    ResourceRef resource = core.registry.find("", "services");
    change_object(core, *resource, event.key, [&](Value& fresh) {
      fresh.set_path({"status", "loadBalancer", "ingress"}, json::array({json::object({{"ip", ip}, {"ipMode", "VIP"}})}));
    });
  });
}

}  // namespace lesto::apiserver
