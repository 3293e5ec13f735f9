// Rules about workloads and their neighbours: pods and templates, selectors, jobs, leases, ingresses.
#include "kube/apiserver/validation.h"

#include "engines/cel/quantity.h"
#include "kube/object/names.h"
#include "kube/object/selector.h"

namespace lesto::apiserver {

namespace {

using json::Value;

void take(FieldErrors& errors, const kube::FieldErrors& found) {
  for (const kube::FieldError& error : found) errors.push_back({error.type, error.field, error.message});
}

void check_not_negative(const Value& object, const char* field, FieldErrors& errors) {
  const Value& value = object["spec"][field];
  if (value.is_int() && value.integer() < 0) {
    errors.push_back(field_invalid(std::string("spec.") + field, value, "must be greater than or equal to 0"));
  }
}

void check_requests(const Value& resources, const std::string& path, FieldErrors& errors) {
  for (const json::Member& member : resources["requests"].members()) {
    const Value* limit = resources["limits"].find(member.name());
    if (!limit) continue;
    auto wanted = cel::read_quantity(member.value.text());
    auto most = cel::read_quantity(limit->text());
    if (!wanted || !most || *wanted <= *most) continue;
    errors.push_back(field_invalid(path, member.value, "must be less than or equal to " + std::string(member.name()) + " limit of " + limit->string()));
  }
}

void check_container(const Value& container, const std::string& path, std::set<std::string>& names, FieldErrors& errors) {
  std::string name = container["name"].string();
  if (name.empty()) {
    errors.push_back(field_required(path + ".name"));
  } else {
    complain(errors, path + ".name", container["name"], kube::check_dns1123_label(name));
    if (!names.insert(name).second) errors.push_back(field_duplicate(path + ".name", container["name"]));
  }
  std::string_view image = container["image"].text();
  if (image.empty()) errors.push_back(field_required(path + ".image"));
  else if (image.front() == ' ' || image.back() == ' ') {
    errors.push_back(field_invalid(path + ".image", container["image"], "must not have leading or trailing whitespace"));
  }
  check_requests(container["resources"], path + ".resources.requests", errors);
  const Value& ports = container["ports"];
  for (std::size_t i = 0; i < ports.size(); ++i) {
    std::string port_path = path + ".ports[" + std::to_string(i) + "]";
    const Value& number = ports[i]["containerPort"];
    if (number.integer() == 0) errors.push_back(field_required(port_path + ".containerPort"));
    else if (number.integer() < 1 || number.integer() > 65535) {
      errors.push_back(field_invalid(port_path + ".containerPort", number, "must be between 1 and 65535, inclusive"));
    }
  }
}

void check_pod_spec(const Value& spec, const std::string& path, FieldErrors& errors) {
  std::set<std::string> names;
  if (spec["containers"].empty()) errors.push_back(field_required(path + ".containers"));
  std::string_view policy = spec["restartPolicy"].text();
  if (!policy.empty() && policy != "Always" && policy != "OnFailure" && policy != "Never") {
    errors.push_back(field_not_supported(path + ".restartPolicy", spec["restartPolicy"], {"Always", "OnFailure", "Never"}));
  }
  for (const char* list : {"containers", "initContainers"}) {
    const Value& containers = spec[list];
    for (std::size_t i = 0; i < containers.size(); ++i) {
      check_container(containers[i], path + "." + list + "[" + std::to_string(i) + "]", names, errors);
    }
  }
}

void check_template(const Value& fresh, bool labels_match, FieldErrors& errors) {
  const Value& pod = fresh["spec"]["template"];
  const Value& labels = pod["metadata"]["labels"];
  if (!labels_match) {
    errors.push_back(field_invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`"));
  }
  take(errors, kube::check_labels(labels, "spec.template.labels"));
  check_pod_spec(pod["spec"], "spec.template.spec", errors);
  std::string_view policy = pod["spec"]["restartPolicy"].text();
  if (!policy.empty() && policy != "Always") {
    errors.push_back(field_not_supported("spec.template.spec.restartPolicy", pod["spec"]["restartPolicy"], {"Always"}));
  }
}

void check_selector_and_template(const std::string& kind, const Value& fresh, FieldErrors& errors) {
  const Value& selector = fresh["spec"]["selector"];
  std::string lower(kind);
  for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  if (selector.is_null()) {
    errors.push_back(field_required("spec.selector"));
    check_template(fresh, false, errors);
    return;
  }
  take(errors, kube::check_label_selector(selector, "spec.selector"));
  bool empty = selector["matchLabels"].empty() && selector["matchExpressions"].empty();
  if (empty) errors.push_back(field_invalid("spec.selector", selector, "empty selector is invalid for " + lower));
  auto read = kube::read_label_selector(selector);
  // Nothing can be said of the template when the selector cannot be read.
  if (!read) errors.push_back(field_invalid("spec.selector", selector, "invalid label selector"));
  else check_template(fresh, read->matches(fresh["spec"]["template"]["metadata"]["labels"]), errors);
}

void check_strategy(const Value& strategy, FieldErrors& errors) {
  std::string_view type = strategy["type"].text();
  const Value& rolling = strategy["rollingUpdate"];
  if (type == "Recreate" && !rolling.is_null()) {
    errors.push_back(field_forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"));
  } else if (type == "RollingUpdate") {
    auto zero = [](const Value& value) { return (value.is_int() && value.integer() == 0) || value.text() == "0%"; };
    if (!rolling.is_null() && zero(rolling["maxSurge"]) && zero(rolling["maxUnavailable"])) {
      errors.push_back(field_invalid("spec.strategy.rollingUpdate.maxUnavailable", rolling["maxUnavailable"], "may not be 0 when `maxSurge` is 0"));
    }
  } else if (type != "Recreate") {
    errors.push_back(field_not_supported("spec.strategy", strategy, {"Recreate", "RollingUpdate"}));
  }
}

void check_apps(const std::string& kind, const Value& fresh, const Value* old, FieldErrors& errors) {
  if (kind == "ControllerRevision") return;
  check_not_negative(fresh, "replicas", errors);
  check_not_negative(fresh, "minReadySeconds", errors);
  check_not_negative(fresh, "revisionHistoryLimit", errors);
  check_selector_and_template(kind, fresh, errors);
  if (kind == "Deployment") check_strategy(fresh["spec"]["strategy"], errors);
  if (!old) return;
  if (kind != "StatefulSet" && fresh["spec"]["selector"] != (*old)["spec"]["selector"]) {
    errors.push_back(field_invalid("spec.selector", fresh["spec"]["selector"], "field is immutable"));
  }
  if (kind == "StatefulSet") {
    static constexpr std::string_view kMutable[] = {"replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
                                                    "persistentVolumeClaimRetentionPolicy", "minReadySeconds"};
    Value a = fresh["spec"];
    Value b = (*old)["spec"];
    for (std::string_view field : kMutable) {
      if (a.is_object()) a.erase(field);
      if (b.is_object()) b.erase(field);
    }
    if (a != b) {
      errors.push_back(field_forbidden("spec", "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"));
    }
  }
}

void check_job_template(const Value& pod, const std::string& path, FieldErrors& errors) {
  std::string_view policy = pod["restartPolicy"].text();
  check_pod_spec(pod, path, errors);
  if (policy == "Always") errors.push_back(field_required(path + ".restartPolicy", "valid values: \"OnFailure\", \"Never\""));
}

void check_schedule(const Value& spec, FieldErrors& errors) {
  std::string_view text = spec["schedule"].text();
  if (text.empty()) {
    errors.push_back(field_required("spec.schedule"));
    return;
  }
  if (text.starts_with('@')) return;
  std::vector<std::string> fields;
  std::string list;
  while (!text.empty()) {
    std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) {
      fields.emplace_back(text.substr(0, end));
      list += (list.empty() ? "" : " ") + fields.back();
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (fields.size() != 5) {
    errors.push_back(field_invalid("spec.schedule", spec["schedule"], "expected exactly 5 fields, found " + std::to_string(fields.size()) + ": [" + list + "]"));
  }
}

void check_batch(const std::string& kind, const Value& fresh, const Value* old, FieldErrors& errors) {
  if (kind == "CronJob") {
    check_job_template(fresh["spec"]["jobTemplate"]["spec"]["template"]["spec"], "spec.jobTemplate.spec.template.spec", errors);
    check_schedule(fresh["spec"], errors);
    return;
  }
  check_not_negative(fresh, "parallelism", errors);
  check_not_negative(fresh, "completions", errors);
  check_job_template(fresh["spec"]["template"]["spec"], "spec.template.spec", errors);
  if (!old) return;
  if (fresh["spec"]["selector"] != (*old)["spec"]["selector"]) {
    errors.push_back(field_invalid("spec.selector", fresh["spec"]["selector"], "field is immutable"));
  }
  if (fresh["spec"]["template"] != (*old)["spec"]["template"]) {
    errors.push_back(field_invalid("spec.template", fresh["spec"]["template"], "field is immutable"));
  }
}

void check_lease(const Value& fresh, FieldErrors& errors) {
  const Value& spec = fresh["spec"];
  const Value& seconds = spec["leaseDurationSeconds"];
  if (seconds.is_int() && seconds.integer() <= 0) errors.push_back(field_invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"));
  const Value& transitions = spec["leaseTransitions"];
  if (transitions.is_int() && transitions.integer() < 0) {
    errors.push_back(field_invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0"));
  }
}

void check_ingress_path(const Value& entry, const std::string& path, FieldErrors& errors) {
  std::string_view type = entry["pathType"].text();
  if (type.empty()) errors.push_back(field_required(path + ".pathType", "pathType must be specified"));
  else if (type != "Exact" && type != "Prefix" && type != "ImplementationSpecific") {
    errors.push_back(field_not_supported(path + ".pathType", entry["pathType"], {"Exact", "ImplementationSpecific", "Prefix"}));
  }
  if ((type == "Exact" || type == "Prefix") && !entry["path"].text().starts_with('/')) {
    errors.push_back(field_invalid(path + ".path", entry["path"], "must be an absolute path"));
  }
  const Value& service = entry["backend"]["service"];
  if (!service.is_object()) return;
  if (service["name"].text().empty()) errors.push_back(field_required(path + ".backend.service.name"));
  if (service["port"]["name"].text().empty() && service["port"]["number"].integer() == 0) {
    errors.push_back(field_required(path + ".backend", "port name or number is required"));
  }
}

void check_ingress(const Value& fresh, FieldErrors& errors) {
  const Value& spec = fresh["spec"];
  const Value& rules = spec["rules"];
  if (rules.empty() && spec["defaultBackend"].is_null()) {
    errors.push_back(field_invalid("spec", spec["rules"], "either `defaultBackend` or `rules` must be specified"));
  }
  for (std::size_t i = 0; i < rules.size(); ++i) {
    std::string path = "spec.rules[" + std::to_string(i) + "]";
    if (std::string_view host = rules[i]["host"].text(); !host.empty()) {
      complain(errors, path + ".host", rules[i]["host"], host.find('*') == host.npos ? kube::check_dns1123_subdomain(host) : kube::check_wildcard_subdomain(host));
    }
    const Value& paths = rules[i]["http"]["paths"];
    for (std::size_t k = 0; k < paths.size(); ++k) {
      check_ingress_path(paths[k], path + ".http.paths[" + std::to_string(k) + "]", errors);
    }
  }
}

// What may change about a pod.
Value without_mutable(Value spec) {
  for (const char* field : {"activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds"}) spec.erase(field);
  for (const char* list : {"containers", "initContainers"}) {
    Value* containers = spec.edit(list);
    if (!containers || !containers->is_array()) continue;
    for (std::size_t i = 0; i < containers->size(); ++i) {
      if (Value* container = containers->edit(i); container && container->is_object()) container->erase("image");
    }
  }
  return spec;
}

void check_pod_update(const Value& fresh, const Value& old, FieldErrors& errors) {
  if (!fresh.is_object() || !old.is_object() || without_mutable(fresh) == without_mutable(old)) return;
  errors.push_back(field_forbidden(
      "spec", "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
              "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
              "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"));
}

void check_event(const Value& fresh, FieldErrors& errors) {
  std::string_view ns = fresh["involvedObject"].is_null() ? fresh["regarding"]["namespace"].text() : fresh["involvedObject"]["namespace"].text();
  std::string_view own = fresh["metadata"]["namespace"].text();
  bool right = ns == own || (ns.empty() && own == "default");
  if (!right) errors.push_back(field_invalid("involvedObject.namespace", Value(ns), "does not match event.namespace"));
}

}  // namespace

void validate_workload(const Call& call, const json::Value& fresh, const json::Value* old, FieldErrors& errors) {
  if (!call.route.subresource.empty() && call.route.subresource != "scale") return;
  const std::string& group = call.resource->group;
  const std::string& kind = call.resource->kind;
  if (group == "apps") check_apps(kind, fresh, old, errors);
  if (group == "batch") check_batch(kind, fresh, old, errors);
  if (kind == "Lease") check_lease(fresh, errors);
  if (kind == "Pod" && group.empty()) {
    check_pod_spec(fresh["spec"], "spec", errors);
    if (old) check_pod_update(fresh["spec"], (*old)["spec"], errors);
  }
  if (kind == "Ingress") check_ingress(fresh, errors);
  if (kind == "Event") check_event(fresh, errors);
}

}  // namespace lesto::apiserver
