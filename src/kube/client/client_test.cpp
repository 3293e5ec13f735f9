#include "kube/client/client.h"

#include <gtest/gtest.h>

#include "foundation/io/sim/sim_loop.h"
#include "kube/object/discovery.h"

namespace lesto::client {
namespace {

using namespace std::chrono_literals;

// A server that serves one request at a time for 5 ms, and refuses all others.
class OneAtATime final : public io::Handler {
 public:
  explicit OneAtATime(io::Loop& loop) : loop_(loop) {}
  io::Task<io::Response> handle(io::Context context, io::Request, io::Peer) override {
    if (busy_) {
      ++refused;
      co_return io::Response{.status = 429, .headers = {{"retry-after", "1"}}, .body = "Too many requests", .stream = {}};
    }
    busy_ = true;
    auto slept = co_await io::sleep(loop_, std::move(context), 5ms);
    (void)slept;
    busy_ = false;
    ++served;
    co_return io::Response{.status = 200, .headers = {}, .body = "{}", .stream = {}};
  }
  int refused = 0;
  int served = 0;

 private:
  io::Loop& loop_;
  bool busy_ = false;
};

io::Task<void> get(Client& client, io::Context context, std::vector<Result<json::Value>>& answers) {
  auto answer = co_await client.get_path(std::move(context), "/version");
  answers.push_back(std::move(answer));
}

TEST(Client, what_is_refused_with_429_is_asked_again_in_turn) {
  io::sim::SimLoop loop;
  OneAtATime server(loop);
  io::InProcessExchange exchange(server);
  Client client(loop, exchange, "test");
  io::TaskScope scope(loop);
  std::vector<Result<json::Value>> answers;
  Time start = loop.now();
  for (int i = 0; i < 40; ++i) scope.spawn(get(client, {}, answers));
  EXPECT_TRUE(loop.run_until([&] { return scope.running() == 0; }));
  EXPECT_EQ(server.served, 40);
  EXPECT_EQ(server.refused, 39);
  EXPECT_LT(loop.now() - start, 3s);
  for (const auto& answer : answers) EXPECT_TRUE(answer.has_value());
}

TEST(Client, a_call_that_has_no_time_to_wait_gives_the_refusal_back) {
  io::sim::SimLoop loop;
  OneAtATime server(loop);
  io::InProcessExchange exchange(server);
  Client client(loop, exchange, "test");
  io::TaskScope scope(loop);
  std::vector<Result<json::Value>> answers;
  io::Context hurried = io::Context{}.until(loop.now() + 500ms);
  for (int i = 0; i < 2; ++i) scope.spawn(get(client, hurried, answers));
  EXPECT_TRUE(loop.run_until([&] { return scope.running() == 0; }));
  ASSERT_EQ(answers.size(), 2u);
  ASSERT_FALSE(answers[0].has_value());
  EXPECT_EQ(answers[0].error().code(), Code::Unavailable);
  EXPECT_EQ(answers[0].error().retry_after(), 1s);
  EXPECT_TRUE(answers[1].has_value());
}

}  // namespace
}  // namespace lesto::client
