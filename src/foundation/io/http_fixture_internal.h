// A server with a handler for tests, and a client for it, on loopback. Included by http_*_test.cpp
// only.
#pragma once

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

using namespace std::chrono_literals;
using Protocol = ClientOptions::Protocol;

// Answers by path: /echo, /who, /big?N, /watch (a stream that the test feeds), /never (answers at
// cancellation).
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
    identity_ =
        *make_server_certificate(authority_, {{"localhost"}, {"127.0.0.1"}}, loop_.now(), 24h);
    // Nothing in these tests may take longer, whatever goes wrong.
    loop_.after(300s, [] {
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
  Result<Response> get(HttpExchange& exchange, std::string target,
                       BodyMode mode = BodyMode::Whole) {
    Request request;
    request.target = std::move(target);
    request.response = mode;
    return loop_.run(exchange.send(within(120s), std::move(request)));
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
  Result<std::optional<std::string>> next(Response& response) {
    return loop_.run(response.stream->next(within(120s)));
  }

  AsioLoop loop_;
  TestHandler handler_;
  KeyPair authority_, identity_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace lesto::io
