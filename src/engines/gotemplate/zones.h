// Time zones: fixed offsets and those of the zone database.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lesto::gotemplate {

struct ZonePeriod {
  std::int64_t start = 0;
  std::int32_t offset = 0;
  std::string_view abbreviation;
};

// Either one offset for ever, or periods in order of their starts (the first also covers what is
// before it).
struct Zone {
  std::string_view name;
  std::int32_t offset = 0;
  std::string_view abbreviation;
  const ZonePeriod* periods = nullptr;
  std::size_t count = 0;

  // The period at a moment, in seconds since the epoch.
  ZonePeriod at(std::int64_t seconds) const;
};

// Zones by name from a folder of TZif files. Thread: any.
class Zones {
 public:
  explicit Zones(std::string folder) : folder_(std::move(folder)) {}

  // Null when there is no such zone. Lives as long as *this.
  const Zone* find(std::string_view name) const;

 private:
  struct Loaded {
    std::string name;
    std::string abbreviations;
    std::vector<ZonePeriod> periods;
    Zone zone;
  };

  static std::unique_ptr<Loaded> load(const std::string& path, std::string_view name);

  std::string folder_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, std::unique_ptr<Loaded>> loaded_;
};

}  // namespace lesto::gotemplate
