// Storage in one SQLite file: WAL, synchronous=FULL, one writer thread, group commit.
#pragma once

#include <memory>
#include <string>

#include "foundation/io/loop.h"
#include "foundation/io/storage.h"

namespace lesto::io {

// Commits that arrive while a sync runs share the next transaction. The file belongs to this
// process alone for as long as the storage lives. Its destructor writes what was committed before,
// and must run on the loop's thread.
class SqliteStorage final : public Storage {
 public:
  // Makes the file when it is not there (its directory must be), checks it, and takes it for this
  // process. Blocks. Errors: Denied (may not be written), NotFound (no such directory), Conflict
  // (another process has it), Invalid (no SQLite database, or not Lesto's, or of a newer Lesto),
  // Internal (damaged), Unavailable (the disk failed).
  static Result<std::unique_ptr<SqliteStorage>> open(Loop& loop, std::string path);
  ~SqliteStorage() override;

  Task<Result<void>> commit(std::vector<Write> batch) override;
  Task<Result<std::vector<Record>>> scan(std::string from, std::string to,
                                         std::size_t limit) override;
  Result<void> load(const std::function<void(Record)>& each) override;

  // How many transactions were synced: commits share them. Thread: any.
  std::uint64_t transactions() const;

  class Writer;
  // For the factory above.
  SqliteStorage(Loop& loop, std::unique_ptr<Writer> writer);

 private:
  Loop& loop_;
  std::unique_ptr<Writer> writer_;
};

}  // namespace lesto::io
