// Reading times by a layout.
#include "engines/gotemplate/calendar.h"
#include "engines/gotemplate/layouts.h"

namespace lesto::gotemplate {
namespace {

bool digit_at(std::string_view text, std::size_t i) {
  return i < text.size() && text[i] >= '0' && text[i] <= '9';
}
bool point(char c) { return c == '.' || c == ','; }

// time's own quoting: bytes, not characters.
std::string quote(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || byte < ' ') {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 0xF];
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

class Reader {
 public:
  Reader(std::string_view layout, std::string_view value)
      : layout_(layout), whole_(value), value_(value) {}

  std::expected<ParsedTime, std::string> read();

 private:
  // Go's atoi, which takes a sign.
  static bool integer(std::string_view text, int& out) {
    bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (text.empty()) return false;
    out = 0;
    for (char c : text) {
      if (c < '0' || c > '9') return false;
      out = out * 10 + (c - '0');
    }
    if (negative) out = -out;
    return true;
  }
  bool number(int& out, bool fixed) {
    if (!digit_at(value_, 0)) return false;
    std::size_t size = digit_at(value_, 1) ? 2 : 1;
    if (fixed && size == 1) return false;
    return take_number(size, out);
  }
  bool number3(int& out, bool fixed) {
    std::size_t size = 0;
    while (size < 3 && digit_at(value_, size)) ++size;
    if (size == 0 || (fixed && size != 3)) return false;
    return take_number(size, out);
  }
  bool take_number(std::size_t size, int& out) {
    integer(value_.substr(0, size), out);
    value_.remove_prefix(size);
    return true;
  }
  bool skip(std::string_view before);
  bool element(const Chunk& chunk, std::string_view after);
  bool year(const Chunk& chunk);
  bool name(int& out, int count, std::string_view (*names)(std::int64_t), bool brief, int first);
  bool seconds(const Chunk& chunk, std::string_view after);
  bool half_of_day(std::string_view am, std::string_view pm);
  bool offset(const Chunk& chunk);
  bool zone_name();
  bool fraction(std::size_t size);
  bool in_range(int value, int low, int high, const char* what) {
    if (value < low || value > high) range_ = what;
    return true;
  }
  bool day_of_year(std::string& error);
  std::size_t zone_length() const;
  std::size_t signed_offset_length(std::string_view text) const;

  std::unexpected<std::string> fail(std::string_view element, std::string_view at,
                                    std::string_view message) const {
    if (!message.empty()) {
      return std::unexpected("parsing time " + quote(whole_) + std::string(message));
    }
    return std::unexpected("parsing time " + quote(whole_) + " as " + quote(layout_) +
                           ": cannot parse " + quote(at) + " as " + quote(element));
  }

