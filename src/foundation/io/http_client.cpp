#include "foundation/io/http_client.h"

#include "foundation/io/http1_internal.h"
#include "foundation/io/http_pool_internal.h"

namespace lesto::io {
namespace {

// A request that was refused without being looked at is sent this often in all.
constexpr int kSendsMax = 2;

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

void ClientCall::drop() {
  if (session) session->drop(*this);
}

void ClientCall::took(std::size_t count) {
  if (session) session->took(*this, count);
}

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
