#include "kube/apiserver/routes.h"

#include <algorithm>

namespace lesto::apiserver {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string read_verb(std::string_view method, const Route& route) {
  if (method == "POST") return "create";
  if (method == "PUT") return "update";
  if (method == "PATCH") return "patch";
  if (method == "DELETE") return route.name.empty() ? "deletecollection" : "delete";
  if (method != "GET" && method != "HEAD") return "";
  bool watching = truthy(route.query, "watch");
  if (route.name.empty()) return watching ? "watch" : "list";
  return watching && route.subresource.empty() ? "watch" : "get";
}

}  // namespace

std::string_view Query::get(std::string_view name) const {
  for (const auto& [key, value] : pairs) {
    if (key == name) return value;
  }
  return {};
}

bool Query::has(std::string_view name) const {
  return std::any_of(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == name; });
}

std::vector<std::string> Query::all(std::string_view name) const {
  std::vector<std::string> found;
  for (const auto& [key, value] : pairs) {
    if (key == name) found.push_back(value);
  }
  return found;
}

bool truthy(const Query& query, std::string_view name) {
  if (!query.has(name)) return false;
  std::string_view value = query.get(name);
  return value != "0" && value != "false" && value != "False" && value != "FALSE" && value != "f" && value != "F";
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      int high = hex_digit(text[i + 1]);
      int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += plus_is_blank && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                 c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

static bool read_query(std::string_view text, Query& query) {
  while (!text.empty()) {
    std::size_t end = std::min(text.find('&'), text.size());
    std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    std::size_t equals = std::min(pair.find('='), pair.size());
    auto key = percent_decode(pair.substr(0, equals), true);
    auto value = percent_decode(equals < pair.size() ? pair.substr(equals + 1) : std::string_view(), true);
    if (!key || !value) return false;
    query.pairs.emplace_back(std::move(*key), std::move(*value));
  }
  return true;
}

std::optional<Route> parse_route(std::string_view method, std::string_view target) {
  Route route;
  std::size_t question = std::min(target.find('?'), target.size());
  if (question < target.size() && !read_query(target.substr(question + 1), route.query)) return std::nullopt;
  auto path = percent_decode(target.substr(0, question), false);
  if (!path) return std::nullopt;
  route.path = std::move(*path);
  std::string_view left = route.path;
  if (left.starts_with('/')) left.remove_prefix(1);
  if (left.ends_with('/')) left.remove_suffix(1);
  while (!left.empty()) {
    std::size_t end = std::min(left.find('/'), left.size());
    route.parts.emplace_back(left.substr(0, end));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  for (char c : method) route.verb += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  std::size_t at = 0;
  if (route.parts.size() >= 3 && route.parts[0] == "api") {
    route.version = route.parts[1];
    at = 2;
  } else if (route.parts.size() >= 4 && route.parts[0] == "apis") {
    route.group = route.parts[1];
    route.version = route.parts[2];
    at = 3;
  } else {
    return route;
  }
  std::vector<std::string> parts(route.parts.begin() + static_cast<std::ptrdiff_t>(at), route.parts.end());
  route.api = true;
  bool legacy_watch = parts[0] == "watch" && parts.size() > 1;
  if (legacy_watch) parts.erase(parts.begin());
  bool within = parts.size() > 2 && parts[0] == "namespaces" && parts[2] != "status" && parts[2] != "finalize";
  route.within = within;
  if (within) {
    route.ns = parts[1];
    parts.erase(parts.begin(), parts.begin() + 2);
  }
  route.resource = parts[0];
  if (parts.size() > 1) route.name = parts[1];
  if (parts.size() > 2) route.subresource = parts[2];
  if (parts.size() > 3) route.rest.assign(parts.begin() + 3, parts.end());
  // A namespace is its own namespace for authorization.
  if (!within && route.group.empty() && route.resource == "namespaces") route.ns = route.name;
  if (legacy_watch) {
    route.verb = "watch";
  } else if (std::string verb = read_verb(method, route); !verb.empty()) {
    route.verb = verb;
  }
  return route;
}

}  // namespace lesto::apiserver
