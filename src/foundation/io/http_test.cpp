// The real client against the real server on loopback, over both protocols.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <csignal>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "foundation/io/asio_loop.h"
#include "foundation/io/http_client.h"
#include "foundation/io/http_server.h"
#include "foundation/io/sim/sim_rng.h"
#include "foundation/io/tls.h"

namespace lesto::io {
namespace {

using namespace std::chrono_literals;
using Protocol = ClientOptions::Protocol;

// Answers by path: /echo, /who, /big?N, /watch (a stream that the test feeds), /never (answers at cancellation).
class TestHandler final : public Handler {
 public:
  explicit TestHandler(Loop& loop) : loop_(loop) {}

  Task<Response> handle(Context context, Request request, Peer peer) override {
    ++requests;
    last = request;
    Response response;
    if (request.target == "/who") {
      response.body = peer.certificate_name.value_or("anonymous");
      for (const std::string& group : peer.certificate_groups) response.body += " " + group;
    } else if (request.target.starts_with("/big?")) {
      response.body.assign(std::stoul(request.target.substr(5)), 'x');
    } else if (request.target.starts_with("/watch")) {
      auto pipe = std::make_unique<Pipe>(loop_, pipe_bytes_max);
      response.stream = pipe->reader();
      pipe->on_reader_gone([this] { ++readers_gone; });
      pipes.push_back(std::move(pipe));
    } else if (request.target == "/never") {
      Completion<void> never(loop_);
      auto ended = co_await never.wait(std::move(context));
      if (!ended) ++cancelled;
    } else if (request.target == "/missing") {
      response.status = 404;
      response.body = "no such thing";
    } else {
      response.headers = {{"content-type", "text/plain"}, {"x-method", request.method}};
      response.body = request.body;
    }
    co_return response;
  }

  Loop& loop_;
  std::size_t pipe_bytes_max = Pipe::kBytesMax;
  int requests = 0;
  int cancelled = 0;
  int readers_gone = 0;
  Request last;
  std::vector<std::unique_ptr<Pipe>> pipes;
};

// Takes connections into its backlog and never says a word.
class SilentListener {
 public:
  SilentListener() : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(fd_, 16), 0);
  }
  ~SilentListener() { close(fd_); }
  int port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }

 private:
  int fd_;
};

class HttpTest : public ::testing::TestWithParam<Protocol> {
 protected:
  HttpTest() : handler_(loop_) {
    authority_ = *make_authority("test authority", loop_.now(), 24h);
    identity_ = *make_server_certificate(authority_, {{"localhost"}, {"127.0.0.1"}}, loop_.now(), 24h);
    // Nothing in these tests may take longer, whatever goes wrong.
    loop_.after(60s, [] {
      std::fprintf(stderr, "the test does not end\n");
      std::abort();
    });
  }
  ~HttpTest() override { stop(0s); }

  void serve(ServerOptions options = {}) {
    options.identity = identity_;
    options.client_authority = authority_.certificate;
    auto server = HttpServer::open(loop_, handler_, std::move(options));
    ASSERT_TRUE(server) << server.error().text();
    server_ = std::move(*server);
  }
  void stop(Duration grace) {
    if (!server_) return;
    loop_.run(stopped(*server_, grace));
    server_.reset();
  }
  static Task<bool> stopped(HttpServer& server, Duration grace) {
    co_await server.stop(grace);
    co_return true;
  }

