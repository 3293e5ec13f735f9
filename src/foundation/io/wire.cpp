#include "foundation/io/wire_internal.h"

#include <cstring>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include "foundation/io/wire_state_internal.h"

namespace lesto::io {
namespace {

using boost::asio::ip::tcp;

// Reads in a row from one connection before the others get their turn.
constexpr int kReadsInARow = 16;
// How long, and for how many bytes, a closed connection waits for the peer to take note. Closing at
// once would make the kernel drop an answer that the peer has not read yet.
constexpr auto kLinger = std::chrono::seconds(2);
constexpr std::size_t kLingerBytesMax = 4 << 20;

// How long the peer may take to read the last answer.
constexpr auto kFinishTimeout = std::chrono::seconds(60);
constexpr int kKeepAliveSeconds = 30;

// OpenSSL reaches the socket through this: its own socket BIO raises SIGPIPE when the peer is gone.
int bio_write(BIO* bio, const char* bytes, int size) {
  auto fd = static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
  BIO_clear_retry_flags(bio);
  ssize_t done = ::send(fd, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (done < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(done);
}

int bio_read(BIO* bio, char* bytes, int size) {
  auto fd = static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
  BIO_clear_retry_flags(bio);
  ssize_t done = ::recv(fd, bytes, static_cast<std::size_t>(size), 0);
  if (done < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  if (done == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return static_cast<int>(done);
}

long bio_control(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) ? 1 : 0;
  return 0;
}

const BIO_METHOD* socket_method() {
  // A table of functions: constant once made.
  static const BIO_METHOD* const kMethod = [] {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "lesto socket");
    BIO_meth_set_write(method, bio_write);
    BIO_meth_set_read(method, bio_read);
    BIO_meth_set_ctrl(method, bio_control);
    return method;
  }();
  return kMethod;
}

BIO* make_socket_bio(int fd) {
  BIO* bio = BIO_new(socket_method());
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace

void Wire::State::begin(SSL_CTX* context, TlsPtr connection) {
  boost::system::error_code ignored;
  socket.native_non_blocking(true, ignored);
  socket.set_option(tcp::no_delay(true), ignored);
  // A peer that is gone without a word is noticed by the kernel: HTTP/1.1 has no ping, and servers
  // send none.
  auto set = [this](int level, int option, int value) {
    setsockopt(socket.native_handle(), level, option, &value, sizeof value);
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, kKeepAliveSeconds);
  set(IPPROTO_TCP, TCP_KEEPINTVL, kKeepAliveSeconds / 6);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  tls = std::move(connection);
  if (context && !tls) {
    tls.reset(SSL_new(context));
    if (!tls) return ended(WireEnd::Broken, Error(Code::Internal, "TLS: " + openssl_reason()));
    SSL_set_accept_state(tls.get());
  }
  if (!tls) return opened();
  SSL_set_app_data(tls.get(), &certificate_fault);
  BIO* bio = make_socket_bio(socket.native_handle());
  SSL_set_bio(tls.get(), bio, bio);
  phase = Phase::Handshake;
  handshake();
}

void Wire::State::handshake() {
  ERR_clear_error();
  int result = SSL_do_handshake(tls.get());
  if (result == 1) return opened();
  switch (SSL_get_error(tls.get(), result)) {
    case SSL_ERROR_WANT_READ: return want_read();
    case SSL_ERROR_WANT_WRITE: return want_write();
    case SSL_ERROR_SYSCALL:
      ended(WireEnd::Broken,
            Error(Code::Unavailable, name + " closed the connection during the TLS handshake"));
      return;
    default: ended(WireEnd::Broken, handshake_error(tls.get(), name));
  }
}

void Wire::State::opened() {
  stop_timer();
  phase = Phase::Open;
  auto self = shared_from_this();
  user->wire_open();
  if (!usable()) return;
  schedule_write();
  read_some();
}

void Wire::State::want_read() {
  if (reading) return;
  reading = true;
  socket.async_wait(
      tcp::socket::wait_read, [self = shared_from_this()](const boost::system::error_code& error) {
        self->reading = false;
        if (!self->usable()) return;
        if (error) {
          return self->ended(WireEnd::Broken,
                             Error(Code::Unavailable, self->name + ": " + error.message()));
        }
        if (self->phase == Phase::Handshake) return self->handshake();
        self->read_some();
      });
}

void Wire::State::want_write() {
  if (writing) return;
  writing = true;
  socket.async_wait(
      tcp::socket::wait_write, [self = shared_from_this()](const boost::system::error_code& error) {
        self->writing = false;
        if (!self->usable()) return;
        if (error) {
          return self->ended(WireEnd::Broken,
                             Error(Code::Unavailable, self->name + ": " + error.message()));
        }
        if (self->phase == Phase::Handshake) return self->handshake();
        self->write_some();
      });
}

// What an unsuccessful read or write means.
Wire::State::Progress Wire::State::broken(int result, const char* doing) {
  int number = errno;
  if (!tls) {
    if (result < 0 && (number == EAGAIN || number == EINTR)) return Progress::Wait;
    if (result == 0) {
      ended(WireEnd::Regular, Error(Code::Unavailable, name + " closed the connection"));
    } else {
      ended(WireEnd::Broken, Error(Code::Unavailable,
                                   std::string(doing) + " " + name + ": " + std::strerror(number)));
    }
    return Progress::Ended;
  }
  int kind = SSL_get_error(tls.get(), result);
  if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE) return Progress::Wait;
  if (kind == SSL_ERROR_ZERO_RETURN) {
    ended(WireEnd::Regular, Error(Code::Unavailable, name + " closed the connection"));
  } else if (kind == SSL_ERROR_SYSCALL && number != 0) {
    ended(WireEnd::Broken,
          Error(Code::Unavailable, std::string(doing) + " " + name + ": " + std::strerror(number)));
  } else if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING ||
             kind == SSL_ERROR_SYSCALL) {
    ended(WireEnd::Broken, Error(Code::Unavailable, name + " broke off the connection"));
  } else {
    // With TLS 1.3 a server judges our certificate after our handshake is done.
    ended(WireEnd::Broken, handshake_error(tls.get(), name));
  }
  ERR_clear_error();
  return Progress::Ended;
}

Wire::State::Progress Wire::State::receive(std::size_t& got) {
  std::vector<char>& buffer = loop.state().read_buffer;
  errno = 0;
  int result;
  if (tls) {
    ERR_clear_error();
    result = SSL_read(tls.get(), buffer.data(), static_cast<int>(buffer.size()));
  } else {
    result = static_cast<int>(::recv(socket.native_handle(), buffer.data(), buffer.size(), 0));
  }
  if (result <= 0) return broken(result, "reading from");
  got = static_cast<std::size_t>(result);
  return Progress::Done;
}

void Wire::State::read_some() {
  auto self = shared_from_this();
  for (int i = 0; i < kReadsInARow; ++i) {
    if (paused || !usable()) return;
    std::size_t got = 0;
    Progress progress = receive(got);
    if (progress == Progress::Ended) return;
    if (progress == Progress::Wait) return want_read();
    if (lingering) {
      lingered += got;
      if (lingered > kLingerBytesMax) {
        return ended(WireEnd::Regular, Error(Code::Unavailable, "closed"));
      }
      continue;
    }
    user->wire_bytes(std::string_view(loop.state().read_buffer.data(), got));
  }
  // More may wait inside OpenSSL, where no readiness tells of it.
  if (!usable() || reading) return;
  reading = true;
  loop.post([self] {
    self->reading = false;
    if (self->usable()) self->read_some();
  });
}

Wire::State::Progress Wire::State::send(std::size_t& sent) {
  const char* bytes = unsent.data() + sent_of_unsent;
  std::size_t size = unsent.size() - sent_of_unsent;
  errno = 0;
  int result;
  if (tls) {
    ERR_clear_error();
    result = SSL_write(tls.get(), bytes, static_cast<int>(std::min<std::size_t>(size, 1 << 20)));
  } else {
    result = static_cast<int>(::send(socket.native_handle(), bytes, size, MSG_NOSIGNAL));
  }
  if (result <= 0) return broken(result, "writing to");
  sent = static_cast<std::size_t>(result);
  return Progress::Done;
}

void Wire::State::write_some() {
  auto self = shared_from_this();
  // A peer that takes everything must not starve the others: after a while the rest goes in a turn
  // of its own.
  for (std::size_t total = 0; total < 16 * kWriteChunk;) {
    if (sent_of_unsent == unsent.size()) {
      unsent.clear();
      sent_of_unsent = 0;
      user->wire_fill(unsent);
      if (!usable()) return;
      if (unsent.empty()) {
        if (unsent.capacity() > kWriteChunk * 2) unsent = std::string();
        if (finishing) linger();
        return;
      }
    }
    std::size_t sent = 0;
    Progress progress = send(sent);
    if (progress == Progress::Ended) return;
    if (progress == Progress::Wait) return want_write();
    sent_of_unsent += sent;
    total += sent;
  }
  schedule_write();
}

void Wire::State::schedule_write() {
  if (scheduled || phase != Phase::Open || lingering) return;
  scheduled = true;
  loop.post([self = shared_from_this()] {
    self->scheduled = false;
    if (self->usable() && !self->writing && !self->lingering) self->write_some();
  });
}

// All is sent. Says goodbye, then waits a little for the peer's end.
void Wire::State::linger() {
  lingering = true;
  if (tls) {
    ERR_clear_error();
    SSL_shutdown(tls.get());
    ERR_clear_error();
  }
  ::shutdown(socket.native_handle(), SHUT_WR);
  start_timer(kLinger, nullptr);
  paused = false;
  if (!reading) {
    // Not inside the caller's turn: it may end the wire.
    reading = true;
    loop.post([self = shared_from_this()] {
      self->reading = false;
      if (self->usable()) self->read_some();
    });
  }
}

void Wire::State::ended(WireEnd how, Error error) {
  WireUser* who = std::exchange(user, nullptr);
  close();
  if (who) who->wire_end(how, std::move(error));
}

void Wire::State::start_timer(Duration delay, const char* what) {
  stop_timer();
  // The timer is cancelled when the state closes, which is before it is destroyed.
  timer = loop.after(delay, [this, what] {
    timer = TimerId::None;
    if (!user) return;
    auto self = shared_from_this();
    if (!what) return ended(WireEnd::Regular, Error(Code::Unavailable, "closed"));
    ended(WireEnd::Broken, Error(Code::Unavailable, name + ": " + what));
  });
}

void Wire::State::stop_timer() {
  if (timer != TimerId::None) loop.cancel(std::exchange(timer, TimerId::None));
}

void Wire::State::close() {
  stop_timer();
  if (on_close) std::exchange(on_close, nullptr)();
  attempt.reset();
  phase = Phase::Closed;
  boost::system::error_code ignored;
  socket.close(ignored);
}

Wire::Wire(std::shared_ptr<State> state) : state_(std::move(state)) {}

Wire::~Wire() {
  state_->user = nullptr;
  if (state_->phase == State::Phase::Open && state_->tls && !state_->lingering) {
    ERR_clear_error();
    SSL_shutdown(state_->tls.get());
    ERR_clear_error();
  }
  state_->close();
}

void Wire::wake() { state_->schedule_write(); }

void Wire::finish() {
  if (std::exchange(state_->finishing, true)) return;
  if (state_->phase == State::Phase::Open) state_->start_timer(kFinishTimeout, nullptr);
  state_->schedule_write();
}

void Wire::pause(bool paused) {
  if (state_->paused == paused) return;
  state_->paused = paused;
  if (!paused && state_->phase == State::Phase::Open && !state_->reading) {
    state_->reading = true;
    state_->loop.post([self = state_] {
      self->reading = false;
      if (self->usable()) self->read_some();
    });
  }
}

bool Wire::http2() const {
  if (!state_->tls) return false;
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(state_->tls.get(), &protocol, &size);
  return size == 2 && protocol[0] == 'h' && protocol[1] == '2';
}

Peer Wire::peer() const {
  Peer peer;
  peer.address = state_->name;
  if (!state_->tls || !state_->server) return peer;
  CertificatePtr shown(SSL_get1_peer_certificate(state_->tls.get()));
  if (!shown || SSL_get_verify_result(state_->tls.get()) != X509_V_OK) return peer;
  CertificateSubject subject = certificate_subject(shown.get());
  peer.certificate_name = std::move(subject.common_name);
  peer.certificate_groups = std::move(subject.organizations);
  return peer;
}

std::unique_ptr<Wire> start_wire(Listener::Accepted accepted, SSL_CTX* tls, Duration timeout,
                                 WireUser& user) {
  std::shared_ptr<Wire::State> state = std::move(accepted.state);
  state->user = &user;
  state->server = true;
  auto wire = std::make_unique<Wire>(state);
  if (tls) state->start_timer(timeout, "no TLS handshake in time");
  state->loop.post([state, tls] {
    if (state->user) state->begin(tls, nullptr);
  });
  return wire;
}

}  // namespace lesto::io