  std::string_view layout_;
  std::string_view whole_;
  std::string_view value_;
  const char* range_ = nullptr;
  int year_ = 0;
  int month_ = -1;
  int day_ = -1;
  int year_day_ = -1;
  int hour_ = 0;
  int minute_ = 0;
  int second_ = 0;
  int nanosecond_ = 0;
  bool am_ = false;
  bool pm_ = false;
  bool utc_ = false;
  bool has_offset_ = false;
  int offset_ = 0;
  std::string_view zone_;
};

bool Reader::skip(std::string_view before) {
  while (!before.empty()) {
    if (before[0] == ' ') {
      if (!value_.empty() && value_[0] != ' ') return false;
      while (before.starts_with(' ')) before.remove_prefix(1);
      while (value_.starts_with(' ')) value_.remove_prefix(1);
      continue;
    }
    if (value_.empty() || value_[0] != before[0]) return false;
    before.remove_prefix(1);
    value_.remove_prefix(1);
  }
  return true;
}

bool Reader::year(const Chunk& chunk) {
  bool brief = chunk.element == Element::Year;
  std::size_t size = brief ? 2 : 4;
  if (value_.size() < size || (!brief && !digit_at(value_, 0))) return false;
  if (!integer(value_.substr(0, size), year_)) return false;
  value_.remove_prefix(size);
  if (brief) year_ += year_ >= 69 ? 1900 : 2000;
  return true;
}

bool Reader::name(int& out, int count, std::string_view (*names)(std::int64_t), bool brief,
                  int first) {
  for (int i = 0; i < count; ++i) {
    std::string_view wanted = names(i + first);
    if (brief) wanted = wanted.substr(0, 3);
    if (value_.size() < wanted.size()) continue;
    bool same = true;
    for (std::size_t k = 0; k < wanted.size(); ++k)
      same = same && (value_[k] | 32) == (wanted[k] | 32);
    if (!same) continue;
    value_.remove_prefix(wanted.size());
    out = i + first;
    return true;
  }
  return false;
}

bool Reader::fraction(std::size_t size) {
  if (!point(value_[0])) return false;
  std::string_view digits = value_.substr(1, std::min<std::size_t>(size, 10) - 1);
  int nanoseconds = 0;
  if (!integer(digits, nanoseconds)) return false;
  value_.remove_prefix(size);
  if (nanoseconds < 0) {
    range_ = "fractional second";
    return true;
  }
  for (std::size_t i = digits.size(); i < 9; ++i) nanoseconds *= 10;
  nanosecond_ = nanoseconds;
  return true;
}

bool Reader::seconds(const Chunk& chunk, std::string_view after) {
  if (!number(second_, chunk.element == Element::ZeroSecond)) return false;
  if (second_ > 59) {
    range_ = "second";
    return true;
  }
  // A fraction is taken even where the layout has none.
  if (value_.size() < 2 || !point(value_[0]) || !digit_at(value_, 1)) return true;
  Element following = next_chunk(after).element;
  if (following == Element::Fraction0 || following == Element::Fraction9) return true;
  std::size_t size = 2;
  while (digit_at(value_, size)) ++size;
  return fraction(size);
}

bool Reader::half_of_day(std::string_view am, std::string_view pm) {
  if (value_.size() < 2) return false;
  std::string_view half = value_.substr(0, 2);
  value_.remove_prefix(2);
  am_ = am_ || half == am;
  pm_ = pm_ || half == pm;
  return half == am || half == pm;
}

bool Reader::offset(const Chunk& chunk) {
  Element element = chunk.element;
  bool iso = element >= Element::IsoZone && element <= Element::IsoColonSecondsZone;
  if (iso && value_.starts_with('Z')) {
    value_.remove_prefix(1);
    utc_ = true;
    return true;
  }
  // The layout's own text has the shape: -07:00:00.
  std::string_view shape = chunk.written;
  if (value_.size() < shape.size()) return false;
  int parts[3] = {0, 0, 0};
  std::size_t part = 0;
  std::string_view given = value_.substr(0, shape.size());
  for (std::size_t i = 1; i < shape.size(); ++i) {
    if (shape[i] == ':' && given[i] != ':') return false;
  }
  value_.remove_prefix(shape.size());
  bool good = given[0] == '+' || given[0] == '-';
  for (std::size_t i = 1; i < shape.size() && part < 3; ++part) {
    if (shape[i] == ':') ++i;
    if (!digit_at(given, i) || !digit_at(given, i + 1)) {
      good = false;
      break;
    }
    parts[part] = (given[i] - '0') * 10 + (given[i + 1] - '0');
    i += 2;
  }
  in_range(parts[0], 0, 24, "time zone offset hour");
  in_range(parts[1], 0, 60, "time zone offset minute");
  in_range(parts[2], 0, 60, "time zone offset second");
  offset_ = (parts[0] * 60 + parts[1]) * 60 + parts[2];
  if (given[0] == '-') offset_ = -offset_;
  has_offset_ = true;
  return good;
}

std::size_t Reader::signed_offset_length(std::string_view text) const {
  if (text.empty() || (text[0] != '-' && text[0] != '+')) return 0;
  std::size_t size = 1;
  int hours = 0;
  while (digit_at(text, size) && hours < 1000) hours = hours * 10 + (text[size++] - '0');
  return size == 1 || hours > 23 ? 0 : size;
}

std::size_t Reader::zone_length() const {
  if (value_.size() < 3) return 0;
  if (value_.starts_with("ChST") || value_.starts_with("MeST")) return 4;
  if (value_.starts_with("GMT")) return 3 + signed_offset_length(value_.substr(3));
  if (value_[0] == '+' || value_[0] == '-') return signed_offset_length(value_);
  std::size_t upper = 0;
  while (upper < 6 && upper < value_.size() && value_[upper] >= 'A' && value_[upper] <= 'Z')
    ++upper;
  if (upper == 5 && value_[4] == 'T') return 5;
  if (upper == 4 && (value_[3] == 'T' || value_.starts_with("WITA"))) return 4;
  return upper == 3 ? 3 : 0;
}

bool Reader::zone_name() {
  if (value_.starts_with("UTC")) {
    value_.remove_prefix(3);
    utc_ = true;
    return true;
  }
  std::size_t size = zone_length();
  if (size == 0) return false;
  zone_ = value_.substr(0, size);
  value_.remove_prefix(size);
  return true;
}

bool Reader::element(const Chunk& chunk, std::string_view after) {
  int ignored = 0;
  switch (chunk.element) {
    case Element::Year:
    case Element::LongYear: return year(chunk);
    case Element::Month: return name(month_, 12, month_name, true, 1);
    case Element::LongMonth: return name(month_, 12, month_name, false, 1);
    case Element::NumMonth:
    case Element::ZeroMonth:
      return number(month_, chunk.element == Element::ZeroMonth) &&
             in_range(month_, 1, 12, "month");
    case Element::WeekDay: return name(ignored, 7, weekday_name, true, 0);
    case Element::LongWeekDay: return name(ignored, 7, weekday_name, false, 0);
    case Element::UnderDay:
      if (value_.starts_with(' ')) value_.remove_prefix(1);
      return number(day_, false);
    case Element::Day:
    case Element::ZeroDay: return number(day_, chunk.element == Element::ZeroDay);
    case Element::UnderYearDay:
      for (int i = 0; i < 2 && value_.starts_with(' '); ++i) value_.remove_prefix(1);
      return number3(year_day_, false);
    case Element::ZeroYearDay: return number3(year_day_, true);
    case Element::Hour: return number(hour_, false) && in_range(hour_, 0, 23, "hour");
    case Element::Hour12:
    case Element::ZeroHour12:
      return number(hour_, chunk.element == Element::ZeroHour12) && in_range(hour_, 0, 12, "hour");
    case Element::Minute:
    case Element::ZeroMinute:
      return number(minute_, chunk.element == Element::ZeroMinute) &&
             in_range(minute_, 0, 59, "minute");
    case Element::Second:
    case Element::ZeroSecond: return seconds(chunk, after);
    case Element::UpperPm: return half_of_day("AM", "PM");
    case Element::LowerPm: return half_of_day("am", "pm");
    case Element::Zone: return zone_name();
    case Element::Fraction0:
      return value_.size() >= chunk.written.size() && fraction(chunk.written.size());
    case Element::Fraction9: {
      // May be absent.
      if (value_.size() < 2 || !point(value_[0]) || !digit_at(value_, 1)) return true;
      std::size_t size = 1;
      while (digit_at(value_, size)) ++size;
      return fraction(size);
    }
    default: return offset(chunk);
  }
}

// Settles month and day from the day of the year.
bool Reader::day_of_year(std::string& error) {
  if (year_day_ < 1 || year_day_ > (leap_year(year_) ? 366 : 365)) {
    error = ": day-of-year out of range";
    return false;
  }
  int month = 1;
  int day = year_day_;
  while (day > days_in(month, year_)) day -= days_in(month++, year_);
  if (month_ >= 0 && month_ != month) error = ": day-of-year does not match month";
  if (error.empty() && day_ >= 0 && day_ != day) error = ": day-of-year does not match day";
  month_ = month;
  day_ = day;
  return error.empty();
}

std::expected<ParsedTime, std::string> Reader::read() {
  std::string_view layout = layout_;
  for (;;) {
    Chunk chunk = next_chunk(layout);
    if (!skip(chunk.before)) return fail(chunk.before, value_, "");
    if (chunk.element == Element::None) {
      if (!value_.empty()) return fail("", value_, ": extra text: " + quote(value_));
      break;
    }
    layout = chunk.after;
    std::string_view held = value_;
    bool good = element(chunk, chunk.after);
    if (range_) return fail(chunk.written, value_, ": " + std::string(range_) + " out of range");
    if (!good) return fail(chunk.written, held, "");
  }
  if (pm_ && hour_ < 12) hour_ += 12;
  if (!pm_ && am_ && hour_ == 12) hour_ = 0;
  if (year_day_ >= 0) {
    std::string error;
    if (!day_of_year(error)) return fail("", value_, error);
  } else {
    month_ = std::max(month_, 1);
    if (day_ < 0) day_ = 1;
  }
  if (day_ < 1 || day_ > days_in(month_, year_)) return fail("", value_, ": day out of range");
  ParsedTime time;
  time.seconds = seconds_of(year_, month_, day_, hour_, minute_, second_);
  time.nanoseconds = nanosecond_;
  if (utc_) {
    time.in = ParsedTime::In::Utc;
  } else if (has_offset_) {
    time.seconds -= offset_;
    bool local = offset_ == 0 && (zone_.empty() || zone_ == "UTC");
    time.in = local ? ParsedTime::In::Local : ParsedTime::In::Fixed;
    time.offset = offset_;
    time.zone = zone_;
  } else if (!zone_.empty()) {
    // The offset of a zone that is known by its letters only is taken for 0, but for GMT+2.
    time.in = ParsedTime::In::Fixed;
    time.zone = zone_;
    int hours = 0;
    if (zone_.size() > 3 && zone_.starts_with("GMT") && integer(zone_.substr(3), hours))
      time.offset = hours * 3600;
  }
  return time;
}

}  // namespace

std::expected<ParsedTime, std::string> parse_time(std::string_view layout, std::string_view value) {
  return Reader(layout, value).read();
}

}  // namespace lesto::gotemplate
