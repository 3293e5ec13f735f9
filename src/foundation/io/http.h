// The HTTP seam: an Exchange takes a request out and brings the response back; a Handler is the server side of it.
//
// Real: the nghttp2/HTTP/1.1 client and server over TLS. In process: InProcessExchange, straight into a Handler.
// Simulated: sim/sim_exchange.h. The Kubernetes client sees only an Exchange; the API server is only a Handler.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/io/cancel.h"
#include "foundation/io/task.h"

namespace lesto::io {

struct Header {
  std::string name;  // lower case
  std::string value;
};
using Headers = std::vector<Header>;

// The first header of that name (given in lower case); "" when there is none.
std::string_view header(const Headers& headers, std::string_view name);

// How the response body is wanted: gathered into Response::body, or piece by piece through Response::stream.
enum class BodyMode { Whole, Stream };

struct Request {
  std::string method = "GET";
  std::string target = "/";  // path and query, percent-encoded
  Headers headers;
  std::string body;
  BodyMode response = BodyMode::Whole;
};

// A body that arrives over time. Destroying it ends the exchange (the stream is reset).
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  // The next bytes, at least one; std::nullopt at the regular end. An error is final.
  virtual Task<Result<std::optional<std::string>>> next(Context context) = 0;
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  // Set when the handler streams, or when the request asked for a stream; then `body` is empty.
  std::unique_ptr<BodyStream> stream;
};

// Client side. One Exchange is one peer with its credentials; calls may overlap freely.
// Errors: Unavailable (no connection, or it broke), Timeout, Cancelled, TooLarge (body over the limit), Denied (TLS:
// the peer's certificate does not verify).
class Exchange {
 public:
  virtual ~Exchange() = default;
  // A streamed response is returned when its header is there.
  virtual Task<Result<Response>> send(Context context, Request request) = 0;
};

// Who sent a request, as far as the transport knows.
struct Peer {
  std::string address;
  // From a verified client certificate: common name, then organizations.
  std::optional<std::string> certificate_name;
  std::vector<std::string> certificate_groups;
};

// Server side. The context is cancelled when the peer is gone. A handler always answers.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual Task<Response> handle(Context context, Request request, Peer peer) = 0;
};

// A stream fed by hand: the server's watches and the simulated network use it. push() never waits; when more than
// `bytes_max` wait unread the stream ends with TooLarge, so that a slow reader costs bounded memory.
class Pipe {
 public:
  static constexpr std::size_t kBytesMax = 64 << 20;

  explicit Pipe(Loop& loop, std::size_t bytes_max = kBytesMax);
  // The reading end; taken once. The pipe and its reader may be destroyed in either order.
  std::unique_ptr<BodyStream> reader();
  void push(std::string bytes) const;
  // The regular end.
  void close() const;
  void close(Error error) const;
  // True once the reader is destroyed or the pipe is closed: nobody will read what is pushed.
  bool closed() const;
  // Calls `job` when the reader is destroyed before the pipe was closed.
  void on_reader_gone(Job job) const;

 private:
  struct State;
  class Reader;
  std::shared_ptr<State> state_;
};

// The exchange that calls a handler of the same process: how `lesto up` reaches its own clusters.
class InProcessExchange final : public Exchange {
 public:
  explicit InProcessExchange(Handler& handler) : handler_(handler) {}
  Task<Result<Response>> send(Context context, Request request) override;

 private:
  Handler& handler_;
};

}  // namespace lesto::io
