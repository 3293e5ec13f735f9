// What the caller of a template decides.
#pragma once

#include <span>
#include <string>

#include "engines/gotemplate/limits.h"
#include "foundation/base/time.h"

namespace lesto::gotemplate {

class Zones;

// What a missing key of a map gives: text/template's option missingkey.
enum class MissingKey : std::uint8_t { Default, Zero, Error };

// How Sveltos' object functions find their object: given as a map (EventTrigger templates), or
// named by an identifier of .MgmtResources (ClusterProfile templates).
enum class Dialect : std::uint8_t { ByMap, ById };

struct Limits {
  std::uint64_t steps = kSteps;
  std::size_t output_bytes = kOutputBytes;
  std::size_t heap_bytes = kHeapBytes;
  std::size_t call_depth = kCallDepth;
};

struct EnvironmentVariable {
  std::string name;
  std::string value;
};

struct ExecuteOptions {
  MissingKey missing_key = MissingKey::Error;
  // What `now` and its kin answer.
  Time now{};
  // Random functions, keys and certificates fail without it. Borrowed; used by one execution at a
  // time.
  Rng* rng = nullptr;
  // Time zones other than UTC; without it every zone reads as UTC, as an unknown one does.
  // Borrowed.
  const Zones* zones = nullptr;
  // All that `env` and `expandenv` see. Borrowed.
  std::span<const EnvironmentVariable> environment;
  Limits limits;
};

}  // namespace lesto::gotemplate
