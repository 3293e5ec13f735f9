// Go's reference-time layouts: "2006-01-02T15:04:05Z07:00".
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "engines/gotemplate/dates.h"

namespace lesto::gotemplate {

// What a layout asks for at one place.
enum class Element : std::uint8_t {
  None,
  Year,
  LongYear,
  Month,
  LongMonth,
  NumMonth,
  ZeroMonth,
  WeekDay,
  LongWeekDay,
  Day,
  UnderDay,
  ZeroDay,
  UnderYearDay,
  ZeroYearDay,
  Hour,
  Hour12,
  ZeroHour12,
  Minute,
  ZeroMinute,
  Second,
  ZeroSecond,
  UpperPm,
  LowerPm,
  Zone,
  IsoZone,
  IsoSecondsZone,
  IsoShortZone,
  IsoColonZone,
  IsoColonSecondsZone,
  NumZone,
  NumSecondsZone,
  NumShortZone,
  NumColonZone,
  NumColonSecondsZone,
  Fraction0,
  Fraction9,
};

// The next element of a layout, the text before it and what comes after.
struct Chunk {
  std::string_view before;
  Element element = Element::None;
  std::string_view written;
  std::string_view after;
};
Chunk next_chunk(std::string_view layout);

void append_formatted_time(std::string& out, const Moment& moment, std::string_view layout);

// A time as a layout reads it. The zone is UTC, the local one, or a fixed one of the given name and
// offset.
struct ParsedTime {
  std::int64_t seconds = 0;
  std::int32_t nanoseconds = 0;
  enum class In : std::uint8_t { Utc, Local, Fixed } in = In::Local;
  std::int32_t offset = 0;
  std::string_view zone;
};
// time.ParseInLocation with a local zone that is UTC. The error is its text.
std::expected<ParsedTime, std::string> parse_time(std::string_view layout, std::string_view value);

}  // namespace lesto::gotemplate
