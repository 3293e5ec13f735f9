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

json::Value report(const char* says) {
  json::Value metadata = json::object({{"name", "a"}, {"namespace", "n"}, {"resourceVersion", "5"}});
  return json::object({{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", metadata}, {"says", says}});
}

// Seed 104765350 of tests/sim: what was put ahead is taken back by a write that changes nothing at the server.
TEST(Collection, takes_the_servers_word_for_a_version_that_it_has) {
  io::sim::SimLoop loop;
  io::sim::SimRng rng(1);
  io::sim::Network network(loop, rng);
  Server server;
  network.serve("there", &server);
  std::unique_ptr<io::Exchange> exchange = network.connect("here", "there");
  client::Client managed_client(loop, *exchange, "test");
  Collection reports(managed_client, {"", "v1", "configmaps", "ConfigMap", kube::Scope::Namespaced});
  ASSERT_TRUE(loop.run(reports.update({}, report("nothing"))).has_value());
  server.away = true;
  EXPECT_FALSE(loop.run(reports.update_ahead({}, report("an event"))).has_value());
  EXPECT_EQ(reports.get({"n", "a"})["says"].text(), "an event");
  server.away = false;
  ASSERT_TRUE(loop.run(reports.update({}, report("nothing"))).has_value());
  EXPECT_EQ(reports.get({"n", "a"})["says"].text(), "nothing");
  network.serve("there", nullptr);
}

}  // namespace
}  // namespace lesto::control
