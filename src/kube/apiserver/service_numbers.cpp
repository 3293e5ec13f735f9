#include "kube/apiserver/service_numbers.h"

namespace lesto::apiserver {
namespace {

constexpr std::string_view kTable = "core/services";

bool has_address(const json::Value& service, std::string_view address) {
  for (const json::Value& ip : service["spec"]["clusterIPs"].items()) {
    if (ip.text() == address) return true;
  }
  return false;
}

bool has_port(const json::Value& service, std::int64_t wanted) {
  for (const json::Value& port : service["spec"]["ports"].items()) {
    if (port["nodePort"].integer() == wanted) return true;
  }
  return service["spec"]["healthCheckNodePort"].integer() == wanted;
}

}  // namespace

void ServiceNumbers::fill() {
  if (std::exchange(filled_, true)) return;
  store_.each_newest(kTable, "", [this](const Key& key, const json::Value& service) { remember(key, service); });
}

bool ServiceNumbers::address_taken(const std::string& address, std::string_view but) {
  fill();
  auto found = addresses_.find(address);
  if (found == addresses_.end() || found->second == but) return false;
  auto owner = store_.newest(kTable, found->second);
  if (owner && has_address(*owner, address)) return true;
  addresses_.erase(found);
  return false;
}

bool ServiceNumbers::port_taken(std::int64_t port, std::string_view but) {
  fill();
  auto found = ports_.find(port);
  if (found == ports_.end() || found->second == but) return false;
  auto owner = store_.newest(kTable, found->second);
  if (owner && has_port(*owner, port)) return true;
  ports_.erase(found);
  return false;
}

void ServiceNumbers::remember(const Key& key, const json::Value& service) {
  for (const json::Value& ip : service["spec"]["clusterIPs"].items()) {
    if (ip.text() != "None") addresses_.insert_or_assign(ip.string(), key);
  }
  for (const json::Value& port : service["spec"]["ports"].items()) {
    if (port["nodePort"].integer() > 0) ports_.insert_or_assign(port["nodePort"].integer(), key);
  }
  std::int64_t health = service["spec"]["healthCheckNodePort"].integer();
  if (health > 0) ports_.insert_or_assign(health, key);
}

}  // namespace lesto::apiserver
