// The real Exchange: one HTTP server, by URL, with credentials. HTTP/2 when the server speaks it,
// else HTTP/1.1.
#pragma once

#include <memory>
#include <string>

#include "foundation/io/asio_loop.h"
#include "foundation/io/http.h"
#include "foundation/io/tls.h"

namespace lesto::io {

struct ClientOptions {
  // "https://host:port/prefix" or "http://…". The prefix goes before every request's target.
  std::string url;
  Credentials credentials;
  std::string user_agent = "lesto";

  // What is offered over TLS; Auto offers both and takes what the server likes better. Plain http
  // knows no offers: there Auto is HTTP/1.1.
  enum class Protocol { Auto, Http1, Http2 } protocol = Protocol::Auto;

  Duration connect_timeout = std::chrono::seconds(10);
  // A connection that was silent for `ping_every` is asked for a sign of life, and dropped without
  // one.
  Duration ping_every = std::chrono::seconds(30);
  Duration ping_timeout = std::chrono::seconds(15);
  // A longer body of a whole response is TooLarge.
  std::size_t response_bytes_max = 256 << 20;
};

// All calls share one HTTP/2 connection; another is opened only when the peer allows no more
// streams on it, or told us to go. It is made at the first request, and again at the next request
// after it broke. One attempt to connect at a time: requests wait for it. A request that the peer
// refused without looking at it is sent a second time. Errors besides those of Exchange: what a
// broken connection means is in the message; the code is Unavailable, and Denied when certificates
// are the reason. Thread: the loop's.
class HttpExchange final : public Exchange {
 public:
  // Errors: Invalid (the URL or the credentials).
  static Result<std::unique_ptr<HttpExchange>> create(AsioLoop& loop, ClientOptions options);
  // Calls that run end with Unavailable.
  ~HttpExchange() override;
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

  Task<Result<Response>> send(Context context, Request request) override;

  // For tokens that change. Counts from the next request on.
  void set_token(std::string token);

  struct Counts {
    std::size_t connections = 0;  // open now
    std::size_t calls = 0;        // running now
    std::uint64_t connects = 0;   // attempts since the start
    bool http2 = false;           // what the peer was last seen to speak
  };
  Counts counts() const;

  class Pool;
  // For the factory above.
  explicit HttpExchange(std::shared_ptr<Pool> pool);

 private:
  // Shared with the calls that run, so that an exchange may go before them.
  std::shared_ptr<Pool> pool_;
};

}  // namespace lesto::io
