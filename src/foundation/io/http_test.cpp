// The real client against the real server on loopback, over both protocols: what they carry.
#include "foundation/io/http_fixture_internal.h"

namespace lesto::io {
namespace {

INSTANTIATE_TEST_SUITE_P(Protocols, HttpTest, ::testing::Values(Protocol::Http1, Protocol::Http2),
                         [](const auto& info) {
                           return info.param == Protocol::Http1 ? "http1" : "http2";
                         });

TEST_P(HttpTest, sends_a_request_and_brings_back_its_response) {
  serve();
  auto exchange = connect(client_options());
  Request request;
  request.method = "POST";
  request.target = "/echo?a=b%20c";
  request.body = "hello";
  request.headers = {{"x-mine", "1"}};
  auto response = loop_.run(exchange->send(within(120s), std::move(request)));
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
  for (std::size_t i = 0; i < (6u << 20); ++i) request.body += static_cast<char>('a' + i % 23);
  std::string sent = request.body;
  auto response = loop_.run(exchange->send(within(120s), std::move(request)));
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
  auto response = loop_.run(exchange->send(within(120s), std::move(request)));
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
  ASSERT_TRUE(get(*exchange, "/echo"));
  auto response = loop_.run(exchange->send(within(200ms), request_of("/never")));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Code::Timeout);
  // On a busy machine the request may not have set out in time.
  if (handler_.requests == 2) loop_.run_until([&] { return handler_.cancelled == 1; });
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
  options.credentials.identity =
      *make_client_certificate(authority_, "jane", {"system:masters", "dev"}, loop_.now(), 1h);
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
  EXPECT_NE(response.error().text().find("not trusted"), std::string::npos)
      << response.error().text();
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
  EXPECT_NE(response.error().text().find("api.example.com"), std::string::npos)
      << response.error().text();
  ClientOptions options = client_options();
  options.credentials.server_name = "api.example.com";
  EXPECT_EQ(get(*connect(options), "/echo")->status, 200);
}

TEST_P(HttpTest, denies_a_server_whose_certificate_has_expired) {
  identity_ =
      *make_server_certificate(authority_, {{"localhost"}, {"127.0.0.1"}}, loop_.now() - 48h, 24h);
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
  options.credentials.identity =
      *make_client_certificate(other, "jane", {"system:masters"}, loop_.now(), 1h);
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
  EXPECT_NE(unknown.error().text().find("no-such-name.invalid"), std::string::npos)
      << unknown.error().text();
}

}  // namespace
}  // namespace lesto::io
