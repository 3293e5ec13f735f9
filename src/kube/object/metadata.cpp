#include <algorithm>
#include <set>

#include "foundation/json/scan.h"
#include "foundation/json/text.h"
#include "foundation/json/utf8.h"
#include "kube/object/names.h"
#include "kube/object/object.h"

namespace lesto::kube {
namespace {

using json::Value;

constexpr std::size_t kManagerMax = 128;
constexpr std::size_t kSubresourceMax = 256;

void append(FieldErrors& errors, FieldErrors more) {
  errors.insert(errors.end(), std::make_move_iterator(more.begin()),
                std::make_move_iterator(more.end()));
}

void complain(FieldErrors& errors, const std::string& field, const Value& value,
              const Complaints& complaints) {
  for (const std::string& complaint : complaints)
    errors.push_back(invalid_field(field, value, complaint));
}

std::string text_or_empty(const Value& value) { return value.string(); }

// An owner reference in the order in which Kubernetes prints it.
std::string owner_text(const Value& owner) {
  std::string text = "{";
  for (std::string_view key :
       {"apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion"}) {
    const Value* value = owner.find(key);
    bool always = key != "controller" && key != "blockOwnerDeletion";
    if (!value && !always) continue;
    if (text.size() > 1) text += ",";
    text += "\"" + std::string(key) + "\":" + (value ? json::write(*value) : "\"\"");
  }
  return text + "}";
}

void check_owner(const Value& owner, const std::string& path, FieldErrors& errors) {
  std::string_view api_version = owner["apiVersion"].text();
  // More than one slash is no version at all.
  bool malformed = std::ranges::count(api_version, '/') > 1;
  GroupVersionKind gvk = parse_gvk(malformed ? "" : api_version, owner["kind"].text());
  if (gvk.version.empty()) {
    errors.push_back(invalid_field(path + ".apiVersion", text_or_empty(owner["apiVersion"]),
                                   "version must not be empty"));
  }
  if (gvk.kind.empty()) errors.push_back(invalid_field(path + ".kind", "", "must not be empty"));
  if (owner["name"].text().empty())
    errors.push_back(invalid_field(path + ".name", "", "must not be empty"));
  if (owner["uid"].text().empty())
    errors.push_back(invalid_field(path + ".uid", "", "must not be empty"));
  if (gvk.group.empty() && gvk.version == "v1" && gvk.kind == "Event") {
    errors.push_back({"FieldValueInvalid", path,
                      "Invalid value: " + owner_text(owner) +
                          ": /v1, Kind=Event is disallowed from being an owner"});
  }
}

FieldErrors check_owners(const Value& owners, const std::string& path) {
  FieldErrors errors;
  std::string controller;
  for (const Value& owner : owners.items()) {
    check_owner(owner, path, errors);
    if (!owner["controller"].boolean()) continue;
    std::string name = owner["kind"].string() + "/" + owner["name"].string();
    if (controller.empty()) {
      controller = name;
      continue;
    }
    std::string shown;
    for (const Value& each : owners.items())
      shown += (shown.empty() ? "[" : ",") + owner_text(each);
    errors.push_back({"FieldValueInvalid", path,
                      "Invalid value: " + shown +
                          "]: Only one reference can have Controller set to true. Found \"true\" "
                          "in references for " +
                          controller + " and " + name});
  }
  return errors;
}

FieldErrors check_finalizers(const Value& finalizers, const std::string& path) {
  FieldErrors errors;
  bool orphan = false;
  bool foreground = false;
  for (const Value& finalizer : finalizers.items()) {
    append(errors, check_finalizer(finalizer.text(), path));
    orphan |= finalizer.text() == "orphan";
    foreground |= finalizer.text() == "foregroundDeletion";
  }
  if (orphan && foreground) {
    errors.push_back(invalid_field(path, finalizers,
                                   "finalizer orphan and foregroundDeletion cannot be both set"));
  }
  return errors;
}

FieldErrors check_managed_fields(const Value& entries, const std::string& path) {
  FieldErrors errors;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Value& entry = entries[i];
    std::string at = path + "[" + std::to_string(i) + "]";
    std::string_view operation = entry["operation"].text();
    if (operation != "Apply" && operation != "Update") {
      errors.push_back(invalid_field(at + ".operation", entry["operation"].string(),
                                     "must be `Apply` or `Update`"));
    }
    std::string_view type = entry["fieldsType"].text();
    if (!type.empty() && type != "FieldsV1") {
      errors.push_back(invalid_field(at + ".fieldsType", type, "must be `FieldsV1`"));
    }
    append(errors, check_field_manager(entry["manager"].text(), at + ".manager"));
    if (entry["subresource"].text().size() > kSubresourceMax) {
      errors.push_back(too_long_field(at + ".subresource", kSubresourceMax));
    }
  }
  return errors;
}

}  // namespace

FieldError invalid_field(std::string field, const Value& value, std::string_view detail) {
  std::string shown = value.is_string() ? json::go_quote(value.text()) : json::canonical(value);
  return {"FieldValueInvalid", std::move(field),
          "Invalid value: " + shown + ": " + std::string(detail)};
}

FieldError required_field(std::string field, std::string_view detail) {
  std::string message = "Required value";
  if (!detail.empty()) message += ": " + std::string(detail);
  return {"FieldValueRequired", std::move(field), message};
}

FieldError forbidden_field(std::string field, std::string_view detail) {
  return {"FieldValueForbidden", std::move(field), "Forbidden: " + std::string(detail)};
}

FieldError too_long_field(std::string field, std::size_t bytes_max) {
  return {"FieldValueTooLong", std::move(field),
          "Too long: may not be more than " + std::to_string(bytes_max) + " bytes"};
}

