// Compiled templates by content: the same text under the same name is parsed once.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engines/gotemplate/template.h"

namespace lesto::gotemplate {

// Bounded by limits.h; the template that was not used for longest goes first. Thread: any.
class Cache {
 public:
  // The compiled template, or Template::parse's error (errors are not kept).
  Result<std::shared_ptr<const Template>> get(const std::string& name, std::string_view text,
                                              ParseOptions options = {});

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const Template> compiled;
  };

  std::mutex mutex_;
  std::list<Entry> entries_;  // last used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key_;
  std::size_t bytes_ = 0;
};

}  // namespace lesto::gotemplate
