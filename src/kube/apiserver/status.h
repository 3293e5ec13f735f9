// The answers of the API that say no: Kubernetes' Status object, with the exact texts of kube-apiserver.
//
// Inside this room, what can be refused returns Outcome<T>: unlike Error, a Status carries the HTTP code, reason and
// details that the client must see. It never leaves the room except as a response.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/io/http.h"
#include "foundation/json/value.h"

namespace lesto::apiserver {

struct Status {
  int code = 500;
  std::string reason = {};
  std::string message = {};
  json::Value details = {};  // null when there are none
  int retry_after = 0;  // seconds; 0 for none

  json::Value body() const;
};

template <class T>
using Outcome = std::expected<T, Status>;

inline std::unexpected<Status> refuse(Status status) { return std::unexpected(std::move(status)); }

// How a resource is named in texts: "deployments.apps", "pods".
struct GroupResource {
  std::string group;
  std::string resource;
  std::string text() const { return group.empty() ? resource : resource + "." + group; }
};

// One finding about a field, as field.Error prints it.
struct FieldError {
  std::string reason;  // FieldValueInvalid, FieldValueRequired, ...
  std::string field;
  std::string message;  // without the field, e.g. `Invalid value: "x": must be ...`
};
using FieldErrors = std::vector<FieldError>;

FieldError field_invalid(std::string field, const json::Value& value, std::string detail);
FieldError field_required(std::string field, std::string detail = "");
FieldError field_forbidden(std::string field, std::string detail);
FieldError field_duplicate(std::string field, const json::Value& value);
FieldError field_not_supported(std::string field, const json::Value& value, const std::vector<std::string>& valid);
FieldError field_too_long(std::string field, std::size_t limit);
FieldError field_not_found(std::string field, const json::Value& value);

Status bad_request(std::string message);
Status unauthorized();
Status not_found(const GroupResource& resource, std::string_view name);
// No such path or resource type.
Status no_such_resource();
Status method_not_allowed();
Status already_exists(const GroupResource& resource, std::string_view name);
Status conflict(const GroupResource& resource, std::string_view name, std::string_view why);
Status modified(const GroupResource& resource, std::string_view name);
Status forbidden(const GroupResource& resource, std::string_view name, std::string_view why);
Status invalid(std::string_view group, std::string_view kind, std::string_view name, const FieldErrors& errors);
Status gone(std::string message);
Status timeout(std::string message, int retry_after);
Status internal(std::string message);
Status not_implemented(std::string message);
Status unsupported_media_type(std::string message);
Status not_acceptable(std::string message);
Status too_large(std::string message);
// A failed commit, a cancelled wait.
Status from_error(const Error& error);

// %q of Go for the texts: quotes, escapes what is not printable.
std::string quoted(std::string_view text);
// A value as field errors show it: strings quoted, the rest as JSON.
std::string shown(const json::Value& value);

io::Response json_response(int code, const json::Value& body);
io::Response response(const Status& status);

}  // namespace lesto::apiserver
