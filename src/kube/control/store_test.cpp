#include "kube/control/store.h"

#include <gtest/gtest.h>

#include "foundation/io/sim/sim_exchange.h"
#include "foundation/io/sim/sim_loop.h"
#include "foundation/io/sim/sim_rng.h"
#include "foundation/json/text.h"

namespace lesto::control {
namespace {

// A server that is away, or whose object is already what is written: it answers with the version that it has.
class Server final : public io::Handler {
 public:
  io::Task<io::Response> handle(io::Context, io::Request request, io::Peer) override {
    io::Response out;
    out.status = away ? 503 : 200;
    if (!away) out.body = std::move(request.body);
    co_return out;
  }
  bool away = false;
};

json::Value report(const char* says, const char* version = "5") {
  json::Value metadata = json::object({{"name", "a"}, {"namespace", "n"}, {"resourceVersion", version}});
  return json::object({{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", metadata}, {"says", says}});
}

class CollectionTest : public testing::Test {
 protected:
  CollectionTest() { network_.serve("there", &server_); }
  ~CollectionTest() override { network_.serve("there", nullptr); }
  bool update(json::Value object) { return loop_.run(reports_.update({}, std::move(object))).has_value(); }
  bool update_ahead(json::Value object) { return loop_.run(reports_.update_ahead({}, std::move(object))).has_value(); }
  std::string_view says() const { return reports_.get({"n", "a"})["says"].text(); }

  io::sim::SimLoop loop_;
  io::sim::SimRng rng_{1};
  io::sim::Network network_{loop_, rng_};
  Server server_;
  std::unique_ptr<io::Exchange> exchange_ = network_.connect("here", "there");
  client::Client client_{loop_, *exchange_, "test"};
  Collection reports_{client_, {"", "v1", "configmaps", "ConfigMap", kube::Scope::Namespaced}};
};

// Seed 104765350 of tests/sim: what was put ahead is taken back by a write that changes nothing at the server.
TEST_F(CollectionTest, takes_the_servers_word_for_a_version_that_it_has) {
  ASSERT_TRUE(update(report("nothing")));
  server_.away = true;
  EXPECT_FALSE(update_ahead(report("an event")));
  EXPECT_EQ(says(), "an event");
  server_.away = false;
  ASSERT_TRUE(update(report("nothing")));
  EXPECT_EQ(says(), "nothing");
}

// It would be written in the old version for ever.
TEST_F(CollectionTest, puts_nothing_ahead_of_a_version_that_is_newer) {
  ASSERT_TRUE(update(report("somebody else's", "6")));
  server_.away = true;
  EXPECT_FALSE(update_ahead(report("an event", "5")));
  EXPECT_EQ(says(), "somebody else's");
}

}  // namespace
}  // namespace lesto::control
