// The causal log's storage, for whoever runs the controllers.
#pragma once

#include <memory>
#include <string>

#include "fleet/ledger/ledger.h"
#include "foundation/io/asio_loop.h"

namespace lesto::app {

struct LedgerFile {
  std::unique_ptr<io::Storage> storage;
  ledger::Bounds bounds;
};

// In the directory, which is made when it is missing; "memory" and "" keep less, and forget it at
// the end. Lesto does not run without its log, but nothing depends on what stands in it.
Result<LedgerFile> open_ledger(io::AsioLoop& loop, const std::string& data);

}  // namespace lesto::app
