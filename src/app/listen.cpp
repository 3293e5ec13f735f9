#include "app/listen.h"

#include <charconv>

namespace lesto::app {

Result<void> parse_listen(const std::string& text, std::string& address, std::uint16_t& port) {
  auto colon = text.rfind(':');
  const char* end = text.data() + text.size();
  const char* digits = colon == std::string::npos ? end : text.data() + colon + 1;
  auto [stop, error] = std::from_chars(digits, end, port);
  if (digits == end || error != std::errc() || stop != end) {
    return fail(Code::Invalid,
                "--listen " + text + ": not an address and a port, such as 127.0.0.1:6443");
  }
  address = text.substr(0, colon);
  return {};
}

}  // namespace lesto::app
