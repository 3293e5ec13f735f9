// The identity of a unit, as the generated objects carry it.
#pragma once

#include <optional>

#include "steps/trigger/decide.h"

namespace lesto::trigger {

// Holds unit_text(): exact, where labels are cut to their 63 characters and do not say the kind.
inline constexpr std::string_view kUnitAnnotation = "eventtrigger.lib.projectsveltos.io/unit";

std::string unit_text(const Unit& unit);

// The unit that an object was generated for: by its annotation, or by its labels where upstream generated it (then the
// object's kind is ""). Nothing for objects that no trigger made.
std::optional<Unit> unit_of(const json::Value& object);

// The labels of reference/core.md 3.7.
json::Value unit_labels(const Unit& unit);

// The name of what is generated for a unit; `product` tells copies apart and is "" for the profile.
std::string derived_name(const Unit& unit, std::string_view product);

// True when both name the same unit; one that upstream generated does not say the kind of its object.
bool same_unit(const Unit& a, const Unit& b);

}  // namespace lesto::trigger
