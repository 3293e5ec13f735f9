// Rules about workloads and their neighbours: pods and templates, selectors, jobs, leases, ingresses.
#include "kube/apiserver/validation.h"

#include "kube/object/names.h"
#include "kube/object/selector.h"

namespace lesto::apiserver {

void validate_workload(const Call& call, const json::Value& fresh, const json::Value* old, FieldErrors& errors);

namespace {

using json::Value;

void complain(FieldErrors& errors, const std::string& field, const Value& value, const kube::Complaints& complaints) {
  for (const std::string& text : complaints) errors.push_back(field_invalid(field, value, text));
}

void take(FieldErrors& errors, const kube::FieldErrors& found) {
  for (const kube::FieldError& error : found) errors.push_back({error.type, error.field, error.message});
}

void check_not_negative(const Value& object, const char* field, FieldErrors& errors) {
  const Value& value = object["spec"][field];
  if (value.is_int() && value.integer() < 0) {
    errors.push_back(field_invalid(std::string("spec.") + field, value, "must be greater than or equal to 0"));
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
  for (const char* list : {"containers", "initContainers"}) {
    const Value& containers = spec[list];
    for (std::size_t i = 0; i < containers.size(); ++i) {
      check_container(containers[i], path + "." + list + "[" + std::to_string(i) + "]", names, errors);
    }
  }
}

void check_selector(const Value& spec, FieldErrors& errors) {
  const Value& selector = spec["selector"];
  if (selector.is_null()) {
    errors.push_back(field_required("spec.selector"));
    return;
  }
  take(errors, kube::check_label_selector(selector, "spec.selector"));
  if (selector["matchLabels"].empty() && selector["matchExpressions"].empty()) {
    errors.push_back(field_invalid("spec.selector", selector, "empty selector is invalid for deployment"));
  }
  auto read = kube::read_label_selector(selector);
  const Value& labels = spec["template"]["metadata"]["labels"];
  if (!read) {
    errors.push_back(field_invalid("spec.selector", selector, "invalid label selector"));
  } else if (!read->matches(labels)) {
    errors.push_back(field_invalid("spec.template.metadata.labels", labels.is_null() ? Value() : labels, "`selector` does not match template `labels`"));
  }
}

void check_template(const Value& fresh, bool always_only, FieldErrors& errors) {
  const Value& spec = fresh["spec"];
  const Value& pod = spec["template"]["spec"];
  take(errors, kube::check_labels(spec["template"]["metadata"]["labels"], "spec.template.labels"));
  check_pod_spec(pod, "spec.template.spec", errors);
  if (always_only && !pod["restartPolicy"].text().empty() && pod["restartPolicy"].text() != "Always") {
    errors.push_back(field_not_supported("spec.template.spec.restartPolicy", pod["restartPolicy"], {"Always"}));
  }
}

void check_apps(const std::string& kind, const Value& fresh, const Value* old, FieldErrors& errors) {
  if (kind == "ControllerRevision") return;
  check_not_negative(fresh, "replicas", errors);
  check_not_negative(fresh, "minReadySeconds", errors);
  check_not_negative(fresh, "revisionHistoryLimit", errors);
  check_selector(fresh["spec"], errors);
  check_template(fresh, true, errors);
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
  if (const Value* holder = spec.find("holderIdentity"); holder && holder->is_string() && holder->text().empty()) {
    errors.push_back(field_invalid("spec.holderIdentity", *holder, "must not be empty"));
  }
}

}  // namespace

void validate_workload(const Call& call, const json::Value& fresh, const json::Value* old, FieldErrors& errors) {
  if (!call.route.subresource.empty() && call.route.subresource != "scale") return;
  const std::string& group = call.resource->group;
  const std::string& kind = call.resource->kind;
  if (group == "apps") check_apps(kind, fresh, old, errors);
  if (group == "batch") check_batch(kind, fresh, old, errors);
  if (kind == "Lease") check_lease(fresh, errors);
  if (kind == "Pod" && group.empty()) check_pod_spec(fresh["spec"], "spec", errors);
}

}  // namespace lesto::apiserver
