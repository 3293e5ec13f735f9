// Making connections: name resolution, connecting to one address after the other, listening.
#include <cstring>
#include <netdb.h>
#include <netinet/tcp.h>
#include <thread>

#include <boost/asio/ip/address.hpp>

#include "foundation/io/wire_state_internal.h"

namespace lesto::io {
namespace {

using boost::asio::ip::tcp;

constexpr int kListenBacklog = 512;
// While the process has no descriptor left, accepting is tried again after this long.
constexpr auto kAcceptPause = std::chrono::milliseconds(100);

struct Resolved {
  std::vector<tcp::endpoint> endpoints;
  std::string reason;
};

Resolved resolve(const std::string& host, const std::string& port) {
  Resolved result;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  int status = getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  if (status != 0) {
    result.reason = gai_strerror(status);
    return result;
  }
  for (addrinfo* at = found; at; at = at->ai_next) {
    if (at->ai_family != AF_INET && at->ai_family != AF_INET6) continue;
    tcp::endpoint endpoint;
    if (at->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), at->ai_addr, at->ai_addrlen);
    endpoint.resize(at->ai_addrlen);
    result.endpoints.push_back(endpoint);
  }
  freeaddrinfo(found);
  return result;
}

// One attempt to connect. Shared by its operations under way.
struct Attempt : std::enable_shared_from_this<Attempt> {
  Attempt(std::shared_ptr<Wire::State> s, WireTarget t)
      : state(std::move(s)), target(std::move(t)) {}

  void start();
  void resolved(Resolved result);
  void next();
  void connected();

  std::shared_ptr<Wire::State> state;
  WireTarget target;
  std::vector<tcp::endpoint> endpoints;
  std::size_t at = 0;
  std::string reasons;
};

void Attempt::start() {
  boost::system::error_code error;
  auto address = boost::asio::ip::make_address(target.host, error);
  if (!error) {
    Resolved numeric;
    numeric.endpoints.emplace_back(address,
                                   static_cast<std::uint16_t>(std::atoi(target.port.c_str())));
    return resolved(std::move(numeric));
  }
  // A thread for each lookup: getaddrinfo cannot be stopped, and one dead name server must hold up
  // neither other lookups nor the end of the process. The thread shares nothing but the slot
  // through which it answers.
  struct Slot {
    std::mutex mutex;
    AsioLoop* loop;  // under mutex; null once the attempt is over
  };
  auto slot = std::make_shared<Slot>();
  slot->loop = &state->loop;
  state->on_close = [slot] {
    std::lock_guard lock(slot->mutex);
    slot->loop = nullptr;
  };
  auto self = shared_from_this();
  std::weak_ptr<Attempt> weak = self;
  state->attempt = self;
  auto look_up = [slot, weak, host = target.host, port = target.port] {
    Resolved result = resolve(host, port);
    std::lock_guard lock(slot->mutex);
    if (!slot->loop) return;
    slot->loop->post([weak, result = std::move(result)]() mutable {
      if (auto attempt = weak.lock()) attempt->resolved(std::move(result));
    });
  };
  try {
    std::thread(look_up).detach();
  } catch (const std::system_error& failure) {
    Resolved none;
    none.reason = failure.what();
    resolved(std::move(none));
  }
}

void Attempt::resolved(Resolved result) {
  state->attempt.reset();
  if (!state->user) return;
  if (result.endpoints.empty()) {
    state->ended(WireEnd::Broken,
                 Error(Code::Unavailable, "connect to " + target.name +
                                              ": no address for the name: " + result.reason));
    return;
  }
  endpoints = std::move(result.endpoints);
  next();
}

void Attempt::next() {
  if (at == endpoints.size()) {
    state->ended(WireEnd::Broken,
                 Error(Code::Unavailable, "connect to " + target.name + ": " + reasons));
    return;
  }
  boost::system::error_code ignored;
  state->socket.close(ignored);
  state->socket.async_connect(endpoints[at],
                              [self = shared_from_this()](const boost::system::error_code& error) {
                                if (!self->state->user) return;
                                if (!error) return self->connected();
                                std::string reason = error.message();
                                if (self->reasons.find(reason) == std::string::npos) {
                                  self->reasons += (self->reasons.empty() ? "" : "; ") + reason;
                                }
                                ++self->at;
                                self->next();
                              });
}

void Attempt::connected() {
  int fd = state->socket.native_handle();
  auto timeout_ms = static_cast<unsigned>(
      std::chrono::duration_cast<std::chrono::milliseconds>(target.user_timeout).count());
  setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms, sizeof timeout_ms);
  TlsPtr tls;
  if (target.tls) {
    auto made = make_client_tls(target.tls, target.tls_name, target.verify);
    if (!made) return state->ended(WireEnd::Broken, std::move(made).error());
    tls = std::move(*made);
  }
  state->begin(nullptr, std::move(tls));
}

