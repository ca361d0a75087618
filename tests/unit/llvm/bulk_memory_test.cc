// memory.copy and memory.fill of every short length, known and not, against the C library: pieces
// that overlap each other, sources that overlap destinations, and ends of memory.
#include <array>
#include <cstring>
#include <string>

#include "../runtime/fixture.h"

namespace skerry::runtime {
namespace {

constexpr uint32_t kEnd = 65536;
constexpr uint32_t kMostLength = 70;  // some are beyond what is done in place

class BulkMemoryTest : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    instance = &instantiate(module_text());
  }
  // `copyN` and `fillN` for the known lengths, `copy` and `fill` for all.
  static std::string module_text() {
    std::string text = R"((module (memory (export "memory") 1)
      (func (export "copy") (param i32 i32 i32)
        (memory.copy (local.get 0) (local.get 1) (local.get 2)))
      (func (export "fill") (param i32 i32 i32)
        (memory.fill (local.get 0) (local.get 1) (local.get 2))))";
    for (uint32_t n = 0; n <= kMostLength; ++n) {
      const std::string length = std::to_string(n);
      text += "(func (export \"copy" + length +
              "\") (param i32 i32) (memory.copy (local.get 0) (local.get 1) (i32.const " + length +
              "))) (func (export \"fill" + length +
              "\") (param i32 i32) (memory.fill (local.get 0) (local.get 1) (i32.const " + length +
              ")))";
    }
    return text + ")";
  }
  std::span<uint8_t> bytes() { return *instance->memory(0)->view().checked(0, kEnd); }
  void scramble() {
    for (uint32_t i = 0; i < kEnd; ++i) bytes()[i] = static_cast<uint8_t>(i * 151 + i / 256);
    std::copy(bytes().begin(), bytes().end(), expected.begin());
  }
  bool run(const std::string& name, uint32_t length, bool is_known, uint32_t a, uint32_t b) {
    std::vector<Value> arguments = {Value::i32(static_cast<int32_t>(a)),
                                    Value::i32(static_cast<int32_t>(b))};
    if (!is_known) arguments.push_back(Value::i32(static_cast<int32_t>(length)));
    return invoke(*instance, is_known ? name + std::to_string(length) : name, arguments)
        .has_value();
  }
  bool is_as_expected() { return std::ranges::equal(bytes(), expected); }

  Instance* instance = nullptr;
  std::array<uint8_t, kEnd> expected;
};

TEST_F(BulkMemoryTest, CopiesEveryShortLength) {
  scramble();
  for (uint32_t length = 0; length <= kMostLength; ++length)
    for (const bool is_known : {false, true})
      for (const int distance : {-70, -33, -17, -9, -3, -1, 0, 1, 2, 5, 8, 15, 31, 40, 64, 100}) {
        const uint32_t source = 1000 + length, dest = source + static_cast<uint32_t>(distance);
        std::memmove(expected.data() + dest, expected.data() + source, length);
        ASSERT_TRUE(run("copy", length, is_known, dest, source));
        ASSERT_TRUE(is_as_expected()) << length << " bytes by " << distance;
      }
}

TEST_F(BulkMemoryTest, FillsEveryShortLength) {
  scramble();
  for (uint32_t length = 0; length <= kMostLength; ++length)
    for (const bool is_known : {false, true}) {
      const uint32_t dest = 2000 + 3 * length, value = 0x3300 + length;
      std::memset(expected.data() + dest, static_cast<int>(value & 0xff), length);
      ASSERT_TRUE(run("fill", length, is_known, dest, value));
      ASSERT_TRUE(is_as_expected()) << length;
    }
}

TEST_F(BulkMemoryTest, WritesNothingBeforeItTraps) {
  scramble();
  for (uint32_t length = 0; length <= kMostLength; ++length)
    for (const bool is_known : {false, true}) {
      // To the very end, and one byte beyond.
      const uint32_t last = kEnd - length;
      EXPECT_TRUE(run("copy", length, is_known, last, last));
      for (const uint32_t beyond : {last + 1, kEnd + 1, UINT32_MAX}) {
        EXPECT_FALSE(run("copy", length, is_known, beyond, 100)) << length << ' ' << beyond;
        EXPECT_FALSE(run("copy", length, is_known, 100, beyond)) << length << ' ' << beyond;
        EXPECT_FALSE(run("fill", length, is_known, beyond, 7)) << length << ' ' << beyond;
      }
      ASSERT_TRUE(is_as_expected()) << length;
    }
}

}  // namespace
}  // namespace skerry::runtime
