// The embedded API server: a Handler that answers as kube-apiserver 1.36 does, over a Storage and a Loop.
//
//   io::MemoryStorage storage;
//   auto server = co_await ApiServer::open(loop, storage, rng, options);
//   io::InProcessExchange exchange(**server);      // or bound to sockets with io::HttpServer
//   ...
//   co_await (*server)->stop();                    // ends watches and controllers; then it may be destroyed
//
// Loop, storage and rng must outlive the server. All requests must have ended before it is destroyed.
// Thread: the loop's.
#pragma once

#include <memory>
#include <string>

#include "foundation/io/http.h"
#include "foundation/io/loop.h"
#include "foundation/io/storage.h"
#include "kube/apiserver/options.h"

namespace lesto::apiserver {

class ApiServer final : public io::Handler {
 public:
  // Loads the storage and makes what every cluster has: namespaces, roles, the `kubernetes` Service.
  static io::Task<Result<std::unique_ptr<ApiServer>>> open(io::Loop& loop, io::Storage& storage, Rng& rng,
                                                           Options options);
  ~ApiServer() override;
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;

  io::Task<io::Response> handle(io::Context context, io::Request request, io::Peer peer) override;

  // Ends watches, stops the controllers, waits for writes in flight.
  io::Task<void> stop();

  // For tests: breaks every watch off; makes every older resourceVersion too old.
  void drop_watches();
  void forget_history();
  // Version of the newest durable write.
  std::uint64_t version() const;
  std::size_t watches() const;

 private:
  struct State;
  explicit ApiServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace lesto::apiserver
