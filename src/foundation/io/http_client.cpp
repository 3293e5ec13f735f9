#include "foundation/io/http_client.h"

#include "foundation/io/http1_internal.h"
#include "foundation/io/http_client_internal.h"

namespace lesto::io {
namespace {

// A request that was refused without being looked at is sent this often in all.
constexpr int kSendsMax = 2;

class ClientConnection;

}  // namespace

void ClientCall::drop() {
  if (session) session->drop(*this);
}

void ClientCall::took(std::size_t count) {
  if (session) session->took(*this, count);
}

// Shared by the exchange, the calls that run, and the posted ends of connections.
class HttpExchange::Pool : public std::enable_shared_from_this<HttpExchange::Pool> {
 public:
  Pool(AsioLoop& loop, ClientOptions options, Url url, TlsContextPtr tls);
  ~Pool();

  Result<std::shared_ptr<ClientCall>> start(Request& request);
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

namespace {

class ClientConnection final : public WireUser, public ClientHost {
 public:
  ClientConnection(HttpExchange::Pool& pool, const WireTarget& target) : pool_(pool) {
    wire_ = Wire::connect(pool.loop, target, *this);
    peer_name_ = target.name;
  }
  ~ClientConnection() {
    stop_timer();
    if (session_) {
      session_->lost(WireEnd::Broken, Error(Code::Unavailable, "the exchange was closed"));
    }
  }

  bool open() const { return session_ != nullptr; }
  bool http2() const {
    return wire_->http2() || pool_.options.protocol == ClientOptions::Protocol::Http2;
  }
  ClientSession& session() { return *session_; }
  bool accepts(BodyMode mode) const { return session_ && !retired_ && session_->accepts(mode); }
  std::size_t calls() const { return session_ ? session_->calls() : 0; }
  bool retired() const { return retired_; }
  // False until the peer has said how many streams it allows.
  bool settled() const { return session_ && session_->settled(); }

  void wire_open() override {
    session_ = http2() ? make_http2_client(*this) : make_http1_client(*this);
    arm();
    pool_.ready(*this);
  }
  void wire_bytes(std::string_view bytes) override {
    quiet_ticks_ = 0;
    if (pinged_) {
      pinged_ = false;
      stop_timer();
      arm();
    }
    session_->bytes(bytes);
  }
  void wire_fill(std::string& out) override {
    if (session_) session_->fill(out);
  }
  void wire_end(WireEnd how, Error error) override { end(how, std::move(error)); }

  const ClientOptions& options() const override { return pool_.options; }
  Loop& loop() override { return pool_.loop; }
  const std::string& authority() const override { return pool_.url.authority; }
  const std::string& peer_name() const override { return peer_name_; }
  void wake() override { wire_->wake(); }
  void pause(bool paused) override { wire_->pause(paused); }
  void retire() override {
    retired_ = true;
    leave_when_idle();
  }
  void room() override {
    leave_when_idle();
    pool_.room();
  }
  void settle() override { pool_.settled(); }
  void broken(Error error) override { end(WireEnd::Broken, std::move(error)); }

  void leave_when_idle() {
    if (!retired_ || calls() > 0) return;
    pool_.shed(*this);
  }

 private:
  void end(WireEnd how, Error error) {
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
  void arm() {
    Duration wait = pinged_ ? pool_.options.ping_timeout : pool_.options.ping_every / 2;
    timer_ = pool_.loop.after(wait, [this] {
      timer_ = TimerId::None;
      if (pinged_) {
        Duration silent = pool_.options.ping_every + pool_.options.ping_timeout;
        end(WireEnd::Broken,
            Error(Code::Unavailable, "no sign of life for " + duration_text(silent)));
        return;
      }
      if (++quiet_ticks_ >= 2) {
        pinged_ = session_->ping();
        // HTTP/1.1 has no ping; what nobody uses goes.
        if (!pinged_ && calls() == 0) return retire();
      }
      arm();
    });
  }
  void stop_timer() {
    if (timer_ != TimerId::None) pool_.loop.cancel(std::exchange(timer_, TimerId::None));
  }

  HttpExchange::Pool& pool_;
  std::string peer_name_;
  std::unique_ptr<Wire> wire_;
  std::unique_ptr<ClientSession> session_;
  bool retired_ = false;
  bool over_ = false;
  int quiet_ticks_ = 0;
  bool pinged_ = false;
  TimerId timer_ = TimerId::None;
};

// A streamed response as its reader sees it.
class CallStream final : public BodyStream {
 public:
  CallStream(Loop& loop, std::shared_ptr<ClientCall> call) : loop_(loop), call_(std::move(call)) {}
  ~CallStream() override { call_->drop(); }

