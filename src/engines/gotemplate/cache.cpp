#include "engines/gotemplate/cache.h"

namespace lesto::gotemplate {

Result<std::shared_ptr<const Template>> Cache::get(const std::string& name, std::string_view text,
                                                   ParseOptions options) {
  std::string key = name + '\0' + static_cast<char>(options.dialect) + std::string(text);
  {
    std::lock_guard lock(mutex_);
    auto found = by_key_.find(key);
    if (found != by_key_.end()) {
      entries_.splice(entries_.begin(), entries_, found->second);
      return found->second->compiled;
    }
  }
  auto compiled = Template::parse(name, text, options);
  if (!compiled) return compiled;
  std::lock_guard lock(mutex_);
  if (by_key_.contains(key)) return compiled;
  bytes_ += key.size();
  entries_.push_front({std::move(key), *compiled});
  by_key_[entries_.front().key] = entries_.begin();
  while (entries_.size() > kCacheEntries || (bytes_ > kCacheBytes && entries_.size() > 1)) {
    bytes_ -= entries_.back().key.size();
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
  return compiled;
}

}  // namespace lesto::gotemplate