  ClientOptions client_options() {
    ClientOptions options;
    options.url = "https://127.0.0.1:" + std::to_string(server_->port());
    options.credentials.ca = authority_.certificate;
    options.protocol = GetParam();
    return options;
  }
  std::unique_ptr<HttpExchange> connect(ClientOptions options) {
    auto exchange = HttpExchange::create(loop_, std::move(options));
    EXPECT_TRUE(exchange) << exchange.error().text();
    return std::move(*exchange);
  }
  Context within(Duration time) { return Context().until(loop_.now() + time); }
  Result<Response> get(HttpExchange& exchange, std::string target, BodyMode mode = BodyMode::Whole) {
    Request request;
    request.target = std::move(target);
    request.response = mode;
    return loop_.run(exchange.send(within(20s), std::move(request)));
  }
  static Request request_of(std::string target, BodyMode mode = BodyMode::Whole) {
    Request request;
    request.target = std::move(target);
    request.response = mode;
    return request;
  }
  static Task<void> keep(HttpExchange& exchange, Request request, Context context,
                         std::optional<Result<Response>>& outcome) {
    auto result = co_await exchange.send(std::move(context), std::move(request));
    outcome.emplace(std::move(result));
  }
  static Task<void> stop_then_tell(HttpServer& server, bool& told) {
    co_await server.stop(20s);
    told = true;
  }
  Result<std::optional<std::string>> next(Response& response) { return loop_.run(response.stream->next(within(20s))); }

  AsioLoop loop_;
  TestHandler handler_;
  KeyPair authority_, identity_;
  std::unique_ptr<HttpServer> server_;
};

INSTANTIATE_TEST_SUITE_P(Protocols, HttpTest, ::testing::Values(Protocol::Http1, Protocol::Http2),
                         [](const auto& info) { return info.param == Protocol::Http1 ? "http1" : "http2"; });

TEST_P(HttpTest, sends_a_request_and_brings_back_its_response) {
  serve();
  auto exchange = connect(client_options());
  Request request;
  request.method = "POST";
  request.target = "/echo?a=b%20c";
  request.body = "hello";
  request.headers = {{"x-mine", "1"}};
  auto response = loop_.run(exchange->send(within(20s), std::move(request)));
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "hello");
  EXPECT_EQ(header(response->headers, "x-method"), "POST");
  EXPECT_EQ(handler_.last.target, "/echo?a=b%20c");
  EXPECT_EQ(header(handler_.last.headers, "x-mine"), "1");
  EXPECT_EQ(exchange->counts().http2, GetParam() == Protocol::Http2);
  EXPECT_EQ(get(*exchange, "/missing")->status, 404);
  EXPECT_EQ(exchange->counts().connects, 1u);
}

TEST_P(HttpTest, streams_a_response_whose_header_comes_before_any_body) {
  serve();
  auto exchange = connect(client_options());
  auto response = get(*exchange, "/watch", BodyMode::Stream);
  ASSERT_TRUE(response) << response.error().text();
  ASSERT_EQ(handler_.pipes.size(), 1u);
  handler_.pipes[0]->push("one\n");
  EXPECT_EQ(**next(*response), "one\n");
  handler_.pipes[0]->push("two\n");
  EXPECT_EQ(**next(*response), "two\n");
  handler_.pipes[0]->close();
  auto end = next(*response);
  ASSERT_TRUE(end) << end.error().text();
  EXPECT_FALSE(end->has_value());
}

TEST_P(HttpTest, gives_a_whole_body_as_a_stream_and_a_stream_as_a_whole_body) {
  serve();
  auto exchange = connect(client_options());
  auto streamed = get(*exchange, "/big?300000", BodyMode::Stream);
  ASSERT_TRUE(streamed);
  std::size_t size = 0;
  for (;;) {
    auto piece = next(*streamed);
    ASSERT_TRUE(piece) << piece.error().text();
    if (!*piece) break;
    size += (*piece)->size();
  }
  EXPECT_EQ(size, 300000u);

  std::optional<Result<Response>> whole;
  TaskScope scope(loop_);
  scope.spawn(keep(*exchange, request_of("/watch"), {}, whole));
  loop_.run_until([&] { return handler_.pipes.size() == 1; });
  handler_.pipes[0]->push("a");
  handler_.pipes[0]->push("b");
  handler_.pipes[0]->close();
  loop_.run_until([&] { return whole.has_value(); });
  EXPECT_EQ((*whole)->body, "ab");
}

