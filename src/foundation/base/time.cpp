#include "foundation/base/time.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace lesto {
namespace {

struct Fields {
  int year, month, day, hour, minute, second;
  long nanosecond;
};

Fields split(Time time) {
  auto days = std::chrono::floor<std::chrono::days>(time);
  std::chrono::year_month_day date(days);
  auto rest = time - days;
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(rest).count();
  auto nanoseconds = (rest % std::chrono::seconds(1)).count();
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(seconds / 3600),
          static_cast<int>(seconds / 60 % 60),
          static_cast<int>(seconds % 60),
          static_cast<long>(nanoseconds)};
}

// Reads exactly `digits` decimal digits at the front of `text` and drops them.
bool take_number(std::string_view& text, std::size_t digits, int& value) {
  if (text.size() < digits) return false;
  value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return true;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

bool take_fraction(std::string_view& text, long& nanosecond) {
  nanosecond = 0;
  if (!take(text, '.')) return true;
  long scale = 100'000'000;
  std::size_t digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    nanosecond += (text.front() - '0') * scale;
    scale /= 10;
    text.remove_prefix(1);
    ++digits;
  }
  return digits > 0;
}

bool take_offset(std::string_view& text, std::chrono::minutes& offset) {
  offset = std::chrono::minutes(0);
  if (take(text, 'Z') || take(text, 'z')) return true;
  int sign = take(text, '+') ? 1 : take(text, '-') ? -1 : 0;
  int hours = 0;
  int minutes = 0;
  if (sign == 0 || !take_number(text, 2, hours) || !take(text, ':') || !take_number(text, 2, minutes)) {
    return false;
  }
  offset = std::chrono::minutes(sign * (hours * 60 + minutes));
  return true;
}

struct Unit {
  std::string_view name;
  double nanoseconds;
};
constexpr std::array<Unit, 8> kUnits{{{"ns", 1},
                                      {"us", 1e3},
                                      {"\xC2\xB5s", 1e3},
                                      {"\xCE\xBCs", 1e3},
                                      {"ms", 1e6},
                                      {"s", 1e9},
                                      {"m", 60e9},
                                      {"h", 3600e9}}};

}  // namespace

std::string rfc3339(Time time) {
  Fields f = split(time);
  std::array<char, 48> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%04d-%02d-%02dT%02d:%02d:%02dZ", f.year, f.month, f.day,
                f.hour, f.minute, f.second);
  return buffer.data();
}

std::string rfc3339_micro(Time time) {
  Fields f = split(time);
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%06ldZ", f.year, f.month,
                f.day, f.hour, f.minute, f.second, f.nanosecond / 1000);
  return buffer.data();
}

Result<Time> parse_rfc3339(std::string_view text) {
  const std::string whole(text);
  Fields f{};
  std::chrono::minutes offset{};
  bool good = take_number(text, 4, f.year) && take(text, '-') && take_number(text, 2, f.month) &&
              take(text, '-') && take_number(text, 2, f.day) && (take(text, 'T') || take(text, 't')) &&
              take_number(text, 2, f.hour) && take(text, ':') && take_number(text, 2, f.minute) &&
              take(text, ':') && take_number(text, 2, f.second) && take_fraction(text, f.nanosecond) &&
              take_offset(text, offset) && text.empty();
  std::chrono::year_month_day date{std::chrono::year(f.year), std::chrono::month(static_cast<unsigned>(f.month)),
                                   std::chrono::day(static_cast<unsigned>(f.day))};
  if (!good || !date.ok() || f.hour > 23 || f.minute > 59 || f.second > 60) {
    return fail(Code::Invalid, "not an RFC 3339 time: \"" + whole + "\"");
  }
  return std::chrono::sys_days(date) + std::chrono::hours(f.hour) + std::chrono::minutes(f.minute) +
         std::chrono::seconds(f.second) + std::chrono::nanoseconds(f.nanosecond) - offset;
}

Result<Duration> parse_duration(std::string_view text) {
  const auto refuse = [whole = std::string(text)] {
    return fail(Code::Invalid, "time: invalid duration \"" + whole + "\"");
  };
  bool negative = take(text, '-');
  if (!negative) take(text, '+');
  if (text == "0") return Duration(0);
  if (text.empty()) return refuse();
  double total = 0;
  while (!text.empty()) {
    double number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc() || number < 0) return refuse();
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const Unit* unit = nullptr;
    for (const Unit& candidate : kUnits) {
      bool longer = !unit || candidate.name.size() > unit->name.size();
      if (text.starts_with(candidate.name) && longer) unit = &candidate;
    }
    if (!unit) return refuse();
    text.remove_prefix(unit->name.size());
    total += number * unit->nanoseconds;
  }
  if (total > 9.2e18) return refuse();
  auto count = static_cast<std::int64_t>(total + 0.5);
  return Duration(negative ? -count : count);
}

std::string duration_text(Duration duration) {
  std::int64_t count = duration.count();
  if (count == 0) return "0s";
  std::string sign = count < 0 ? "-" : "";
  auto magnitude = count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  auto decimal = [](std::uint64_t value, std::uint64_t unit) {
    std::string text = std::to_string(value / unit);
    std::string fraction = std::to_string(unit + value % unit).substr(1);
    while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
    return fraction.empty() ? text : text + "." + fraction;
  };
  if (magnitude < 1'000) return sign + std::to_string(magnitude) + "ns";
  if (magnitude < 1'000'000) return sign + decimal(magnitude, 1'000) + "\xC2\xB5s";
  if (magnitude < 1'000'000'000) return sign + decimal(magnitude, 1'000'000) + "ms";
  std::uint64_t minutes = magnitude / 60'000'000'000;
  std::string seconds = decimal(magnitude % 60'000'000'000, 1'000'000'000) + "s";
  if (minutes == 0) return sign + seconds;
  std::string rest = std::to_string(minutes % 60) + "m" + seconds;
  return sign + (minutes >= 60 ? std::to_string(minutes / 60) + "h" + rest : rest);
}

}  // namespace lesto
