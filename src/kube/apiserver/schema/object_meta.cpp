#include "kube/apiserver/schema/object_meta.h"

#include <algorithm>

#include "kube/apiserver/schema/limits.h"

namespace lesto::apiserver::schema {
namespace {

using json::Value;

void complain(Problems& out, std::string_view path, const Value& value,
              const Complaints& complaints) {
  for (const std::string& complaint : complaints) out.push_back(invalid(path, value, complaint));
}

void check_labels(Problems& out, const Value& labels, const std::string& path) {
  for (const auto& label : labels.members()) {
    complain(out, path, label.key, qualified_name(label.name()));
    complain(out, path, label.value, label_value(label.value.text()));
  }
}

void check_annotations(Problems& out, const Value& annotations, const std::string& path) {
  std::size_t size = 0;
  for (const auto& annotation : annotations.members()) {
    std::string lower(annotation.name());
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    complain(out, path, annotation.key, qualified_name(lower));
    size += annotation.name().size() + annotation.value.text().size();
  }
  if (size > kAnnotationsMax)
    out.push_back(too_long(path, static_cast<std::int64_t>(kAnnotationsMax)));
}

void check_owners(Problems& out, const Value& owners, const std::string& path) {
  std::string controller;
  for (const Value& owner : owners.items()) {
    std::string_view api_version = owner["apiVersion"].text();
    bool no_version = api_version.empty() || api_version.ends_with('/') ||
                      std::count(api_version.begin(), api_version.end(), '/') > 1;
    if (no_version)
      out.push_back(
          invalid(child(path, "apiVersion"), owner["apiVersion"], "version must not be empty"));
    for (std::string_view name : {"kind", "name", "uid"}) {
      if (owner[name].text().empty())
        out.push_back(invalid(child(path, name), "", "must not be empty"));
    }
    if (api_version == "v1" && owner["kind"].text() == "Event") {
      out.push_back(invalid(path, owner, "/v1, Kind=Event is disallowed from being an owner"));
    }
    if (!owner["controller"].boolean()) continue;
    std::string name = owner["kind"].string() + "/" + owner["name"].string();
    if (controller.empty()) {
      controller = name;
    } else {
      out.push_back(invalid(
          path, owners,
          "Only one reference can have Controller set to true. Found \"true\" in references for " +
              controller + " and " + name));
    }
  }
}

void check_finalizers(Problems& out, const Value& finalizers, const std::string& path) {
  bool orphan = false, foreground = false;
  for (const Value& finalizer : finalizers.items()) {
    complain(out, path, finalizer, qualified_name(finalizer.text()));
    orphan = orphan || finalizer.text() == "orphan";
    foreground = foreground || finalizer.text() == "foregroundDeletion";
  }
  if (orphan && foreground) {
    out.push_back(
        invalid(path, finalizers, "finalizer orphan and foregroundDeletion cannot be both set"));
  }
}

void check_managed_fields(Problems& out, const Value& entries, const std::string& path) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Value& entry = entries[i];
    std::string at = index(path, i);
    std::string_view operation = entry["operation"].text();
    if (operation != "Apply" && operation != "Update") {
      out.push_back(
          invalid(child(at, "operation"), Value(operation), "must be `Apply` or `Update`"));
    }
    std::string_view type = entry["fieldsType"].text();
    if (!type.empty() && type != "FieldsV1") {
      out.push_back(invalid(child(at, "fieldsType"), Value(type), "must be `FieldsV1`"));
    }
    if (entry["manager"].text().size() > kFieldManagerMax) {
      out.push_back(too_long(child(at, "manager"), static_cast<std::int64_t>(kFieldManagerMax)));
    }
  }
}

void check_common(Problems& out, const Value& meta, const std::string& path) {
  check_labels(out, meta["labels"], child(path, "labels"));
  check_annotations(out, meta["annotations"], child(path, "annotations"));
  check_owners(out, meta["ownerReferences"], child(path, "ownerReferences"));
  check_managed_fields(out, meta["managedFields"], child(path, "managedFields"));
}

}  // namespace

Problems check_meta(const Value& meta, const MetaRules& rules, std::string_view at) {
  Problems out;
  std::string path(at);
  if (!meta["generateName"].text().empty()) {
    complain(out, child(path, "generateName"), meta["generateName"],
             rules.name(masked_prefix(meta["generateName"].text())));
  }
  if (meta["name"].text().empty()) {
    out.push_back(required(child(path, "name"), "name or generateName is required"));
  } else {
    complain(out, child(path, "name"), meta["name"], rules.name(meta["name"].text()));
  }
  std::string_view ns = meta["namespace"].text();
  if (rules.namespaced) {
    if (ns.empty()) {
      out.push_back(required(child(path, "namespace")));
    } else {
      complain(out, child(path, "namespace"), meta["namespace"], dns1123_label(ns));
    }
  } else if (!ns.empty()) {
    out.push_back(forbidden(child(path, "namespace"), "not allowed on this type"));
  }
  if (meta["generation"].integer() < 0) {
    out.push_back(invalid(child(path, "generation"), meta["generation"],
                          "must be greater than or equal to 0"));
  }
  check_common(out, meta, path);
  check_finalizers(out, meta["finalizers"], child(path, "finalizers"));
  return out;
}

Problems check_meta_update(const Value& meta, const Value& old, std::string_view at) {
  Problems out;
  std::string path(at);
  if (!old["deletionTimestamp"].is_null()) {
    std::set<std::string> extra;
    for (const Value& finalizer : meta["finalizers"].items()) extra.insert(finalizer.string());
    for (const Value& finalizer : old["finalizers"].items()) extra.erase(finalizer.string());
    if (!extra.empty()) {
      std::string list;
      for (const std::string& finalizer : extra)
        list += (list.empty() ? "" : ", ") + quote(finalizer);
      out.push_back(forbidden(
          child(path, "finalizers"),
          "no new finalizers can be added if the object is being deleted, found new finalizers "
          "[]string{" +
              list + "}"));
    }
  }
  if (meta["resourceVersion"].text().empty()) {
    out.push_back(invalid(child(path, "resourceVersion"), "", "must be specified for an update"));
  }
  if (meta["generation"].integer() < old["generation"].integer()) {
    out.push_back(invalid(child(path, "generation"), Value(meta["generation"].integer()),
                          "must not be decremented"));
  }
  for (std::string_view name : {"name", "namespace", "uid"}) {
    if (meta[name].text() != old[name].text()) {
      out.push_back(invalid(child(path, name), Value(meta[name].text()), "field is immutable"));
    }
  }
  for (std::string_view name :
       {"creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"}) {
    if (!(meta[name] == old[name]))
      out.push_back(invalid(child(path, name), meta[name], "field is immutable"));
  }
  check_common(out, meta, path);
  return out;
}

}  // namespace lesto::apiserver::schema
