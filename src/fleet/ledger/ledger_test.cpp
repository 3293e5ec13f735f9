#include "fleet/ledger/ledger.h"

#include <gtest/gtest.h>

#include "foundation/io/memory_storage.h"
#include "foundation/io/sim/sim_loop.h"

namespace lesto::ledger {
namespace {

Record about_service(std::string reason) {
  Record record;
  record.step = "deploy";
  record.cluster = "projectsveltos/capi";
  record.subject = "Service external/external-web";
  record.reason = std::move(reason);
  record.inputs = {{"management", "ClusterSummary projectsveltos/s", "u1", "12"}};
  return record;
}

TEST(Ledger, gives_back_the_records_of_a_subject_in_order_and_goes_on_after_a_restart) {
  io::sim::SimLoop loop;
  io::MemoryStorage storage;
  for (int run = 0; run < 2; ++run) {
    Ledger ledger(loop, storage);
    io::TaskScope scope(loop);
    ASSERT_TRUE(loop.run(ledger.open()));
    ledger.start(scope);
    ledger.append(about_service("run " + std::to_string(run)), json::object({{"kind", "Service"}}));
    loop.run_until([&] { return scope.running() == 0; });
  }
  Ledger ledger(loop, storage);
  auto records = loop.run(ledger.about("projectsveltos/capi", "Service external/external-web", 10));
  ASSERT_TRUE(records);
  ASSERT_EQ(records->size(), 2u);
  EXPECT_EQ((*records)[0].reason, "run 0");
  EXPECT_EQ((*records)[1].reason, "run 1");
  EXPECT_EQ((*records)[1].id, 2u);
  EXPECT_EQ((*records)[0].inputs[0].resource_version, "12");
  auto content = loop.run(ledger.content((*records)[0].content_hash));
  EXPECT_EQ((*content)["kind"].text(), "Service");
}

TEST(Ledger, keeps_of_a_secret_only_its_hash) {
  io::sim::SimLoop loop;
  io::MemoryStorage storage;
  Ledger ledger(loop, storage);
  io::TaskScope scope(loop);
  ledger.start(scope);
  ledger.append(about_service("r"), json::object({{"kind", "Secret"}, {"data", "cGFzc3dvcmQ="}}));
  loop.run_until([&] { return scope.running() == 0; });
  bool seen = false;
  ASSERT_TRUE(storage.load([&](io::Record record) { seen |= record.value.find("cGFzc3dvcmQ") != std::string::npos; }));
  EXPECT_FALSE(seen);
}

// Key prefixes and how many keys each has.
std::map<char, int> keys_of(io::MemoryStorage& storage) {
  std::map<char, int> counts;
  EXPECT_TRUE(storage.load([&](io::Record record) { ++counts[record.key[0]]; }));
  return counts;
}

void append_and_wait(io::sim::SimLoop& loop, io::TaskScope& scope, Ledger& ledger, Record record, const json::Value& content) {
  ledger.append(std::move(record), content);
  loop.run_until([&] { return scope.running() == 0; });
}

TEST(Ledger, drops_the_oldest_records_with_their_index_and_contents_but_not_contents_that_are_still_used) {
  io::sim::SimLoop loop;
  io::MemoryStorage storage;
  Ledger ledger(loop, storage, {.records = 3, .content_bytes = 1 << 20});
  io::TaskScope scope(loop);
  ledger.start(scope);
  for (int i = 0; i < 10; ++i) {
    // Two contents that come again and again, and one of its own for each.
    append_and_wait(loop, scope, ledger, about_service("shared"), json::object({{"a", i % 2}}));
    append_and_wait(loop, scope, ledger, about_service(std::to_string(i)), json::object({{"own", i}}));
  }
  std::map<char, int> counts = keys_of(storage);
  EXPECT_EQ(counts['r'], 3);
  EXPECT_EQ(counts['s'], 3);
  EXPECT_EQ(counts['o'], 3);
  auto records = loop.run(ledger.about("projectsveltos/capi", "Service external/external-web", 10));
  ASSERT_EQ(records->size(), 3u);
  EXPECT_EQ((*records)[2].reason, "9");
  for (const Record& record : *records) {
    auto content = loop.run(ledger.content(record.content_hash));
    EXPECT_FALSE(content->is_null()) << record.reason;
  }
}

TEST(Ledger, keeps_within_its_bytes_over_a_restart) {
  io::sim::SimLoop loop;
  io::MemoryStorage storage;
  for (int run = 0; run < 3; ++run) {
    Ledger ledger(loop, storage, {.records = 1000, .content_bytes = 10'000});
    io::TaskScope scope(loop);
    ASSERT_TRUE(loop.run(ledger.open()));
    ledger.start(scope);
    for (int i = 0; i < 20; ++i) {
      append_and_wait(loop, scope, ledger, about_service("r"),
                      json::object({{"text", std::string(1000, 'x')}, {"n", run * 100 + i}}));
    }
  }
  EXPECT_EQ(keys_of(storage)['o'], 9);
  EXPECT_EQ(keys_of(storage)['r'], 9);
}

}  // namespace
}  // namespace lesto::ledger