TEST_P(HttpTest, ends_a_stream_with_an_error_when_the_handlers_stream_fails) {
  serve();
  auto exchange = connect(client_options());
  auto response = get(*exchange, "/watch", BodyMode::Stream);
  ASSERT_TRUE(response);
  handler_.pipes[0]->close(Error(Code::Internal, "broken on purpose"));
  auto end = next(*response);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code(), Code::Unavailable);
  EXPECT_EQ(get(*exchange, "/echo")->status, 200);
}

TEST_P(HttpTest, carries_big_bodies_in_both_directions) {
  ServerOptions options;
  options.request_bytes_max = 64 << 20;
  serve(options);
  auto exchange = connect(client_options());
  Request request;
  request.method = "PUT";
  request.target = "/echo";
  for (std::size_t i = 0; i < (20u << 20); ++i) request.body += static_cast<char>('a' + i % 23);
  std::string sent = request.body;
  auto response = loop_.run(exchange->send(within(30s), std::move(request)));
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_TRUE(response->body == sent);
}

TEST_P(HttpTest, answers_413_to_a_body_over_the_limit_and_goes_on) {
  ServerOptions options;
  options.request_bytes_max = 1 << 20;
  serve(options);
  auto exchange = connect(client_options());
  Request request;
  request.method = "POST";
  request.body.assign(2 << 20, 'x');
  auto response = loop_.run(exchange->send(within(20s), std::move(request)));
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(response->status, 413);
  EXPECT_EQ(handler_.requests, 0);
  EXPECT_EQ(get(*exchange, "/echo")->status, 200);
}

TEST_P(HttpTest, refuses_a_whole_response_over_the_limit) {
  serve();
  ClientOptions options = client_options();
  options.response_bytes_max = 100'000;
  auto exchange = connect(options);
  auto response = get(*exchange, "/big?200000");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Code::TooLarge) << response.error().text();
  EXPECT_EQ(get(*exchange, "/big?100000")->body.size(), 100'000u);
}

TEST_P(HttpTest, cancels_the_handler_when_the_caller_stops_waiting) {
  serve();
  auto exchange = connect(client_options());
  CancelSource source;
  std::optional<Result<Response>> outcome;
  TaskScope scope(loop_);
  scope.spawn(keep(*exchange, request_of("/never"), Context{source.token(), Time::max()}, outcome));
  loop_.run_until([&] { return handler_.requests == 1; });
  EXPECT_FALSE(outcome);
  source.request();
  loop_.run_until([&] { return outcome.has_value() && handler_.cancelled == 1; });
  EXPECT_EQ(outcome->error().code(), Code::Cancelled);
  EXPECT_EQ(get(*exchange, "/echo")->status, 200);
}

TEST_P(HttpTest, ends_with_timeout_at_the_deadline) {
  serve();
  auto exchange = connect(client_options());
  Request request;
  request.target = "/never";
  auto response = loop_.run(exchange->send(within(200ms), std::move(request)));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Code::Timeout);
  loop_.run_until([&] { return handler_.cancelled == 1; });
}

TEST_P(HttpTest, tells_the_handler_when_a_reader_lets_go_of_its_stream) {
  serve();
  auto exchange = connect(client_options());
  {
    auto response = get(*exchange, "/watch", BodyMode::Stream);
    ASSERT_TRUE(response);
  }
  loop_.run_until([&] { return handler_.readers_gone == 1; });
  EXPECT_TRUE(handler_.pipes[0]->closed());
}

TEST_P(HttpTest, tells_the_handler_who_a_client_certificate_says_it_is) {
  serve();
  ClientOptions options = client_options();
  options.credentials.identity = *make_client_certificate(authority_, "jane", {"system:masters", "dev"}, loop_.now(), 1h);
  EXPECT_EQ(get(*connect(options), "/who")->body, "jane system:masters dev");
  EXPECT_EQ(get(*connect(client_options()), "/who")->body, "anonymous");
}

