#include "engines/gotemplate/dates.h"
#include "engines/gotemplate/functions.h"
#include "engines/gotemplate/version.h"
namespace lesto::gotemplate {
#define P(x) std::span<const Function> x() { return {}; }
P(digest_functions) P(certificate_functions) P(random_functions)

P(toml_functions)
}