  Task<Result<std::optional<std::string>>> next(Context context) override {
    while (call_->body.empty() && !call_->ended) {
      call_->more.emplace(loop_);
      auto ready = co_await call_->more->wait(context);
      call_->more.reset();
      if (!ready) co_return fail(std::move(ready).error());
    }
    if (!call_->body.empty()) {
      std::string bytes = std::exchange(call_->body, {});
      call_->took(bytes.size());
      co_return std::optional(std::move(bytes));
    }
    if (call_->error) co_return fail(*call_->error);
    co_return std::optional<std::string>();
  }

 private:
  Loop& loop_;
  std::shared_ptr<ClientCall> call_;
};

// Resets the stream when whoever waits for it stops waiting.
class DropCall {
 public:
  explicit DropCall(std::shared_ptr<ClientCall> call) : call_(std::move(call)) {}
  ~DropCall() {
    if (call_) call_->drop();
  }
  DropCall(const DropCall&) = delete;
  DropCall& operator=(const DropCall&) = delete;
  void keep() { call_.reset(); }

 private:
  std::shared_ptr<ClientCall> call_;
};

}  // namespace

HttpExchange::Pool::Pool(AsioLoop& l, ClientOptions o, Url u, TlsContextPtr t)
    : loop(l), options(std::move(o)), url(std::move(u)), tls(std::move(t)) {}
HttpExchange::Pool::~Pool() = default;

Task<Result<Response>> HttpExchange::Pool::send(std::shared_ptr<Pool> pool, Context context,
                                                Request request) {
  if (context.cancel.requested()) co_return fail(Code::Cancelled, "cancelled");
  pool->prepare(request);
  if (!is_token(request.method) || !is_header_value(request.target) ||
      request.target.find(' ') != std::string::npos) {
    co_return fail(Code::Invalid, "a request with a method or target that HTTP cannot carry");
  }
  for (int sends = 1;; ++sends) {
    auto connection = co_await pool->acquire(context, request.response);
    if (!connection) co_return fail(std::move(connection).error());
    bool again = sends < kSendsMax;
    auto call = std::make_shared<ClientCall>(pool->loop, std::move(request),
                                             pool->options.response_bytes_max);
    (*connection)->session().start(call);
    DropCall drop(call);
    auto head = call->streamed() ? call->head.wait(context) : call->over.wait(context);
    auto outcome = co_await std::move(head);
    if (!outcome && call->untouched && again) {
      request = std::move(call->request);
      continue;
    }
    if (!outcome) co_return fail(std::move(outcome).error());
    drop.keep();
    Response response;
    response.status = call->status;
    response.headers = std::move(call->headers);
    if (call->streamed()) {
      response.stream = std::make_unique<CallStream>(pool->loop, call);
    } else {
      response.body = std::move(call->body);
    }
    co_return response;
  }
}

void HttpExchange::Pool::prepare(Request& request) const {
  if (!request.target.starts_with('/')) request.target.insert(0, "/");
  request.target.insert(0, url.prefix);
  if (header(request.headers, "user-agent").empty() && !options.user_agent.empty()) {
    request.headers.push_back({"user-agent", options.user_agent});
  }
  const std::string& token = options.credentials.token;
  if (!token.empty() && header(request.headers, "authorization").empty()) {
    request.headers.push_back({"authorization", "Bearer " + token});
  }
}

ClientConnection* HttpExchange::Pool::free_connection(BodyMode mode) {
  for (auto& [key, connection] : connections_) {
    if (connection->accepts(mode)) return key;
  }
  return nullptr;
}

// True while a connection is being made, or has not said yet how many streams it carries: no need
// for another.
bool HttpExchange::Pool::pending() const {
  if (connecting_ >= (http1_ ? kHttp1ConnectingMax : 1)) return true;
  for (const auto& [key, connection] : connections_) {
    if (connection->open() && !connection->retired() && !connection->settled()) return true;
  }
  return false;
}

bool HttpExchange::Pool::may_connect(BodyMode mode) const {
  std::size_t live = 0;
  for (const auto& [key, connection] : connections_) live += connection->retired() ? 0 : 1;
  std::size_t most = http1_ ? kHttp1ConnectionsMax : kHttp2ConnectionsMax;
  // In HTTP/1.1 a watch takes a whole connection; the last tenth stays for short calls.
  if (http1_ && mode == BodyMode::Stream) most -= most / 10;
  return live < most;
}

Task<Result<ClientConnection*>> HttpExchange::Pool::acquire(Context context, BodyMode mode) {
  for (;;) {
    if (closed_) co_return fail(Code::Unavailable, "the exchange was closed");
    ClientConnection* found = free_connection(mode);
    if (found) co_return found;
    if (!pending()) {
      if (may_connect(mode)) {
        connect();
      } else if (mode == BodyMode::Stream) {
        // Streams do not end by themselves: waiting for one to end could take for ever without a
        // word.
        co_return fail(Code::Unavailable, "all connections to " + url.authority +
                                              " carry as many streams as the server allows");
      }
    }
    Completion<void> told(loop);
    waiters_.push_back({mode, told});
    auto outcome = co_await told.wait(context);
    if (!outcome) {
      std::string doing = "waiting for a connection to " + url.authority;
      bool ours = outcome.error().code() == Code::Timeout;
      if (ours) co_return fail(std::move(outcome).error().during(std::move(doing)));
      co_return fail(std::move(outcome).error());
    }
  }
}

void HttpExchange::Pool::connect() {
  ++connects_;
  WireTarget target;
  target.host = url.host;
  target.port = url.port;
  target.name = url.host + ":" + url.port;
  target.connect_timeout = options.connect_timeout;
  target.user_timeout = options.ping_every + options.ping_timeout;
  target.tls = tls.get();
  target.tls_name =
      options.credentials.server_name.empty() ? url.host : options.credentials.server_name;
  target.verify = options.credentials.verify;
  auto connection = std::make_unique<ClientConnection>(*this, target);
  ++connecting_;
  connections_.emplace(connection.get(), std::move(connection));
}

void HttpExchange::Pool::ready(ClientConnection& connection) {
  --connecting_;
  http1_ = !connection.http2();
  if (http1_) wake_all(std::nullopt);
}

void HttpExchange::Pool::failed(ClientConnection& connection, Error error) {
  --connecting_;
  remove(connection);
  wake_all(error);
}

void HttpExchange::Pool::gone(ClientConnection& connection, const std::optional<Error>& error) {
  remove(connection);
  // Who waited for room on it must look for another; who waited for its first word has an answer.
  wake_all(error);
}

// A retired connection without calls.
void HttpExchange::Pool::shed(ClientConnection& connection) {
  remove(connection);
  wake_all(std::nullopt);
}

void HttpExchange::Pool::settled() { wake_all(std::nullopt); }

// One call ended: the first that waits for each mode may look. Whoever is told starts a call, whose
// end tells the next.
void HttpExchange::Pool::room() {
  for (BodyMode mode : {BodyMode::Whole, BodyMode::Stream}) {
    auto at = waiters_.begin();
    while (at != waiters_.end()) {
      if (at->told.done()) {
        // It stopped waiting.
        at = waiters_.erase(at);
      } else if (at->mode == mode) {
        at->told.complete({});
        waiters_.erase(at);
        break;
      } else {
        ++at;
      }
    }
  }
}

void HttpExchange::Pool::wake_all(const std::optional<Error>& error) {
  auto waiters = std::exchange(waiters_, {});
  for (const Waiter& waiter : waiters) {
    if (error) {
      waiter.told.complete(fail(*error));
    } else {
      waiter.told.complete({});
    }
  }
}

void HttpExchange::Pool::remove(ClientConnection& connection) {
  auto found = connections_.find(&connection);
  if (found == connections_.end()) return;
  // It may be on the stack in this turn.
  loop.post(
      [pool = shared_from_this(), gone = std::move(found->second)]() mutable { gone.reset(); });
  connections_.erase(found);
}

void HttpExchange::Pool::close() {
  closed_ = true;
  auto all = std::exchange(connections_, {});
  connecting_ = 0;
  all.clear();
  wake_all(Error(Code::Unavailable, "the exchange was closed"));
}

HttpExchange::Counts HttpExchange::Pool::counts() const {
  Counts counts;
  for (const auto& [key, connection] : connections_) {
    counts.connections += connection->open() ? 1 : 0;
    counts.calls += connection->calls();
  }
  counts.connects = connects_;
  counts.http2 = connects_ > 0 && !http1_;
  return counts;
}

HttpExchange::HttpExchange(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}
HttpExchange::~HttpExchange() { pool_->close(); }

Result<std::unique_ptr<HttpExchange>> HttpExchange::create(AsioLoop& loop, ClientOptions options) {
  TRY_ASSIGN(Url url, parse_url(options.url));
  TlsContextPtr tls;
  if (url.tls) {
    Alpn alpn = options.protocol == ClientOptions::Protocol::Auto    ? Alpn::Both
                : options.protocol == ClientOptions::Protocol::Http1 ? Alpn::Http1
                                                                     : Alpn::Http2;
    TRY_ASSIGN(tls, during(make_client_context(options.credentials, alpn),
                           "credentials for " + options.url));
  }
  auto pool = std::make_shared<Pool>(loop, std::move(options), std::move(url), std::move(tls));
  return std::make_unique<HttpExchange>(std::move(pool));
}

Task<Result<Response>> HttpExchange::send(Context context, Request request) {
  return Pool::send(pool_, std::move(context), std::move(request));
}

void HttpExchange::set_token(std::string token) {
  pool_->options.credentials.token = std::move(token);
}

HttpExchange::Counts HttpExchange::counts() const { return pool_->counts(); }

}  // namespace lesto::io
