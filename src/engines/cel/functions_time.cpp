// Timestamps and durations.
#include <chrono>

#include "engines/cel/declarations.h"
#include "engines/cel/zone.h"

namespace lesto::cel {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

bool in_range(std::int64_t seconds) { return seconds >= -62135596800 && seconds <= 253402300799; }

Result<Value> to_timestamp(const Call& call) {
  if (call.is({Kind::Timestamp})) return call[0];
  if (call.is({Kind::Int})) {
    if (!in_range(call[0].integer())) return eval_error("timestamp overflow");
    return Value::of(Moment{call[0].integer(), 0, 0});
  }
  if (!call.is({Kind::String})) return call.no_overload();
  auto moment = read_moment(call[0].view());
  if (!moment)
    return eval_error("type conversion error from 'string' to 'google.protobuf.Timestamp'");
  if (!in_range(moment->seconds)) return eval_error("timestamp overflow");
  return Value::of(*moment);
}

Result<Value> to_duration(const Call& call) {
  if (call.is({Kind::Duration})) return call[0];
  if (call.is({Kind::Int})) return Value::of(Span{call[0].integer()});
  if (!call.is({Kind::String})) return call.no_overload();
  auto span = read_span(call[0].view());
  if (!span) return eval_error("type conversion error from 'string' to 'google.protobuf.Duration'");
  return Value::of(*span);
}

std::int64_t of_span(std::string_view name, std::int64_t nanos) {
  if (name == "getHours") return nanos / (3600 * kSecond);
  if (name == "getMinutes") return nanos / (60 * kSecond);
  if (name == "getSeconds") return nanos / kSecond;
  return nanos / 1'000'000;
}

Result<Value> part(const Call& call) {
  using namespace std::chrono;
  if (call.is({Kind::Duration})) {
    if (call.name != "getHours" && call.name != "getMinutes" && call.name != "getSeconds" &&
        call.name != "getMilliseconds")
      return call.no_overload();
    return Value::of(of_span(call.name, call[0].span().nanos));
  }
  bool zoned = call.is({Kind::Timestamp, Kind::String});
  if (!zoned && !call.is({Kind::Timestamp})) {
    return eval_error("no such overload: " + std::string(call.name) + "(" +
                      std::string(call[0].type_name()) + ")");
  }
  Moment moment = call[0].moment();
  std::int64_t local = moment.seconds;
  if (zoned) {
    TRY_ASSIGN(std::int32_t offset, zone_offset(call[1].view(), moment.seconds));
    local += offset;
  }
  sys_seconds point{seconds(local)};
  auto day_point = floor<days>(point);
  year_month_day date{day_point};
  hh_mm_ss clock{point - day_point};
  std::string_view name = call.name;
  std::int64_t out = 0;
  if (name == "getFullYear") out = static_cast<int>(date.year());
  if (name == "getMonth") out = static_cast<std::int64_t>(static_cast<unsigned>(date.month())) - 1;
  if (name == "getDayOfMonth")
    out = static_cast<std::int64_t>(static_cast<unsigned>(date.day())) - 1;
  if (name == "getDate") out = static_cast<std::int64_t>(static_cast<unsigned>(date.day()));
  if (name == "getDayOfYear") out = (day_point - sys_days(date.year() / January / 1)).count();
  if (name == "getDayOfWeek") out = weekday(day_point).c_encoding();
  if (name == "getHours") out = clock.hours().count();
  if (name == "getMinutes") out = clock.minutes().count();
  if (name == "getSeconds") out = clock.seconds().count();
  if (name == "getMilliseconds") out = moment.nanos / 1'000'000;
  return Value::of(out);
}

}  // namespace

std::span<const Declaration> time_declarations() {
  static constexpr std::string_view kDate = "timestamp.() -> int | timestamp.(string) -> int";
  static constexpr std::string_view kClock =
      "timestamp.() -> int | timestamp.(string) -> int | duration.() -> int";
  static constexpr Declaration kDeclarations[] = {
      {"timestamp", "(timestamp) -> timestamp | (int) -> timestamp | (string) -> timestamp",
       to_timestamp},
      {"duration", "(duration) -> duration | (int) -> duration | (string) -> duration",
       to_duration},
      {"getFullYear", kDate, part},
      {"getMonth", kDate, part},
      {"getDayOfMonth", kDate, part},
      {"getDate", kDate, part},
      {"getDayOfYear", kDate, part},
      {"getDayOfWeek", kDate, part},
      {"getHours", kClock, part},
      {"getMinutes", kClock, part},
      {"getSeconds", kClock, part},
      {"getMilliseconds", kClock, part},
  };
  return kDeclarations;
}

}  // namespace lesto::cel
