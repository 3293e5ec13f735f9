// Names in their several cases, as huandu/xstrings 1.5 splits and joins them.
#pragma once

#include <string>
#include <string_view>

namespace lesto::gotemplate {

// someURLValue as some_url_value, with the given connector.
std::string joined_words(std::string_view text, char connector);
// http_server as HttpServer.
std::string pascal_case(std::string_view text);

}  // namespace lesto::gotemplate
