#include "foundation/io/http_pool_internal.h"

namespace lesto::io {
namespace {

// Connections that one call makes in vain before it gives up.
constexpr int kConnectsMax = 3;

}  // namespace

HttpExchange::Pool::Pool(AsioLoop& l, ClientOptions o, Url u, TlsContextPtr t)
    : loop(l), options(std::move(o)), url(std::move(u)), tls(std::move(t)) {}
HttpExchange::Pool::~Pool() = default;

ClientConnection* HttpExchange::Pool::free_connection(BodyMode mode) {
  for (auto& [key, connection] : connections_) {
    if (connection->accepts(mode)) return key;
  }
  return nullptr;
}

// True while a connection is being made, or has not said yet how many streams it carries: no need
// for another.
bool HttpExchange::Pool::pending() const {
  if (connecting_ >= (http1_ ? kHttp1ConnectingMax : 1)) return true;
  for (const auto& [key, connection] : connections_) {
    if (connection->open() && !connection->retired() && !connection->settled()) return true;
  }
  return false;
}

bool HttpExchange::Pool::may_connect(BodyMode mode) const {
  std::size_t live = 0;
  for (const auto& [key, connection] : connections_) live += connection->retired() ? 0 : 1;
  std::size_t most = http1_ ? kHttp1ConnectionsMax : kHttp2ConnectionsMax;
  // In HTTP/1.1 a watch takes a whole connection; the last tenth stays for short calls.
  if (http1_ && mode == BodyMode::Stream) most -= most / 10;
  return live < most;
}

Task<Result<ClientConnection*>> HttpExchange::Pool::acquire(Context context, BodyMode mode) {
  for (int connects = 0;;) {
    if (closed_) co_return fail(Code::Unavailable, "the exchange was closed");
    ClientConnection* found = free_connection(mode);
    if (found) co_return found;
    if (!pending()) {
      if (may_connect(mode)) {
        if (!http1_ && ++connects > kConnectsMax) {
          co_return fail(Code::Unavailable, url.authority + " turns every connection away");
        }
        connect();
      } else if (mode == BodyMode::Stream) {
        // Streams do not end by themselves: waiting for one to end could take for ever without a
        // word.
        co_return fail(Code::Unavailable, "all connections to " + url.authority +
                                              " carry as many streams as the server allows");
      }
    }
    Completion<void> told(loop);
    waiters_.push_back({mode, told});
    auto outcome = co_await told.wait(context);
    if (!outcome) {
      std::string doing = "waiting for a connection to " + url.authority;
      bool ours = outcome.error().code() == Code::Timeout;
      if (ours) co_return fail(std::move(outcome).error().during(std::move(doing)));
      co_return fail(std::move(outcome).error());
    }
  }
}

void HttpExchange::Pool::connect() {
  ++connects_;
  WireTarget target;
  target.host = url.host;
  target.port = url.port;
  target.name = url.host + ":" + url.port;
  target.connect_timeout = options.connect_timeout;
  target.user_timeout = options.ping_every + options.ping_timeout;
  target.tls = tls.get();
  target.tls_name =
      options.credentials.server_name.empty() ? url.host : options.credentials.server_name;
  target.verify = options.credentials.verify;
  auto connection = std::make_unique<ClientConnection>(*this, target);
  ++connecting_;
  connections_.emplace(connection.get(), std::move(connection));
}

void HttpExchange::Pool::ready(ClientConnection& connection) {
  --connecting_;
  http1_ = !connection.http2();
  if (http1_) wake_all(std::nullopt);
}

void HttpExchange::Pool::failed(ClientConnection& connection, Error error) {
  --connecting_;
  remove(connection);
  wake_all(error);
}

void HttpExchange::Pool::gone(ClientConnection& connection, const std::optional<Error>& error) {
  remove(connection);
  // Who waited for room on it must look for another; who waited for its first word has an answer.
  wake_all(error);
}

// A retired connection without calls.
void HttpExchange::Pool::shed(ClientConnection& connection) {
  remove(connection);
  wake_all(std::nullopt);
}

void HttpExchange::Pool::settled() { wake_all(std::nullopt); }

// One call ended: the first that waits for each mode may look. Whoever is told starts a call, whose
// end tells the next.
void HttpExchange::Pool::room() {
  for (BodyMode mode : {BodyMode::Whole, BodyMode::Stream}) {
    auto at = waiters_.begin();
    while (at != waiters_.end()) {
      if (at->told.done()) {
        // It stopped waiting.
        at = waiters_.erase(at);
      } else if (at->mode == mode) {
        at->told.complete({});
        waiters_.erase(at);
        break;
      } else {
        ++at;
      }
    }
  }
}

void HttpExchange::Pool::wake_all(const std::optional<Error>& error) {
  auto waiters = std::exchange(waiters_, {});
  for (const Waiter& waiter : waiters) {
    if (error) {
      waiter.told.complete(fail(*error));
    } else {
      waiter.told.complete({});
    }
  }
}

void HttpExchange::Pool::remove(ClientConnection& connection) {
  auto found = connections_.find(&connection);
  if (found == connections_.end()) return;
  // It may be on the stack in this turn.
  loop.post(
      [pool = shared_from_this(), gone = std::move(found->second)]() mutable { gone.reset(); });
  connections_.erase(found);
}

void HttpExchange::Pool::close() {
  closed_ = true;
  auto all = std::exchange(connections_, {});
  connecting_ = 0;
  all.clear();
  wake_all(Error(Code::Unavailable, "the exchange was closed"));
}

HttpExchange::Counts HttpExchange::Pool::counts() const {
  Counts counts;
  for (const auto& [key, connection] : connections_) {
    counts.connections += connection->open() ? 1 : 0;
    counts.calls += connection->calls();
  }
  counts.connects = connects_;
  counts.http2 = connects_ > 0 && !http1_;
  return counts;
}

}  // namespace lesto::io
