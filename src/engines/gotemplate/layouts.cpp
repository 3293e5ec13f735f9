#include "engines/gotemplate/layouts.h"

#include <cstdlib>

#include "engines/gotemplate/calendar.h"
#include "engines/gotemplate/numbers.h"

namespace lesto::gotemplate {
namespace {

bool digit_at(std::string_view text, std::size_t i) {
  return i < text.size() && text[i] >= '0' && text[i] <= '9';
}
bool lower_at(std::string_view text, std::size_t i) {
  return i < text.size() && text[i] >= 'a' && text[i] <= 'z';
}

struct Token {
  Element element = Element::None;
  std::size_t size = 0;
};

Token first_of(std::string_view text,
               std::initializer_list<std::pair<std::string_view, Element>> tokens) {
  for (const auto& [written, element] : tokens) {
    if (text.starts_with(written)) return {element, written.size()};
  }
  return {};
}

Token fraction_token(std::string_view text) {
  char digit = text.size() > 1 ? text[1] : '\0';
  if (digit != '0' && digit != '9') return {};
  std::size_t end = 1;
  while (end < text.size() && text[end] == digit) ++end;
  if (digit_at(text, end)) return {};
  return {digit == '0' ? Element::Fraction0 : Element::Fraction9, end};
}

Token token_at(std::string_view text) {
  switch (text[0]) {
    case 'J':
      if (text.starts_with("January")) return {Element::LongMonth, 7};
      return text.starts_with("Jan") && !lower_at(text, 3) ? Token{Element::Month, 3} : Token{};
    case 'M':
      if (text.starts_with("Monday")) return {Element::LongWeekDay, 6};
      if (text.starts_with("Mon") && !lower_at(text, 3)) return {Element::WeekDay, 3};
      return first_of(text, {{"MST", Element::Zone}});
    case '0':
      return first_of(text, {{"01", Element::ZeroMonth},
                             {"02", Element::ZeroDay},
                             {"03", Element::ZeroHour12},
                             {"04", Element::ZeroMinute},
                             {"05", Element::ZeroSecond},
                             {"06", Element::Year},
                             {"002", Element::ZeroYearDay}});
    case '1': return first_of(text, {{"15", Element::Hour}, {"1", Element::NumMonth}});
    case '2': return first_of(text, {{"2006", Element::LongYear}, {"2", Element::Day}});
    case '_': return first_of(text, {{"_2", Element::UnderDay}, {"__2", Element::UnderYearDay}});
    case '3': return {Element::Hour12, 1};
    case '4': return {Element::Minute, 1};
    case '5': return {Element::Second, 1};
    case 'P': return first_of(text, {{"PM", Element::UpperPm}});
    case 'p': return first_of(text, {{"pm", Element::LowerPm}});
    case '-':
      return first_of(text, {{"-070000", Element::NumSecondsZone},
                             {"-07:00:00", Element::NumColonSecondsZone},
                             {"-0700", Element::NumZone},
                             {"-07:00", Element::NumColonZone},
                             {"-07", Element::NumShortZone}});
    case 'Z':
      return first_of(text, {{"Z070000", Element::IsoSecondsZone},
                             {"Z07:00:00", Element::IsoColonSecondsZone},
                             {"Z0700", Element::IsoZone},
                             {"Z07:00", Element::IsoColonZone},
                             {"Z07", Element::IsoShortZone}});
    case '.':
    case ',': return fraction_token(text);
    default: return {};
  }
}

void append_padded(std::string& out, std::int64_t value, int width, char fill = '0') {
  if (value < 0) {
    out += '-';
    value = -value;
  }
  std::string digits = int_text(value);
  for (int i = static_cast<int>(digits.size()); i < width; ++i) out += fill;
  out += digits;
}

void append_offset(std::string& out, Element element, std::int32_t offset) {
  bool iso = element >= Element::IsoZone && element <= Element::IsoColonSecondsZone;
  if (iso && offset == 0) {
    out += 'Z';
    return;
  }
  bool colon = element == Element::IsoColonZone || element == Element::NumColonZone ||
               element == Element::IsoColonSecondsZone || element == Element::NumColonSecondsZone;
  bool seconds = element == Element::IsoSecondsZone || element == Element::NumSecondsZone ||
                 element == Element::IsoColonSecondsZone || element == Element::NumColonSecondsZone;
  bool brief = element == Element::IsoShortZone || element == Element::NumShortZone;
  std::int32_t minutes = offset / 60;
  std::int32_t size = offset;
  out += minutes < 0 ? '-' : '+';
  if (minutes < 0) {
    minutes = -minutes;
    size = -size;
  }
  append_padded(out, minutes / 60, 2);
  if (colon) out += ':';
  if (!brief) append_padded(out, minutes % 60, 2);
  if (seconds) {
    if (colon) out += ':';
    append_padded(out, size % 60, 2);
  }
}

void append_fraction(std::string& out, std::string_view written, std::int32_t nanoseconds,
                     bool trims) {
  std::string digits;
  append_padded(digits, nanoseconds, 9);
  digits.resize(std::min<std::size_t>(written.size() - 1, 9));
  if (trims) {
    while (digits.ends_with('0')) digits.pop_back();
    if (digits.empty()) return;
  } else {
    digits.resize(written.size() - 1, '0');
  }
  out += written[0];
  out += digits;
}

void append_zone(std::string& out, const ZonePeriod& period) {
  if (!period.abbreviation.empty()) {
    out += period.abbreviation;
    return;
  }
  // A zone without a name is shown by its offset.
  append_offset(out, Element::NumZone, period.offset);
}

}  // namespace

Chunk next_chunk(std::string_view layout) {
  for (std::size_t i = 0; i < layout.size(); ++i) {
    Token token = token_at(layout.substr(i));
    if (token.element == Element::None) continue;
    // _2006 is an underscore and a year.
    if (token.element == Element::UnderDay && layout.substr(i).starts_with("_2006")) {
      ++i;
      token = {Element::LongYear, 4};
    }
    return {layout.substr(0, i), token.element, layout.substr(i, token.size),
            layout.substr(i + token.size)};
  }
  return {layout, Element::None, {}, {}};
}

void append_formatted_time(std::string& out, const Moment& moment, std::string_view layout) {
  ZonePeriod period{0, 0, "UTC"};
  if (moment.zone) period = moment.zone->at(moment.seconds);
  Civil civil = civil_of(moment.seconds + period.offset);
  int hour12 = civil.hour % 12 == 0 ? 12 : civil.hour % 12;
  while (!layout.empty()) {
    Chunk chunk = next_chunk(layout);
    out += chunk.before;
    layout = chunk.after;
    switch (chunk.element) {
      case Element::None: return;
      case Element::Year: append_padded(out, std::max<std::int64_t>(civil.year, 0) % 100, 2); break;
      case Element::LongYear: append_padded(out, civil.year, 4); break;
      case Element::Month: out += month_name(civil.month).substr(0, 3); break;
      case Element::LongMonth: out += month_name(civil.month); break;
      case Element::NumMonth: append_int(out, civil.month); break;
      case Element::ZeroMonth: append_padded(out, civil.month, 2); break;
      case Element::WeekDay: out += weekday_name(civil.weekday).substr(0, 3); break;
      case Element::LongWeekDay: out += weekday_name(civil.weekday); break;
      case Element::Day: append_int(out, civil.day); break;
      case Element::UnderDay: append_padded(out, civil.day, 2, ' '); break;
      case Element::ZeroDay: append_padded(out, civil.day, 2); break;
      case Element::UnderYearDay: append_padded(out, civil.year_day, 3, ' '); break;
      case Element::ZeroYearDay: append_padded(out, civil.year_day, 3); break;
      case Element::Hour: append_padded(out, civil.hour, 2); break;
      case Element::Hour12: append_int(out, hour12); break;
      case Element::ZeroHour12: append_padded(out, hour12, 2); break;
      case Element::Minute: append_int(out, civil.minute); break;
      case Element::ZeroMinute: append_padded(out, civil.minute, 2); break;
      case Element::Second: append_int(out, civil.second); break;
      case Element::ZeroSecond: append_padded(out, civil.second, 2); break;
      case Element::UpperPm: out += civil.hour >= 12 ? "PM" : "AM"; break;
      case Element::LowerPm: out += civil.hour >= 12 ? "pm" : "am"; break;
      case Element::Zone: append_zone(out, period); break;
      case Element::Fraction0:
        append_fraction(out, chunk.written, moment.nanoseconds, false);
        break;
      case Element::Fraction9: append_fraction(out, chunk.written, moment.nanoseconds, true); break;
      default: append_offset(out, chunk.element, period.offset); break;
    }
  }
}

}  // namespace lesto::gotemplate
