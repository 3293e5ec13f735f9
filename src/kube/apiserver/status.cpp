#include "kube/apiserver/status.h"

#include "foundation/json/text.h"

namespace lesto::apiserver {

namespace {

json::Value resource_details(const GroupResource& resource, std::string_view name) {
  json::Value details = json::Value::object();
  if (!name.empty()) details.set("name", name);
  if (!resource.group.empty()) details.set("group", resource.group);
  if (!resource.resource.empty()) details.set("kind", resource.resource);
  return details;
}

}  // namespace

json::Value Status::body() const {
  json::Value body = json::object({{"kind", "Status"},
                                   {"apiVersion", "v1"},
                                   {"metadata", json::Value::object()},
                                   {"status", "Failure"},
                                   {"code", code}});
  if (!message.empty()) body.set("message", message);
  if (!reason.empty()) body.set("reason", reason);
  if (!details.is_null()) body.set("details", details);
  return body;
}

std::string quoted(std::string_view text) { return json::write(json::Value(text)); }

std::string shown(const json::Value& value) {
  return json::write(value);
}

FieldError field_invalid(std::string field, const json::Value& value, std::string detail) {
  std::string text = "Invalid value: " + shown(value);
  if (!detail.empty()) text += ": " + detail;
  return {"FieldValueInvalid", std::move(field), std::move(text)};
}

FieldError field_required(std::string field, std::string detail) {
  return {"FieldValueRequired", std::move(field), detail.empty() ? "Required value" : "Required value: " + detail};
}

FieldError field_forbidden(std::string field, std::string detail) {
  return {"FieldValueForbidden", std::move(field), "Forbidden: " + detail};
}

FieldError field_duplicate(std::string field, const json::Value& value) {
  return {"FieldValueDuplicate", std::move(field), "Duplicate value: " + shown(value)};
}

FieldError field_not_supported(std::string field, const json::Value& value, const std::vector<std::string>& valid) {
  std::string text = "Unsupported value: " + shown(value);
  if (!valid.empty()) {
    text += ": supported values: ";
    for (std::size_t i = 0; i < valid.size(); ++i) text += (i ? ", " : "") + quoted(valid[i]);
  }
  return {"FieldValueNotSupported", std::move(field), std::move(text)};
}

FieldError field_too_long(std::string field, std::size_t limit) {
  return {"FieldValueTooLong", std::move(field), "Too long: may not be more than " + std::to_string(limit) + " bytes"};
}

FieldError field_not_found(std::string field, const json::Value& value) {
  return {"FieldValueNotFound", std::move(field), "Not found: " + shown(value)};
}

Status bad_request(std::string message) { return {.code = 400, .reason = "BadRequest", .message = std::move(message)}; }

Status unauthorized() { return {.code = 401, .reason = "Unauthorized", .message = "Unauthorized"}; }

Status not_found(const GroupResource& resource, std::string_view name) {
  return {.code = 404,
          .reason = "NotFound",
          .message = resource.text() + " " + quoted(name) + " not found",
          .details = resource_details(resource, name)};
}

Status no_such_resource() {
  return {.code = 404,
          .reason = "NotFound",
          .message = "the server could not find the requested resource",
          .details = json::Value::object()};
}

Status method_not_allowed() {
  return {.code = 405,
          .reason = "MethodNotAllowed",
          .message = "the server does not allow this method on the requested resource",
          .details = json::Value::object()};
}

Status already_exists(const GroupResource& resource, std::string_view name) {
  return {.code = 409,
          .reason = "AlreadyExists",
          .message = resource.text() + " " + quoted(name) + " already exists",
          .details = resource_details(resource, name)};
}

Status conflict(const GroupResource& resource, std::string_view name, std::string_view why) {
  return {.code = 409,
          .reason = "Conflict",
          .message = "Operation cannot be fulfilled on " + resource.text() + " " + quoted(name) + ": " + std::string(why),
          .details = resource_details(resource, name)};
}

Status modified(const GroupResource& resource, std::string_view name) {
  return conflict(resource, name,
                  "the object has been modified; please apply your changes to the latest version and try again");
}

Status forbidden(const GroupResource& resource, std::string_view name, std::string_view why) {
  std::string subject = resource.resource.empty() ? std::string() : resource.text() + (name.empty() ? "" : " " + quoted(name)) + " is ";
  return {.code = 403,
          .reason = "Forbidden",
          .message = subject + "forbidden: " + std::string(why),
          .details = resource_details(resource, name)};
}

Status invalid(std::string_view group, std::string_view kind, std::string_view name, const FieldErrors& errors) {
  json::Value causes = json::Value::array();
  std::string list;
  // The same finding is told once, as NewAggregate does.
  std::vector<std::string> told;
  for (const FieldError& error : errors) {
    causes.push(json::object({{"reason", error.reason}, {"message", error.message}, {"field", error.field}}));
    std::string text = error.field + ": " + error.message;
    if (std::find(told.begin(), told.end(), text) == told.end()) told.push_back(std::move(text));
  }
  for (const std::string& text : told) list += (list.empty() ? "" : ", ") + text;
  if (told.size() > 1) list = "[" + list + "]";
  json::Value details = json::Value::object();
  if (!name.empty()) details.set("name", name);
  if (!group.empty()) details.set("group", group);
  details.set("kind", kind);
  if (causes.size() > 0) details.set("causes", std::move(causes));
  std::string qualified = group.empty() ? std::string(kind) : std::string(kind) + "." + std::string(group);
  return {.code = 422,
          .reason = "Invalid",
          .message = qualified + " " + quoted(name) + " is invalid" + (list.empty() ? "" : ": " + list),
          .details = std::move(details)};
}

Status gone(std::string message) { return {.code = 410, .reason = "Expired", .message = std::move(message)}; }

Status timeout(std::string message, int retry_after) {
  return {.code = 504,
          .reason = "Timeout",
          .message = "Timeout: " + std::move(message),
          .details = json::object({{"retryAfterSeconds", retry_after}}),
          .retry_after = retry_after};
}

Status internal(std::string message) {
  return {.code = 500,
          .reason = "InternalError",
          .message = "Internal error occurred: " + message,
          .details = json::object({{"causes", json::array({json::object({{"message", message}})})}})};
}

Status not_implemented(std::string message) {
  return {.code = 501, .reason = "NotImplemented", .message = std::move(message)};
}

Status unsupported_media_type(std::string message) {
  return {.code = 415, .reason = "UnsupportedMediaType", .message = std::move(message)};
}

Status not_acceptable(std::string message) {
  return {.code = 406, .reason = "NotAcceptable", .message = std::move(message)};
}

Status too_large(std::string message) {
  return {.code = 413, .reason = "RequestEntityTooLarge", .message = std::move(message)};
}

Status from_error(const Error& error) {
  if (error.code() == Code::Timeout || error.code() == Code::Cancelled) {
    return timeout("request did not complete within the allotted timeout", 1);
  }
  return internal(error.text());
}

io::Response json_response(int code, const json::Value& body) {
  io::Response out;
  out.status = code;
  out.headers.push_back({"content-type", "application/json"});
  json::append(out.body, body);
  out.body += '\n';
  return out;
}

io::Response response(const Status& status) {
  io::Response out = json_response(status.code, status.body());
  if (status.retry_after > 0) out.headers.push_back({"retry-after", std::to_string(status.retry_after)});
  return out;
}

}  // namespace lesto::apiserver
