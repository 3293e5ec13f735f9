// Binds a Handler to a socket: HTTP/2 and HTTP/1.1, over TLS or plain.
#pragma once

#include <memory>
#include <string>

#include "foundation/io/asio_loop.h"
#include "foundation/io/http.h"
#include "foundation/io/tls.h"

namespace lesto::io {

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
  // With it the server speaks TLS; without, plain HTTP.
  std::optional<KeyPair> identity;
  // PEM. With it clients may show a certificate of this authority, which becomes the Peer's
  // identity; a certificate of another one is turned away. Clients without certificate are let in:
  // the handler decides.
  std::string client_authority;
  // A longer request body is answered with 413.
  std::size_t request_bytes_max = 3 << 20;
  // Requests that one HTTP/2 connection may have open, and connections that may be open.
  std::uint32_t streams_max = 1000;
  std::size_t connections_max = 10'000;
  // For a handshake, and for a whole request to arrive.
  Duration request_timeout = std::chrono::seconds(60);
  // A connection without request is closed after this long.
  Duration idle_timeout = std::chrono::minutes(5);
};

// Thread: the loop's. stop() must have ended before it is destroyed, when it served anything.
class HttpServer {
 public:
  // Errors: Conflict (the port is in use), Denied, Invalid (the certificates).
  static Result<std::unique_ptr<HttpServer>> open(AsioLoop& loop, Handler& handler,
                                                  ServerOptions options);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;
  std::size_t connections() const;

  // Accepts nothing new, tells clients to go (GOAWAY), lets running requests end for up to `grace`,
  // then cancels them. Watches never end by themselves: they are cancelled after `grace`.
  Task<void> stop(Duration grace);

  struct State;
  // For the factory above.
  explicit HttpServer(std::unique_ptr<State> state);

 private:
  std::unique_ptr<State> state_;
};

}  // namespace lesto::io
