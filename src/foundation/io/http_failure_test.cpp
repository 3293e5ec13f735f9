// The real client against the real server on loopback, over both protocols: what goes wrong, and
// what is bounded.
#include "foundation/io/http_fixture_internal.h"

namespace lesto::io {
namespace {

class HttpFailureTest : public HttpTest {};

INSTANTIATE_TEST_SUITE_P(Protocols, HttpFailureTest,
                         ::testing::Values(Protocol::Http1, Protocol::Http2), [](const auto& info) {
                           return info.param == Protocol::Http1 ? "http1" : "http2";
                         });

TEST_P(HttpFailureTest, connects_anew_at_the_next_request_after_the_server_was_lost) {
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

TEST_P(HttpFailureTest,
       lets_running_requests_end_when_the_server_stops_and_sends_new_ones_elsewhere) {
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

TEST_P(HttpFailureTest, holds_two_hundred_watches_and_still_answers) {
  serve();
  auto exchange = connect(client_options());
  std::vector<Response> watches;
  std::vector<std::optional<Result<Response>>> outcomes(200);
  TaskScope scope(loop_);
  for (auto& outcome : outcomes) {
    scope.spawn(keep(*exchange, request_of("/watch", BodyMode::Stream), within(120s), outcome));
  }
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

TEST_P(HttpFailureTest, bounds_what_a_slow_reader_costs_and_does_not_let_it_hold_up_others) {
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

TEST_P(HttpFailureTest, makes_one_connection_for_requests_that_arrive_together) {
  serve();
  auto exchange = connect(client_options());
  std::vector<std::optional<Result<Response>>> outcomes(50);
  TaskScope scope(loop_);
  for (auto& outcome : outcomes) {
    scope.spawn(keep(*exchange, request_of("/echo"), within(120s), outcome));
  }
  loop_.run_until([&] { return scope.running() == 0; });
  for (auto& outcome : outcomes) ASSERT_TRUE(*outcome);
  if (GetParam() == Protocol::Http2) {
    EXPECT_EQ(exchange->counts().connects, 1u);
  }
}

TEST_P(HttpFailureTest, ends_running_calls_when_the_exchange_goes) {
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

TEST_P(HttpFailureTest, puts_the_path_of_its_url_before_every_target) {
  serve();
  ClientOptions options = client_options();
  options.url += "/k8s/clusters/c-1/";
  ASSERT_TRUE(get(*connect(options), "/api/v1"));
  EXPECT_EQ(handler_.last.target, "/k8s/clusters/c-1/api/v1");
}

TEST_P(HttpFailureTest, answers_head_without_a_body) {
  serve();
  auto exchange = connect(client_options());
  Request request;
  request.method = "HEAD";
  request.target = "/big?1000";
  auto response = loop_.run(exchange->send(within(120s), std::move(request)));
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(header(response->headers, "content-length"), "1000");
  EXPECT_EQ(get(*exchange, "/echo")->status, 200);
}

TEST_P(HttpFailureTest, gives_up_a_handshake_that_is_not_answered_in_time) {
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

TEST_P(HttpFailureTest, drops_a_connection_without_a_sign_of_life) {
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
  EXPECT_NE(response.error().text().find("no sign of life"), std::string::npos)
      << response.error().text();
}

TEST_P(HttpFailureTest, speaks_plain_http_too) {
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

TEST_P(HttpFailureTest, keeps_the_last_streams_for_short_calls_and_then_connects_again) {
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

TEST_P(HttpFailureTest, gives_up_a_server_that_allows_no_stream) {
  if (GetParam() == Protocol::Http1) return;
  ServerOptions options;
  options.streams_max = 0;
  serve(options);
  auto exchange = connect(client_options());
  auto response = get(*exchange, "/echo");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Code::Unavailable) << response.error().text();
  EXPECT_LE(exchange->counts().connects, 3u);
}

TEST_P(HttpFailureTest, waits_for_room_when_many_short_calls_run) {
  ServerOptions options;
  options.streams_max = 3;
  serve(options);
  auto exchange = connect(client_options());
  std::vector<std::optional<Result<Response>>> outcomes(2000);
  TaskScope scope(loop_);
  for (auto& outcome : outcomes) {
    scope.spawn(keep(*exchange, request_of("/echo"), within(120s), outcome));
  }
  loop_.run_until([&] { return scope.running() == 0; });
  for (auto& outcome : outcomes) ASSERT_TRUE(*outcome) << outcome->error().text();
}

TEST_P(HttpFailureTest, closes_idle_connections_in_good_order) {
  ServerOptions options;
  options.idle_timeout = 300ms;
  serve(options);
  auto exchange = connect(client_options());
  ASSERT_TRUE(get(*exchange, "/echo"));
  loop_.run_until(
      [&] { return exchange->counts().connections == 0 && server_->connections() == 0; });
  ASSERT_TRUE(get(*exchange, "/echo"));
}

// The peer is another process that is killed in the middle of a watch.
TEST_P(HttpFailureTest, notices_that_its_server_was_killed) {
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

TEST_P(HttpFailureTest, survives_clients_that_send_anything) {
  serve();
  ServerOptions plain_options;
  auto plain = HttpServer::open(loop_, handler_, plain_options);
  ASSERT_TRUE(plain);
  std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  // SETTINGS, then HEADERS of a GET with the static table's entries, END_STREAM and END_HEADERS
  // set.
  std::string good = preface + std::string("\0\0\0\4\0\0\0\0\0", 9) +
                     std::string("\0\0\4\1\5\0\0\0\1", 9) + "\x82\x84\x87\x01";
  std::string http1 = "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n0123456789";
  sim::SimRng rng(17);
  for (int round = 0; round < 600; ++round) {
    std::string bytes = round % 2 ? http1 : good + good.substr(preface.size());
    for (std::uint64_t changes = sim::below(rng, 5); changes > 0; --changes) {
      bytes[sim::below(rng, bytes.size())] = static_cast<char>(sim::below(rng, 256));
    }
    bytes.resize(sim::below(rng, bytes.size() + 1));
    disturb(round % 5 ? (*plain)->port() : server_->port(), bytes);
    if (round % 20 == 19) {
      loop_.run_until([&] { return (*plain)->connections() + server_->connections() == 0; });
    }
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
