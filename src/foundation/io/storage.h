// The storage seam: an ordered map of byte keys that survives the process.
//
// Real: SQLite in WAL mode with one writer thread and group commit (sqlite_storage.h). In process: memory
// (memory_storage.h). Simulated: sim/sim_storage.h, which loses at a crash what was not yet synced.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/io/cancel.h"
#include "foundation/io/task.h"

namespace lesto::io {

struct Write {
  std::string key;
  std::optional<std::string> value;  // std::nullopt deletes the key
};

struct Record {
  std::string key;
  std::string value;
};

class Storage {
 public:
  virtual ~Storage() = default;

  // Applies the batch whole or not at all. When the task ends well the batch is durable. Batches become durable in
  // the order of the calls, and commits that overlap share one sync. A failed commit is final for the storage: all
  // later ones fail, since what the caller believes and what is on disk may differ.
  // Cannot be cancelled. Thread: the loop's.
  virtual Task<Result<void>> commit(std::vector<Write> batch) = 0;

  // All records with from <= key < to, in key order, at most `limit`; "" for `to` means no upper end.
  // Sees what is durable. Thread: the loop's.
  virtual Task<Result<std::vector<Record>>> scan(std::string from, std::string to, std::size_t limit) = 0;

  // Reads everything in key order, for the start. Blocks. Thread: the loop's.
  virtual Result<void> load(const std::function<void(Record)>& each) = 0;
};

}  // namespace lesto::io
