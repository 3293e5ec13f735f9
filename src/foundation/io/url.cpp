#include "foundation/io/http_client_internal.h"

namespace lesto::io {

Result<Url> parse_url(const std::string& text) {
  Url url;
  std::string_view rest = text;
  if (rest.starts_with("https://")) {
    url.tls = true;
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else {
    return fail(Code::Invalid,
                "server URL \"" + text + "\" does not begin with https:// or http://");
  }
  for (char c : rest) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '?' || c == '#' || c == '@') {
      return fail(Code::Invalid,
                  "server URL \"" + text + "\": only scheme, host, port and path may stand in it");
    }
  }
  std::size_t slash = rest.find('/');
  std::string_view authority = rest.substr(0, slash);
  if (slash != std::string_view::npos) url.prefix = rest.substr(slash);
  while (url.prefix.ends_with('/')) url.prefix.pop_back();
  url.authority = authority;
  std::size_t colon = authority.rfind(':');
  if (authority.starts_with('[')) {
    std::size_t close = authority.find(']');
    if (close == std::string_view::npos) {
      return fail(Code::Invalid, "server URL \"" + text + "\": unclosed [");
    }
    url.host = authority.substr(1, close - 1);
    colon = close + 1 < authority.size() && authority[close + 1] == ':' ? close + 1
                                                                        : std::string_view::npos;
  } else {
    url.host = authority.substr(0, colon);
  }
  url.port = colon == std::string_view::npos ? (url.tls ? "443" : "80")
                                             : std::string(authority.substr(colon + 1));
  bool digits = !url.port.empty() && url.port.size() <= 5 &&
                url.port.find_first_not_of("0123456789") == std::string::npos &&
                std::stoi(url.port) <= 65535;
  if (!digits) {
    return fail(Code::Invalid, "server URL \"" + text + "\": the port is not a number up to 65535");
  }
  if (url.host.empty()) return fail(Code::Invalid, "server URL \"" + text + "\": no host");
  return url;
}

}  // namespace lesto::io
