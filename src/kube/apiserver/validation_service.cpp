// Rules about Services (kubernetes/pkg/apis/core/validation).
#include "kube/apiserver/validation.h"

#include "kube/object/names.h"

namespace lesto::apiserver {

namespace {

using json::Value;

void check_port(const Value& port, const std::string& path, bool name_required, std::string_view type, FieldErrors& errors) {
  const Value& name = port["name"];
  if (name_required && name.text().empty()) errors.push_back(field_required(path + ".name"));
  else if (!name.text().empty()) complain(errors, path + ".name", name, kube::check_dns1123_label(name.text()));
  if (!is_port(port["port"])) errors.push_back(field_invalid(path + ".port", port["port"].is_null() ? Value(0) : port["port"], std::string(kPortRange)));
  std::string_view protocol = port["protocol"].text();
  if (protocol != "TCP" && protocol != "UDP" && protocol != "SCTP") {
    errors.push_back(field_not_supported(path + ".protocol", port["protocol"], {"SCTP", "TCP", "UDP"}));
  }
  const Value& target = port["targetPort"];
  if (target.is_int() && !is_port(target)) errors.push_back(field_invalid(path + ".targetPort", target, std::string(kPortRange)));
  if (target.is_string()) complain(errors, path + ".targetPort", target, kube::check_port_name(target.text()));
  if (type == "ClusterIP" && port["nodePort"].integer() != 0) {
    errors.push_back(field_forbidden(path + ".nodePort", "may not be used when `type` is 'ClusterIP'"));
  }
}

void check_ports(const Value& spec, FieldErrors& errors) {
  const Value& ports = spec["ports"];
  std::string_view type = spec["type"].text();
  bool headless = spec["clusterIP"].text() == "None";
  if (ports.empty() && !headless && type != "ExternalName") errors.push_back(field_required("spec.ports"));
  std::set<std::string> seen;
  std::set<std::string, std::less<>> names;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    std::string path = "spec.ports[" + std::to_string(i) + "]";
    check_port(ports[i], path, ports.size() > 1, type, errors);
    std::string_view name = ports[i]["name"].text();
    if (!name.empty() && !names.insert(std::string(name)).second) errors.push_back(field_duplicate(path + ".name", Value(name)));
  }
  for (std::size_t i = 0; i < ports.size(); ++i) {
    std::string key = std::to_string(ports[i]["port"].integer()) + ports[i]["protocol"].string();
    if (!seen.insert(key).second) {
      Value shown = json::object({{"port", ports[i]["port"]}, {"protocol", ports[i]["protocol"]}});
      errors.push_back(field_duplicate("spec.ports[" + std::to_string(i) + "]", shown));
    }
  }
}

void check_status(const Value& fresh, FieldErrors& errors) {
  const Value& ingress = fresh["status"]["loadBalancer"]["ingress"];
  if (!ingress.empty() && fresh["spec"]["type"].text() != "LoadBalancer") {
    errors.push_back(field_forbidden("status.loadBalancer.ingress", "may only be used when `spec.type` is 'LoadBalancer'"));
    return;
  }
  for (std::size_t i = 0; i < ingress.size(); ++i) {
    std::string path = "status.loadBalancer.ingress[" + std::to_string(i) + "]";
    const Value& entry = ingress[i];
    if (std::string_view ip = entry["ip"].text(); !ip.empty() && !is_ip(ip)) {
      errors.push_back(field_invalid(path + ".ip", entry["ip"], "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"));
    }
    if (std::string_view host = entry["hostname"].text(); !host.empty()) {
      complain(errors, path + ".hostname", entry["hostname"], kube::check_dns1123_subdomain(host));
    }
    std::string_view mode = entry["ipMode"].text();
    if (!mode.empty() && mode != "VIP" && mode != "Proxy") {
      errors.push_back(field_not_supported(path + ".ipMode", entry["ipMode"], {"Proxy", "VIP"}));
    }
  }
}

}  // namespace

void validate_service(const Call& call, const json::Value& fresh, const json::Value* old, FieldErrors& errors) {
  if (call.route.subresource == "status") return check_status(fresh, errors);
  const Value& spec = fresh["spec"];
  std::string_view type = spec["type"].text();
  check_ports(spec, errors);
  std::string_view affinity = spec["sessionAffinity"].text();
  if (affinity != "None" && affinity != "ClientIP") {
    errors.push_back(field_not_supported("spec.sessionAffinity", spec["sessionAffinity"], {"ClientIP", "None"}));
  }
  if (type == "ExternalName") {
    const Value& name = spec["externalName"];
    if (name.text().empty()) errors.push_back(field_required("spec.externalName"));
    else complain(errors, "spec.externalName", name, kube::check_dns1123_subdomain(name.text()));
  } else if (type != "ClusterIP" && type != "NodePort" && type != "LoadBalancer") {
    errors.push_back(field_not_supported("spec.type", spec["type"], {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"}));
  }
  if (!old) return;
  const Value& before = (*old)["spec"];
  bool same_address = spec["clusterIPs"] == before["clusterIPs"];
  if (type != "ExternalName" && before["type"].text() != "ExternalName" && !same_address && !before["clusterIPs"].empty()) {
    errors.push_back(field_invalid("spec.clusterIPs[0]", spec["clusterIPs"], "may not change once set"));
  }
}

}  // namespace lesto::apiserver
