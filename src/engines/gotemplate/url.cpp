#include "engines/gotemplate/url.h"

#include <arpa/inet.h>

#include "engines/gotemplate/quote.h"

namespace lesto::gotemplate {
namespace {

enum class Part { Path, User, Host, Zone, Fragment };

using Text = std::expected<std::string, std::string>;

constexpr char kHex[] = "0123456789ABCDEF";

bool plain(char c, Part part) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  std::string_view more;
  switch (part) {
    case Part::Path: more = "-_.~$&+,/:;=@"; break;
    case Part::User: more = "-_.~$&+,;="; break;
    case Part::Host:
    case Part::Zone: more = "-_.~!\"$&'()*+,:;<=>[]"; break;
    case Part::Fragment: more = "-_.~!$&()*+,/:;=?@"; break;
  }
  return more.find(c) != more.npos;
}

std::string escaped(std::string_view text, Part part) {
  std::string out;
  for (char c : text) {
    if (plain(c, part)) {
      out += c;
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 0xF];
  }
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::unexpected<std::string> bad_escape(std::string_view part) {
  return std::unexpected("invalid URL escape " + quoted(part.substr(0, 3)));
}

Text unescaped(std::string_view text, Part part) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    bool host = part == Part::Host || part == Part::Zone;
    if (c != '%') {
      if (host && static_cast<unsigned char>(c) < 0x80 && !plain(c, part)) {
        return std::unexpected("invalid character " + quoted(text.substr(i, 1)) + " in host name");
      }
      out += c;
      continue;
    }
    std::string_view rest = text.substr(i);
    if (rest.size() < 3 || hex_digit(rest[1]) < 0 || hex_digit(rest[2]) < 0)
      return bad_escape(rest);
    int byte = hex_digit(rest[1]) * 16 + hex_digit(rest[2]);
    bool percent = rest.starts_with("%25");
    // Hosts may hold escapes of bytes beyond ASCII only.
    if (part == Part::Host && hex_digit(rest[1]) < 8 && !percent) return bad_escape(rest);
    if (part == Part::Zone && !percent && byte != ' ' &&
        !plain(static_cast<char>(byte), Part::Host)) {
      return bad_escape(rest);
    }
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

bool optional_port(std::string_view port) {
  if (port.empty()) return true;
  if (port[0] != ':') return false;
  return port.substr(1).find_first_not_of("0123456789") == port.npos;
}

Text parse_literal(std::string_view host) {
  std::size_t close = host.rfind(']');
  if (close == host.npos) return std::unexpected("missing ']' in host");
  std::string_view port = host.substr(close + 1);
  if (!optional_port(port)) return std::unexpected("invalid port " + quoted(port) + " after host");
  std::string_view name = host.substr(1, close - 1);
  std::string decoded;
  std::size_t zone = name.find("%25");
  Text address = unescaped(name.substr(0, zone), Part::Host);
  if (!address) return address;
  decoded = *address;
  if (zone != name.npos) {
    Text tail = unescaped(name.substr(zone), Part::Zone);
    if (!tail) return tail;
    decoded += *tail;
  }
  in6_addr parsed{};
  if (inet_pton(AF_INET6, address->c_str(), &parsed) != 1) {
    in_addr four{};
    if (inet_pton(AF_INET, address->c_str(), &four) == 1)
      return std::unexpected("invalid IP-literal");
    return std::unexpected("invalid host: ParseAddr(" + quoted(decoded) + "): unable to parse IP");
  }
  return "[" + decoded + "]" + std::string(port);
}

Text parse_host(std::string_view scheme, std::string_view host) {
  std::size_t bracket = host.rfind('[');
  if (bracket != host.npos && bracket > 0) return std::unexpected("invalid IP-literal");
  if (bracket == 0) return parse_literal(host);
  std::size_t colon = host.find(':');
  if (colon != host.npos) {
    // Only http and https insist on one colon.
    if (scheme != "http" && scheme != "https") colon = host.rfind(':');
    std::string_view port = host.substr(colon);
    if (!optional_port(port))
      return std::unexpected("invalid port " + quoted(port) + " after host");
  }
  return unescaped(host, Part::Host);
}

bool user_characters(std::string_view user) {
  for (char c : user) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && std::string_view("-._:~!$&'()*+,;=%@").find(c) == std::string_view::npos)
      return false;
  }
  return true;
}

