#include <gtest/gtest.h>

#include "foundation/io/sim/sim_exchange.h"
#include "foundation/io/sim/sim_loop.h"
#include "foundation/io/sim/sim_rng.h"
#include "foundation/io/sim/sim_storage.h"

namespace lesto::io::sim {
namespace {

using namespace std::chrono_literals;

Task<void> commit_in(Storage& storage, std::string key, std::vector<std::string>& done,
                     int& failed) {
  std::vector<Write> batch{{key, "v"}};
  auto result = co_await storage.commit(std::move(batch));
  if (result) {
    done.push_back(key);
  } else {
    ++failed;
  }
}

TEST(SimStorage, is_durable_only_after_a_while) {
  SimLoop loop;
  SimRng rng(1);
  SimDisk disk;
  SimStorage storage(loop, rng, disk);
  TaskScope scope(loop);
  std::vector<std::string> done;
  int failed = 0;
  scope.spawn(commit_in(storage, "a", done, failed));
  loop.run_ready();
  EXPECT_TRUE(done.empty());
  EXPECT_TRUE(disk.records.empty());
  loop.run_for(1s);
  EXPECT_EQ(done, std::vector<std::string>{"a"});
  EXPECT_EQ(disk.records.size(), 1u);
}

TEST(SimStorage, loses_at_a_crash_only_what_was_not_acknowledged) {
  std::size_t lost = 0, kept_unacknowledged = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SimLoop loop(seed);
    SimRng rng(seed);
    SimDisk disk;
    std::vector<std::string> done;
    int failed = 0;
    TaskScope scope(loop);
    {
      SimStorage storage(loop, rng, disk);
      for (int i = 0; i < 20; ++i) {
        scope.spawn(commit_in(storage, std::to_string(i), done, failed));
        loop.run_for(between(rng, 0us, 1ms));
      }
      storage.crash();
      loop.run_ready();
    }
    EXPECT_EQ(scope.running(), 0u);
    EXPECT_EQ(done.size() + static_cast<std::size_t>(failed), 20u);
    for (const std::string& key : done) EXPECT_TRUE(disk.records.contains(key)) << "seed " << seed;
    // Batches reach the disk in their order: no gaps.
    for (std::size_t i = 0; i < disk.records.size(); ++i) {
      EXPECT_TRUE(disk.records.contains(std::to_string(i)));
    }
    lost += 20 - disk.records.size();
    kept_unacknowledged += disk.records.size() - done.size();
  }
  EXPECT_GT(lost, 0u);
  EXPECT_GT(kept_unacknowledged, 0u);
}

class EchoHandler final : public Handler {
 public:
  explicit EchoHandler(Loop& loop) : loop_(loop) {}
  Task<Response> handle(Context context, Request request, Peer peer) override {
    ++executed;
    last_peer = peer;
    Response response;
    if (request.target == "/watch") {
      pipes.push_back(std::make_unique<Pipe>(loop_));
      response.stream = pipes.back()->reader();
    } else if (request.target == "/never") {
      Completion<void> never(loop_);
      auto ended = co_await never.wait(std::move(context));
      (void)ended;
    } else {
      response.body = request.body;
    }
    co_return response;
  }
  Loop& loop_;
  int executed = 0;
  Peer last_peer;
  std::vector<std::unique_ptr<Pipe>> pipes;
};

class NetworkTest : public ::testing::Test {
 protected:
  NetworkTest() : rng_(7), network_(loop_, rng_), handler_(loop_) {
    network_.serve("server", &handler_);
    exchange_ = network_.connect("client", "server");
  }
  ~NetworkTest() override { loop_.run(stopped(network_)); }
  static Task<bool> stopped(Network& network) {
    co_await network.stop();
    co_return true;
  }
  Result<Response> ask(std::string target, BodyMode mode = BodyMode::Whole,
                       Duration patience = 1h) {
    Request request;
    request.target = std::move(target);
    request.body = "hello";
    request.response = mode;
    return loop_.run(exchange_->send(Context().until(loop_.now() + patience), std::move(request)));
  }

