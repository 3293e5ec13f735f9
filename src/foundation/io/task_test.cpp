#include "foundation/io/task.h"

#include <gtest/gtest.h>

#include "foundation/io/http.h"
#include "foundation/io/sim/sim_loop.h"

namespace lesto::io {
namespace {

using namespace std::chrono_literals;

Task<Result<int>> answer_after(Loop& loop, Context context, Duration delay) {
  auto slept = co_await sleep(loop, context, delay);
  if (!slept) co_return fail(std::move(slept).error());
  co_return 42;
}

Task<void> store(Loop& loop, Context context, Duration delay, std::optional<Result<int>>& out) {
  auto result = co_await answer_after(loop, std::move(context), delay);
  out.emplace(std::move(result));
}

TEST(Task, waits_in_virtual_time) {
  sim::SimLoop loop;
  Time before = loop.now();
  auto result = loop.run(answer_after(loop, {}, 5s));
  EXPECT_EQ(*result, 42);
  EXPECT_EQ(loop.now() - before, 5s);
}

TEST(Task, ends_with_cancelled_when_its_scope_is_cancelled) {
  sim::SimLoop loop;
  TaskScope scope(loop);
  std::optional<Result<int>> out;
  scope.spawn(store(loop, scope.context(), 1h, out));
  loop.run_ready();
  EXPECT_FALSE(out.has_value());
  scope.cancel();
  loop.run_ready();
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->error().code(), Code::Cancelled);
  EXPECT_EQ(scope.running(), 0u);
}

TEST(Task, ends_with_timeout_at_its_deadline) {
  sim::SimLoop loop;
  Completion<int> never(loop);
  auto result = loop.run(never.wait(Context().until(loop.now() + 3s)));
  EXPECT_EQ(result.error().code(), Code::Timeout);
}

TEST(Pipe, gives_what_was_pushed_then_the_end) {
  sim::SimLoop loop;
  Pipe pipe(loop);
  auto reader = pipe.reader();
  pipe.push("a");
  pipe.push("b");
  pipe.close();
  EXPECT_EQ(**loop.run(reader->next({})), "ab");
  EXPECT_FALSE(loop.run(reader->next({}))->has_value());
}

TEST(Pipe, ends_with_too_large_when_nobody_reads) {
  sim::SimLoop loop;
  Pipe pipe(loop, 3);
  auto reader = pipe.reader();
  pipe.push("ab");
  pipe.push("cd");
  EXPECT_EQ(**loop.run(reader->next({})), "ab");
  EXPECT_EQ(loop.run(reader->next({})).error().code(), Code::TooLarge);
}

TEST(SimLoop, runs_the_same_order_for_the_same_seed) {
  auto order = [](std::uint64_t seed) {
    sim::SimLoop loop(seed);
    std::vector<int> seen;
    for (int i = 0; i < 20; ++i) loop.post([&seen, i] { seen.push_back(i); });
    loop.run_ready();
    return seen;
  };
  EXPECT_EQ(order(7), order(7));
  EXPECT_NE(order(7), order(8));
}

}  // namespace
}  // namespace lesto::io
