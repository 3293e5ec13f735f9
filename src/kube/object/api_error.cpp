#include "kube/object/api_error.h"

#include <algorithm>

namespace lesto::kube {
namespace {

constexpr std::size_t kQuotedMax = 300;

Code code_of(int http_status) {
  switch (http_status) {
    case 404: return Code::NotFound;
    case 409: return Code::Conflict;
    case 410: return Code::Gone;
    case 401:
    case 403: return Code::Denied;
    case 413: return Code::TooLarge;
    case 504: return Code::Timeout;
    case 429: return Code::Unavailable;
    default: return http_status >= 500 ? Code::Unavailable : Code::Invalid;
  }
}

}  // namespace

Error api_error(int http_status, const json::Value& status, std::string_view body) {
  std::string message = status["message"].string();
  if (message.empty()) {
    message = "HTTP " + std::to_string(http_status);
    if (!body.empty()) message += ": " + std::string(body.substr(0, kQuotedMax));
  }
  Error error(code_of(http_status), std::move(message));
  std::int64_t seconds = status["details"]["retryAfterSeconds"].integer();
  if (seconds > 0) return std::move(error).wait(std::chrono::seconds(std::min<std::int64_t>(seconds, 3600)));
  return error;
}

bool is_already_exists(const Error& error) {
  return error.code() == Code::Conflict && error.message().ends_with("already exists");
}

}  // namespace lesto::kube
