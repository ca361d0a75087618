// Modules nested deeper than any stack: nothing between text and machine code may recurse on
// nesting, so all of it has to work on a thread whose stack is too small for one byte a level.
#include <gtest/gtest.h>

#include "binary/decoder.h"
#include "binary/encoder.h"
#include "platform/threads.h"
#include "text/parse.h"
#include "text/print.h"
#include "validate/validate.h"

namespace skerry::embed {
namespace {

constexpr int kDepth = 50'000;
constexpr uint64_t kStackBytes = 256 * 1024;

std::string repeated(std::string_view text, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += text;
  return result;
}

struct Nested {
  const char* name;
  std::string source;
};

std::vector<Nested> nested() {
  const std::string closed = repeated(")", kDepth);
  const std::string ends = repeated("end ", kDepth);
  return {
      {"folded blocks", "(func " + repeated("(block ", kDepth) + closed + ")"},
      {"flat loops", "(func " + repeated("loop ", kDepth) + ends + ")"},
      {"ifs", "(func " + repeated("i32.const 0 if ", kDepth) + ends + ")"},
      {"operands",
       "(func (result i32) " + repeated("(i32.eqz ", kDepth) + "(i32.const 0)" + closed + ")"},
  };
}

// Text -> module -> text -> module -> bytes -> module -> valid module.
void take_through(const Nested& nested) {
  SCOPED_TRACE(nested.name);
  const auto parsed = text::parse_module(nested.source, Features());
  ASSERT_TRUE(parsed.has_value());
  const std::vector<uint8_t> bytes = encode_module(**parsed);
  for (const bool fold : {false, true}) {
    const auto printed = text::print_module(**parsed, {.fold = fold});
    ASSERT_TRUE(printed.has_value());
    const auto again = text::parse_module(*printed, Features());
    ASSERT_TRUE(again.has_value());
    EXPECT_TRUE(encode_module(**again) == bytes);
  }
  const auto decoded = decode_module(bytes, nullptr, Features());
  ASSERT_TRUE(decoded.has_value());
  EXPECT_TRUE(skerry::validate(*decoded, Features(), std::make_shared<TypeRegistry>(), 1));
}

TEST(SmallStack, DeepNesting) {
  const std::vector<Nested> all = nested();
  auto thread = platform::Thread::start(
      [&] {
        for (const Nested& one : all) take_through(one);
      },
      kStackBytes);
  ASSERT_TRUE(thread.has_value());
  thread->join();
}

}  // namespace
}  // namespace skerry::embed
