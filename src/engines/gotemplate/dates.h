// Moments, zones and durations as Go's time package has them.
#pragma once

#include <string>
#include <string_view>

#include "engines/gotemplate/value.h"
#include "engines/gotemplate/zones.h"

namespace lesto::gotemplate {

struct Moment {
  // Since the Unix epoch; what Go's year 1 is too far away for nanoseconds.
  std::int64_t seconds = 0;
  std::int32_t nanoseconds = 0;
  // The zone that it is shown in: null is UTC. Zones of parsed texts live in the heap.
  const Zone* zone = nullptr;
};

// Go's String() of Time, Duration, Month, Weekday, Location.
void append_date_text(std::string& out, const Value& value);
// What %#v gives of a time.
void append_date_go_text(std::string& out, const Value& value);
// time.Duration's String: "1h30m0s".
void append_duration(std::string& out, std::int64_t nanoseconds);
// RFC 3339 with as many digits as are needed: how JSON has a time.
void append_json_time(std::string& out, const Moment& moment);

}  // namespace lesto::gotemplate
