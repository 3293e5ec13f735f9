#include "app/ledger_file.h"

#include "foundation/io/files.h"
#include "foundation/io/memory_storage.h"
#include "foundation/io/sqlite_storage.h"

namespace lesto::app {
namespace {

constexpr ledger::Bounds kInMemory{.records = 10'000, .content_bytes = 16 << 20};

}  // namespace

Result<LedgerFile> open_ledger(io::AsioLoop& loop, const std::string& data) {
  if (data.empty() || data == "memory") {
    return LedgerFile{std::make_unique<io::MemoryStorage>(), kInMemory};
  }
  TRY(during(io::make_directories(data), "--data " + data));
  auto opened = io::SqliteStorage::open(loop, data + "/ledger.db");
  if (opened) return LedgerFile{std::move(*opened), {}};
  Error error = std::move(opened).error();
  bool damaged = error.code() == Code::Invalid || error.code() == Code::Internal;
  if (!damaged) return fail(std::move(error));
  return fail(std::move(error).during(
      "the causal log (moved away, it begins anew: only the history is lost)"));
}

}  // namespace lesto::app
