#include "foundation/base/result.h"

#include <cstdio>
#include <cstdlib>

namespace lesto {

std::string_view to_string(Code code) {
  switch (code) {
    case Code::NotFound: return "NotFound";
    case Code::Conflict: return "Conflict";
    case Code::Gone: return "Gone";
    case Code::Invalid: return "Invalid";
    case Code::Denied: return "Denied";
    case Code::Unavailable: return "Unavailable";
    case Code::Timeout: return "Timeout";
    case Code::Cancelled: return "Cancelled";
    case Code::TooLarge: return "TooLarge";
    case Code::Internal: return "Internal";
  }
  return "Unknown";
}

std::string Error::text() const {
  std::string text;
  for (const std::string& doing : doing_) {
    text += doing;
    text += ": ";
  }
  return text + message_;
}

void check_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: broken promise: %s\n", file, line, expression);
  std::abort();
}

}  // namespace lesto
