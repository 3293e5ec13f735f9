// Time as a value, and the two interfaces through which code learns of time and chance. The real ones live in
// foundation/io, the simulated ones in foundation/io/sim; nothing else asks the machine.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "foundation/base/result.h"

namespace lesto {

using Duration = std::chrono::nanoseconds;
// Nanoseconds since the Unix epoch, UTC.
using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

class Rng {
 public:
  virtual ~Rng() = default;
  virtual std::uint64_t next() = 0;
};

// RFC 3339 in UTC: "2026-11-24T12:09:30Z", with six digits of fraction in the micro form (Kubernetes' Time and
// MicroTime).
std::string rfc3339(Time time);
std::string rfc3339_micro(Time time);
// Reads RFC 3339 with any offset and fraction.
Result<Time> parse_rfc3339(std::string_view text);

// Go's duration syntax ("1h30m", "250ms"), as Kubernetes' metav1.Duration uses it.
Result<Duration> parse_duration(std::string_view text);
// As Go prints it: "1m30s", "1.5s".
std::string duration_text(Duration duration);

}  // namespace lesto
