// Moments, zones and durations as Go's time package has them.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "engines/gotemplate/value.h"
#include "engines/gotemplate/zones.h"
#include "foundation/base/time.h"

namespace lesto::gotemplate {

struct Moment {
  // Since the Unix epoch: Go's year 1 is too far away for nanoseconds. This is Go's zero time.
  std::int64_t seconds = -62135596800;
  std::int32_t nanoseconds = 0;
  // The zone that it is shown in: null is UTC. Zones of parsed texts live in the heap.
  const Zone* zone = nullptr;
};

// The zone of the process, which is UTC wherever Lesto runs; a zone of its own, as in Go.
extern const Zone kUtcZone;
extern const Zone kLocalZone;

Moment moment_of(Time time);
Moment add(const Moment& moment, std::int64_t nanoseconds);
// In nanoseconds; the nearest possible when it does not fit.
std::int64_t difference(const Moment& a, const Moment& b);

// Go's String() of Time, Duration, Month, Weekday, Location.
void append_date_text(std::string& out, const Value& value);
// What %#v gives of a time.
void append_date_go_text(std::string& out, const Value& value);
// RFC 3339 with as many digits as are needed: how JSON has a time.
void append_json_time(std::string& out, const Moment& moment);

// time.Duration's String: "1h30m0s".
void append_duration(std::string& out, std::int64_t nanoseconds);
// time.ParseDuration; the error is its text.
std::expected<std::int64_t, std::string> parse_go_duration(std::string_view text);
// Half away from zero.
std::int64_t round_duration(std::int64_t duration, std::int64_t unit);

}  // namespace lesto::gotemplate