class TcpListener final : public Listener {
 public:
  TcpListener(AsioLoop& loop, std::function<void(Accepted)> accepted)
      : inner_(std::make_shared<Inner>(loop, std::move(accepted))) {}
  ~TcpListener() override {
    boost::system::error_code ignored;
    inner_->closed = true;
    inner_->acceptor.close(ignored);
  }

  Result<void> listen(const std::string& text, std::uint16_t port);
  std::uint16_t port() const override {
    boost::system::error_code ignored;
    return inner_->acceptor.local_endpoint(ignored).port();
  }

 private:
  // Shared with the accept that is under way.
  struct Inner : std::enable_shared_from_this<Inner> {
    Inner(AsioLoop& l, std::function<void(Accepted)> a)
        : loop(l), acceptor(l.state().context), accepted(std::move(a)) {}
    void next();
    AsioLoop& loop;
    tcp::acceptor acceptor;
    std::function<void(Accepted)> accepted;
    bool closed = false;
  };

  std::shared_ptr<Inner> inner_;
};

Result<void> TcpListener::listen(const std::string& text, std::uint16_t port) {
  std::string where = text + ":" + std::to_string(port);
  boost::system::error_code error;
  auto address = boost::asio::ip::make_address(text, error);
  if (error) {
    return fail(Code::Invalid, "listen on " + where + ": " + text + " is not an IP address");
  }
  tcp::endpoint endpoint(address, port);
  tcp::acceptor& acceptor = inner_->acceptor;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(kListenBacklog, error);
  if (error == boost::asio::error::address_in_use) {
    return fail(Code::Conflict, "listen on " + where +
                                    ": another process uses this port; choose another one, or "
                                    "port 0 for any that is free");
  }
  if (error) return fail(Code::Denied, "listen on " + where + ": " + error.message());
  inner_->next();
  return {};
}

void TcpListener::Inner::next() {
  auto state = std::make_shared<Wire::State>(loop);
  acceptor.async_accept(
      state->socket, [self = shared_from_this(), state](const boost::system::error_code& error) {
        if (self->closed) return;
        if (error) {
          // Out of descriptors or memory: connections wait in the backlog.
          self->loop.after(kAcceptPause, [self] {
            if (!self->closed) self->next();
          });
          return;
        }
        boost::system::error_code ignored;
        auto remote = state->socket.remote_endpoint(ignored);
        state->name = remote.address().to_string(ignored) + ":" + std::to_string(remote.port());
        self->next();
        self->accepted(Accepted{state});
      });
}

}  // namespace

std::unique_ptr<Wire> Wire::connect(AsioLoop& loop, WireTarget target, WireUser& user) {
  auto state = std::make_shared<State>(loop);
  state->user = &user;
  state->name = target.name;
  state->start_timer(target.connect_timeout, "no connection in time");
  auto attempt = std::make_shared<Attempt>(state, std::move(target));
  loop.post([attempt] {
    if (attempt->state->user) attempt->start();
  });
  return std::make_unique<Wire>(std::move(state));
}

Result<std::unique_ptr<Listener>> Listener::open(AsioLoop& loop, const std::string& address,
                                                 std::uint16_t port,
                                                 std::function<void(Accepted)> accepted) {
  auto listener = std::make_unique<TcpListener>(loop, std::move(accepted));
  TRY(listener->listen(address, port));
  return std::unique_ptr<Listener>(std::move(listener));
}

}  // namespace lesto::io
