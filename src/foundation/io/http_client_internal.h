// What the exchange's calls, its connections and the two protocols share. Included by .cpp files of
// this room only.
#pragma once

#include <memory>

#include "foundation/io/http_client.h"
#include "foundation/io/limits.h"
#include "foundation/io/wire_internal.h"

namespace lesto::io {

class ClientSession;

// One request and its response. Shared by the session that carries it and by whoever waits for it
// (the sending task, later the response's stream).
struct ClientCall {
  ClientCall(Loop& l, Request r, std::size_t max)
      : request(std::move(r)), bytes_max(max), head(l), over(l) {}

  Request request;
  std::size_t sent = 0;  // of request.body
  std::size_t bytes_max;

  int status = 0;
  Headers headers;
  std::size_t header_bytes = 0;
  std::string body;  // received and not taken
  bool ended = false;
  std::optional<Error> error;
  // The peer did nothing with the request: it is safe to send again.
  bool untouched = false;
  Completion<void> head;  // status and headers are there, or an error
  Completion<void> over;  // ended, or an error
  std::optional<Completion<void>> more;

  // Null when no session carries the call (any more). Sessions outlive that.
  ClientSession* session = nullptr;
  std::int32_t stream = 0;

  bool streamed() const { return request.response == BodyMode::Stream; }
  void arrived() { head.complete({}); }
  void add(std::string_view bytes) {
    body += bytes;
    if (more) more->complete({});
  }
  // Ends the call from the session's side.
  void end(std::optional<Error> why) {
    session = nullptr;
    if (ended) return;
    ended = true;
    error = std::move(why);
    if (error) head.complete(fail(*error));
    head.complete({});
    if (error) over.complete(fail(*error));
    over.complete({});
    if (more) more->complete({});
  }
  // Ends the call from the caller's side: the stream is reset.
  void drop();
  // The caller took `count` bytes: the peer may send as many more.
  void took(std::size_t count);
};

// What a session asks of the connection that it speaks on.
class ClientHost {
 public:
  virtual const ClientOptions& options() const = 0;
  virtual Loop& loop() = 0;
  virtual const std::string& authority() const = 0;
  virtual const std::string& peer_name() const = 0;
  virtual void wake() = 0;
  virtual void pause(bool paused) = 0;
  // The session takes no more calls; it goes when its last one has.
  virtual void retire() = 0;
  // The peer has said how many calls it allows.
  virtual void settle() = 0;
  // A call may start that could not before.
  virtual void room() = 0;
  // The connection is of no use any more.
  virtual void broken(Error error) = 0;

 protected:
  ~ClientHost() = default;
};

// One protocol on one connection. Its owner ends the calls that are left before it destroys the
// session.
class ClientSession {
 public:
  virtual ~ClientSession() = default;
  // True when a call may start now; streams may not take the last tenth.
  virtual bool accepts(BodyMode mode) const = 0;
  // False until the peer has said how many calls it allows.
  virtual bool settled() const = 0;
  virtual void start(std::shared_ptr<ClientCall> call) = 0;
  virtual void drop(ClientCall& call) = 0;
  virtual void took(ClientCall& call, std::size_t count) = 0;
  virtual std::size_t calls() const = 0;
  virtual void bytes(std::string_view bytes) = 0;
  virtual void fill(std::string& out) = 0;
  // The connection is gone: every call ends.
  virtual void lost(WireEnd how, const Error& error) = 0;
  // A call for a sign of life. False: this protocol has none.
  virtual bool ping() = 0;
};

std::unique_ptr<ClientSession> make_http1_client(ClientHost& host);
std::unique_ptr<ClientSession> make_http2_client(ClientHost& host);

struct Url {
  bool tls = false;
  std::string host;
  std::string port;
  std::string authority;  // host and, unless it is the scheme's own, port
  std::string prefix;     // of the path, without a slash at its end
};
Result<Url> parse_url(const std::string& text);

}  // namespace lesto::io
