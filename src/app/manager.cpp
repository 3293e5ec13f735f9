#include "app/manager.h"

#include "kube/object/api_error.h"
#include "kube/object/discovery.h"

namespace lesto::app {

Manager::Manager(io::Loop& loop, Log& log, io::Exchange& management, cluster::Dialer& dialer,
                 io::Storage& ledger_storage, ManagerOptions options)
    : client_(loop, management, "lesto"),
      management_(client_, options.own_namespace),
      registry_(loop, log, management_, dialer, options.probes),
      ledger_(loop, ledger_storage, options.ledger),
      event_(loop, log, management_, registry_, ledger_),
      trigger_(loop, log, management_, registry_, ledger_),
      profile_(loop, log, management_, registry_, ledger_),
      deploy_(loop, log, management_, registry_, ledger_, options.deletes),
      scope_(loop) {}

io::Task<Result<void>> Manager::make_namespace(io::Context context) {
  json::Value object = json::object({{"apiVersion", "v1"},
                                     {"kind", "Namespace"},
                                     {"metadata", json::object({{"name", management_.own_namespace()}})}});
  auto created = co_await client_.create(std::move(context), kube::core_resource("namespaces", "Namespace", kube::Scope::Cluster),
                                         std::move(object), std::string(control::kFieldManager));
  if (!created && !kube::is_already_exists(created.error())) co_return fail(std::move(created).error());
  co_return {};
}

io::Task<Result<void>> Manager::start() {
  auto opened = co_await ledger_.open();
  if (!opened) co_return opened;
  ledger_.start(scope_);
  auto made = co_await make_namespace(scope_.context());
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
