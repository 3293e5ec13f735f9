// URLs as Go's net/url takes them apart and puts them together.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace lesto::gotemplate {

struct Url {
  std::string scheme;
  std::string opaque;
  // "user" or "user:password", escaped.
  std::optional<std::string> user;
  std::string host;
  // Decoded.
  std::string path;
  std::string query;
  std::string fragment;

  // The host without its port and brackets.
  std::string_view host_name() const;
  std::string text() const;
};

// url.Parse; the error is its text.
std::expected<Url, std::string> parse_url(std::string_view text);

}  // namespace lesto::gotemplate
