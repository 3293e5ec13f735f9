#include "app/manager.h"

#include "app/install.h"
#include "foundation/io/files.h"
#include "foundation/io/sqlite_storage.h"

namespace lesto::app {

Result<std::unique_ptr<io::Storage>> open_ledger(io::AsioLoop& loop, const std::string& directory) {
  TRY(io::make_directories(directory));
  auto opened = io::SqliteStorage::open(loop, directory + "/ledger.db");
  if (opened) return std::move(*opened);
  Error error = std::move(opened).error();
  if (error.code() != Code::Invalid && error.code() != Code::Internal) return fail(std::move(error));
  return fail(std::move(error).during("the causal log (moved away, it begins anew: only the history is lost)"));
}

Manager::Manager(io::Loop& loop, Log& log, io::Exchange& management, cluster::Dialer& dialer,
                 io::Storage& ledger_storage, ManagerOptions options)
    : client_(loop, management, "lesto"),
      management_(client_, log, options.own_namespace),
      registry_(loop, log, management_, dialer, {options.probes, options.capi_onboard_annotation}),
      ledger_(loop, ledger_storage, options.ledger),
      event_(loop, log, management_, registry_, ledger_),
      trigger_(loop, log, management_, registry_, ledger_),
      profile_(loop, log, management_, registry_, ledger_),
      deploy_(loop, log, management_, registry_, ledger_, options.deletes),
      scope_(loop) {}

io::Task<Result<void>> Manager::start() {
  auto opened = co_await ledger_.open();
  if (!opened) co_return opened;
  ledger_.start(scope_);
  auto made = co_await ensure_namespace(client_, management_.own_namespace());
  if (!made) co_return made;
  management_.start(scope_);
  auto synced = co_await management_.wait_synced(scope_.context());
  if (!synced) co_return synced;
  registry_.start(scope_);
  event_.start(scope_);
  trigger_.start(scope_);
  profile_.start(scope_);
  deploy_.start(scope_);
  co_return {};
}

io::Task<void> Manager::stop() {
  scope_.cancel();
  event_.cancel();
  deploy_.cancel();
  co_await scope_.join();
}

}  // namespace lesto::app
