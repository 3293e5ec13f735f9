#include "engines/gotemplate/cache.h"

namespace lesto::gotemplate {

Result<std::shared_ptr<const Template>> Cache::get(const std::string& name, std::string_view text,
                                                   ParseOptions options) {
  // The name is part of the template: errors show it.
  std::string key = options.dialect == Dialect::ByMap ? "m" : "i";
  key += name;
  key += '\0';
  key += text;
  {
    std::lock_guard lock(mutex_);
    auto found = by_key_.find(key);
    if (found != by_key_.end()) {
      entries_.splice(entries_.begin(), entries_, found->second);
      return found->second->compiled;
    }
  }
  TRY_ASSIGN(auto compiled, Template::parse(name, text, options));
  std::lock_guard lock(mutex_);
  auto found = by_key_.find(key);
  if (found != by_key_.end()) return found->second->compiled;
  bytes_ += key.size();
  entries_.push_front({std::move(key), compiled});
  by_key_.emplace(entries_.front().key, entries_.begin());
  shrink();
  return compiled;
}

void Cache::shrink() {
  while (!entries_.empty() && (entries_.size() > entries_max_ || bytes_ > bytes_max_)) {
    by_key_.erase(entries_.back().key);
    bytes_ -= entries_.back().key.size();
    entries_.pop_back();
  }
}

std::size_t Cache::size() const {
  std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace lesto::gotemplate
