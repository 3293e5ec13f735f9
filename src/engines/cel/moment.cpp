#include <charconv>
#include <chrono>
#include <cstdio>

#include "engines/cel/value.h"
#include "foundation/base/time.h"

namespace lesto::cel {
namespace {

int digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

// ".12" for 120000000, "" for 0.
std::string fraction(std::int64_t nanos) {
  if (nanos == 0) return {};
  char out[16];
  std::snprintf(out, sizeof out, ".%09lld", static_cast<long long>(nanos));
  std::string text = out;
  while (text.ends_with('0')) text.pop_back();
  return text;
}

std::unexpected<Error> no_moment(std::string_view text) {
  return eval_error("invalid RFC 3339 timestamp \"" + std::string(text) + "\"");
}

}  // namespace

std::string moment_text(const Moment& moment) {
  using namespace std::chrono;
  sys_seconds local{seconds(moment.seconds + moment.offset)};
  auto day_point = floor<days>(local);
  year_month_day date{day_point};
  hh_mm_ss clock{local - day_point};
  char out[64];
  std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  std::string text = out + fraction(moment.nanos);
  if (moment.offset == 0) return text + "Z";
  int minutes_east = std::abs(moment.offset) / 60;
  std::snprintf(out, sizeof out, "%c%02d:%02d", moment.offset < 0 ? '-' : '+', minutes_east / 60,
                minutes_east % 60);
  return text + out;
}

std::string span_text(Span span) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  std::int64_t whole = span.nanos / kSecond;
  std::int64_t rest = span.nanos % kSecond;
  std::string sign = span.nanos < 0 ? "-" : "";
  // Apart, since the lowest number has no positive counterpart.
  std::string seconds_text = std::to_string(whole);
  if (seconds_text.starts_with('-')) seconds_text.erase(0, 1);
  return sign + seconds_text + fraction(rest < 0 ? -rest : rest) + "s";
}

Result<Moment> read_moment(std::string_view text) {
  using namespace std::chrono;
  int year_number = digits(text, 0, 4), month_number = digits(text, 5, 2),
      day_number = digits(text, 8, 2);
  int hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  bool shaped = text.size() >= 20 && text[4] == '-' && text[7] == '-' &&
                (text[10] == 'T' || text[10] == 't') && text[13] == ':' && text[16] == ':';
  if (!shaped || year_number < 0 || month_number < 0 || day_number < 0 || hour < 0 || minute < 0 ||
      second < 0)
    return no_moment(text);
  year_month_day date{year(year_number), month(static_cast<unsigned>(month_number)),
                      day(static_cast<unsigned>(day_number))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return no_moment(text);
  Moment moment;
  std::size_t at = 19;
  if (text[at] == '.') {
    std::int32_t unit = 100'000'000;
    std::size_t begin = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
      moment.nanos += (text[at] - '0') * unit;
    if (at == begin) return no_moment(text);
  }
  if (at >= text.size()) return no_moment(text);
  if (text[at] == 'Z' || text[at] == 'z') {
    ++at;
  } else if (text[at] == '+' || text[at] == '-') {
    int hours_east = digits(text, at + 1, 2), minutes_east = digits(text, at + 4, 2);
    if (hours_east < 0 || minutes_east < 0 || text[at + 3] != ':' || hours_east > 23 ||
        minutes_east > 59)
      return no_moment(text);
    moment.offset = (hours_east * 60 + minutes_east) * (text[at] == '-' ? -60 : 60);
    at += 6;
  } else {
    return no_moment(text);
  }
  if (at != text.size()) return no_moment(text);
  auto point = sys_days(date) + hours(hour) + minutes(minute) + seconds(second - moment.offset);
  moment.seconds = duration_cast<seconds>(point.time_since_epoch()).count();
  return moment;
}

Result<Span> read_span(std::string_view text) {
  TRY_ASSIGN(Duration duration, parse_duration(text));
  return Span{duration.count()};
}

}  // namespace lesto::cel
