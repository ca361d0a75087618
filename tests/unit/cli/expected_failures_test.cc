// The list of known failures.
#include "cli/expected_failures.h"

#include <gtest/gtest.h>

namespace skerry::cli {
namespace {

constexpr const char* kList = R"(# comment

gc/array.wast | 3, 10-12 | objects
throw.wast | * | exceptions
)";

TEST(ExpectedFailures, FindsByEndOfPathAndLine) {
  const auto list = ExpectedFailures::parse(kList);
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->reason("out/proposals/gc/array.wast", 3), "objects");
  EXPECT_EQ(list->reason("gc/array.wast", 11), "objects");
  EXPECT_EQ(list->reason("C:\\x\\throw.wast", 999), "exceptions");
  EXPECT_FALSE(list->reason("gc/array.wast", 4));
  EXPECT_FALSE(list->reason("gc/array.wast", 13));
  EXPECT_FALSE(list->reason("xgc/array.wast", 3));
  EXPECT_FALSE(list->reason("rethrow.wast", 1));
}

TEST(ExpectedFailures, RefusesRowsWithoutAReason) {
  for (const char* text :
       {"a.wast", "a.wast | 1", "a.wast | 1 | ", "a.wast | x | y", "a.wast | 5-3 | y", "| 1 | y"}) {
    const auto list = ExpectedFailures::parse(text);
    ASSERT_FALSE(list) << text;
    EXPECT_TRUE(list.error().message.starts_with("line 1: ")) << list.error().message;
  }
}

}  // namespace
}  // namespace skerry::cli