  SimLoop loop_;
  SimRng rng_;
  Network network_;
  EchoHandler handler_;
  std::unique_ptr<Exchange> exchange_;
};

TEST_F(NetworkTest, carries_requests_with_delay) {
  Time before = loop_.now();
  EXPECT_EQ(ask("/")->body, "hello");
  EXPECT_GT(loop_.now() - before, 0ms);
  EXPECT_EQ(handler_.last_peer.address, "client");
}

TEST_F(NetworkTest, executes_a_request_whose_answer_is_lost) {
  network_.set_rates("client", "server", {.answer_lost = 1});
  EXPECT_EQ(ask("/").error().code(), Code::Unavailable);
  EXPECT_EQ(handler_.executed, 1);
  network_.set_rates("client", "server", {.request_lost = 1});
  EXPECT_EQ(ask("/").error().code(), Code::Unavailable);
  EXPECT_EQ(handler_.executed, 1);
}

TEST_F(NetworkTest, stands_still_while_a_link_is_cut_and_goes_on_when_it_heals) {
  auto watch = ask("/watch", BodyMode::Stream);
  ASSERT_TRUE(watch);
  network_.cut("client", "server");
  handler_.pipes[0]->push("event");
  EXPECT_EQ(loop_.run(watch->stream->next(Context().until(loop_.now() + 10s))).error().code(),
            Code::Timeout);
  network_.heal("client", "server");
  EXPECT_EQ(**loop_.run(watch->stream->next({})), "event");
}

TEST_F(NetworkTest, breaks_what_stood_still_for_too_long) {
  auto watch = ask("/watch", BodyMode::Stream);
  ASSERT_TRUE(watch);
  network_.cut("client", "server");
  handler_.pipes[0]->push("event");
  EXPECT_EQ(loop_.run(watch->stream->next({})).error().code(), Code::Unavailable);
  EXPECT_EQ(ask("/").error().code(), Code::Unavailable);
  EXPECT_EQ(ask("/", BodyMode::Whole, 5s).error().code(), Code::Timeout);
}

TEST_F(NetworkTest, cuts_streams_at_the_given_rate) {
  network_.set_rates({.stream_cut = 0.5});
  int cut = 0;
  for (int i = 0; i < 50; ++i) {
    auto watch = ask("/watch", BodyMode::Stream);
    ASSERT_TRUE(watch);
    handler_.pipes.back()->push("event");
    cut += loop_.run(watch->stream->next({})) ? 0 : 1;
  }
  EXPECT_GT(cut, 10);
  EXPECT_LT(cut, 40);
}

TEST_F(NetworkTest, breaks_calls_when_their_server_is_gone) {
  auto watch = ask("/watch", BodyMode::Stream);
  ASSERT_TRUE(watch);
  network_.serve("server", nullptr);
  EXPECT_EQ(loop_.run(watch->stream->next({})).error().code(), Code::Unavailable);
  loop_.run_ready();
  EXPECT_EQ(network_.running("server"), 0u);
  EXPECT_NE(ask("/").error().text().find("refused"), std::string::npos);
}

TEST_F(NetworkTest, lets_the_handler_go_when_the_reader_does) {
  {
    auto watch = ask("/watch", BodyMode::Stream);
    ASSERT_TRUE(watch);
  }
  loop_.run_for(1s);
  EXPECT_TRUE(handler_.pipes[0]->closed());
}

TEST_F(NetworkTest, gives_an_intercepted_request_another_answer) {
  network_.set_intercept([](const std::string&, const Request& request) {
    std::optional<Response> answer;
    if (request.target == "/limited") answer.emplace().status = 429;
    return answer;
  });
  EXPECT_EQ(ask("/limited")->status, 429);
  EXPECT_EQ(ask("/")->status, 200);
  EXPECT_EQ(handler_.executed, 1);
}

TEST_F(NetworkTest, gathers_a_stream_for_whom_wants_it_whole) {
  Request request;
  request.target = "/watch";
  std::optional<Result<Response>> outcome;
  TaskScope scope(loop_);
  auto keep = [](Exchange& exchange, Request r,
                 std::optional<Result<Response>>& out) -> Task<void> {
    auto result = co_await exchange.send({}, std::move(r));
    out.emplace(std::move(result));
  };
  scope.spawn(keep(*exchange_, std::move(request), outcome));
  loop_.run_until([&] { return handler_.pipes.size() == 1; });
  handler_.pipes[0]->push("a");
  loop_.run_for(1s);
  handler_.pipes[0]->push("b");
  handler_.pipes[0]->close();
  loop_.run_until([&] { return outcome.has_value(); });
  EXPECT_EQ((*outcome)->body, "ab");
}

TEST(SimRng, repeats_itself) {
  SimRng a(5), b(5), c(6);
  EXPECT_EQ(a.next(), b.next());
  EXPECT_NE(a.next(), c.next());
  EXPECT_FALSE(chance(a, 0));
  EXPECT_TRUE(chance(a, 1));
}

}  // namespace
}  // namespace lesto::io::sim
