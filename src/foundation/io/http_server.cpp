#include "foundation/io/http_server.h"

#include "foundation/io/http_server_internal.h"

namespace lesto::io {
namespace {

constexpr std::string_view kHttp2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

class Connection;

}  // namespace

struct HttpServer::State {
  State(AsioLoop& l, Handler& h, ServerOptions o);
  ~State();

  void accept(Listener::Accepted accepted);
  void forget(Connection& connection);
  void start(std::shared_ptr<ServerCall> call);
  Task<void> answer(std::shared_ptr<ServerCall> call);
  Task<void> send_stream(std::shared_ptr<ServerCall> call, std::unique_ptr<BodyStream> stream);

  AsioLoop& loop;
  Handler& handler;
  const ServerOptions options;
  TlsContextPtr tls;
  std::unique_ptr<Listener> listener;
  std::map<Connection*, std::unique_ptr<Connection>> connections;
  // Connections that ended in the turn that runs; they may still be on the stack.
  std::vector<std::unique_ptr<Connection>> ended;
  TaskScope scope;
  bool stopping = false;
  Completion<void> emptied;
};

namespace {

class Connection final : public WireUser, public SessionHost {
 public:
  Connection(HttpServer::State& server, Listener::Accepted accepted) : server_(server) {
    wire_ =
        start_wire(std::move(accepted), server.tls.get(), server.options.request_timeout, *this);
  }
  ~Connection() { stop_timer(); }

  void go_away() {
    if (session_) return session_->go_away();
    // Not yet a request: nobody is waiting.
    wire_->finish();
  }

  void wire_open() override {
    peer_ = wire_->peer();
    // The first bytes tell the protocol of a plain connection.
    if (server_.tls) {
      use(wire_->http2() ? make_http2_server(*this) : make_http1_server(*this));
    }
    progress();
  }

  void wire_bytes(std::string_view bytes) override {
    if (session_) return session_->bytes(bytes);
    early_ += bytes;
    std::size_t known = std::min(early_.size(), kHttp2Preface.size());
    bool http2 = std::string_view(early_).substr(0, known) == kHttp2Preface.substr(0, known);
    if (http2 && known < kHttp2Preface.size()) return;
    use(http2 ? make_http2_server(*this) : make_http1_server(*this));
    std::string early = std::exchange(early_, {});
    session_->bytes(early);
  }

  void wire_fill(std::string& out) override {
    if (session_) session_->fill(out);
  }
  void wire_end(WireEnd, Error) override { server_.forget(*this); }

  const ServerOptions& options() const override { return server_.options; }
  Loop& loop() override { return server_.loop; }
  void start(const std::shared_ptr<ServerCall>& call) override {
    call->peer = peer_;
    server_.start(call);
  }
  void wake() override { wire_->wake(); }
  void finish() override { wire_->finish(); }
  void pause(bool paused) override { wire_->pause(paused); }

  // One timer serves both limits: it is set lazily and looks at what is due when it fires.
  void progress() override {
    bool receiving = session_ && session_->receiving();
    bool idle = !session_ || session_->calls() == 0;
    Time due = Time::max();
    if (receiving) {
      due = server_.loop.now() + server_.options.request_timeout;
    } else if (idle) {
      due = server_.loop.now() + server_.options.idle_timeout;
    }
    due_ = due;
    if (due_ < armed_) arm();
  }

 private:
  void use(std::unique_ptr<ServerSession> session) {
    session_ = std::move(session);
    if (server_.stopping) session_->go_away();
  }
  void arm() {
    stop_timer();
    armed_ = due_;
    if (due_ == Time::max()) return;
    timer_ = server_.loop.after(due_ - server_.loop.now(), [this] {
      timer_ = TimerId::None;
      armed_ = Time::max();
      if (due_ > server_.loop.now()) return arm();
      // An idle client is told, so that a request that sets out now is known to be lost.
      if (session_ && session_->calls() == 0 && !std::exchange(told_, true)) {
        session_->go_away();
        return progress();
      }
      server_.forget(*this);
    });
  }
  void stop_timer() {
    if (timer_ != TimerId::None) server_.loop.cancel(std::exchange(timer_, TimerId::None));
  }

