// The inside of a wire, shared by the .cpp files that make and run one.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "foundation/io/asio_internal.h"
#include "foundation/io/wire_internal.h"

namespace lesto::io {

// Held by the wire and by each operation under way: an operation that comes back after the wire is
// gone finds `user` null and does nothing.
struct Wire::State : std::enable_shared_from_this<Wire::State> {
  explicit State(AsioLoop& l) : loop(l), socket(l.state().context) {}
  ~State() { close(); }

  enum class Phase { Connecting, Handshake, Open, Closed };
  enum class Progress { Done, Wait, Ended };

  // The socket is connected.
  void begin(SSL_CTX* context, TlsPtr connection);
  void handshake();
  void opened();
  void want_read();
  void want_write();
  void read_some();
  void write_some();
  // Sends a part of `unsent` or reads into the loop's buffer.
  Progress send(std::size_t& sent);
  Progress receive(std::size_t& got);
  void schedule_write();
  void linger();
  void ended(WireEnd how, Error error);
  Progress broken(int result, const char* doing);
  void start_timer(Duration delay, const char* what);
  void stop_timer();
  void close();
  bool usable() const { return user != nullptr && phase != Phase::Closed; }

  AsioLoop& loop;
  boost::asio::ip::tcp::socket socket;
  WireUser* user = nullptr;
  Phase phase = Phase::Connecting;
  std::string certificate_fault;  // the TLS connection writes to it
  TlsPtr tls;
  bool server = false;
  // While a name is looked up: the attempt that waits for it, and how the lookup learns that nobody
  // does any more.
  std::shared_ptr<void> attempt;
  std::function<void()> on_close;
  std::string name;  // of the peer, for messages
  TimerId timer = TimerId::None;

  std::string unsent;
  std::size_t sent_of_unsent = 0;
  bool reading = false;    // an operation waits for readability
  bool writing = false;    // an operation waits for writability
  bool scheduled = false;  // a turn of write_some() is posted
  bool paused = false;
  bool finishing = false;
  bool lingering = false;  // all is sent; only the peer's end is waited for
  std::size_t lingered = 0;
};

}  // namespace lesto::io
