// The string formats that validation knows (kube-openapi's strfmt).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lesto::apiserver::schema {

// The format when validation of a value of these types looks at it, else "".
std::string supported_format(const std::vector<std::string>& types, std::string_view format);

// Is it a format of strings that can be checked?
bool known_format(std::string_view format);
bool matches_format(std::string_view format, std::string_view text);

}  // namespace lesto::apiserver::schema
