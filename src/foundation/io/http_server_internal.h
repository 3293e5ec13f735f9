// What the server's connections, its two protocols and the tasks that run the handler share.
// Included by .cpp files of this room only.
#pragma once

#include <memory>

#include "foundation/io/http_server.h"
#include "foundation/io/limits.h"
#include "foundation/io/wire_internal.h"

namespace lesto::io {

// One request and its answer. Shared by the session, which reads the request and sends the answer,
// and the task that runs the handler; either may be gone first.
struct ServerCall {
  explicit ServerCall(Loop& l) : loop(l) {}

  Loop& loop;
  Request request;
  Peer peer;
  CancelSource cancel;  // requested when the peer is gone

  // The answer, written by the task.
  bool answered = false;  // status and headers are there
  bool whole = false;     // `waiting` is the whole body
  int status = 0;
  Headers headers;
  std::string waiting;  // body bytes from `taken` on
  std::size_t taken = 0;
  bool ended = false;   // nothing comes after `waiting`
  bool broken = false;  // the handler's stream failed: the answer must not look complete
  std::optional<Completion<void>> room;

  // Tells the session that something above changed. Empty once the session let go of the call.
  std::function<void()> changed;

  std::size_t size() const { return waiting.size() - taken; }
  void take(std::size_t count) {
    taken += count;
    if (taken == waiting.size()) {
      waiting.clear();
      if (waiting.capacity() > kAnswerWaitingMax) waiting = std::string();
      taken = 0;
    }
    if (room && size() < kAnswerWaitingMax / 2) room->complete({});
  }
  // The session lets go: nobody will take the rest.
  void abandon() {
    changed = nullptr;
    cancel.request();
    if (room) room->complete({});
  }
};

// What a session asks of the connection that it speaks on.
class SessionHost {
 public:
  virtual const ServerOptions& options() const = 0;
  virtual Loop& loop() = 0;
  // A call whose request is whole goes to the handler.
  virtual void start(const std::shared_ptr<ServerCall>& call) = 0;
  virtual void wake() = 0;    // fill() has something
  virtual void finish() = 0;  // close once fill() gives nothing
  virtual void pause(bool paused) = 0;
  // A request began or ended: timers start anew.
  virtual void progress() = 0;

 protected:
  ~SessionHost() = default;
};

// One protocol on one connection. Destroying it abandons its calls.
class ServerSession {
 public:
  virtual ~ServerSession() = default;
  virtual void bytes(std::string_view bytes) = 0;
  virtual void fill(std::string& out) = 0;
  // Takes no more requests, ends when the running ones have.
  virtual void go_away() = 0;
  // Requests that are incomplete or unanswered.
  virtual std::size_t calls() const = 0;
  // True while part of a request is there and the rest is missing.
  virtual bool receiving() const = 0;
};

std::unique_ptr<ServerSession> make_http1_server(SessionHost& host);
std::unique_ptr<ServerSession> make_http2_server(SessionHost& host);

}  // namespace lesto::io
