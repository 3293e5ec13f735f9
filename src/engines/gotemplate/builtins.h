// What the executor and other functions share with Go's builtin functions.
#pragma once

#include <string>

#include "engines/gotemplate/functions.h"

namespace lesto::gotemplate {

// Go's truth of a value that is in no interface.
bool is_true(const Value& value, const Heap& heap);

}  // namespace lesto::gotemplate
