// The sessions of both sides against each other in memory: bytes cut anywhere, changed anywhere, in
// any order of events.
#include <gtest/gtest.h>

#include "foundation/io/http_client_internal.h"
#include "foundation/io/http_server_internal.h"
#include "foundation/io/sim/sim_loop.h"
#include "foundation/io/sim/sim_rng.h"

namespace lesto::io {
namespace {

class FakeServer final : public SessionHost {
 public:
  explicit FakeServer(Loop& loop) : loop_(loop) {}
  const ServerOptions& options() const override { return options_; }
  Loop& loop() override { return loop_; }
  void start(const std::shared_ptr<ServerCall>& call) override {
    targets.push_back(call->request.target);
    if (call->request.target == "/never") return held.push_back(call);
    call->status = 200;
    call->waiting = call->request.target + " " + call->request.body;
    call->answered = call->whole = call->ended = true;
    if (call->changed) call->changed();
  }
  void wake() override {}
  void finish() override { finished = true; }
  void pause(bool) override {}
  void progress() override {}

  Loop& loop_;
  ServerOptions options_;
  std::vector<std::string> targets;
  std::vector<std::shared_ptr<ServerCall>> held;
  bool finished = false;
};

class FakeClient final : public ClientHost {
 public:
  explicit FakeClient(Loop& loop) : loop_(loop) { options_.url = "https://peer"; }
  const ClientOptions& options() const override { return options_; }
  Loop& loop() override { return loop_; }
  const std::string& authority() const override { return name_; }
  const std::string& peer_name() const override { return name_; }
  void wake() override {}
  void pause(bool) override {}
  void retire() override { retired = true; }
  void settle() override {}
  void room() override {}
  void broken(Error) override { broke = true; }

