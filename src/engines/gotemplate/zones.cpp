#include "engines/gotemplate/zones.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "engines/gotemplate/calendar.h"

namespace lesto::gotemplate {
namespace {

constexpr std::size_t kZoneFileBytes = 1u << 20;
// How far the rule at the end of a file is written out. The calendar repeats itself; nobody asks
// for later.
constexpr std::int64_t kLastYear = 2200;

std::int64_t read_number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  if (size == 4) return static_cast<std::int32_t>(static_cast<std::uint32_t>(value));
  return static_cast<std::int64_t>(value);
}

// The sizes in a TZif header.
struct Header {
  std::size_t utc_flags, standard_flags, leaps, times, types, letters;

  explicit Header(std::string_view bytes, std::size_t at) {
    auto count = [&](std::size_t i) {
      return static_cast<std::size_t>(read_number(bytes, at + 20 + 4 * i, 4));
    };
    utc_flags = count(0);
    standard_flags = count(1);
    leaps = count(2);
    times = count(3);
    types = count(4);
    letters = count(5);
  }
  bool sane() const {
    return times < 10'000 && types < 300 && letters < 10'000 && leaps < 1000 && utc_flags < 300 &&
           standard_flags < 300;
  }
  std::size_t size(std::size_t time) const {
    return times * (time + 1) + types * 6 + letters + leaps * (time + 4) + standard_flags +
           utc_flags;
  }
};

// A rule of POSIX's TZ ("CET-1CEST,M3.5.0,M10.5.0/3"): what holds after the last listed change.
struct Rule {
  char kind = 'M';
  int month = 0, week = 0, day = 0;
  std::int64_t time = 7200;

  std::int64_t seconds_in(std::int64_t year) const {
    if (kind == 'J') {
      // Days without 29 February.
      int skip = leap_year(year) && day >= 60 ? 1 : 0;
      return seconds_of(year, 1, day + skip) + time;
    }
    if (kind == 'N') return seconds_of(year, 1, day + 1) + time;
    Civil first = civil_of(seconds_of(year, month, 1));
    int at = 1 + (day - first.weekday + 7) % 7 + 7 * (week - 1);
    while (at > days_in(month, year)) at -= 7;
    return seconds_of(year, month, at) + time;
  }
};

class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : text_(text) {}

  bool name(std::string& out) {
    if (text_.starts_with('<')) {
      std::size_t end = text_.find('>');
      if (end == text_.npos) return false;
      out = text_.substr(1, end - 1);
      text_.remove_prefix(end + 1);
      return true;
    }
    std::size_t end = 0;
    while (end < text_.size() && ((text_[end] | 32) >= 'a' && (text_[end] | 32) <= 'z')) ++end;
    out = text_.substr(0, end);
    text_.remove_prefix(end);
    return end >= 3;
  }
  std::int64_t time() {
    std::int64_t sign = 1;
    if (take('-'))
      sign = -1;
    else
      take('+');
    std::int64_t seconds = number() * 3600;
    if (take(':')) seconds += number() * 60;
    if (take(':')) seconds += number();
    return sign * seconds;
  }
  Rule rule() {
    Rule rule;
    if (take('J')) {
      rule.kind = 'J';
      rule.day = static_cast<int>(number());
    } else if (take('M')) {
      rule.month = static_cast<int>(std::clamp<std::int64_t>(number(), 1, 12));
      take('.');
      rule.week = static_cast<int>(std::clamp<std::int64_t>(number(), 1, 5));
      take('.');
      rule.day = static_cast<int>(number() % 7);
    } else {
      rule.kind = 'N';
      rule.day = static_cast<int>(number());
    }
    if (take('/')) rule.time = time();
    return rule;
  }
  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool at_end() const { return text_.empty(); }
  char peek() const { return text_.empty() ? '\0' : text_[0]; }

 private:
  std::int64_t number() {
    std::int64_t value = 0;
    while (!text_.empty() && text_[0] >= '0' && text_[0] <= '9' && value < 100'000) {
      value = value * 10 + (text_[0] - '0');
      text_.remove_prefix(1);
    }
    return value;
  }

  std::string_view text_;
};

// A period whose name is a place in the letters of the zone.
struct RawPeriod {
  std::int64_t start;
  std::int32_t offset;
  std::size_t letters;
};

