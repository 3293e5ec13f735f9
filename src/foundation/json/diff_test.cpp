#include "foundation/json/diff.h"

#include <gtest/gtest.h>

#include "foundation/json/pointer.h"
#include "foundation/json/text.h"

namespace lesto::json {
namespace {

TEST(Diff, names_each_changed_path_with_both_values) {
  Value before = *parse(R"({"a":{"x.y/z":1,"k":[1,2]},"gone":true,"same":{"deep":[1]}})");
  Value after = *parse(R"({"a":{"x.y/z":2,"k":[1,3,4]},"new":null,"same":{"deep":[1]}})");
  std::string text;
  for (const Change& change : diff(before, after)) {
    text += change.path + " " + (change.before ? write(*change.before) : "-") + " " +
            (change.after ? write(*change.after) : "-") + "\n";
  }
  EXPECT_EQ(text, ".a.k[1] 2 3\n.a.k[2] - 4\n.a[\"x.y/z\"] 1 2\n.gone true -\n.new - null\n");
  EXPECT_EQ(diff(before, after, 2).size(), 2u);
}

TEST(Pointer, finds_what_it_leads_to) {
  Value value = *parse(R"({"a/b":{"m~n":[10,20]},"":1})");
  auto at = [&](std::string_view text) {
    const Value* found = find(value, *parse_pointer(text));
    return found ? write(*found) : "none";
  };
  EXPECT_EQ(at("/a~1b/m~0n/1"), "20");
  EXPECT_EQ(at("/"), "1");
  EXPECT_EQ(at("/a~1b/m~0n/01"), "none");
  EXPECT_EQ(at("/a~1b/m~0n/2"), "none");
  EXPECT_FALSE(parse_pointer("a"));
}

}  // namespace
}  // namespace lesto::json
