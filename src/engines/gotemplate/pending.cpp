#include "engines/gotemplate/dates.h"
#include "engines/gotemplate/functions.h"
#include "engines/gotemplate/version.h"
namespace lesto::gotemplate {
#define P(x) std::span<const Function> x() { return {}; }
P(decimal_functions) P(date_functions) P(date_methods)
P(digest_functions) P(certificate_functions) P(random_functions)

P(toml_functions)
void append_json_time(std::string&, const Moment&) {}
void append_date_text(std::string&, const Value&) {}
void append_date_go_text(std::string&, const Value&) {}
}
