// Suggestions for mistyped names.
#include "embed/nearest_name.h"

#include <gtest/gtest.h>

#include <array>

namespace skerry::embed {
namespace {

TEST(NearestName, EditDistance) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("inspect", "inspect"), 0u);
  EXPECT_EQ(edit_distance("insepct", "inspect"), 1u);  // a swap is one slip
  EXPECT_EQ(edit_distance("inspct", "inspect"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(NearestName, SuggestsOnlyWhatIsClose) {
  constexpr std::array<std::string_view, 4> kNames = {"run", "wast", "validate", "inspect"};
  EXPECT_EQ(nearest_name("valdate", kNames), "validate");
  EXPECT_EQ(nearest_name("isnpect", kNames), "inspect");
  EXPECT_EQ(nearest_name("rum", kNames), "run");
  EXPECT_EQ(nearest_name("main.wasm", kNames), std::nullopt);
  EXPECT_EQ(nearest_name("x", {}), std::nullopt);
  EXPECT_EQ(did_you_mean("wats", kNames), "; did you mean `wast`?");
  EXPECT_EQ(did_you_mean("zzzzzzzz", kNames), "");
}

}  // namespace
}  // namespace skerry::embed