Text parse_user(std::string_view user) {
  if (!user_characters(user)) return std::unexpected("net/url: invalid userinfo");
  std::size_t colon = user.find(':');
  Text name = unescaped(user.substr(0, colon), Part::User);
  if (!name || colon == user.npos) return name ? Text(escaped(*name, Part::User)) : name;
  Text password = unescaped(user.substr(colon + 1), Part::User);
  if (!password) return password;
  return escaped(*name, Part::User) + ":" + escaped(*password, Part::User);
}

// The scheme, which is removed from the text; "" when there is none.
Text take_scheme(std::string_view& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) continue;
    if (c == ':') {
      if (i == 0) return std::unexpected("missing protocol scheme");
      std::string scheme(text.substr(0, i));
      for (char& letter : scheme)
        letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
      text.remove_prefix(i + 1);
      return scheme;
    }
    bool inner = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    if (!inner || i == 0) break;
  }
  return "";
}

std::expected<Url, std::string> parse_without_fragment(std::string_view rest) {
  Url url;
  for (char c : rest) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) {
      return std::unexpected("net/url: invalid control character in URL");
    }
  }
  if (rest == "*") {
    url.path = "*";
    return url;
  }
  Text scheme = take_scheme(rest);
  if (!scheme) return std::unexpected(scheme.error());
  url.scheme = *scheme;
  std::size_t question = rest.find('?');
  if (question != rest.npos) {
    url.query = rest.substr(question + 1);
    rest = rest.substr(0, question);
  }
  if (!rest.starts_with('/')) {
    if (!url.scheme.empty()) {
      url.opaque = rest;
      return url;
    }
    if (rest.substr(0, rest.find('/')).find(':') != rest.npos) {
      return std::unexpected("first path segment in URL cannot contain colon");
    }
  }
  if ((!url.scheme.empty() || !rest.starts_with("///")) && rest.starts_with("//")) {
    std::string_view authority = rest.substr(2);
    std::size_t slash = authority.find('/');
    rest = slash == authority.npos ? std::string_view() : authority.substr(slash);
    authority = authority.substr(0, slash);
    std::size_t at = authority.rfind('@');
    Text host = parse_host(url.scheme, at == authority.npos ? authority : authority.substr(at + 1));
    if (!host) return std::unexpected(host.error());
    url.host = *host;
    if (at != authority.npos) {
      Text user = parse_user(authority.substr(0, at));
      if (!user) return std::unexpected(user.error());
      url.user = *user;
    }
  }
  Text path = unescaped(rest, Part::Path);
  if (!path) return std::unexpected(path.error());
  url.path = *path;
  return url;
}

}  // namespace

std::expected<Url, std::string> parse_url(std::string_view text) {
  std::size_t hash = text.find('#');
  std::string_view before = text.substr(0, hash);
  auto url = parse_without_fragment(before);
  if (!url) return std::unexpected("parse " + quoted(before) + ": " + url.error());
  if (hash == text.npos) return url;
  Text fragment = unescaped(text.substr(hash + 1), Part::Fragment);
  if (!fragment) return std::unexpected("parse " + quoted(text) + ": " + fragment.error());
  url->fragment = *fragment;
  return url;
}

std::string_view Url::host_name() const {
  std::string_view name = host;
  std::size_t colon = name.find(':');
  if (name.starts_with('[')) {
    std::size_t close = name.find(']');
    if (close != name.npos) return name.substr(1, close - 1);
  }
  return colon == name.npos ? name : name.substr(0, colon);
}

std::string Url::text() const {
  std::string out;
  if (!scheme.empty()) out += scheme + ":";
  if (!opaque.empty()) {
    out += opaque;
  } else {
    bool authority = !scheme.empty() || !host.empty() || user;
    if (authority && (!host.empty() || !path.empty() || user)) out += "//";
    if (user) out += *user + "@";
    out += escaped(host, Part::Host);
    std::string written = path == "*" ? path : escaped(path, Part::Path);
    if (!written.empty() && written[0] != '/' && !host.empty()) out += '/';
    // Without this the first part would read as a scheme.
    if (out.empty() && written.substr(0, written.find('/')).find(':') != written.npos) out += "./";
    out += written;
  }
  if (!query.empty()) out += "?" + query;
  if (!fragment.empty()) out += "#" + escaped(fragment, Part::Fragment);
  return out;
}

}  // namespace lesto::gotemplate
