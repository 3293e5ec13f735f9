#include "engines/gotemplate/dates.h"
#include "engines/gotemplate/functions.h"
#include "engines/gotemplate/version.h"
namespace lesto::gotemplate {
#define P(x) std::span<const Function> x() { return {}; }
P(regex_functions)
P(decimal_functions) P(date_functions) P(date_methods)
P(encoding_functions) P(digest_functions) P(certificate_functions) P(random_functions) P(semver_functions)
P(semver_methods) P(url_functions) P(path_functions) P(json_functions) P(yaml_functions)
P(toml_functions)
std::span<const Function> object_functions(Dialect) { return {}; }
std::string Version::text() const { return ""; }
void append_date_text(std::string&, const Value&) {}
void append_date_go_text(std::string&, const Value&) {}
}
