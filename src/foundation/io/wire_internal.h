// A connected byte stream, plain or TLS, as the HTTP sessions of both sides see it. Included by
// .cpp files of this room only. Thread: the loop's.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "foundation/io/asio_loop.h"
#include "foundation/io/http.h"
#include "foundation/io/openssl_internal.h"

namespace lesto::io {

// Bytes that fill() gathers before they are sent.
inline constexpr std::size_t kWriteChunk = 64 << 10;

enum class WireEnd { Regular, Broken };

// Who uses a wire. Each call may destroy the wire.
class WireUser {
 public:
  // Connected, and the TLS handshake is done.
  virtual void wire_open() = 0;
  // Bytes came in. Borrowed until the call returns.
  virtual void wire_bytes(std::string_view bytes) = 0;
  // Appends what is to be sent, about kWriteChunk at most; nothing when there is nothing.
  virtual void wire_fill(std::string& out) = 0;
  // The peer closed, or something broke. The last call. Regular: after a goodbye of the peer.
  virtual void wire_end(WireEnd how, Error error) = 0;

 protected:
  ~WireUser() = default;
};

struct WireTarget {
  std::string host;
  std::string port;
  std::string name;  // for messages: "api.example.com:6443"
  Duration connect_timeout;
  Duration user_timeout;   // unacknowledged bytes break the connection after this long
  SSL_CTX* tls = nullptr;  // null: plain. Must outlive the wire
  std::string tls_name;
  Credentials::Verify verify = Credentials::Verify::Yes;
};

class Wire {
 public:
  // Resolves, connects and shakes hands; wire_open() or wire_end() tells how it went, never inside
  // this call.
  static std::unique_ptr<Wire> connect(AsioLoop& loop, WireTarget target, WireUser& user);

  struct State;
  explicit Wire(std::shared_ptr<State> state);
  // Closes at once.
  ~Wire();

  // There is something to send: wire_fill() is called in a turn of its own, once for many wakes.
  void wake();
  // What fill() gives from now on until it gives nothing is sent, then the wire is closed in good
  // order; ends with wire_end().
  void finish();
  // While paused nothing is read, so that the peer has to wait. The end is noticed when reading
  // goes on.
  void pause(bool paused);

  bool http2() const;  // negotiated
  // The peer's address and, with a verified client certificate, who it is.
  Peer peer() const;

 private:
  // Shared with the operations that Asio has under way.
  std::shared_ptr<State> state_;
};

// Accepts connections on one address.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual std::uint16_t port() const = 0;

  struct Accepted {
    std::shared_ptr<Wire::State> state;
  };
  // `accepted` gets each new connection; start() makes a wire of it. Errors say the address and the
  // reason.
  static Result<std::unique_ptr<Listener>> open(AsioLoop& loop, const std::string& address,
                                                std::uint16_t port,
                                                std::function<void(Accepted)> accepted);
};

// Begins to use an accepted connection: handshake with `tls` unless it is null, within `timeout`;
// then wire_open().
std::unique_ptr<Wire> start_wire(Listener::Accepted accepted, SSL_CTX* tls, Duration timeout,
                                 WireUser& user);

}  // namespace lesto::io
