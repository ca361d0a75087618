// The measure behind every "did you mean".
#include "base/edit_distance.h"

#include <gtest/gtest.h>

namespace skerry {
namespace {

TEST(EditDistance, CountsSlips) {
  EXPECT_EQ(edit_distance("", "", 9), 0u);
  EXPECT_EQ(edit_distance("", "abc", 9), 3u);
  EXPECT_EQ(edit_distance("inspect", "inspect", 9), 0u);
  EXPECT_EQ(edit_distance("insepct", "inspect", 9), 1u);  // a swap is one slip
  EXPECT_EQ(edit_distance("inspct", "inspect", 9), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting", 9), 3u);
}

TEST(EditDistance, StopsAtTheLimit) {
  EXPECT_EQ(edit_distance("kitten", "sitting", 2), 2u);
  EXPECT_EQ(edit_distance("a", "abcdefgh", 3), 3u);
}

}  // namespace
}  // namespace skerry
