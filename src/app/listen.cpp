#include "app/listen.h"

#include <arpa/inet.h>
#include <charconv>

namespace lesto::app {

namespace {

bool is_ip_address(const std::string& text) {
  unsigned char ignored[16];
  return inet_pton(AF_INET, text.c_str(), ignored) == 1 ||
         inet_pton(AF_INET6, text.c_str(), ignored) == 1;
}

}  // namespace

Result<void> parse_listen(const std::string& text, std::string& address, std::uint16_t& port) {
  auto colon = text.rfind(':');
  const char* end = text.data() + text.size();
  const char* digits = colon == std::string::npos ? end : text.data() + colon + 1;
  auto [stop, error] = std::from_chars(digits, end, port);
  std::string host = text.substr(0, colon == std::string::npos ? 0 : colon);
  if (host.starts_with("[") && host.ends_with("]")) host = host.substr(1, host.size() - 2);
  bool has_port = digits != end && error == std::errc() && stop == end;
  if (!has_port || !is_ip_address(host)) {
    return fail(Code::Invalid,
                "--listen " + text + ": not an address and a port, such as 127.0.0.1:6443");
  }
  address = std::move(host);
  return {};
}

}  // namespace lesto::app
