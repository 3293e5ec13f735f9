// The cells of built-in kinds, in the order of data/columns.json (kubernetes/pkg/printers/internalversion).
#include "kube/apiserver/tables.h"

namespace lesto::apiserver {

namespace {

using json::Value;

std::string join(const std::vector<std::string>& parts, std::string_view with = ",") {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : std::string(with)) + part;
  return out;
}

std::string or_none(std::string text) { return text.empty() ? "<none>" : text; }

std::string containers(const Value& template_spec, const char* field) {
  std::vector<std::string> out;
  for (const Value& container : template_spec["containers"].items()) out.push_back(container[field].string());
  return join(out);
}

std::string selector(const Value& selector) {
  std::vector<std::string> out;
  for (const json::Member& member : selector["matchLabels"].members()) {
    out.push_back(std::string(member.name()) + "=" + member.value.string());
  }
  for (const Value& expression : selector["matchExpressions"].items()) {
    std::vector<std::string> values;
    for (const Value& value : expression["values"].items()) values.push_back(value.string());
    std::string_view op = expression["operator"].text();
    std::string key = expression["key"].string();
    if (op == "Exists") out.push_back(key);
    else if (op == "DoesNotExist") out.push_back("!" + key);
    else out.push_back(key + (op == "In" ? " in (" : " notin (") + join(values) + ")");
  }
  return or_none(join(out));
}

std::string labels(const Value& map) {
  std::vector<std::string> out;
  for (const json::Member& member : map.members()) out.push_back(std::string(member.name()) + "=" + member.value.string());
  return or_none(join(out));
}

std::string ratio(const Value& a, const Value& b) {
  return std::to_string(a.integer()) + "/" + std::to_string(b.integer());
}

Value pod_cells(const Value& object, const std::string& age) {
  const Value& status = object["status"];
  std::string reason = status["phase"].string();
  if (!status["reason"].text().empty()) reason = status["reason"].string();
  std::int64_t ready = 0;
  std::int64_t restarts = 0;
  for (const Value& container : status["containerStatuses"].items()) {
    ready += container["ready"].boolean() ? 1 : 0;
    restarts += container["restartCount"].integer();
    if (std::string_view why = container["state"]["waiting"]["reason"].text(); !why.empty()) reason = why;
    if (std::string_view why = container["state"]["terminated"]["reason"].text(); !why.empty()) reason = why;
  }
  if (!object["metadata"]["deletionTimestamp"].is_null()) reason = "Terminating";
  std::int64_t total = static_cast<std::int64_t>(object["spec"]["containers"].size());
  return json::array({object["metadata"]["name"], std::to_string(ready) + "/" + std::to_string(total), reason,
                      std::to_string(restarts), age, or_none(status["podIP"].string()),
                      or_none(object["spec"]["nodeName"].string()), or_none(status["nominatedNodeName"].string()),
                      or_none("")});
}

std::string service_external(const Value& object) {
  const Value& spec = object["spec"];
  std::vector<std::string> addresses;
  for (const Value& address : spec["externalIPs"].items()) addresses.push_back(address.string());
  std::string_view type = spec["type"].text();
  if (type == "ExternalName") return spec["externalName"].string();
  if (type == "LoadBalancer") {
    std::vector<std::string> ingress;
    for (const Value& entry : object["status"]["loadBalancer"]["ingress"].items()) {
      ingress.push_back(entry["ip"].text().empty() ? entry["hostname"].string() : entry["ip"].string());
    }
    ingress.insert(ingress.end(), addresses.begin(), addresses.end());
    return ingress.empty() ? "<pending>" : join(ingress);
  }
  return or_none(join(addresses));
}

Value service_cells(const Value& object, const std::string& age) {
  const Value& spec = object["spec"];
  std::vector<std::string> ports;
  for (const Value& port : spec["ports"].items()) {
    std::string text = std::to_string(port["port"].integer());
    if (port["nodePort"].integer() > 0) text += ":" + std::to_string(port["nodePort"].integer());
    ports.push_back(text + "/" + port["protocol"].string());
  }
  std::string ip = spec["clusterIPs"].size() > 0 ? spec["clusterIPs"][std::size_t(0)].string() : spec["clusterIP"].string();
  return json::array({object["metadata"]["name"], spec["type"], or_none(ip), service_external(object),
                      or_none(join(ports)), age, labels(spec["selector"])});
}

Value job_cells(const Value& object, const std::string& age, Time now) {
  const Value& spec = object["spec"];
  const Value& status = object["status"];
  std::string state = "Running";
  for (const Value& condition : status["conditions"].items()) {
    if (condition["status"].text() != "True") continue;
    std::string_view type = condition["type"].text();
    if (type == "Complete" || type == "Failed" || type == "Suspended") state = type;
  }
  if (!object["metadata"]["deletionTimestamp"].is_null()) state = "Terminating";
  std::string completions = std::to_string(status["succeeded"].integer()) + "/";
  if (spec["completions"].is_int()) completions += std::to_string(spec["completions"].integer());
  else completions += spec["parallelism"].integer() > 1 ? "1 of " + std::to_string(spec["parallelism"].integer()) : "1";
  std::string duration;
  if (auto start = parse_rfc3339(status["startTime"].text())) {
    auto end = parse_rfc3339(status["completionTime"].text());
    duration = human_duration((end ? *end : now) - *start);
  }
  const Value& pod = spec["template"]["spec"];
  return json::array({object["metadata"]["name"], state, completions, duration, age, containers(pod, "name"),
                      containers(pod, "image"), selector(spec["selector"])});
}

Value cronjob_cells(const Value& object, const std::string& age, Time now) {
  const Value& spec = object["spec"];
  std::string last = object["status"]["lastScheduleTime"].text().empty()
                         ? "<none>" : age_text(object["status"]["lastScheduleTime"], now);
  const Value& pod = spec["jobTemplate"]["spec"]["template"]["spec"];
  return json::array({object["metadata"]["name"], spec["schedule"], or_none(spec["timeZone"].string()),
                      spec["suspend"].boolean() ? "True" : "False",
                      static_cast<std::int64_t>(object["status"]["active"].size()), last, age,
                      containers(pod, "name"), containers(pod, "image"), selector(spec["jobTemplate"]["spec"]["selector"])});
}

Value ingress_cells(const Value& object, const std::string& age) {
  std::vector<std::string> hosts;
  for (const Value& rule : object["spec"]["rules"].items()) {
    hosts.push_back(rule["host"].text().empty() ? "*" : rule["host"].string());
  }
  std::vector<std::string> addresses;
  for (const Value& entry : object["status"]["loadBalancer"]["ingress"].items()) {
    addresses.push_back(entry["ip"].text().empty() ? entry["hostname"].string() : entry["ip"].string());
  }
  return json::array({object["metadata"]["name"], or_none(object["spec"]["ingressClassName"].string()),
                      hosts.empty() ? std::string("*") : join(hosts), join(addresses),
                      object["spec"]["tls"].empty() ? "80" : "80, 443", age});
}

Value binding_cells(const Value& object, const std::string& age) {
  std::vector<std::string> users;
  std::vector<std::string> groups;
  std::vector<std::string> accounts;
  for (const Value& subject : object["subjects"].items()) {
    std::string_view kind = subject["kind"].text();
    if (kind == "User") users.push_back(subject["name"].string());
    if (kind == "Group") groups.push_back(subject["name"].string());
    if (kind == "ServiceAccount") accounts.push_back(subject["namespace"].string() + "/" + subject["name"].string());
  }
  const Value& ref = object["roleRef"];
  return json::array({object["metadata"]["name"], ref["kind"].string() + "/" + ref["name"].string(), age,
                      join(users, ", "), join(groups, ", "), join(accounts, ", ")});
}

Value event_cells(const Value& object, Time now) {
  auto seen = [&](const char* field) {
    const Value& time = object[field].text().empty() ? object["eventTime"] : object[field];
    return age_text(time, now);
  };
  const Value& involved = object["involvedObject"];
  std::string kind = involved["kind"].string();
  for (char& c : kind) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  std::int64_t count = std::max<std::int64_t>(object["count"].integer(), 1);
  std::string last = seen("lastTimestamp");
  if (count > 1) last += " (x" + std::to_string(count) + " over " + seen("firstTimestamp") + ")";
  std::string source = object["source"]["component"].string();
  if (source.empty()) source = object["reportingComponent"].string();
  if (std::string_view host = object["source"]["host"].text(); !host.empty()) source += ", " + std::string(host);
  return json::array({last, object["type"], object["reason"], kind + "/" + involved["name"].string(),
                      involved["fieldPath"].string(), source, object["message"].string(), seen("firstTimestamp"),
                      count, object["metadata"]["name"]});
}

Value node_cells(const Value& object, const std::string& age) {
  std::string state = "Unknown";
  for (const Value& condition : object["status"]["conditions"].items()) {
    if (condition["type"].text() == "Ready") state = condition["status"].text() == "True" ? "Ready" : "NotReady";
  }
  if (object["spec"]["unschedulable"].boolean()) state += ",SchedulingDisabled";
  std::vector<std::string> roles;
  for (const json::Member& label : object["metadata"]["labels"].members()) {
    constexpr std::string_view kRole = "node-role.kubernetes.io/";
    if (label.name().starts_with(kRole)) roles.emplace_back(label.name().substr(kRole.size()));
  }
  auto address = [&](std::string_view type) {
    for (const Value& entry : object["status"]["addresses"].items()) {
      if (entry["type"].text() == type) return entry["address"].string();
    }
    return std::string("<none>");
  };
  const Value& info = object["status"]["nodeInfo"];
  auto known = [](const Value& text) { return text.text().empty() ? std::string("<unknown>") : text.string(); };
  return json::array({object["metadata"]["name"], state, or_none(join(roles)), age, info["kubeletVersion"].string(),
                      address("InternalIP"), address("ExternalIP"), known(info["osImage"]), known(info["kernelVersion"]),
                      known(info["containerRuntimeVersion"])});
}

Value claim_cells(const Value& object, const std::string& age) {
  const Value& spec = object["spec"];
  std::string phase = object["status"]["phase"].string();
  if (!object["metadata"]["deletionTimestamp"].is_null()) phase = "Terminating";
  std::vector<std::string> modes;
  std::string capacity;
  if (!spec["volumeName"].text().empty()) {
    for (const Value& mode : object["status"]["accessModes"].items()) {
      std::string_view text = mode.text();
      modes.emplace_back(text == "ReadWriteOnce" ? "RWO" : text == "ReadOnlyMany" ? "ROX" : text == "ReadWriteMany" ? "RWX" : "RWOP");
    }
    capacity = object["status"]["capacity"]["storage"].string();
  }
  const Value& mode = spec["volumeMode"];
  return json::array({object["metadata"]["name"], phase, spec["volumeName"].string(), capacity, join(modes),
                      spec["storageClassName"].string(),
                      spec["volumeAttributesClassName"].text().empty() ? std::string("<unset>") : spec["volumeAttributesClassName"].string(),
                      age, mode.text().empty() ? std::string("<unset>") : mode.string()});
}

// "pods: 1/3, secrets: 0/9"; what nobody counts is used by 0.
Value quota_cells(const Value& object, const std::string& age) {
  std::vector<std::string> requests, limits;
  const Value& status = object["status"];
  for (const json::Member& member : (status["hard"].empty() ? object["spec"] : status)["hard"].members()) {
    std::string name(member.name());
    std::string used = status["used"][name].string();
    (name.starts_with("limits.") ? limits : requests).push_back(name + ": " + (used.empty() ? "0" : used) + "/" + member.value.string());
  }
  return json::array({object["metadata"]["name"], join(requests, ", "), join(limits, ", "), age});
}

Value autoscaler_cells(const Value& object, const std::string& age) {
  const Value& spec = object["spec"];
  std::vector<std::string> targets;
  for (const Value& metric : spec["metrics"].items()) {
    const Value& target = metric["resource"]["target"];
    std::string name = metric["resource"]["name"].string();
    if (target["averageUtilization"].is_int()) targets.push_back(name + ": <unknown>/" + std::to_string(target["averageUtilization"].integer()) + "%");
    else targets.push_back((name.empty() ? "" : name + ": ") + "<unknown>/" + (target.is_null() ? "<auto>" : target["averageValue"].string()));
  }
  const Value& scaled = spec["scaleTargetRef"];
  return json::array({object["metadata"]["name"], scaled["kind"].string() + "/" + scaled["name"].string(), or_none(join(targets, ", ")),
                      std::to_string(spec["minReplicas"].integer()), std::to_string(spec["maxReplicas"].integer()),
                      std::to_string(object["status"]["currentReplicas"].integer()), age});
}

Value apps_cells(const std::string& kind, const Value& object, const std::string& age) {
  const Value& name = object["metadata"]["name"];
  const Value& spec = object["spec"];
  const Value& status = object["status"];
  const Value& pod = spec["template"]["spec"];
  std::string names = containers(pod, "name");
  std::string images = containers(pod, "image");
  if (kind == "Deployment") {
    return json::array({name, ratio(status["readyReplicas"], spec["replicas"]), status["updatedReplicas"].integer(),
                        status["availableReplicas"].integer(), age, names, images, selector(spec["selector"])});
  }
  if (kind == "ReplicaSet") {
    return json::array({name, spec["replicas"].integer(), status["replicas"].integer(), status["readyReplicas"].integer(), age,
                        names, images, selector(spec["selector"])});
  }
  if (kind == "StatefulSet") {
    return json::array({name, ratio(status["readyReplicas"], spec["replicas"]), age, names, images});
  }
  if (kind == "DaemonSet") {
    return json::array({name, status["desiredNumberScheduled"].integer(), status["currentNumberScheduled"].integer(),
                        status["numberReady"].integer(), status["updatedNumberScheduled"].integer(),
                        status["numberAvailable"].integer(), labels(pod["nodeSelector"]), age, names, images,
                        selector(spec["selector"])});
  }
  return {};
}

Value core_cells(const std::string& kind, const Value& object, const std::string& age, Time now) {
  const Value& name = object["metadata"]["name"];
  if (kind == "ConfigMap") {
    return json::array({name, static_cast<std::int64_t>(object["data"].size() + object["binaryData"].size()), age});
  }
  if (kind == "Secret") return json::array({name, object["type"].string(), static_cast<std::int64_t>(object["data"].size()), age});
  if (kind == "Namespace") return json::array({name, object["status"]["phase"].string(), age});
  if (kind == "ServiceAccount") return json::array({name, age});
  if (kind == "Pod") return pod_cells(object, age);
  if (kind == "Service") return service_cells(object, age);
  if (kind == "Event") return event_cells(object, now);
  if (kind == "Node") return node_cells(object, age);
  if (kind == "PersistentVolumeClaim") return claim_cells(object, age);
  if (kind == "ResourceQuota") return quota_cells(object, age);
  if (kind == "Endpoints") {
    std::vector<std::string> addresses;
    for (const Value& subset : object["subsets"].items()) {
      for (const Value& address : subset["addresses"].items()) {
        if (subset["ports"].empty()) addresses.push_back(address["ip"].string());
        for (const Value& port : subset["ports"].items()) {
          addresses.push_back(address["ip"].string() + ":" + std::to_string(port["port"].integer()));
        }
      }
    }
    std::size_t more = addresses.size() > 3 ? addresses.size() - 3 : 0;
    addresses.resize(std::min<std::size_t>(addresses.size(), 3));
    std::string text = or_none(join(addresses));
    if (more > 0) text += " + " + std::to_string(more) + " more...";
    return json::array({name, text, age});
  }
  return {};
}

}  // namespace