TEST_P(HttpTest, sends_the_token_of_its_credentials) {
  serve();
  ClientOptions options = client_options();
  options.credentials.token = "t1";
  auto exchange = connect(options);
  ASSERT_TRUE(get(*exchange, "/echo"));
  EXPECT_EQ(header(handler_.last.headers, "authorization"), "Bearer t1");
  exchange->set_token("t2");
  ASSERT_TRUE(get(*exchange, "/echo"));
  EXPECT_EQ(header(handler_.last.headers, "authorization"), "Bearer t2");
}

TEST_P(HttpTest, denies_a_server_of_another_authority) {
  serve();
  ClientOptions options = client_options();
  options.credentials.ca = make_authority("another", loop_.now(), 1h)->certificate;
  auto response = get(*connect(options), "/echo");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Code::Denied);
  EXPECT_NE(response.error().text().find("not trusted"), std::string::npos) << response.error().text();
  EXPECT_EQ(handler_.requests, 0);
  options.credentials.verify = Credentials::Verify::Skip;
  EXPECT_EQ(get(*connect(options), "/echo")->status, 200);
}

TEST_P(HttpTest, denies_a_server_with_another_name_unless_the_credentials_name_it) {
  identity_ = *make_server_certificate(authority_, {{"api.example.com"}, {}}, loop_.now(), 1h);
  serve();
  auto response = get(*connect(client_options()), "/echo");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Code::Denied);
  EXPECT_NE(response.error().text().find("api.example.com"), std::string::npos) << response.error().text();
  ClientOptions options = client_options();
  options.credentials.server_name = "api.example.com";
  EXPECT_EQ(get(*connect(options), "/echo")->status, 200);
}

TEST_P(HttpTest, denies_a_server_whose_certificate_has_expired) {
  identity_ = *make_server_certificate(authority_, {{"localhost"}, {"127.0.0.1"}}, loop_.now() - 48h, 24h);
  serve();
  auto response = get(*connect(client_options()), "/echo");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Code::Denied);
  EXPECT_NE(response.error().text().find("expired"), std::string::npos) << response.error().text();
}

TEST_P(HttpTest, turns_away_a_client_certificate_of_another_authority) {
  serve();
  ClientOptions options = client_options();
  KeyPair other = *make_authority("another", loop_.now(), 1h);
  options.credentials.identity = *make_client_certificate(other, "jane", {"system:masters"}, loop_.now(), 1h);
  auto response = get(*connect(options), "/who");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Code::Denied) << response.error().text();
  EXPECT_EQ(handler_.requests, 0);
}

TEST_P(HttpTest, says_why_it_cannot_connect) {
  serve();
  ClientOptions options = client_options();
  stop(0s);
  auto refused = get(*connect(options), "/echo");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::Unavailable);
  EXPECT_NE(refused.error().text().find("refused"), std::string::npos) << refused.error().text();
  options.url = "https://no-such-name.invalid:6443";
  auto unknown = get(*connect(options), "/echo");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code(), Code::Unavailable);
  EXPECT_NE(unknown.error().text().find("no-such-name.invalid"), std::string::npos) << unknown.error().text();
}

TEST_P(HttpTest, connects_anew_at_the_next_request_after_the_server_was_lost) {
  serve();
  ClientOptions options = client_options();
  auto exchange = connect(options);
  auto watch = get(*exchange, "/watch", BodyMode::Stream);
  ASSERT_TRUE(watch);
  ServerOptions again;
  again.port = server_->port();
  stop(0s);
  auto end = next(*watch);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code(), Code::Unavailable);
  EXPECT_FALSE(get(*exchange, "/echo"));
  serve(again);
  auto response = get(*exchange, "/echo");
  ASSERT_TRUE(response) << response.error().text();
}

