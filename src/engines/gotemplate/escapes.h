// Text made safe for HTML, JavaScript and URLs, as text/template and net/url do it.
#pragma once

#include <string>
#include <string_view>

namespace lesto::gotemplate {

std::string html_escaped(std::string_view text);
std::string js_escaped(std::string_view text);
// url.QueryEscape: blanks become +.
std::string query_escaped(std::string_view text);

}  // namespace lesto::gotemplate