  Loop& loop_;
  ClientOptions options_;
  std::string name_ = "peer";
  bool retired = false;
  bool broke = false;
};

std::shared_ptr<ClientCall> call_of(Loop& loop, std::string target, std::string body = "") {
  Request request;
  request.target = std::move(target);
  request.method = body.empty() ? "GET" : "POST";
  request.body = std::move(body);
  return std::make_shared<ClientCall>(loop, std::move(request), 1 << 20);
}

template <class Session>
std::string all_of(Session& session) {
  std::string out;
  for (std::size_t before = 1; before != out.size();) {
    before = out.size();
    session.fill(out);
  }
  return out;
}

// Gives the bytes in pieces of random sizes.
template <class Session>
void feed(Session& session, std::string_view bytes, Rng& rng) {
  while (!bytes.empty()) {
    std::size_t size =
        std::min<std::size_t>(bytes.size(), 1 + sim::below(rng, 1 + sim::below(rng, 3000)));
    session.bytes(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
}

// What an HTTP/1.1 server says to these bytes.
std::string say_to_http1(const std::string& bytes, FakeServer& host) {
  auto server = make_http1_server(host);
  server->bytes(bytes);
  return all_of(*server);
}

TEST(Http1Server, answers_pipelined_requests_in_their_order) {
  sim::SimLoop loop;
  FakeServer host(loop);
  EXPECT_EQ(
      say_to_http1("GET /a HTTP/1.1\r\n\r\nPOST /b HTTP/1.1\r\ncontent-length: 2\r\n\r\nxy", host),
      "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n/a "
      "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n/b xy");
  EXPECT_FALSE(host.finished);
}

TEST(Http1Server, closes_when_it_is_asked_to_and_for_old_clients) {
  sim::SimLoop loop;
  FakeServer host(loop);
  EXPECT_EQ(say_to_http1("GET /a HTTP/1.0\r\n\r\n", host),
            "HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\n/a ");
  EXPECT_TRUE(host.finished);
  host.finished = false;
  say_to_http1("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", host);
  EXPECT_FALSE(host.finished);
  say_to_http1("GET /a HTTP/1.1\r\nConnection: close\r\n\r\n", host);
  EXPECT_TRUE(host.finished);
}

TEST(Http1Server, lets_a_client_go_on_that_asks_first) {
  sim::SimLoop loop;
  FakeServer host(loop);
  std::string head = "POST /a HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: ";
  EXPECT_EQ(say_to_http1(head + "2\r\n\r\n", host), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_TRUE(say_to_http1(head + "20000000\r\n\r\n", host).starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(host.finished);
}

TEST(Http1Server, refuses_what_it_cannot_read) {
  sim::SimLoop loop;
  FakeServer host(loop);
  EXPECT_TRUE(say_to_http1("nonsense\r\n\r\n", host).starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(host.targets.empty());
}

class SessionTest : public ::testing::TestWithParam<bool> {
 protected:
  SessionTest() : server_host_(loop_), client_host_(loop_), rng_(5) { anew(); }
  ~SessionTest() override { client_->lost(WireEnd::Broken, Error(Code::Unavailable, "over")); }
  void anew() {
    if (client_) client_->lost(WireEnd::Broken, Error(Code::Unavailable, "over"));
    client_ = GetParam() ? make_http2_client(client_host_) : make_http1_client(client_host_);
    server_ = GetParam() ? make_http2_server(server_host_) : make_http1_server(server_host_);
  }
  void exchange() {
    for (int rounds = 0; rounds < 100; ++rounds) {
      std::string up = all_of(*client_);
      feed(*server_, up, rng_);
      std::string down = all_of(*server_);
      feed(*client_, down, rng_);
      if (up.empty() && down.empty()) return;
    }
    FAIL() << "the sessions never come to rest";
  }

  sim::SimLoop loop_;
  FakeServer server_host_;
  FakeClient client_host_;
  sim::SimRng rng_;
  std::unique_ptr<ClientSession> client_;
  std::unique_ptr<ServerSession> server_;
};

INSTANTIATE_TEST_SUITE_P(Protocols, SessionTest, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "http2" : "http1"; });

TEST_P(SessionTest, carries_calls_however_their_bytes_are_cut) {
  exchange();
  for (int i = 0; i < 150; ++i) {
    std::string body(sim::below(rng_, 100'000), static_cast<char>('a' + i % 26));
    auto call = call_of(loop_, "/" + std::to_string(i), body);
    ASSERT_TRUE(client_->accepts(BodyMode::Whole));
    client_->start(call);
    exchange();
    ASSERT_TRUE(call->ended) << i;
    ASSERT_FALSE(call->error) << call->error->text();
    ASSERT_TRUE(call->body == "/" + std::to_string(i) + " " + body);
  }
}

TEST_P(SessionTest, marks_a_call_that_the_peer_did_not_look_at) {
  auto first = call_of(loop_, "/first");
  client_->start(first);
  exchange();
  server_->go_away();
  std::string down = all_of(*server_);
  auto second = call_of(loop_, "/second");
  client_->start(second);
  feed(*server_, all_of(*client_), rng_);
  client_->bytes(down);
  feed(*client_, all_of(*server_), rng_);
  client_->lost(WireEnd::Regular, Error(Code::Unavailable, "closed"));
  EXPECT_TRUE(second->ended);
  EXPECT_TRUE(second->error);
  EXPECT_TRUE(second->untouched);
  EXPECT_EQ(server_host_.targets, std::vector<std::string>{"/first"});
}

TEST_P(SessionTest, cancels_the_call_when_the_client_drops_it) {
  auto call = call_of(loop_, "/never");
  client_->start(call);
  exchange();
  ASSERT_EQ(server_host_.held.size(), 1u);
  call->drop();
  EXPECT_EQ(call->session, nullptr);
  if (!GetParam()) {
    EXPECT_TRUE(client_host_.broke);
    return;
  }
  exchange();
  EXPECT_TRUE(server_host_.held[0]->cancel.token().requested());
  EXPECT_EQ(server_->calls(), 0u);
}

TEST_P(SessionTest, survives_any_change_of_any_byte_in_both_directions) {
  for (int round = 0; round < 1500; ++round) {
    anew();
    if (sim::chance(rng_, 0.9)) client_->bytes(all_of(*server_));
    auto one = call_of(loop_, "/one");
    client_->start(one);
    if (client_->accepts(BodyMode::Whole)) client_->start(call_of(loop_, "/two", "some body"));
    if (client_->accepts(BodyMode::Whole)) client_->start(call_of(loop_, "/never"));
    for (int turn = 0; turn < 4; ++turn) {
      auto spoil = [&](std::string bytes) {
        for (std::uint64_t changes = sim::below(rng_, 4); changes > 0 && !bytes.empty();
             --changes) {
          std::size_t at = sim::below(rng_, bytes.size());
          if (sim::chance(rng_, 0.8))
            bytes[at] = static_cast<char>(sim::below(rng_, 256));
          else
            bytes.erase(at, 1 + sim::below(rng_, 4));
        }
        return bytes;
      };
      feed(*server_, spoil(all_of(*client_)), rng_);
      feed(*client_, spoil(all_of(*server_)), rng_);
    }
    if (sim::chance(rng_, 0.3)) one->drop();
    if (sim::chance(rng_, 0.3)) server_->go_away();
    all_of(*server_);
    server_host_.held.clear();
  }
}

}  // namespace
}  // namespace lesto::io
