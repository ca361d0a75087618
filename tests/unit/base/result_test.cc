// The error table and TRY.
#include "base/result.h"

#include <gtest/gtest.h>

#include <set>

namespace skerry {
namespace {

TEST(Errors, EveryRowHasItsOwnNameAndAText) {
  std::set<std::string_view> names;
  for (uint16_t i = 0; i <= static_cast<uint16_t>(ErrorCode::InternalError); ++i) {
    const auto code = static_cast<ErrorCode>(i);
    EXPECT_TRUE(names.insert(error_name(code)).second) << error_name(code);
    EXPECT_FALSE(error_text(code).empty()) << error_name(code);
  }
  EXPECT_EQ(error_phase(ErrorCode::TypeMismatch), Phase::Invalid);
  EXPECT_EQ(error_phase(ErrorCode::InternalError), Phase::Internal);
}

Result<int> half(int value) {
  if (value % 2 != 0) return fail(ErrorCode::TypeMismatch, 7, static_cast<uint64_t>(value));
  return value / 2;
}
Result<int> quarter(int value) { return TRY(half(TRY(half(value)))); }
Result<void> check(int value) {
  TRY(half(value));
  return {};
}

TEST(Try, ReturnsTheErrorAndHandsOnTheValue) {
  EXPECT_EQ(quarter(12), 3);
  EXPECT_EQ(quarter(6).error(), (Error{ErrorCode::TypeMismatch, 7, 3, 0}));
  EXPECT_TRUE(check(2));
  EXPECT_FALSE(check(1));
}

}  // namespace
}  // namespace skerry