FieldErrors check_labels(const Value& labels, const std::string& path) {
  FieldErrors errors;
  for (const json::Member& label : labels.members()) {
    complain(errors, path, label.key, check_qualified_name(label.name()));
    complain(errors, path, label.value, check_label_value(label.value.text()));
  }
  return errors;
}

FieldErrors check_annotations(const Value& annotations, const std::string& path) {
  FieldErrors errors;
  std::size_t bytes = 0;
  for (const json::Member& annotation : annotations.members()) {
    std::string lower(annotation.name());
    std::ranges::transform(lower, lower.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c;
    });
    complain(errors, path, annotation.key, check_qualified_name(lower));
    bytes += annotation.name().size() + annotation.value.text().size();
  }
  if (bytes > kAnnotationsBytesMax) errors.push_back(too_long_field(path, kAnnotationsBytesMax));
  return errors;
}

FieldErrors check_finalizer(std::string_view finalizer, const std::string& path) {
  FieldErrors errors;
  complain(errors, path, finalizer, check_qualified_name(finalizer));
  return errors;
}

FieldErrors check_field_manager(std::string_view manager, const std::string& path) {
  FieldErrors errors;
  if (manager.size() > kManagerMax) errors.push_back(too_long_field(path, kManagerMax));
  for (std::size_t i = 0; i < manager.size();) {
    json::Rune rune = json::rune_at(manager, i);
    std::string_view character = manager.substr(i, rune.size);
    // What Go escapes is what it calls not printable, besides quotes and backslashes.
    bool printable =
        character == "\"" || character == "\\" || !json::go_quote(character).starts_with("\"\\");
    if (!printable) {
      char hex[16];
      std::snprintf(hex, sizeof hex, "U+%04X", static_cast<unsigned>(rune.value));
      errors.push_back(invalid_field(
          path, manager,
          std::string("invalid character ") + hex + " (at position " + std::to_string(i) + ")"));
    }
    i += rune.size;
  }
  return errors;
}

FieldErrors check_metadata(const Value& metadata, Namespaced namespaced, NameCheck name_check,
                           const std::string& path) {
  FieldErrors errors;
  std::string_view prefix = metadata["generateName"].text();
  std::string_view name = metadata["name"].text();
  if (!prefix.empty())
    complain(errors, path + ".generateName", prefix, name_check(prefix, NameForm::Prefix));
  if (name.empty()) {
    errors.push_back(required_field(path + ".name", "name or generateName is required"));
  } else {
    complain(errors, path + ".name", name, name_check(name, NameForm::Whole));
  }
  std::string_view ns = metadata["namespace"].text();
  if (namespaced == Namespaced::No) {
    if (!ns.empty())
      errors.push_back(forbidden_field(path + ".namespace", "not allowed on this type"));
  } else if (ns.empty()) {
    errors.push_back(required_field(path + ".namespace", ""));
  } else {
    complain(errors, path + ".namespace", ns, check_dns1123_label(ns));
  }
  if (metadata["generation"].integer() < 0) {
    errors.push_back(invalid_field(path + ".generation", metadata["generation"],
                                   "must be greater than or equal to 0"));
  }
  append(errors, check_labels(metadata["labels"], path + ".labels"));
  append(errors, check_annotations(metadata["annotations"], path + ".annotations"));
  append(errors, check_owners(metadata["ownerReferences"], path + ".ownerReferences"));
  append(errors, check_finalizers(metadata["finalizers"], path + ".finalizers"));
  append(errors, check_managed_fields(metadata["managedFields"], path + ".managedFields"));
  return errors;
}

FieldErrors check_metadata_update(const Value& metadata, const Value& old,
                                  const std::string& path) {
  FieldErrors errors;
  if (!old["deletionTimestamp"].is_null()) {
    std::set<std::string> extra;
    for (const Value& finalizer : metadata["finalizers"].items()) extra.insert(finalizer.string());
    for (const Value& finalizer : old["finalizers"].items()) extra.erase(finalizer.string());
    if (!extra.empty()) {
      std::string list;
      for (const std::string& finalizer : extra)
        list += (list.empty() ? "" : ", ") + json::go_quote(finalizer);
      errors.push_back(forbidden_field(
          path + ".finalizers",
          "no new finalizers can be added if the object is being deleted, found new "
          "finalizers []string{" +
              list + "}"));
    }
  }
  if (metadata["resourceVersion"].text().empty()) {
    errors.push_back(
        invalid_field(path + ".resourceVersion", "", "must be specified for an update"));
  }
  if (metadata["generation"].integer() < old["generation"].integer()) {
    errors.push_back(invalid_field(path + ".generation", metadata["generation"].integer(),
                                   "must not be decremented"));
  }
  for (const char* field : {"name", "namespace", "uid"}) {
    if (metadata[field].text() == old[field].text()) continue;
    errors.push_back(
        invalid_field(path + "." + field, metadata[field].string(), "field is immutable"));
  }
  for (const char* field :
       {"creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"}) {
    if (metadata[field] == old[field]) continue;
    // A time is shown as JSON shows it.
    errors.push_back({"FieldValueInvalid", path + "." + field,
                      "Invalid value: " + json::write(metadata[field]) + ": field is immutable"});
  }
  append(errors, check_labels(metadata["labels"], path + ".labels"));
  append(errors, check_annotations(metadata["annotations"], path + ".annotations"));
  append(errors, check_owners(metadata["ownerReferences"], path + ".ownerReferences"));
  append(errors, check_managed_fields(metadata["managedFields"], path + ".managedFields"));
  return errors;
}

}  // namespace lesto::kube