TEST_P(HttpTest, lets_running_requests_end_when_the_server_stops_and_sends_new_ones_elsewhere) {
  serve();
  auto exchange = connect(client_options());
  auto watch = get(*exchange, "/watch", BodyMode::Stream);
  ASSERT_TRUE(watch);
  ServerOptions same_port;
  same_port.port = server_->port();
  bool stopped = false;
  TaskScope scope(loop_);
  scope.spawn(stop_then_tell(*server_, stopped));
  loop_.run_until([&] { return server_->port() == 0; });
  // The old server lives on for the watch; a new one takes the port.
  auto old = std::move(server_);
  serve(same_port);
  auto fresh = get(*exchange, "/echo");
  ASSERT_TRUE(fresh) << fresh.error().text();
  EXPECT_FALSE(stopped);
  handler_.pipes[0]->push("still here");
  EXPECT_EQ(**next(*watch), "still here");
  handler_.pipes[0]->close();
  EXPECT_FALSE(next(*watch)->has_value());
  loop_.run_until([&] { return stopped && scope.running() == 0; });
}

TEST_P(HttpTest, holds_two_hundred_watches_and_still_answers) {
  serve();
  auto exchange = connect(client_options());
  std::vector<Response> watches;
  std::vector<std::optional<Result<Response>>> outcomes(200);
  TaskScope scope(loop_);
  for (auto& outcome : outcomes) scope.spawn(keep(*exchange, request_of("/watch", BodyMode::Stream), within(30s), outcome));
  loop_.run_until([&] { return scope.running() == 0; });
  for (auto& outcome : outcomes) ASSERT_TRUE(*outcome) << outcome->error().text();
  ASSERT_EQ(handler_.pipes.size(), 200u);
  // Connections that were under way when the last call found one may be left over.
  EXPECT_GE(exchange->counts().connections, GetParam() == Protocol::Http2 ? 1u : 200u);
  EXPECT_LE(exchange->counts().connections, GetParam() == Protocol::Http2 ? 1u : 208u);
  for (auto& pipe : handler_.pipes) pipe->push("event");
  for (auto& outcome : outcomes) EXPECT_EQ(**next(**outcome), "event");
  EXPECT_EQ(get(*exchange, "/echo")->status, 200);
}

TEST_P(HttpTest, bounds_what_a_slow_reader_costs_and_does_not_let_it_hold_up_others) {
  serve();
  handler_.pipe_bytes_max = 8 << 20;
  auto exchange = connect(client_options());
  auto slow = get(*exchange, "/watch", BodyMode::Stream);
  ASSERT_TRUE(slow);
  std::size_t pushed = 0;
  while (!handler_.pipes[0]->closed()) {
    handler_.pipes[0]->push(std::string(100'000, 'x'));
    pushed += 100'000;
    ASSERT_EQ(get(*exchange, "/echo")->status, 200);
    ASSERT_LT(pushed, 64u << 20) << "nothing bounds the stream";
  }
  // What was under way arrives, then the stream ends with an error.
  std::size_t got = 0;
  for (;;) {
    auto piece = next(*slow);
    if (!piece) break;
    ASSERT_TRUE(piece->has_value());
    got += (*piece)->size();
  }
  EXPECT_LT(got, pushed);
}

TEST_P(HttpTest, makes_one_connection_for_requests_that_arrive_together) {
  serve();
  auto exchange = connect(client_options());
  std::vector<std::optional<Result<Response>>> outcomes(50);
  TaskScope scope(loop_);
  for (auto& outcome : outcomes) scope.spawn(keep(*exchange, request_of("/echo"), within(20s), outcome));
  loop_.run_until([&] { return scope.running() == 0; });
  for (auto& outcome : outcomes) ASSERT_TRUE(*outcome);
  if (GetParam() == Protocol::Http2) {
    EXPECT_EQ(exchange->counts().connects, 1u);
  }
}

TEST_P(HttpTest, ends_running_calls_when_the_exchange_goes) {
  serve();
  auto exchange = connect(client_options());
  std::optional<Result<Response>> outcome;
  TaskScope scope(loop_);
  scope.spawn(keep(*exchange, request_of("/never"), {}, outcome));
  loop_.run_until([&] { return handler_.requests == 1; });
  exchange.reset();
  loop_.run_until([&] { return outcome.has_value() && handler_.cancelled == 1; });
  EXPECT_EQ(outcome->error().code(), Code::Unavailable);
}

TEST_P(HttpTest, puts_the_path_of_its_url_before_every_target) {
  serve();
  ClientOptions options = client_options();
  options.url += "/k8s/clusters/c-1/";
  ASSERT_TRUE(get(*connect(options), "/api/v1"));
  EXPECT_EQ(handler_.last.target, "/k8s/clusters/c-1/api/v1");
}

TEST_P(HttpTest, answers_head_without_a_body) {
  serve();
  auto exchange = connect(client_options());
  Request request;
  request.method = "HEAD";
  request.target = "/big?1000";
  auto response = loop_.run(exchange->send(within(20s), std::move(request)));
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(header(response->headers, "content-length"), "1000");
  EXPECT_EQ(get(*exchange, "/echo")->status, 200);
}

TEST_P(HttpTest, gives_up_a_handshake_that_is_not_answered_in_time) {
  serve();
  ClientOptions options = client_options();
  SilentListener silent;
  options.url = "https://127.0.0.1:" + std::to_string(silent.port());
  options.connect_timeout = 200ms;
  auto response = get(*connect(options), "/echo");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Code::Unavailable) << response.error().text();
  EXPECT_NE(response.error().text().find("in time"), std::string::npos) << response.error().text();
}

TEST_P(HttpTest, drops_a_connection_without_a_sign_of_life) {
  // The kernel asks in HTTP/1.1, where that takes the better part of a minute.
  if (GetParam() == Protocol::Http1) return;
  SilentListener silent;
  ClientOptions options;
  options.url = "http://127.0.0.1:" + std::to_string(silent.port());
  options.protocol = Protocol::Http2;
  options.ping_every = 100ms;
  options.ping_timeout = 100ms;
  auto response = get(*connect(options), "/echo");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Code::Unavailable) << response.error().text();
  EXPECT_NE(response.error().text().find("no sign of life"), std::string::npos) << response.error().text();
}

