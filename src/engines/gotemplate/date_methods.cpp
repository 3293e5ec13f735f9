// Methods of Go's Time, Duration, Month, Weekday and Location that give one value.
#include "engines/gotemplate/calendar.h"
#include "engines/gotemplate/dates.h"
#include "engines/gotemplate/layouts.h"
#include "engines/gotemplate/sprig.h"

namespace lesto::gotemplate {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
// Go counts multiples of a duration from year 1.
constexpr std::int64_t kYearOne = -62135596800;

const Moment& self(Call& call) { return *call.at(0).moment; }
std::int64_t length(Call& call) { return call.at(0).integer; }

Civil civil(Call& call) {
  const Moment& moment = self(call);
  return civil_of(moment.seconds + (moment.zone ? moment.zone->at(moment.seconds).offset : 0));
}

Answer give_time(Call& call, const Moment& moment) {
  Value value = Value::of(Type::Time);
  value.moment = call.heap().make(moment);
  return value;
}
Answer give_duration(std::int64_t nanoseconds) {
  return Value::of_integer(Type::Duration, nanoseconds);
}

Answer year(Call& call) { return Value::of_int(civil(call).year); }
Answer month(Call& call) { return Value::of_integer(Type::Month, civil(call).month); }
Answer day(Call& call) { return Value::of_int(civil(call).day); }
Answer hour(Call& call) { return Value::of_int(civil(call).hour); }
Answer minute(Call& call) { return Value::of_int(civil(call).minute); }
Answer second(Call& call) { return Value::of_int(civil(call).second); }
Answer nanosecond(Call& call) { return Value::of_int(self(call).nanoseconds); }
Answer weekday(Call& call) { return Value::of_integer(Type::Weekday, civil(call).weekday); }
Answer year_day(Call& call) { return Value::of_int(civil(call).year_day); }

Answer unix_units(Call& call, std::int64_t a_second) {
  auto seconds =
      static_cast<std::uint64_t>(self(call).seconds) * static_cast<std::uint64_t>(a_second);
  auto rest = static_cast<std::uint64_t>(self(call).nanoseconds / (kSecond / a_second));
  return Value::of_int64(static_cast<std::int64_t>(seconds + rest));
}
Answer unix_seconds(Call& call) { return Value::of_int64(self(call).seconds); }
Answer unix_milli(Call& call) { return unix_units(call, 1000); }
Answer unix_micro(Call& call) { return unix_units(call, 1'000'000); }
Answer unix_nano(Call& call) { return unix_units(call, kSecond); }

Answer format(Call& call) {
  if (Outcome reserved = call.context.reserve(call.text(1).size() * 8); !reserved) {
    return std::unexpected(reserved.error());
  }
  std::string out;
  append_formatted_time(out, self(call), call.text(1));
  return call.give(out);
}
Answer text(Call& call) {
  std::string out;
  append_date_text(out, call.at(0));
  return call.give(out);
}
Answer go_text(Call& call) {
  std::string out;
  append_date_go_text(out, call.at(0));
  return call.give(out);
}

Answer add_duration(Call& call) { return give_time(call, add(self(call), call.integer(1))); }
Answer add_date(Call& call) {
  Moment sum = self(call);
  Civil from = civil(call);
  std::int32_t offset = sum.zone ? sum.zone->at(sum.seconds).offset : 0;
  // A calendar beyond these has no use and would overflow.
  constexpr std::int64_t kFar = 1'000'000'000;
  for (std::size_t i = 1; i <= 3; ++i) {
    if (call.integer(i) > kFar || call.integer(i) < -kFar)
      return call.fail("AddDate: out of range");
  }
  std::int64_t local = seconds_of(from.year + call.integer(1), from.month + call.integer(2),
                                  from.day + call.integer(3), from.hour, from.minute, from.second);
  // The offset at the new date may be another one.
  std::int64_t guess = local - offset;
  if (sum.zone) {
    std::int32_t there = sum.zone->at(guess).offset;
    if (there != offset) guess = local - there;
  }
  sum.seconds = guess;
  return give_time(call, sum);
}
Answer sub(Call& call) { return give_duration(difference(self(call), *call.at(1).moment)); }

int order(Call& call) {
  const Moment& a = self(call);
  const Moment& b = *call.at(1).moment;
  if (a.seconds != b.seconds) return a.seconds < b.seconds ? -1 : 1;
  return a.nanoseconds < b.nanoseconds ? -1 : a.nanoseconds > b.nanoseconds ? 1 : 0;
}
Answer before(Call& call) { return Value::of_bool(order(call) < 0); }
Answer after(Call& call) { return Value::of_bool(order(call) > 0); }
Answer equal(Call& call) { return Value::of_bool(order(call) == 0); }
Answer compare(Call& call) { return Value::of_int(order(call)); }
Answer is_zero(Call& call) {
  return Value::of_bool(self(call).seconds == kYearOne && self(call).nanoseconds == 0);
}

Answer in_zone(Call& call, const Zone* zone) {
  Moment moment = self(call);
  moment.zone = zone;
  return give_time(call, moment);
}
Answer utc(Call& call) { return in_zone(call, nullptr); }
Answer local(Call& call) { return in_zone(call, &kLocalZone); }
Answer in(Call& call) {
  return in_zone(call, call.at(1).zone == &kUtcZone ? nullptr : call.at(1).zone);
}
Answer location(Call& call) {
  Value value = Value::of(Type::Location);
  value.zone = self(call).zone ? self(call).zone : &kUtcZone;
  return value;
}

// What is beyond the last multiple of the unit since year 1.
std::int64_t beyond(const Moment& moment, std::int64_t unit) {
  __int128 since = static_cast<__int128>(moment.seconds - kYearOne) * kSecond + moment.nanoseconds;
  auto rest = static_cast<std::int64_t>(since % unit);
  return rest < 0 ? rest + unit : rest;
}
Answer truncate_time(Call& call) {
  std::int64_t unit = call.integer(1);
  return give_time(call, unit <= 0 ? self(call) : add(self(call), -beyond(self(call), unit)));
}
Answer round_time(Call& call) {
  std::int64_t unit = call.integer(1);
  if (unit <= 0) return give_time(call, self(call));
  std::int64_t rest = beyond(self(call), unit);
  return give_time(call, add(self(call), rest < unit - rest ? -rest : unit - rest));
}

Answer split(Call& call, std::int64_t unit) {
  return Value::of_float(static_cast<double>(length(call) / unit) +
                         static_cast<double>(length(call) % unit) / static_cast<double>(unit));
}
Answer hours(Call& call) { return split(call, 3600 * kSecond); }
Answer minutes(Call& call) { return split(call, 60 * kSecond); }
Answer seconds(Call& call) { return split(call, kSecond); }
Answer milliseconds(Call& call) { return Value::of_int64(length(call) / 1'000'000); }
Answer microseconds(Call& call) { return Value::of_int64(length(call) / 1000); }
Answer nanoseconds(Call& call) { return Value::of_int64(length(call)); }
Answer round(Call& call) { return give_duration(round_duration(length(call), call.integer(1))); }
Answer truncate_duration(Call& call) {
  std::int64_t unit = call.integer(1);
  return give_duration(unit <= 0 ? length(call) : length(call) - length(call) % unit);
}
Answer absolute(Call& call) {
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  if (length(call) == kLeast) return give_duration(std::numeric_limits<std::int64_t>::max());
  return give_duration(length(call) < 0 ? -length(call) : length(call));
}

constexpr Function kMethods[] = {
    {"Year", Group::Method, "t>i", year},
    {"Month", Group::Method, "t>i", month},
    {"Day", Group::Method, "t>i", day},
    {"Hour", Group::Method, "t>i", hour},
    {"Minute", Group::Method, "t>i", minute},
    {"Second", Group::Method, "t>i", second},
    {"Nanosecond", Group::Method, "t>i", nanosecond},
    {"Weekday", Group::Method, "t>i", weekday},
    {"YearDay", Group::Method, "t>i", year_day},
    {"Unix", Group::Method, "t>l", unix_seconds},
    {"UnixMilli", Group::Method, "t>l", unix_milli},
    {"UnixMicro", Group::Method, "t>l", unix_micro},
    {"UnixNano", Group::Method, "t>l", unix_nano},
    {"Format", Group::Method, "ts>s", format},
    {"String", Group::Method, "t>s", text},
    {"GoString", Group::Method, "t>s", go_text},
    {"Add", Group::Method, "td>t", add_duration},
    {"AddDate", Group::Method, "tiii>t", add_date},
    {"Sub", Group::Method, "tt>d", sub},
    {"Before", Group::Method, "tt>b", before},
    {"After", Group::Method, "tt>b", after},
    {"Equal", Group::Method, "tt>b", equal},
    {"Compare", Group::Method, "tt>i", compare},
    {"IsZero", Group::Method, "t>b", is_zero},
    {"UTC", Group::Method, "t>t", utc},
    {"Local", Group::Method, "t>t", local},
    {"In", Group::Method, "tZ>t", in},
    {"Location", Group::Method, "t>Z", location},
    {"Truncate", Group::Method, "td>t", truncate_time},
    {"Round", Group::Method, "td>t", round_time},
    {"Hours", Group::Method, "d>f", hours},
    {"Minutes", Group::Method, "d>f", minutes},
    {"Seconds", Group::Method, "d>f", seconds},
    {"Milliseconds", Group::Method, "d>l", milliseconds},
    {"Microseconds", Group::Method, "d>l", microseconds},
    {"Nanoseconds", Group::Method, "d>l", nanoseconds},
    {"Round", Group::Method, "dd>d", round},
    {"Truncate", Group::Method, "dd>d", truncate_duration},
    {"Abs", Group::Method, "d>d", absolute},
    {"String", Group::Method, "d>s", text},
    {"String", Group::Method, "M>s", text},
    {"String", Group::Method, "W>s", text},
    {"String", Group::Method, "Z>s", text},
};

}  // namespace

std::span<const Function> date_methods() { return kMethods; }

}  // namespace lesto::gotemplate
