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

}  // namespace
}  // namespace lesto::ledger
