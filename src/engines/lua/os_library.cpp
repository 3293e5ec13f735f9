// Library `os`, as far as it is harmless: time, date and difftime, in UTC, on the clock that is
// handed in.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <luajit-2.1/lua.hpp>

#include "engines/lua/number_text.h"
#include "engines/lua/vm.h"

namespace lesto::lua {
namespace {

constexpr std::string_view kDays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                      "Thursday", "Friday", "Saturday"};
constexpr std::string_view kMonths[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

struct Civil {
  std::int64_t year = 0;
  unsigned month = 1;
  unsigned day = 1;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  unsigned weekday = 0;
};

// Days since 1970-01-01 of a date in the Gregorian calendar, for any year.
std::int64_t days_from(std::int64_t year, unsigned month, unsigned day) {
  year -= month <= 2;
  std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  auto year_of_era = static_cast<std::uint64_t>(year - era * 400);
  std::uint64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  std::uint64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + static_cast<std::int64_t>(day_of_era) - 719468;
}

Civil civil_from(std::int64_t seconds) {
  std::int64_t days = seconds / 86400;
  std::int64_t rest = seconds % 86400;
  if (rest < 0) {
    rest += 86400;
    --days;
  }
  Civil civil;
  civil.weekday = static_cast<unsigned>(((days % 7) + 11) % 7);
  days += 719468;
  std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  auto day_of_era = static_cast<std::uint64_t>(days - era * 146097);
  std::uint64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  std::uint64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  std::uint64_t shifted = (5 * day_of_year + 2) / 153;
  civil.day = static_cast<unsigned>(day_of_year - (153 * shifted + 2) / 5 + 1);
  civil.month = static_cast<unsigned>(shifted < 10 ? shifted + 3 : shifted - 9);
  civil.year = static_cast<std::int64_t>(year_of_era) + era * 400 + (civil.month <= 2);
  civil.hour = static_cast<unsigned>(rest / 3600);
  civil.minute = static_cast<unsigned>(rest / 60 % 60);
  civil.second = static_cast<unsigned>(rest % 60);
  return civil;
}

// A field of a date table: a number, or a text of digits.
std::int64_t field(lua_State* L, const char* name, std::int64_t otherwise) {
  lua_pushstring(L, name);
  lua_rawget(L, 1);
  std::optional<double> number;
  if (lua_type(L, -1) == LUA_TNUMBER) number = lua_tonumber(L, -1);
  if (lua_type(L, -1) == LUA_TSTRING) {
    std::string_view text = check_string(L, lua_gettop(L));
    std::size_t first = text.find_first_not_of(' ');
    if (first != std::string_view::npos) number = parse_integer(text.substr(first), 10);
  }
  lua_pop(L, 1);
  constexpr double kMost = 1e9;
  if (!number) return otherwise;
  return to_integer(std::min(std::max(*number, -kMost), kMost));
}

int os_time(lua_State* L) {
  Vm& vm = Vm::of(L);
  if (lua_isnoneornil(L, 1)) {
    lua_pushnumber(L, static_cast<double>(vm.now_seconds()));
    return 1;
  }
  check_table(L, 1);
  make_whole(L, 1);
  std::int64_t second = field(L, "sec", 0);
  std::int64_t minute = field(L, "min", 0);
  std::int64_t hour = field(L, "hour", 12);
  std::int64_t day = field(L, "day", -1);
  std::int64_t month = field(L, "month", -1) - 1;
  std::int64_t year = field(L, "year", -1);
  year += month / 12;
  month %= 12;
  if (month < 0) {
    month += 12;
    --year;
  }
  std::int64_t days = days_from(year, static_cast<unsigned>(month) + 1, 1) + day - 1;
  lua_pushnumber(L, static_cast<double>(((days * 24 + hour) * 60 + minute) * 60 + second));
  return 1;
}

int os_difftime(lua_State* L) {
  std::int64_t later = check_integer(L, 1);
  std::int64_t earlier = check_integer(L, 2);
  lua_pushnumber(L, static_cast<double>(later) - static_cast<double>(earlier));
  return 1;
}

// What a letter behind % stands for; false for letters that stand for themselves.
bool append_date(std::string& out, char letter, const Civil& t) {
  auto put = [&](std::string_view format, const auto&... arguments) {
    fmt::vformat_to(std::back_inserter(out), format, fmt::make_format_args(arguments...));
  };
  std::int64_t year = t.year % 100;
  unsigned hour12 = t.hour % 12 == 0 ? 12 : t.hour % 12;
  std::string_view month = kMonths[t.month - 1];
  std::string_view day = kDays[t.weekday];
  switch (letter) {
    case 'a': out += day.substr(0, 3); return true;
    case 'A': out += day; return true;
    case 'b': out += month.substr(0, 3); return true;
    case 'B': out += month; return true;
    case 'c':
      put("{:02} {} {:02} {:02}:{:02} UTC", t.day, month.substr(0, 3), year, t.hour, t.minute);
      return true;
    case 'd': put("{:02}", t.day); return true;
    case 'F': put("{:04}-{:02}-{:02}", t.year, t.month, t.day); return true;
    case 'H': put("{:02}", t.hour); return true;
    case 'I': put("{:02}", hour12); return true;
    case 'm': put("{:02}", t.month); return true;
    case 'M': put("{:02}", t.minute); return true;
    case 'p': out += t.hour < 12 ? "AM" : "PM"; return true;
    case 'P': out += t.hour < 12 ? "am" : "pm"; return true;
    case 'S': put("{:02}", t.second); return true;
    case 'w': put("{}", t.weekday); return true;
    case 'x': put("{:02}/{:02}/{:02}", t.month, t.day, year); return true;
    case 'X': put("{:02}:{:02}:{:02}", t.hour, t.minute, t.second); return true;
    case 'y': put("{:02}", year); return true;
    case 'Y': put("{:04}", t.year); return true;
    case 'z': out += "+0000"; return true;
    case 'Z': out += "UTC"; return true;
    default: return false;
  }
}

int push_date_table(lua_State* L, const Civil& t) {
  lua_createtable(L, 0, 9);
  auto set = [&](const char* name, std::int64_t value) {
    lua_pushnumber(L, static_cast<double>(value));
    lua_setfield(L, -2, name);
  };
  set("year", t.year);
  set("month", t.month);
  set("day", t.day);
  set("hour", t.hour);
  set("min", t.minute);
  set("sec", t.second);
  set("wday", t.weekday + 1);
  set("yday", days_from(t.year, t.month, t.day) - days_from(t.year, 1, 1) + 1);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "isdst");
  return 1;
}

int os_date(lua_State* L) {
  Vm& vm = Vm::of(L);
  std::string_view format = lua_gettop(L) >= 1 ? check_string(L, 1) : "%c";
  std::int64_t seconds = lua_gettop(L) >= 2 ? check_integer(L, 2) : vm.now_seconds();
  constexpr std::int64_t kMost = 1'000'000'000'000;
  Civil civil = civil_from(std::min(std::max(seconds, -kMost), kMost));
  while (format.starts_with('!')) format.remove_prefix(1);
  if (format.starts_with("*t")) return push_date_table(L, civil);
  std::string& out = vm.borrow(L);
  vm.charge(L, 40 + 30 * format.size());
  vm.reserve(L, out, 16 * format.size());
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      out += format[i];
    } else if (format[++i] == '%') {
      out += '%';
    } else if (!append_date(out, format[i], civil)) {
      out += '%';
      out += format[i];
    }
  }
  push(L, out);
  vm.give_back();
  return 1;
}

constexpr NativeEntry kOs[] = {{"date", os_date}, {"difftime", os_difftime}, {"time", os_time}};

}  // namespace

void open_os(lua_State* L) { fill(L, kOs); }

}  // namespace lesto::lua
