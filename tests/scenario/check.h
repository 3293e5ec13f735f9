// Is an object as a story expects it? Pure.
#pragma once

#include <optional>
#include <string>

#include "foundation/json/value.h"

namespace lesto::scenario {

// Each member of `wanted` must be in `got`, lists of equal length item by item; a text "~ part" asks for a text that
// contains `part`. In lists, {"where": {...}, "has": {...}} stands for an item that matches `where`. Nothing when it fits,
// else the first difference.
std::optional<std::string> mismatch(const json::Value& wanted, const json::Value& got, const std::string& path = "");

}  // namespace lesto::scenario
