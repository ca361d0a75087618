// Where the baseline compiler says that its code came from.
#include "../support/code_origins.h"

#include <gtest/gtest.h>

#include "baseline/compiler.h"

namespace skerry::baseline {
namespace {

TEST(BaselineOrigins, CoverTheSameCode) {
  const auto compiler = make_compiler();
  test::expect_origins(*compiler, {});
  CodeOptions counting;
  counting.hot_after_calls = counting.hot_after_rounds = 100;
  test::expect_origins(*compiler, counting);
  CodeOptions careful;
  careful.fuel = careful.explicit_bounds = true;
  test::expect_origins(*compiler, careful);
}

// In the order of the code, without what has none.
std::vector<CodeOrigin> origins_of(std::string_view text, FuncCode& code) {
  const auto parsed = text::parse_module(text, Features());
  const auto valid = validate(*parsed, Features(), std::make_shared<TypeRegistry>(), 1);
  CodeOrigins origins, result;
  code = *make_compiler()->compile_with_origins(*valid, ContextLayout(**parsed), 0, {}, origins);
  for (size_t i = 0; i < origins.size(); ++i) {
    origins[i].module_offset -= static_cast<uint32_t>((*parsed)->bodies[0].offset);
    const auto end = i + 1 < origins.size() ? origins[i + 1].code_offset : code.code.size();
    if (origins[i].part == CodePart::Instruction && end > origins[i].code_offset)
      result.push_back(origins[i]);
  }
  return result;
}

// A jump to the end of its block is taken back: what follows begins where it stood.
TEST(BaselineOrigins, FollowAJumpThatIsDropped) {
  FuncCode code;
  const auto origins =
      origins_of("(module (func (result i32) (block (br 0)) (i32.const 1)))", code);
  // No locals: 0 groups, then block, br, end, i32.const, end.
  ASSERT_EQ(origins.size(), 1u);
  EXPECT_EQ(origins[0].module_offset, 8u);
  EXPECT_EQ(code.code[origins[0].code_offset], 0xb8);  // mov eax, 1
}

// The comparison's code ends where the jump begins, which is the `br_if`'s.
TEST(BaselineOrigins, TellAConsumerFromItsComparison) {
  FuncCode code;
  const auto origins =
      origins_of("(module (func (param i32) (loop (br_if 0 (i32.eqz (local.get 0))))))", code);
  const auto br_if = std::ranges::find(origins, 7u, &CodeOrigin::module_offset);
  ASSERT_NE(br_if, origins.end());
  EXPECT_EQ(code.code[br_if->code_offset] & 0xf0, 0x70);  // a short jump back
}

}  // namespace
}  // namespace skerry::baseline
