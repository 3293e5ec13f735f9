#include "engines/cel/declarations.h"

namespace lesto::cel {

std::span<const Declaration> optional_declarations() { return {}; }
std::span<const Declaration> string_declarations() { return {}; }
std::span<const Declaration> list_declarations() { return {}; }
std::span<const Declaration> kubernetes_declarations() { return {}; }
std::span<const Declaration> network_declarations() { return {}; }

}  // namespace lesto::cel
