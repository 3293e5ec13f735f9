// Values as Go prints them in error texts; internal to this room.
#pragma once

#include <string>

#include "foundation/json/value.h"

namespace lesto::patch {

// fmt's %v: map[a:1 b:[x y]].
std::string go_value(const json::Value& value);

}  // namespace lesto::patch
