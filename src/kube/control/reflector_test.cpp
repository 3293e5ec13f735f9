#include "kube/control/reflector.h"

#include <gtest/gtest.h>

#include "foundation/io/sim/sim_exchange.h"
#include "foundation/io/sim/sim_loop.h"
#include "foundation/io/sim/sim_rng.h"

namespace lesto::control {
namespace {

class Seen final : public Consumer {
 public:
  void upsert(json::Value object) override { text += "+" + std::string(kube::resource_version_of(object)); }
  void gone(const kube::ObjectKey& key, const json::Value&, Evidence) override { text += "-" + key.name; }
  void synced() override {}
  void state(const std::optional<Error>&) override {}
  std::string text;
};

json::Value object(const char* version) {
  return json::object({{"apiVersion", "v1"},
                       {"kind", "ConfigMap"},
                       {"metadata", json::object({{"name", "a"}, {"namespace", "n"}, {"resourceVersion", version}})}});
}

class ReflectorTest : public testing::Test {
 protected:
  io::sim::SimLoop loop_;
  io::sim::SimRng rng_{1};
  io::sim::Network network_{loop_, rng_};
  std::unique_ptr<io::Exchange> exchange_ = network_.connect("here", "there");
  client::Client client_{loop_, *exchange_, "test"};
  Seen seen_;
  Reflector reflector_{client_, {"", "v1", "configmaps", "ConfigMap", kube::Scope::Namespaced}, {}, seen_};
};

TEST_F(ReflectorTest, an_answered_delete_ends_the_object_that_it_was_about) {
  reflector_.absorb(object("5"));
  reflector_.absorb_gone({"n", "a"}, {}, "5");
  EXPECT_EQ(seen_.text, "+5-a");
}

// Seed 1062 of tests/sim: the watch shows the tombstone and the next object before the answer to the delete arrives.
TEST_F(ReflectorTest, a_late_answer_to_a_delete_does_not_end_the_next_object_of_that_name) {
  reflector_.absorb(object("5"));
  reflector_.absorb(object("9"));
  reflector_.absorb_gone({"n", "a"}, {}, "7");
  EXPECT_EQ(seen_.text, "+5+9");
}

}  // namespace
}  // namespace lesto::control