TEST_P(HttpTest, speaks_plain_http_too) {
  serve();
  ServerOptions plain;
  auto server = HttpServer::open(loop_, handler_, plain);
  ASSERT_TRUE(server);
  ClientOptions options;
  options.url = "http://localhost:" + std::to_string((*server)->port());
  options.protocol = GetParam();
  {
    auto exchange = connect(options);
    auto response = get(*exchange, "/echo");
    ASSERT_TRUE(response) << response.error().text();
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(exchange->counts().http2, GetParam() == Protocol::Http2);
  }
  loop_.run(stopped(**server, 1s));
}

TEST_P(HttpTest, keeps_the_last_streams_for_short_calls_and_then_connects_again) {
  if (GetParam() == Protocol::Http1) return;
  ServerOptions options;
  options.streams_max = 10;
  serve(options);
  auto exchange = connect(client_options());
  ASSERT_TRUE(get(*exchange, "/echo"));
  std::vector<Response> watches;
  for (int i = 0; i < 9; ++i) watches.push_back(*get(*exchange, "/watch", BodyMode::Stream));
  EXPECT_EQ(exchange->counts().connections, 1u);
  ASSERT_TRUE(get(*exchange, "/echo"));
  EXPECT_EQ(exchange->counts().connections, 1u);
  watches.push_back(*get(*exchange, "/watch", BodyMode::Stream));
  EXPECT_EQ(exchange->counts().connections, 2u);
  // Up to all connections, and then an error instead of silence.
  while (watches.size() < 72) watches.push_back(*get(*exchange, "/watch", BodyMode::Stream));
  EXPECT_EQ(exchange->counts().connections, 8u);
  auto more = get(*exchange, "/watch", BodyMode::Stream);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code(), Code::Unavailable);
  EXPECT_TRUE(get(*exchange, "/echo"));
}