  HttpServer::State& server_;
  std::unique_ptr<Wire> wire_;
  Peer peer_;
  std::unique_ptr<ServerSession> session_;  // before the wire in destruction: it abandons its calls
  std::string early_;
  bool told_ = false;
  TimerId timer_ = TimerId::None;
  Time due_ = Time::max();
  Time armed_ = Time::max();
};

}  // namespace

HttpServer::State::State(AsioLoop& l, Handler& h, ServerOptions o)
    : loop(l), handler(h), options(std::move(o)), scope(l), emptied(l) {}
HttpServer::State::~State() = default;

void HttpServer::State::accept(Listener::Accepted accepted) {
  if (stopping || connections.size() >= options.connections_max) return;
  auto connection = std::make_unique<Connection>(*this, std::move(accepted));
  connections.emplace(connection.get(), std::move(connection));
}

void HttpServer::State::forget(Connection& connection) {
  auto found = connections.find(&connection);
  if (found == connections.end()) return;
  bool first = ended.empty();
  ended.push_back(std::move(found->second));
  connections.erase(found);
  if (!first) return;
  // stop() waits for this turn.
  loop.post([this] {
    auto gone = std::exchange(ended, {});
    gone.clear();
    if (connections.empty() && ended.empty()) emptied.complete({});
  });
}

void HttpServer::State::start(std::shared_ptr<ServerCall> call) {
  scope.spawn(answer(std::move(call)));
}

Task<void> HttpServer::State::answer(std::shared_ptr<ServerCall> call) {
  Context context{call->cancel.token(), Time::max()};
  Request request = std::move(call->request);
  call->request.method = request.method;
  Peer peer = std::move(call->peer);
  auto response = co_await handler.handle(std::move(context), std::move(request), std::move(peer));
  call->status = response.status;
  call->headers = std::move(response.headers);
  call->answered = true;
  if (!response.stream) {
    call->waiting = std::move(response.body);
    call->whole = call->ended = true;
    if (call->changed) call->changed();
    co_return;
  }
  // The header goes out before the first byte of the body: a watch is established when it is there.
  if (call->changed) call->changed();
  auto sent = send_stream(call, std::move(response.stream));
  co_await std::move(sent);
}

Task<void> HttpServer::State::send_stream(std::shared_ptr<ServerCall> call,
                                          std::unique_ptr<BodyStream> stream) {
  while (!call->cancel.token().requested()) {
    Context context{call->cancel.token(), Time::max()};
    auto piece = co_await stream->next(std::move(context));
    if (call->cancel.token().requested()) break;
    if (!piece || !*piece) {
      call->broken = !piece;
      call->ended = true;
      if (call->changed) call->changed();
      break;
    }
    if (call->size() == 0) {
      call->waiting = std::move(**piece);
      call->taken = 0;
    } else {
      call->waiting += **piece;
    }
    if (call->changed) call->changed();
    if (call->size() > kAnswerWaitingMax) {
      call->room.emplace(loop);
      auto ready = co_await call->room->wait({});
      (void)ready;
      call->room.reset();
    }
  }
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

HttpServer::~HttpServer() {
  if (!state_) return;
  state_->listener.reset();
}

Result<std::unique_ptr<HttpServer>> HttpServer::open(AsioLoop& loop, Handler& handler,
                                                     ServerOptions options) {
  auto state = std::make_unique<State>(loop, handler, std::move(options));
  if (state->options.identity) {
    TRY_ASSIGN(state->tls,
               make_server_context(*state->options.identity, state->options.client_authority));
  }
  State* raw = state.get();
  auto accepted = [raw](Listener::Accepted one) { raw->accept(std::move(one)); };
  TRY_ASSIGN(state->listener, Listener::open(loop, state->options.address, state->options.port,
                                             std::move(accepted)));
  return std::make_unique<HttpServer>(std::move(state));
}

std::uint16_t HttpServer::port() const {
  return state_->listener ? state_->listener->port() : std::uint16_t(0);
}

std::size_t HttpServer::connections() const { return state_->connections.size(); }

Task<void> HttpServer::stop(Duration grace) {
  State& state = *state_;
  state.stopping = true;
  state.listener.reset();
  std::vector<Connection*> open;
  for (auto& [key, connection] : state.connections) open.push_back(key);
  for (Connection* connection : open) connection->go_away();
  if (!state.connections.empty() || !state.ended.empty()) {
    Context patience;
    patience.deadline = state.loop.now() + grace;
    auto left = co_await state.emptied.wait(std::move(patience));
    (void)left;
  }
  // What still runs is cut: its contexts are cancelled.
  auto rest = std::exchange(state.connections, {});
  rest.clear();
  Completion<void> turn(state.loop);
  state.loop.post([turn] { turn.complete({}); });
  auto turned = co_await turn.wait({});
  (void)turned;
  co_await state.scope.join();
}

}  // namespace lesto::io
