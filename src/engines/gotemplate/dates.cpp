#include "engines/gotemplate/dates.h"

#include <charconv>

#include "engines/gotemplate/calendar.h"
#include "engines/gotemplate/layouts.h"
#include "engines/gotemplate/numbers.h"
#include "engines/gotemplate/quote.h"

namespace lesto::gotemplate {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

// The fraction of `value` in units of ten to the `digits`, without trailing zeros.
void append_units(std::string& out, std::uint64_t value, int digits) {
  std::uint64_t unit = 1;
  for (int i = 0; i < digits; ++i) unit *= 10;
  append_uint(out, value / unit);
  std::uint64_t rest = value % unit;
  if (rest == 0) return;
  std::string fraction = std::to_string(rest);
  fraction.insert(0, static_cast<std::size_t>(digits) - fraction.size(), '0');
  while (fraction.ends_with('0')) fraction.pop_back();
  out += '.';
  out += fraction;
}

struct Unit {
  std::string_view name;
  std::uint64_t nanoseconds;
};

std::uint64_t unit_of(std::string_view name) {
  constexpr Unit kUnits[] = {
      {"ns", 1},         {"us", 1000},         {"\xC2\xB5s", 1000},   {"\xCE\xBCs", 1000},
      {"ms", 1'000'000}, {"s", 1'000'000'000}, {"m", 60'000'000'000}, {"h", 3600'000'000'000}};
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return unit.nanoseconds;
  }
  return 0;
}

}  // namespace

const Zone kUtcZone{"UTC", 0, "UTC", nullptr, 0};
const Zone kLocalZone{"Local", 0, "UTC", nullptr, 0};

void append_duration(std::string& out, std::int64_t nanoseconds) {
  auto size = static_cast<std::uint64_t>(nanoseconds);
  if (nanoseconds == 0) {
    out += "0s";
    return;
  }
  if (nanoseconds < 0) {
    out += '-';
    size = 0 - size;
  }
  if (size < 1000) {
    append_uint(out, size);
    out += "ns";
  } else if (size < 1'000'000) {
    append_units(out, size, 3);
    out += "\xC2\xB5s";
  } else if (size < kSecond) {
    append_units(out, size, 6);
    out += "ms";
  } else {
    std::uint64_t seconds = size / kSecond;
    std::uint64_t minutes = seconds / 60;
    if (minutes >= 60) {
      append_uint(out, minutes / 60);
      out += 'h';
    }
    if (minutes > 0) {
      append_uint(out, minutes % 60);
      out += 'm';
    }
    append_units(out, size - minutes * 60 * kSecond, 9);
    out += 's';
  }
}

std::expected<std::int64_t, std::string> parse_go_duration(std::string_view text) {
  constexpr std::uint64_t kMost = 1ull << 63;
  std::unexpected<std::string> invalid("time: invalid duration " + quoted(text));
  std::string_view rest = text;
  bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return 0;
  if (rest.empty()) return invalid;
  std::uint64_t total = 0;
  while (!rest.empty()) {
    std::uint64_t whole = 0;
    std::size_t before = 0;
    for (; before < rest.size() && rest[before] >= '0' && rest[before] <= '9'; ++before) {
      if (whole > kMost / 10) return invalid;
      whole = whole * 10 + static_cast<std::uint64_t>(rest[before] - '0');
      if (whole > kMost) return invalid;
    }
    rest.remove_prefix(before);
    std::uint64_t fraction = 0;
    double scale = 1;
    std::size_t after = 0;
    if (rest.starts_with('.')) {
      rest.remove_prefix(1);
      bool full = false;
      for (; after < rest.size() && rest[after] >= '0' && rest[after] <= '9'; ++after) {
        if (full || fraction > (kMost - 1) / 10) {
          full = true;
          continue;
        }
        fraction = fraction * 10 + static_cast<std::uint64_t>(rest[after] - '0');
        scale *= 10;
      }
      rest.remove_prefix(after);
    }
    if (before == 0 && after == 0) return invalid;
    std::size_t size = rest.find_first_of(".0123456789");
    if (size == rest.npos) size = rest.size();
    if (size == 0) return std::unexpected("time: missing unit in duration " + quoted(text));
    std::uint64_t unit = unit_of(rest.substr(0, size));
    if (unit == 0) {
      return std::unexpected("time: unknown unit " + quoted(rest.substr(0, size)) +
                             " in duration " + quoted(text));
    }
    rest.remove_prefix(size);
    if (whole > kMost / unit) return invalid;
    whole *= unit;
    if (fraction > 0) {
      whole += static_cast<std::uint64_t>(static_cast<double>(fraction) *
                                          (static_cast<double>(unit) / scale));
      if (whole > kMost) return invalid;
    }
    total += whole;
    if (total > kMost) return invalid;
  }
  if (negative) return static_cast<std::int64_t>(0 - total);
  if (total >= kMost) return invalid;
  return static_cast<std::int64_t>(total);
}

void append_date_text(std::string& out, const Value& value) {
  switch (value.type) {
    case Type::Time:
      append_formatted_time(out, *value.moment, "2006-01-02 15:04:05.999999999 -0700 MST");
      return;
    case Type::Duration: append_duration(out, value.integer); return;
    case Type::Month: {
      std::string_view name = month_name(value.integer);
      out += name.empty() ? "%!Month(" + int_text(value.integer) + ")" : std::string(name);
      return;
    }
    case Type::Weekday: {
      std::string_view name = weekday_name(value.integer);
      out += name.empty() ? "%!Weekday(" + int_text(value.integer) + ")" : std::string(name);
      return;
    }
    default: out += value.zone->name;
  }
}

void append_date_go_text(std::string& out, const Value& value) {
  const Moment& moment = *value.moment;
  std::int32_t offset = moment.zone ? moment.zone->at(moment.seconds).offset : 0;
  Civil civil = civil_of(moment.seconds + offset);
  out += "time.Date(";
  append_int(out, civil.year);
  out += ", time." + std::string(month_name(civil.month));
  for (std::int64_t part :
       {civil.day, civil.hour, civil.minute, civil.second, moment.nanoseconds}) {
    out += ", ";
    append_int(out, part);
  }
  out += ", ";
  if (!moment.zone) {
    out += "time.UTC";
  } else if (moment.zone == &kLocalZone) {
    out += "time.Local";
  } else {
    out += "time.Location(" + quoted(moment.zone->name) + ")";
  }
  out += ')';
}

void append_json_time(std::string& out, const Moment& moment) {
  append_formatted_time(out, moment, "2006-01-02T15:04:05.999999999Z07:00");
}

Moment moment_of(Time time) {
  std::int64_t nanoseconds = time.time_since_epoch().count();
  std::int64_t seconds = nanoseconds / kSecond - (nanoseconds % kSecond < 0 ? 1 : 0);
  return {seconds, static_cast<std::int32_t>(nanoseconds - seconds * kSecond), &kLocalZone};
}

Moment add(const Moment& moment, std::int64_t nanoseconds) {
  Moment sum = moment;
  std::int64_t seconds = nanoseconds / kSecond;
  std::int64_t rest = moment.nanoseconds + nanoseconds % kSecond;
  if (rest >= kSecond) {
    ++seconds;
    rest -= kSecond;
  } else if (rest < 0) {
    --seconds;
    rest += kSecond;
  }
  sum.seconds += seconds;
  sum.nanoseconds = static_cast<std::int32_t>(rest);
  return sum;
}

std::int64_t difference(const Moment& a, const Moment& b) {
  __int128 nanoseconds =
      static_cast<__int128>(a.seconds - b.seconds) * kSecond + (a.nanoseconds - b.nanoseconds);
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  if (nanoseconds > kMost) return kMost;
  if (nanoseconds < kLeast) return kLeast;
  return static_cast<std::int64_t>(nanoseconds);
}

std::int64_t round_duration(std::int64_t duration, std::int64_t unit) {
  if (unit <= 0) return duration;
  std::int64_t rest = duration % unit;
  auto up = [&](std::int64_t by) {
    std::int64_t sum = 0;
    bool over = __builtin_add_overflow(duration, by, &sum);
    if (!over) return sum;
    return by > 0 ? std::numeric_limits<std::int64_t>::max()
                  : std::numeric_limits<std::int64_t>::min();
  };
  if (duration < 0) {
    rest = -rest;
    return rest < unit - rest ? duration + rest : up(rest - unit);
  }
  return rest < unit - rest ? duration - rest : up(unit - rest);
}

}  // namespace lesto::gotemplate
