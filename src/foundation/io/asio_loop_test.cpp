#include "foundation/io/asio_loop.h"

#include <csignal>
#include <gtest/gtest.h>
#include <thread>

#include "foundation/io/system_rng.h"

namespace lesto::io {
namespace {

using namespace std::chrono_literals;

TEST(AsioLoop, runs_posted_jobs_in_their_order) {
  AsioLoop loop;
  std::vector<int> seen;
  for (int i = 0; i < 100; ++i) loop.post([&, i] { seen.push_back(i); });
  loop.post([&] { loop.post([&] { seen.push_back(100); }); });
  loop.run_until([&] { return seen.size() == 101; });
  for (int i = 0; i <= 100; ++i) EXPECT_EQ(seen[static_cast<std::size_t>(i)], i);
}

TEST(AsioLoop, takes_jobs_from_many_threads) {
  AsioLoop loop;
  int count = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10'000; ++i) {
        loop.post([&] {
          if (++count == 40'000) loop.stop();
        });
      }
    });
  }
  loop.run();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count, 40'000);
}

TEST(AsioLoop, fires_timers_in_the_order_of_their_time) {
  AsioLoop loop;
  std::string seen;
  auto start = std::chrono::steady_clock::now();
  loop.after(30ms, [&] { seen += 'c'; });
  loop.after(10ms, [&] { seen += 'a'; });
  TimerId never = loop.after(20ms, [&] { seen += 'x'; });
  loop.after(20ms, [&] { seen += 'b'; });
  loop.after(Duration::max(), [&] { seen += 'y'; });
  loop.cancel(never);
  loop.cancel(never);
  loop.run_until([&] { return seen.size() == 3; });
  EXPECT_EQ(seen, "abc");
  EXPECT_GE(std::chrono::steady_clock::now() - start, 30ms);
}

TEST(AsioLoop, keeps_what_stop_left_for_the_next_run) {
  AsioLoop loop;
  int count = 0;
  loop.post([&] { loop.stop(); });
  loop.post([&] { ++count; });
  loop.run();
  EXPECT_EQ(count, 0);
  loop.run_until([&] { return count == 1; });
}

TEST(AsioLoop, ends_a_task_although_it_was_stopped) {
  AsioLoop loop;
  loop.post([&] { loop.stop(); });
  EXPECT_TRUE(loop.run(sleep(loop, {}, 10ms)));
}

Task<int> square(Loop& loop, int number) {
  auto work = [number] { return number * number; };
  auto result = co_await offload(loop, std::move(work));
  co_return result;
}

TEST(AsioLoop, works_on_its_pool) {
  AsioLoop loop(3);
  EXPECT_EQ(loop.run(square(loop, 12)), 144);
}

TEST(AsioLoop, tells_of_signals) {
  AsioLoop loop;
  int got = 0;
  loop.on_signal([&](int number) { got = number; });
  std::raise(SIGTERM);
  loop.run_until([&] { return got == SIGTERM; });
  std::raise(SIGINT);
  loop.run_until([&] { return got == SIGINT; });
}

TEST(SystemRng, does_not_repeat_itself) {
  SystemRng rng;
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(rng.next());
  EXPECT_EQ(seen.size(), 1000u);
}

}  // namespace
}  // namespace lesto::io
