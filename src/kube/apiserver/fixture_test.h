// A server over memory and virtual time, for the tests of this room.
#pragma once

#include <gtest/gtest.h>

#include <random>

#include "foundation/io/memory_storage.h"
#include "foundation/io/sim/sim_loop.h"
#include "foundation/json/text.h"
#include "kube/apiserver/server.h"

namespace lesto::apiserver {

class SeededRng final : public Rng {
 public:
  std::uint64_t next() override { return engine_(); }

 private:
  std::mt19937_64 engine_{7};
};

struct Answer {
  int status = 0;
  json::Value body;
  std::string text;
  io::Headers headers;
};

class ServerTest : public testing::Test {
 protected:
  explicit ServerTest(Options options = {}) : options_(std::move(options)) { start(); }
  ~ServerTest() override { stop(); }

  void start() {
    auto opened = loop_.run(ApiServer::open(loop_, storage_, rng_, options_));
    CHECK(opened.has_value());
    server_ = std::move(*opened);
    exchange_ = std::make_unique<io::InProcessExchange>(*server_);
  }
  void stop() {
    if (!server_) return;
    loop_.run(stop_server());
    exchange_.reset();
    server_.reset();
  }

  Answer call(std::string method, std::string target, const json::Value& body = {}, io::Headers headers = {}) {
    io::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.headers = std::move(headers);
    if (!body.is_null()) {
      request.body = json::write(body);
      if (io::header(request.headers, "content-type").empty()) {
        request.headers.push_back({"content-type", "application/json"});
      }
    }
    auto response = loop_.run(exchange_->send({}, std::move(request)));
    CHECK(response.has_value());
    Answer answer{response->status, {}, response->body, response->headers};
    if (auto parsed = json::parse(response->body)) answer.body = std::move(*parsed);
    return answer;
  }
  Answer get(std::string target) { return call("GET", std::move(target)); }
  Answer post(std::string target, std::string_view body) {
    auto parsed = json::parse(body);
    CHECK(parsed.has_value());
    return call("POST", std::move(target), *parsed);
  }
  Answer patch(std::string target, std::string_view body, std::string type = "application/merge-patch+json") {
    auto parsed = json::parse(body);
    CHECK(parsed.has_value());
    return call("PATCH", std::move(target), *parsed, {{"content-type", std::move(type)}});
  }

  // An open watch.
  std::unique_ptr<io::BodyStream> watch(std::string target) {
    io::Request request;
    request.target = std::move(target);
    request.response = io::BodyMode::Stream;
    auto response = loop_.run(exchange_->send({}, std::move(request)));
    CHECK(response.has_value());
    return std::move(response->stream);
  }
  // The events that are there now.
  std::vector<json::Value> events(io::BodyStream& stream) {
    std::vector<json::Value> out;
    auto piece = loop_.run(stream.next(io::Context().until(loop_.now() + std::chrono::seconds(1))));
    if (!piece || !*piece) return out;
    std::string_view left = **piece;
    while (!left.empty()) {
      std::size_t end = left.find('\n');
      auto event = json::parse(left.substr(0, end));
      CHECK(event.has_value());
      out.push_back(std::move(*event));
      left.remove_prefix(end + 1);
    }
    return out;
  }

  io::Task<Result<void>> stop_server() {
    co_await server_->stop();
    co_return {};
  }

  Options options_;
  io::sim::SimLoop loop_;
  io::MemoryStorage storage_;
  SeededRng rng_;
  std::unique_ptr<ApiServer> server_;
  std::unique_ptr<io::InProcessExchange> exchange_;
};

}  // namespace lesto::apiserver
