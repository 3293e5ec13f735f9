// What an API server's answer means as an Error (reference/apiserver.md section 1.1).
#pragma once

#include <string_view>

#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::kube {

// `status` is the answer's body as a metav1.Status, or null when it was no JSON; `body` is then quoted, cut short.
// Code by HTTP status: 404 NotFound, 409 Conflict, 410 Gone, 400/405/406/415/422 Invalid, 401/403 Denied, 413
// TooLarge, 429/5xx Unavailable, 504 Timeout. Retry-After is kept.
Error api_error(int http_status, const json::Value& status, std::string_view body);

// True when a Conflict says that the object exists already, rather than that it has changed.
bool is_already_exists(const Error& error);

}  // namespace lesto::kube
