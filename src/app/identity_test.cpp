#include "app/identity.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "foundation/io/sim/sim_rng.h"

namespace lesto::app {
namespace {

class Identities : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "lesto-identity-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
  io::sim::SimRng rng_{1};
};

TEST_F(Identities, the_next_owner_of_a_folder_is_the_same_as_the_one_before) {
  std::string first;
  {
    auto claimed = ReplicaIdentity::claim(folder_ + "/data", rng_);
    ASSERT_TRUE(claimed.has_value()) << claimed.error().text();
    first = claimed->text();
  }
  auto again = ReplicaIdentity::claim(folder_ + "/data", rng_);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->text(), first);
}

TEST_F(Identities, two_owners_at_a_time_are_refused) {
  auto one = ReplicaIdentity::claim(folder_, rng_);
  auto two = ReplicaIdentity::claim(folder_, rng_);
  ASSERT_TRUE(one.has_value());
  ASSERT_FALSE(two.has_value());
  EXPECT_EQ(two.error().code(), Code::Conflict);
}

TEST_F(Identities, folders_have_identities_of_their_own) {
  auto one = ReplicaIdentity::claim(folder_ + "/1", rng_);
  auto two = ReplicaIdentity::claim(folder_ + "/2", rng_);
  ASSERT_TRUE(one.has_value() && two.has_value());
  EXPECT_NE(one->text(), two->text());
}

}  // namespace
}  // namespace lesto::app
