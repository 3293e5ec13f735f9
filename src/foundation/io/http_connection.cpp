#include "foundation/io/http_pool_internal.h"

namespace lesto::io {

ClientConnection::ClientConnection(HttpExchange::Pool& pool, const WireTarget& target)
    : pool_(pool), peer_name_(target.name) {
  wire_ = Wire::connect(pool.loop, target, *this);
}

ClientConnection::~ClientConnection() {
  stop_timer();
  if (session_) {
    session_->lost(WireEnd::Broken, Error(Code::Unavailable, "the exchange was closed"));
  }
}

bool ClientConnection::http2() const {
  bool told = !pool_.url.tls && pool_.options.protocol == ClientOptions::Protocol::Http2;
  return told || wire_->http2();
}

const ClientOptions& ClientConnection::options() const { return pool_.options; }
Loop& ClientConnection::loop() { return pool_.loop; }
const std::string& ClientConnection::authority() const { return pool_.url.authority; }

void ClientConnection::wire_open() {
  session_ = http2() ? make_http2_client(*this) : make_http1_client(*this);
  arm();
  pool_.ready(*this);
}

void ClientConnection::wire_bytes(std::string_view bytes) {
  quiet_ticks_ = 0;
  if (pinged_) {
    pinged_ = false;
    stop_timer();
    arm();
  }
  session_->bytes(bytes);
}

void ClientConnection::wire_fill(std::string& out) {
  if (session_) session_->fill(out);
}

void ClientConnection::retire() {
  retired_ = true;
  leave_when_idle();
}

void ClientConnection::room() {
  leave_when_idle();
  pool_.room();
}

void ClientConnection::settle() { pool_.settled(); }

void ClientConnection::leave_when_idle() {
  if (retired_ && calls() == 0) pool_.shed(*this);
}

void ClientConnection::end(WireEnd how, Error error) {
  if (over_) return;
  over_ = true;
  retired_ = true;
  if (!session_) return pool_.failed(*this, std::move(error));
  bool settled = session_->settled();
  Error why = std::move(error).during("connection to " + peer_name_);
  session_->lost(how, why);
  pool_.gone(*this, settled ? std::nullopt : std::optional(std::move(why)));
}

// One timer a connection. Two ticks without a byte: a sign of life is asked for, and must come in
// time.
void ClientConnection::arm() {
  Duration wait = pinged_ ? pool_.options.ping_timeout : pool_.options.ping_every / 2;
  timer_ = pool_.loop.after(wait, [this] {
    timer_ = TimerId::None;
    fire();
  });
}

void ClientConnection::fire() {
  if (pinged_) {
    Duration silent = pool_.options.ping_every + pool_.options.ping_timeout;
    std::string words = "no sign of life for " + duration_text(silent);
    return end(WireEnd::Broken, Error(Code::Unavailable, std::move(words)));
  }
  if (++quiet_ticks_ >= 2) {
    pinged_ = session_->ping();
    // HTTP/1.1 has no ping; what nobody uses goes.
    if (!pinged_ && calls() == 0) return retire();
  }
  arm();
}

void ClientConnection::stop_timer() {
  if (timer_ != TimerId::None) pool_.loop.cancel(std::exchange(timer_, TimerId::None));
}

}  // namespace lesto::io