json::Value builtin_cells(const Resource& resource, const json::Value& object, Time now) {
  std::string age = age_text(object["metadata"]["creationTimestamp"], now);
  const Value& name = object["metadata"]["name"];
  const std::string& group = resource.group;
  const std::string& kind = resource.kind;
  if (resource.table == "core/events") return event_cells(object, now);
  if (group.empty()) return core_cells(kind, object, age, now);
  if (group == "apps") return apps_cells(kind, object, age);
  if (group == "batch") return kind == "Job" ? job_cells(object, age, now) : cronjob_cells(object, age, now);
  if (kind == "Ingress") return ingress_cells(object, age);
  if (kind == "HorizontalPodAutoscaler") return autoscaler_cells(object, age);
  if (kind == "RoleBinding" || kind == "ClusterRoleBinding") return binding_cells(object, age);
  if (kind == "Lease") return json::array({name, object["spec"]["holderIdentity"].string(), age});
  if (kind == "NetworkPolicy") return json::array({name, selector(object["spec"]["podSelector"]), age});
  if (kind == "PriorityClass") {
    return json::array({name, object["value"].integer(), object["globalDefault"].boolean(), age, object["preemptionPolicy"].string()});
  }
  if (kind == "EndpointSlice") {
    std::vector<std::string> ports;
    for (const Value& port : object["ports"].items()) ports.push_back(port["port"].is_int() ? std::to_string(port["port"].integer()) : "*");
    std::vector<std::string> addresses;
    for (const Value& endpoint : object["endpoints"].items()) {
      for (const Value& address : endpoint["addresses"].items()) addresses.push_back(address.string());
    }
    return json::array({name, object["addressType"].string(), ports.empty() ? "<unset>" : join(ports),
                        addresses.empty() ? "<unset>" : join(addresses), age});
  }
  if (kind == "PodDisruptionBudget") {
    auto bound = [](const Value& value) { return value.is_int() ? std::to_string(value.integer()) : value.is_string() ? value.string() : std::string("N/A"); };
    return json::array({name, bound(object["spec"]["minAvailable"]), bound(object["spec"]["maxUnavailable"]),
                        object["status"]["disruptionsAllowed"].integer(), age});
  }
  return {};
}

}  // namespace lesto::apiserver
