#include "foundation/io/memory_storage.h"

namespace lesto::io {

Task<Result<void>> MemoryStorage::commit(std::vector<Write> batch) {
  for (Write& write : batch) {
    if (write.value) {
      records_.insert_or_assign(std::move(write.key), std::move(*write.value));
    } else {
      records_.erase(write.key);
    }
  }
  co_return {};
}

Task<Result<std::vector<Record>>> MemoryStorage::scan(std::string from, std::string to, std::size_t limit) {
  std::vector<Record> found;
  for (auto at = records_.lower_bound(from); at != records_.end() && found.size() < limit; ++at) {
    if (!to.empty() && at->first >= to) break;
    found.push_back({at->first, at->second});
  }
  co_return found;
}

Result<void> MemoryStorage::load(const std::function<void(Record)>& each) {
  for (const auto& [key, value] : records_) each({key, value});
  return {};
}

}  // namespace lesto::io