TEST_P(HttpTest, waits_for_room_when_many_short_calls_run) {
  ServerOptions options;
  options.streams_max = 3;
  serve(options);
  auto exchange = connect(client_options());
  std::vector<std::optional<Result<Response>>> outcomes(2000);
  TaskScope scope(loop_);
  for (auto& outcome : outcomes) scope.spawn(keep(*exchange, request_of("/echo"), within(50s), outcome));
  loop_.run_until([&] { return scope.running() == 0; });
  for (auto& outcome : outcomes) ASSERT_TRUE(*outcome) << outcome->error().text();
}

TEST_P(HttpTest, closes_idle_connections_in_good_order) {
  ServerOptions options;
  options.idle_timeout = 50ms;
  serve(options);
  auto exchange = connect(client_options());
  ASSERT_TRUE(get(*exchange, "/echo"));
  loop_.run_until([&] { return exchange->counts().connections == 0 && server_->connections() == 0; });
  ASSERT_TRUE(get(*exchange, "/echo"));
}

// The peer is another process that is killed in the middle of a watch.
TEST_P(HttpTest, notices_that_its_server_was_killed) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    AsioLoop loop;
    TestHandler handler(loop);
    ServerOptions options;
    options.identity = identity_;
    auto server = HttpServer::open(loop, handler, options);
    int port = server ? (*server)->port() : 0;
    if (write(ends[1], &port, sizeof port) != sizeof port) _exit(1);
    loop.run();
    _exit(0);
  }
  int port = 0;
  ASSERT_EQ(read(ends[0], &port, sizeof port), static_cast<ssize_t>(sizeof port));
  ClientOptions options;
  options.url = "https://localhost:" + std::to_string(port);
  options.credentials.ca = authority_.certificate;
  options.protocol = GetParam();
  auto exchange = connect(options);
  auto watch = get(*exchange, "/watch", BodyMode::Stream);
  ASSERT_TRUE(watch) << watch.error().text();
  kill(child, SIGKILL);
  auto end = next(*watch);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code(), Code::Unavailable);
  int status = 0;
  waitpid(child, &status, 0);
  close(ends[0]);
  close(ends[1]);
  EXPECT_EQ(get(*exchange, "/echo").error().code(), Code::Unavailable);
}

// Sends bytes as a client that knows no protocol, and closes.
void disturb(std::uint16_t port, const std::string& bytes) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    (void)!send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  close(fd);
}

TEST_P(HttpTest, survives_clients_that_send_anything) {
  serve();
  ServerOptions plain_options;
  auto plain = HttpServer::open(loop_, handler_, plain_options);
  ASSERT_TRUE(plain);
  std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  // SETTINGS, then HEADERS of a GET with the static table's entries, END_STREAM and END_HEADERS set.
  std::string good = preface + std::string("\0\0\0\4\0\0\0\0\0", 9) + std::string("\0\0\4\1\5\0\0\0\1", 9) + "\x82\x84\x87\x01";
  std::string http1 = "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n0123456789";
  sim::SimRng rng(17);
  for (int round = 0; round < 600; ++round) {
    std::string bytes = round % 2 ? http1 : good + good.substr(preface.size());
    for (std::uint64_t changes = sim::below(rng, 5); changes > 0; --changes) {
      bytes[sim::below(rng, bytes.size())] = static_cast<char>(sim::below(rng, 256));
    }
    bytes.resize(sim::below(rng, bytes.size() + 1));
    disturb(round % 5 ? (*plain)->port() : server_->port(), bytes);
    if (round % 20 == 19) loop_.run_until([&] { return (*plain)->connections() + server_->connections() == 0; });
  }
  EXPECT_EQ(get(*connect(client_options()), "/echo")->status, 200);
  loop_.run(stopped(**plain, 1s));
}

TEST(HttpServer, says_that_its_port_is_in_use) {
  AsioLoop loop;
  TestHandler handler(loop);
  auto first = HttpServer::open(loop, handler, {});
  ASSERT_TRUE(first);
  ServerOptions options;
  options.port = (*first)->port();
  auto second = HttpServer::open(loop, handler, options);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Code::Conflict);
  EXPECT_NE(second.error().text().find("another process uses this port"), std::string::npos);
}

}  // namespace
}  // namespace lesto::io
