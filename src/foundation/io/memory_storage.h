// Storage in memory: for tests and for `--data memory`.
#pragma once

#include <map>

#include "foundation/io/storage.h"

namespace lesto::io {

class MemoryStorage final : public Storage {
 public:
  Task<Result<void>> commit(std::vector<Write> batch) override;
  Task<Result<std::vector<Record>>> scan(std::string from, std::string to, std::size_t limit) override;
  Result<void> load(const std::function<void(Record)>& each) override;

 private:
  std::map<std::string, std::string> records_;
};

}  // namespace lesto::io
