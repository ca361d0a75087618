// What reaches a terminal.
#include "embed/report.h"

#include <gtest/gtest.h>

namespace skerry::embed {
namespace {

TEST(Report, NamesCannotCommandTheTerminal) {
  EXPECT_EQ(printable("na\x1b[31mme\n\r\x7f"), "na?[31mme???");
  EXPECT_EQ(printable("c1: \xc2\x9b\x33\x31m \xc2\x85"), "c1: ?31m ?");
  EXPECT_EQ(printable("h\xc3\xa9llo \xe2\x82\xac \xc2\xa0"), "h\xc3\xa9llo \xe2\x82\xac \xc2\xa0");
  EXPECT_EQ(printable("cut \xc2"), "cut ?");
}

TEST(Report, TheMessageIsOneLine) {
  const auto result = report(Error{ErrorCode::UnknownImport}, "a\nb", "  c\n");
  EXPECT_EQ(result.error().text, "error: a?b\n  c\n");
}

TEST(Report, LimitsSayHowMuch) {
  EXPECT_EQ(explain({ErrorCode::MemoryLimitExceeded, kNoPosition, 131072, 65536}),
            "more memory than the limit allows: 131072 of 65536");
  EXPECT_EQ(explain({ErrorCode::InstanceLimitExceeded, kNoPosition, 0, 3}),
            "more instances than the limit allows (3)");
}

}  // namespace
}  // namespace skerry::embed