void add_rule(std::string_view text, std::vector<RawPeriod>& periods, std::string& letters) {
  RuleReader reader(text);
  std::string standard;
  std::string summer;
  if (!reader.name(standard)) return;
  std::int64_t offset = -reader.time();
  if (!reader.name(summer)) return;
  std::int64_t summer_offset = offset + 3600;
  if (reader.peek() != ',') summer_offset = -reader.time();
  if (!reader.take(',')) return;
  Rule begin = reader.rule();
  if (!reader.take(',')) return;
  Rule end = reader.rule();
  std::size_t standard_at = letters.size();
  letters += standard + '\0';
  std::size_t summer_at = letters.size();
  letters += summer + '\0';
  std::int64_t last = periods.empty() ? 0 : periods.back().start;
  std::vector<RawPeriod> more;
  std::int64_t first_year = periods.empty() ? 1970 : civil_of(last).year;
  for (std::int64_t year = first_year; year <= kLastYear; ++year) {
    more.push_back(
        {begin.seconds_in(year) - offset, static_cast<std::int32_t>(summer_offset), summer_at});
    more.push_back(
        {end.seconds_in(year) - summer_offset, static_cast<std::int32_t>(offset), standard_at});
  }
  std::sort(more.begin(), more.end(),
            [](const RawPeriod& a, const RawPeriod& b) { return a.start < b.start; });
  for (const RawPeriod& period : more) {
    if (periods.empty() || period.start > last) periods.push_back(period);
  }
}

}  // namespace

ZonePeriod Zone::at(std::int64_t seconds) const {
  if (count == 0) return {0, offset, abbreviation};
  const ZonePeriod* after = std::upper_bound(
      periods, periods + count, seconds,
      [](std::int64_t moment, const ZonePeriod& period) { return moment < period.start; });
  return after == periods ? periods[0] : after[-1];
}

const Zone* Zones::find(std::string_view name) const {
  if (name.empty() || name.size() > 64 || name[0] == '/' || name.find("..") != name.npos ||
      name.find('\\') != name.npos || name.find('\0') != name.npos) {
    return nullptr;
  }
  std::lock_guard lock(mutex_);
  std::string key(name);
  auto found = loaded_.find(key);
  if (found == loaded_.end()) {
    auto made = load(folder_ + "/" + key, name);
    // Names that do not exist are not remembered: there is no end of them.
    if (!made) return nullptr;
    found = loaded_.emplace(std::move(key), std::move(made)).first;
  }
  return &found->second->zone;
}

std::unique_ptr<Zones::Loaded> Zones::load(const std::string& path, std::string_view name) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  constexpr std::size_t kHeader = 44;
  if (bytes.size() < 2 * kHeader || bytes.size() > kZoneFileBytes || !bytes.starts_with("TZif"))
    return nullptr;
  // The second part has 64-bit times; every file of today has it.
  Header old(bytes, 0);
  if (!old.sane() || bytes[4] < '2') return nullptr;
  std::size_t at = kHeader + old.size(4);
  if (bytes.size() < at + kHeader) return nullptr;
  Header header(bytes, at);
  at += kHeader;
  if (!header.sane() || header.types == 0 || bytes.size() < at + header.size(8)) return nullptr;
  std::size_t kinds = at + header.times * 8;
  std::size_t types = kinds + header.times;
  std::size_t letters = types + header.types * 6;
  std::vector<RawPeriod> raw;
  auto made = std::make_unique<Loaded>();
  made->name = name;
  made->abbreviations = bytes.substr(letters, header.letters);
  auto add = [&](std::int64_t start, std::size_t type) {
    if (type >= header.types) return;
    auto offset = static_cast<std::int32_t>(read_number(bytes, types + type * 6, 4));
    auto letter = static_cast<unsigned char>(bytes[types + type * 6 + 5]);
    raw.push_back({start, offset, std::min<std::size_t>(letter, header.letters)});
  };
  add(std::numeric_limits<std::int64_t>::min(), 0);
  for (std::size_t i = 0; i < header.times; ++i) {
    add(read_number(bytes, at + i * 8, 8), static_cast<unsigned char>(bytes[kinds + i]));
  }
  std::size_t footer = at + header.size(8) + 1;
  if (footer < bytes.size()) {
    std::string_view rule = std::string_view(bytes).substr(footer);
    add_rule(rule.substr(0, rule.find('\n')), raw, made->abbreviations);
  }
  made->abbreviations += '\0';
  for (const RawPeriod& period : raw) {
    made->periods.push_back(
        {period.start, period.offset, made->abbreviations.c_str() + period.letters});
  }
  made->zone = {made->name, 0, {}, made->periods.data(), made->periods.size()};
  return made;
}

}  // namespace lesto::gotemplate
