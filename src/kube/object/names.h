// What names, labels and metadata may look like, with the messages of Kubernetes' validation
// (golden suite `selectors`). No regular expression runs here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foundation/json/value.h"

namespace lesto::kube {

// What is wrong with a text; empty when nothing is.
using Complaints = std::vector<std::string>;

Complaints check_dns1123_label(std::string_view value);
Complaints check_dns1123_subdomain(std::string_view value);
Complaints check_dns1035_label(std::string_view value);
Complaints check_wildcard_subdomain(std::string_view value);
// "example.com/name" or "name": label keys, annotation keys (in lower case), finalizers, condition
// types.
Complaints check_qualified_name(std::string_view value);
Complaints check_label_value(std::string_view value);
Complaints check_port_name(std::string_view value);
Complaints check_percent(std::string_view value);
Complaints check_http_header_name(std::string_view value);
Complaints check_env_name(std::string_view value);
Complaints check_config_key(std::string_view value);

// A name before the server appends random characters to it (generateName) may end in a dash.
enum class NameForm : bool { Whole, Prefix };
using NameCheck = Complaints (*)(std::string_view name, NameForm form);
Complaints check_name_subdomain(std::string_view name, NameForm form);
Complaints check_name_label(std::string_view name, NameForm form);

// One complaint about one field, as Status causes show it.
struct FieldError {
  std::string
      type;  // FieldValueInvalid, FieldValueRequired, FieldValueForbidden, FieldValueTooLong
  std::string field;    // metadata.labels
  std::string message;  // Invalid value: "x y": name part must ...
};
using FieldErrors = std::vector<FieldError>;

// Makes errors as Kubernetes words them; `value` is shown as JSON (texts in Go's quotes).
FieldError invalid_field(std::string field, const json::Value& value, std::string_view detail);
FieldError required_field(std::string field, std::string_view detail);
FieldError forbidden_field(std::string field, std::string_view detail);
FieldError too_long_field(std::string field, std::size_t bytes_max);

FieldErrors check_labels(const json::Value& labels, const std::string& path);
FieldErrors check_annotations(const json::Value& annotations, const std::string& path);
FieldErrors check_finalizer(std::string_view finalizer, const std::string& path);
FieldErrors check_field_manager(std::string_view manager, const std::string& path);

enum class Namespaced : bool { No, Yes };
// ObjectMeta of a new object, and of an update of `old`. `metadata` is the object's metadata.
FieldErrors check_metadata(const json::Value& metadata, Namespaced namespaced, NameCheck name_check,
                           const std::string& path = "metadata");
FieldErrors check_metadata_update(const json::Value& metadata, const json::Value& old,
                                  const std::string& path = "metadata");

// All keys and values of the annotations of one object together.
inline constexpr std::size_t kAnnotationsBytesMax = 256 * 1024;

}  // namespace lesto::kube
