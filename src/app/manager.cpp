#include "app/manager.h"

#include "app/install.h"

namespace lesto::app {

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
