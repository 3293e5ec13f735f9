// The Gregorian calendar, extended to all years.
#pragma once

#include <cstdint>
#include <string_view>

namespace lesto::gotemplate {

struct Civil {
  std::int64_t year = 1;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  // 0 is Sunday.
  int weekday = 0;
  // 1 is the first of January.
  int year_day = 1;
};

// Seconds since the epoch, in the zone's own time, as date and time of day.
Civil civil_of(std::int64_t local_seconds);
// The reverse; fields beyond their range carry over (day 32 is in the next month).
std::int64_t seconds_of(std::int64_t year, std::int64_t month, std::int64_t day,
                        std::int64_t hour = 0, std::int64_t minute = 0, std::int64_t second = 0);
bool leap_year(std::int64_t year);
int days_in(int month, std::int64_t year);

std::string_view month_name(std::int64_t month);
std::string_view weekday_name(std::int64_t weekday);

}  // namespace lesto::gotemplate
