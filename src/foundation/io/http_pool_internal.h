// The connections of one exchange: which one a call takes, and when there is another. Included by
// .cpp files of this room only.
#pragma once

#include "foundation/io/http_client_internal.h"

namespace lesto::io {

// One connection and the session on it. Owned by the pool, which it tells of its life.
class ClientConnection final : public WireUser, public ClientHost {
 public:
  ClientConnection(HttpExchange::Pool& pool, const WireTarget& target);
  ~ClientConnection();

  bool open() const { return session_ != nullptr; }
  bool http2() const;
  ClientSession& session() { return *session_; }
  bool accepts(BodyMode mode) const { return session_ && !retired_ && session_->accepts(mode); }
  std::size_t calls() const { return session_ ? session_->calls() : 0; }
  bool retired() const { return retired_; }
  // False until the peer has said how many streams it allows.
  bool settled() const { return session_ && session_->settled(); }

  void wire_open() override;
  void wire_bytes(std::string_view bytes) override;
  void wire_fill(std::string& out) override;
  void wire_end(WireEnd how, Error error) override { end(how, std::move(error)); }

  const ClientOptions& options() const override;
  Loop& loop() override;
  const std::string& authority() const override;
  const std::string& peer_name() const override { return peer_name_; }
  void wake() override { wire_->wake(); }
  void pause(bool paused) override { wire_->pause(paused); }
  void retire() override;
  void settle() override;
  void room() override;
  void broken(Error error) override { end(WireEnd::Broken, std::move(error)); }

 private:
  void leave_when_idle();
  void end(WireEnd how, Error error);
  void arm();
  void fire();
  void stop_timer();

  HttpExchange::Pool& pool_;
  std::string peer_name_;
  std::unique_ptr<Wire> wire_;
  std::unique_ptr<ClientSession> session_;
  bool retired_ = false;  // takes no more calls
  bool over_ = false;
  int quiet_ticks_ = 0;
  bool pinged_ = false;
  TimerId timer_ = TimerId::None;
};

// Shared by the exchange, the calls that run, and the posted ends of connections.
class HttpExchange::Pool : public std::enable_shared_from_this<HttpExchange::Pool> {
 public:
  Pool(AsioLoop& loop, ClientOptions options, Url url, TlsContextPtr tls);
  ~Pool();

  void close();
  Counts counts() const;

  // Of the connections.
  void ready(ClientConnection& connection);
  void failed(ClientConnection& connection, Error error);
  void gone(ClientConnection& connection, const std::optional<Error>& error);
  void room();
  void settled();
  void shed(ClientConnection& connection);

  static Task<Result<Response>> send(std::shared_ptr<Pool> pool, Context context, Request request);

  AsioLoop& loop;
  ClientOptions options;
  const Url url;
  TlsContextPtr tls;

 private:
  Task<Result<ClientConnection*>> acquire(Context context, BodyMode mode);
  ClientConnection* free_connection(BodyMode mode);
  bool may_connect(BodyMode mode) const;
  bool pending() const;
  void connect();
  void wake_all(const std::optional<Error>& error);
  void remove(ClientConnection& connection);
  void prepare(Request& request) const;

  std::map<ClientConnection*, std::unique_ptr<ClientConnection>> connections_;
  std::size_t connecting_ = 0;
  // Requests that wait for a connection or for room on one. Each is told once, then looks again.
  struct Waiter {
    BodyMode mode;
    Completion<void> told;
  };
  std::deque<Waiter> waiters_;
  std::uint64_t connects_ = 0;
  bool http1_ = false;  // the peer was last seen to speak HTTP/1.1
  bool closed_ = false;
};

}  // namespace lesto::io
