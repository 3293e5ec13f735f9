#include "engines/cel/zone.h"

#include <cctype>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace lesto::cel {
namespace {

constexpr std::string_view kTable = "/usr/share/zoneinfo/";
constexpr std::size_t kFileMax = 1 << 20;

// "+02:00", "-2:30", "02:00".
std::optional<std::int32_t> read_offset(std::string_view text) {
  int sign = 1;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    sign = text[0] == '-' ? -1 : 1;
    text.remove_prefix(1);
  }
  std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon > 2 || text.size() - colon > 3)
    return std::nullopt;
  std::int32_t parts[2] = {0, 0};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == colon) continue;
    if (!std::isdigit(static_cast<unsigned char>(text[i]))) return std::nullopt;
    std::int32_t& part = parts[i > colon];
    part = part * 10 + (text[i] - '0');
  }
  return sign * (parts[0] * 3600 + parts[1] * 60);
}

// Names of the table, which never lead out of it.
bool zone_name(std::string_view name) {
  if (name.empty() || name.size() > 64 || !std::isalpha(static_cast<unsigned char>(name[0])))
    return false;
  for (char c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '/' && c != '_' && c != '-' &&
        c != '+')
      return false;
  }
  return true;
}

// A file in the format of RFC 8536.
class ZoneFile {
 public:
  explicit ZoneFile(std::string bytes) : bytes_(std::move(bytes)) {}

  std::optional<std::int32_t> offset_at(std::int64_t second) {
    if (!header(0)) return std::nullopt;
    // The second block has 64-bit times.
    std::size_t skip =
        44 + transitions_ * 5 + types_ * 6 + abbreviations_ + leaps_ * 8 + standards_ + locals_;
    if (!header(skip)) return std::nullopt;
    std::size_t times = skip + 44;
    std::size_t indexes = times + transitions_ * 8;
    std::size_t types = indexes + transitions_;
    if (types + types_ * 6 > bytes_.size() || types_ == 0) return std::nullopt;
    std::size_t type = 0;
    for (std::size_t i = 0; i < transitions_; ++i) {
      if (static_cast<std::int64_t>(number(times + i * 8, 8)) > second) break;
      type = static_cast<unsigned char>(bytes_[indexes + i]);
    }
    if (type >= types_) return std::nullopt;
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(number(types + type * 6, 4)));
  }

 private:
  std::uint64_t number(std::size_t at, std::size_t size) const {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
      value = value << 8 | static_cast<unsigned char>(bytes_[at + i]);
    return value;
  }

  bool header(std::size_t at) {
    if (at + 44 > bytes_.size() || bytes_.compare(at, 4, "TZif") != 0) return false;
    locals_ = number(at + 20, 4);
    standards_ = number(at + 24, 4);
    leaps_ = number(at + 28, 4);
    transitions_ = number(at + 32, 4);
    types_ = number(at + 36, 4);
    abbreviations_ = number(at + 40, 4);
    return transitions_ < kFileMax && types_ < 256 && leaps_ < kFileMax &&
           abbreviations_ < kFileMax;
  }

  std::string bytes_;
  std::size_t locals_ = 0, standards_ = 0, leaps_ = 0, transitions_ = 0, types_ = 0,
              abbreviations_ = 0;
};

}  // namespace

Result<std::int32_t> zone_offset(std::string_view zone, std::int64_t second) {
  if (zone.empty() || zone == "UTC") return 0;
  if (auto offset = read_offset(zone)) return *offset;
  if (zone_name(zone)) {
    std::ifstream file(std::string(kTable) + std::string(zone), std::ios::binary);
    if (file) {
      std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
      if (auto offset = ZoneFile(std::move(bytes)).offset_at(second)) return *offset;
    }
  }
  return fail(Code::Invalid, "unknown time zone " + std::string(zone));
}

}  // namespace lesto::cel
