// Suggestions for mistyped names.
#include "base/nearest_name.h"

#include <gtest/gtest.h>

#include <array>

namespace skerry {
namespace {

TEST(NearestName, SuggestsOnlyWhatIsClose) {
  constexpr std::array<std::string_view, 4> kNames = {"run", "wast", "validate", "inspect"};
  EXPECT_EQ(nearest_name("valdate", kNames), "validate");
  EXPECT_EQ(nearest_name("isnpect", kNames), "inspect");
  EXPECT_EQ(nearest_name("rum", kNames), "run");
  EXPECT_EQ(nearest_name("main.wasm", kNames), std::nullopt);
  EXPECT_EQ(nearest_name("x", {}), std::nullopt);
  constexpr std::array<std::string_view, 2> kShort = {"-W", "f"};
  EXPECT_EQ(nearest_name("-x", kShort), std::nullopt);
  EXPECT_EQ(nearest_name("m", kShort), std::nullopt);
  EXPECT_EQ(did_you_mean("wats", kNames), "; did you mean `wast`?");
  EXPECT_EQ(did_you_mean("zzzzzzzz", kNames), "");
}

}  // namespace
}  // namespace skerry
