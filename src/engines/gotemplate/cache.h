// Compiled templates by their text, so that a text is parsed once however often it is rendered.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engines/gotemplate/template.h"

namespace lesto::gotemplate {

// Bounded by entries and by bytes of text; the least recently used go first. Thread: any.
class Cache {
 public:
  explicit Cache(std::size_t entries = kCacheEntries, std::size_t bytes = kCacheBytes)
      : entries_max_(entries), bytes_max_(bytes) {}

  // The compiled template of this name, text and dialect. Errors are not kept.
  Result<std::shared_ptr<const Template>> get(const std::string& name, std::string_view text,
                                              ParseOptions options = {});

  std::size_t size() const;

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const Template> compiled;
  };

  void shrink();

  std::size_t entries_max_;
  std::size_t bytes_max_;
  mutable std::mutex mutex_;
  // The most recently used first.
  std::list<Entry> entries_;
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key_;
  std::size_t bytes_ = 0;
};

}  // namespace lesto::gotemplate
