// Sprig's dates. The local zone is UTC; what Sprig reads as "now" is the time that the caller gave.
#include "engines/gotemplate/dates.h"
#include "engines/gotemplate/layouts.h"
#include "engines/gotemplate/numbers.h"
#include "engines/gotemplate/sprig.h"

namespace lesto::gotemplate {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

Answer give_time(Call& call, const Moment& moment) {
  Value value = Value::of(Type::Time);
  value.moment = call.heap().make(moment);
  return value;
}

Moment now_of(Call& call) { return moment_of(call.context.options.now); }

// A time, or integers as seconds since the epoch; now for everything else.
Moment date_of(Call& call, const Value& value) {
  if (value.type == Type::Time) return *value.moment;
  if (value.type == Type::Int64 || value.type == Type::Int || value.type == Type::Int32) {
    return {value.integer, 0, &kLocalZone};
  }
  return now_of(call);
}

Answer formatted(Call& call, std::string_view layout, Moment moment, std::string_view zone) {
  if (zone == "Local") {
    moment.zone = &kLocalZone;
  } else {
    moment.zone = call.context.options.zones ? call.context.options.zones->find(zone) : nullptr;
    if (zone == "UTC") moment.zone = nullptr;
  }
  if (Outcome reserved = call.context.reserve(layout.size() * 8); !reserved)
    return std::unexpected(reserved.error());
  std::string out;
  append_formatted_time(out, moment, layout);
  return call.give(out);
}

Answer date(Call& call) {
  return formatted(call, call.text(0), date_of(call, call.at(1)), "Local");
}
Answer date_in_zone(Call& call) {
  return formatted(call, call.text(0), date_of(call, call.at(1)), call.text(2));
}
Answer html_date(Call& call) {
  return formatted(call, "2006-01-02", date_of(call, call.at(0)), "Local");
}
Answer html_date_in_zone(Call& call) {
  return formatted(call, "2006-01-02", date_of(call, call.at(0)), call.text(1));
}

Answer now(Call& call) { return give_time(call, now_of(call)); }

Answer must_date_modify(Call& call) {
  auto duration = parse_go_duration(call.text(0));
  if (!duration) return call.fail(duration.error());
  return give_time(call, add(*call.at(1).moment, *duration));
}

Answer date_modify(Call& call) {
  auto duration = parse_go_duration(call.text(0));
  return duration ? give_time(call, add(*call.at(1).moment, *duration)) : Answer(call.at(1));
}

Answer read_date(Call& call, bool must) {
  if (Outcome reserved = call.context.reserve(call.text(0).size() * 2 + call.text(1).size());
      !reserved) {
    return std::unexpected(reserved.error());
  }
  auto parsed = parse_time(call.text(0), call.text(1));
  if (!parsed) return must ? Answer(call.fail(parsed.error())) : give_time(call, Moment{});
  Moment moment{parsed->seconds, parsed->nanoseconds, nullptr};
  if (parsed->in == ParsedTime::In::Local) moment.zone = &kLocalZone;
  if (parsed->in == ParsedTime::In::Fixed) {
    moment.zone = call.heap().make(Zone{parsed->zone, parsed->offset, parsed->zone, nullptr, 0});
  }
  return give_time(call, moment);
}

Answer to_date(Call& call) { return read_date(call, false); }
Answer must_to_date(Call& call) { return read_date(call, true); }

Answer unix_epoch(Call& call) { return call.give(int_text(call.at(0).moment->seconds)); }

Answer ago(Call& call) {
  const Value& value = call.at(0);
  // Sprig forgets int32 here.
  Moment then = value.type == Type::Int32 ? now_of(call) : date_of(call, value);
  std::string out;
  append_duration(out, round_duration(difference(now_of(call), then), kSecond));
  return call.give(out);
}

Answer duration(Call& call) {
  const Value& value = call.at(0);
  std::int64_t seconds = 0;
  if (value.type == Type::Int64) seconds = value.integer;
  if (value.is_text()) seconds = parse_int(value.text(), 10).value;
  std::string out;
  append_duration(out, static_cast<std::int64_t>(static_cast<std::uint64_t>(seconds) * kSecond));
  return call.give(out);
}

Answer duration_round(Call& call) {
  const Value& value = call.at(0);
  std::int64_t duration = 0;
  if (value.type == Type::Int64) duration = value.integer;
  if (value.is_text()) duration = parse_go_duration(value.text()).value_or(0);
  if (value.type == Type::Time) duration = difference(now_of(call), *value.moment);
  auto size = static_cast<std::uint64_t>(duration);
  if (duration < 0) size = 0 - size;
  constexpr std::uint64_t kHour = 3600ull * kSecond;
  const std::pair<std::uint64_t, const char*> units[] = {
      {kHour * 24 * 365, "y"}, {kHour * 24 * 30, "mo"}, {kHour * 24, "d"}, {kHour, "h"},
      {kHour / 60, "m"},       {kSecond, "s"}};
  for (const auto& [unit, name] : units) {
    if (size > unit) return call.give(std::to_string(size / unit) + name);
  }
  return call.lend("0s");
}

constexpr Function kFunctions[] = {
    {"now", Group::Dates, ">t", now},
    {"ago", Group::Dates, "a>s", ago},
    {"date", Group::Dates, "sa>s", date},
    {"dateInZone", Group::Dates, "sas>s", date_in_zone},
    {"date_in_zone", Group::Dates, "sas>s", date_in_zone},
    {"htmlDate", Group::Dates, "a>s", html_date},
    {"htmlDateInZone", Group::Dates, "as>s", html_date_in_zone},
    {"dateModify", Group::Dates, "st>t", date_modify},
    {"date_modify", Group::Dates, "st>t", date_modify},
    {"mustDateModify", Group::Dates, "st>t", must_date_modify},
    {"must_date_modify", Group::Dates, "st>t", must_date_modify},
    {"toDate", Group::Dates, "ss>t", to_date},
    {"mustToDate", Group::Dates, "ss>t", must_to_date},
    {"unixEpoch", Group::Dates, "t>s", unix_epoch},
    {"duration", Group::Dates, "a>s", duration},
    {"durationRound", Group::Dates, "a>s", duration_round},
};

}  // namespace

std::span<const Function> date_functions() { return kFunctions; }

}  // namespace lesto::gotemplate
