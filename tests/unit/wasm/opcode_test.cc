// The opcode table: look-up by encoding, and that signatures and shapes agree.
#include "wasm/opcode.h"

#include <gtest/gtest.h>

#include <string>

namespace skerry {
namespace {

TEST(OpcodeTable, EveryRowIsFoundByItsEncoding) {
  for (size_t i = 0; i < kOpCount; ++i) {
    const OpInfo& row = kOpInfos[i];
    const OpEntry& found =
        row.prefix == 0 ? kPlainOps[row.code] : prefixed_ops(row.prefix)[row.code];
    EXPECT_TRUE(found.is_known) << row.name;
    EXPECT_EQ(found.op, static_cast<Op>(i)) << row.name;
    EXPECT_EQ(found.imm, row.imm) << row.name;
    EXPECT_EQ(found.shape, row.shape) << row.name;
    EXPECT_EQ(found.feature, row.feature) << row.name;
  }
}

TEST(OpcodeTable, PrefixesAreNotOpcodes) {
  for (const unsigned prefix : {0xfbu, 0xfcu, 0xfdu, 0xfeu}) {
    EXPECT_TRUE(is_prefix(static_cast<uint8_t>(prefix)));
    EXPECT_FALSE(kPlainOps[prefix].is_known);
  }
}

bool has_signature(Shape shape) {
  return (shape >= Shape::Const && shape <= Shape::StoreLane) ||
         (shape >= Shape::AtomicLoad && shape <= Shape::AtomicWait);
}

TEST(OpcodeTable, ShapesThatTheRowTypesHaveASignature) {
  for (const OpInfo& row : kOpInfos) {
    EXPECT_EQ(has_signature(row.shape), !row.signature.empty()) << row.name;
    EXPECT_LE(operands(row).size(), 3u) << row.name;
    EXPECT_LE(results(row).size(), 1u) << row.name;
    for (const char letter : std::string(operands(row)) + std::string(results(row)))
      EXPECT_NE(std::string_view("iIfFva").find(letter), std::string_view::npos) << row.name;
  }
}

TEST(OpcodeTable, MemoryAccessesBeginWithAnAddress) {
  for (const OpInfo& row : kOpInfos) {
    const bool is_access = row.imm == Imm::MemArg || row.imm == Imm::MemArgLane;
    EXPECT_EQ(is_access, row.signature.starts_with('a')) << row.name;
    EXPECT_LE(row.width_log2, 4) << row.name;
  }
}

TEST(OpcodeTable, OperandCountFollowsFromTheShape) {
  for (const OpInfo& row : kOpInfos) {
    const size_t count = operands(row).size();
    switch (row.shape) {
      case Shape::Const: EXPECT_EQ(count, 0u) << row.name; break;
      case Shape::Unary:
      case Shape::Load: EXPECT_EQ(count, 1u) << row.name; break;
      case Shape::Binary:
      case Shape::Compare:
      case Shape::Shift:
      case Shape::Store: EXPECT_EQ(count, 2u) << row.name; break;
      case Shape::Ternary: EXPECT_EQ(count, 3u) << row.name; break;
      default: break;
    }
  }
}

}  // namespace
}  // namespace skerry
