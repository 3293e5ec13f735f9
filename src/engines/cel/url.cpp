#include "engines/cel/url.h"

#include <algorithm>
#include <cctype>
#include <optional>

namespace lesto::cel {
namespace {

std::optional<std::string> unescaped(std::string_view text, bool plus_is_blank) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size() || !std::isxdigit(static_cast<unsigned char>(text[i + 1])) ||
          !std::isxdigit(static_cast<unsigned char>(text[i + 2]))) {
        return std::nullopt;
      }
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    }
  }
  return out;
}

bool host_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view("-._~!$&'()*+,;=:[]<>\"%").find(c) != std::string_view::npos;
}

// What is wrong with the part between // and the path; "" when nothing is.
std::string host_error(std::string_view host) {
  for (char c : host) {
    if (!host_char(c)) return "invalid character \"" + std::string(1, c) + "\" in host name";
  }
  std::size_t colon = host.rfind(':');
  if (host.starts_with('[')) {
    std::size_t close = host.find(']');
    if (close == std::string_view::npos) return "missing ']' in host";
    colon = close + 1 < host.size() ? close + 1 : std::string_view::npos;
    if (colon != std::string_view::npos && host[colon] != ':')
      return "invalid port \"" + std::string(host.substr(colon)) + "\" after host";
  }
  if (colon == std::string_view::npos) return {};
  std::string_view port = host.substr(colon + 1);
  bool digits =
      std::all_of(port.begin(), port.end(), [](unsigned char c) { return std::isdigit(c); });
  return digits ? "" : "invalid port \":" + std::string(port) + "\" after host";
}

void read_query(std::string_view text, Url& url) {
  while (!text.empty()) {
    std::size_t end = text.find('&');
    std::string_view pair = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (pair.empty() || pair.find(';') != std::string_view::npos) continue;
    std::size_t equal = pair.find('=');
    auto name = unescaped(pair.substr(0, equal), true);
    auto value = unescaped(
        equal == std::string_view::npos ? std::string_view() : pair.substr(equal + 1), true);
    if (name && value) url.query[*name].push_back(*value);
  }
}

}  // namespace

std::string Url::hostname() const {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.rfind(':'));
}

std::string Url::port() const {
  std::size_t colon = host.rfind(':');
  if (colon == std::string::npos || host.find(']', colon) != std::string::npos) return {};
  return host.substr(colon + 1);
}

Result<Url> read_url(std::string_view text) {
  auto wrong = [&](std::string_view why) {
    return fail(Code::Invalid, "parse \"" + std::string(text) + "\": " + std::string(why));
  };
  Url url;
  url.text = text;
  if (text.empty()) return wrong("empty url");
  if (std::any_of(text.begin(), text.end(),
                  [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
    return wrong("net/url: invalid control character in URL");
  }
  std::string_view rest = text;
  if (rest.starts_with(':')) return wrong("missing protocol scheme");
  std::size_t end = 0;
  while (end < rest.size() &&
         (std::isalnum(static_cast<unsigned char>(rest[end])) ||
          (end > 0 && std::string_view("+-.").find(rest[end]) != std::string_view::npos)))
    ++end;
  bool letter = std::isalpha(static_cast<unsigned char>(rest[0]));
  if (letter && end < rest.size() && rest[end] == ':') {
    url.scheme = rest.substr(0, end);
    std::transform(url.scheme.begin(), url.scheme.end(), url.scheme.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    rest.remove_prefix(end + 1);
  }
  if (std::size_t question = rest.find('?'); question != std::string_view::npos) {
    read_query(rest.substr(question + 1), url);
    rest = rest.substr(0, question);
  }
  if (!rest.starts_with('/')) {
    if (!url.scheme.empty()) return url;
    return wrong("invalid URI for request");
  }
  if (!url.scheme.empty() && rest.starts_with("//")) {
    std::string_view authority = rest.substr(2, rest.find('/', 2) - 2);
    rest = rest.substr(std::min(rest.size(), 2 + authority.size()));
    if (std::size_t at = authority.rfind('@'); at != std::string_view::npos)
      authority.remove_prefix(at + 1);
    if (std::string error = host_error(authority); !error.empty()) return wrong(error);
    url.host = authority;
  }
  if (!unescaped(rest, false)) return wrong("invalid URL escape");
  url.path = rest;
  return url;
}

}  // namespace lesto::cel
