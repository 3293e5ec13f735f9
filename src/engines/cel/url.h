// URLs as Go's url.ParseRequestURI reads them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"

namespace lesto::cel {

struct Url {
  std::string text;
  std::string scheme;
  std::string host;  // with its port
  std::string path;  // escaped
  std::map<std::string, std::vector<std::string>> query;

  std::string hostname() const;
  std::string port() const;
};

// The message is that of Go's url.Error: `parse "a": invalid URI for request`.
Result<Url> read_url(std::string_view text);

}  // namespace lesto::cel
