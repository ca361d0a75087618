// Instructions: every row of the opcode table, flat and folded forms, immediates, labels.
#include <gtest/gtest.h>

#include <set>

#include "parsing.h"

namespace skerry::text {
namespace {

TEST(Instr, FoldedAndFlatAreTheSame) {
  const std::string expected = "41 01 41 02 6a 1a";
  EXPECT_EQ(body_of("(func i32.const 1 i32.const 2 i32.add drop)"), expected);
  EXPECT_EQ(body_of("(func (drop (i32.add (i32.const 1) (i32.const 2))))"), expected);
  EXPECT_EQ(body_of("(func (i32.const 1) i32.const 2 (i32.add) drop)"), expected);
  EXPECT_EQ(error_of("(func (drop (i32.add (i32.const 1) i32.const 2)))"),
            ErrorCode::UnexpectedToken);
}

TEST(Instr, Ifs) {
  EXPECT_EQ(body_of("(func (if (i32.const 0) (then (nop)) (else nop nop)))"),
            "41 00 04 40 01 05 01 01 0b");
  EXPECT_EQ(body_of("(func i32.const 0 if nop else nop nop end)"), "41 00 04 40 01 05 01 01 0b");
  EXPECT_EQ(body_of("(func (if (i32.const 0) (nop) (then)))"), "41 00 01 04 40 0b");
  EXPECT_EQ(body_of("(func (i32.const 0) (if (then) (else)))"), "41 00 04 40 05 0b");
  EXPECT_EQ(error_of("(func (if (i32.const 0)))"), ErrorCode::UnexpectedToken);
  EXPECT_EQ(error_of("(func (if (then) (then)))"), ErrorCode::UnexpectedToken);
  EXPECT_EQ(error_of("(func (if (then) (else) (else)))"), ErrorCode::UnexpectedToken);
  EXPECT_EQ(error_of("(func (then))"), ErrorCode::UnexpectedToken);
  EXPECT_EQ(error_of("(func else)"), ErrorCode::UnexpectedToken);
}

TEST(Instr, LabelsNestAndShadow) {
  EXPECT_EQ(body_of("(func block $a loop $b br $a br $b br 2 end end)"),
            "02 40 03 40 0c 01 0c 00 0c 02 0b 0b");
  EXPECT_EQ(body_of("(func block $a block $a br $a end br $a end)"),
            "02 40 02 40 0c 00 0b 0c 00 0b");
  // The label of an `if` is not in scope in its condition.
  EXPECT_EQ(body_of("(func block $l (if $l (br_if $l (i32.const 0)) (then (br $l))) end)"),
            "02 40 41 00 0d 00 04 40 0c 00 0b 0b");
  EXPECT_EQ(error_of("(func (if $l (br $l) (then)))"), ErrorCode::UndefinedId);
  EXPECT_EQ(error_of("(func block $a end br $a)"), ErrorCode::UndefinedId);
  EXPECT_EQ(error_of("(func block $a end $b)"), ErrorCode::MismatchingLabel);
  EXPECT_EQ(error_of("(func block end $a)"), ErrorCode::MismatchingLabel);
  EXPECT_EQ(error_of("(func block nop)"), ErrorCode::UnexpectedToken);
  EXPECT_EQ(error_of("(func nop end)"), ErrorCode::UnexpectedToken);
}

TEST(Instr, BlockTypes) {
  EXPECT_EQ(body_of("(func (block (result i64) (unreachable)) drop)"), "02 7e 00 0b 1a");
  EXPECT_EQ(body_of("(func (block (result (ref null func)) (unreachable)) drop)"),
            "02 70 00 0b 1a");
  EXPECT_EQ(body_of("(func (block (result (ref func)) (unreachable)) drop)"), "02 64 70 00 0b 1a");
  EXPECT_EQ(body_of("(type (func)) (func (block (type 0)))"), "02 00 0b");
  EXPECT_EQ(body_of("(func (block (result i32 i32) (unreachable)) drop drop)"),
            "02 01 00 0b 1a 1a");
}

TEST(Instr, TryTable) {
  EXPECT_EQ(body_of(R"((tag $e) (func (block $b (block $c
      (try_table $t (result i32) (catch $e $b) (catch_ref 0 $c) (catch_all $b) (catch_all_ref 0)
        (br $t (i32.const 1))) drop))))"),
            "02 40 02 40 1f 7f 04 00 00 01 01 00 00 02 01 03 00 41 01 0c 00 0b 1a 0b 0b");
}

TEST(Instr, SelectForms) {
  EXPECT_EQ(body_of("(func select)"), "1b");
  EXPECT_EQ(body_of("(func select (result i32))"), "1c 01 7f");
  EXPECT_EQ(body_of("(func select (result))"), "1c 00");
  EXPECT_EQ(body_of("(func select (result i32) (result externref))"), "1c 02 7f 6f");
  EXPECT_EQ(body_of("(func (select (result i32) (i32.const 1) (i32.const 2) (i32.const 3)))"),
            "41 01 41 02 41 03 1c 01 7f");
}

TEST(Instr, OptionalIndices) {
  EXPECT_EQ(body_of("(func memory.size memory.grow $m memory.fill 0) (memory $m 1)"),
            "3f 00 40 00 fc 0b 00");
  EXPECT_EQ(body_of("(func memory.copy memory.copy $n $m) (memory $m 1) (memory $n 1)"),
            "fc 0a 00 00 fc 0a 01 00");
  EXPECT_EQ(error_of("(func memory.copy 0) (memory 1)"), ErrorCode::UnexpectedToken);
  EXPECT_EQ(
      body_of("(func memory.init $d memory.init $n $d) (memory 1) (memory $n 1) (data $d \"\")"),
      "fc 08 00 00 fc 08 00 01");
  EXPECT_EQ(body_of("(func table.init 3 table.init 1 3 table.get table.set 1 table.copy 1 0)"),
            "fc 0c 03 00 fc 0c 03 01 25 00 26 01 fc 0e 01 00");
  EXPECT_EQ(body_of("(func call_indirect 2 (type 0) return_call_indirect) (type (func))"),
            "11 00 02 13 00 00");
}

TEST(Instr, MemArgs) {
  EXPECT_EQ(body_of("(func i32.load)"), "28 02 00");
  EXPECT_EQ(body_of("(func i32.load offset=0x10 align=1)"), "28 00 10");
  EXPECT_EQ(body_of("(func i64.store8 1 offset=4294967296)"), "3c 40 01 80 80 80 80 10");
  EXPECT_EQ(body_of("(func v128.load8_lane 3)"), "fd 54 00 00 03");
  EXPECT_EQ(body_of("(func v128.load8_lane 1 3)"), "fd 54 40 01 00 03");
  EXPECT_EQ(body_of("(func v128.load64_lane 1 align=4 0)"), "fd 57 42 01 00 00");
  EXPECT_EQ(body_of("(memory 1) (memory $m 1) (func v128.store16_lane $m 7)"), "fd 59 41 01 00 07");
  EXPECT_EQ(body_of("(func i32.load align=0x8000_0000_0000_0000)"), "28 3f 00");
  EXPECT_EQ(error_of("(func i32.load align=3)"), ErrorCode::AlignmentNotPowerOfTwo);
  EXPECT_EQ(error_of("(func i32.load align=0)"), ErrorCode::AlignmentNotPowerOfTwo);
  EXPECT_EQ(error_of("(func i32.load offset=-1)"), ErrorCode::UnknownOperator);
  EXPECT_EQ(error_of("(func i32.load offset=18446744073709551616)"), ErrorCode::ConstantOutOfRange);
  Features features;
  features.set(Feature::Memory64, false);
  EXPECT_EQ(error_of("(func i32.load offset=4294967296)", features), ErrorCode::ConstantOutOfRange);
}

TEST(Instr, Vectors) {
  EXPECT_EQ(body_of("(func v128.const i16x8 0 1 2 3 -1 0x7fff 65535 7)"),
            "fd 0c 00 00 01 00 02 00 03 00 ff ff ff 7f ff ff 07 00");
  EXPECT_EQ(body_of("(func v128.const f64x2 1 nan:0x1)"),
            "fd 0c 00 00 00 00 00 00 f0 3f 01 00 00 00 00 00 f0 7f");
  EXPECT_EQ(body_of("(func i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31)"),
            "fd 0d 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 1f");
  EXPECT_EQ(error_of("(func v128.const i32x4 1 2 3)"), ErrorCode::WrongLaneCount);
  EXPECT_EQ(error_of("(func v128.const i32x4 1 2 3 4 5)"), ErrorCode::WrongLaneCount);
  EXPECT_EQ(error_of("(func v128.const i8x16 256 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0)"),
            ErrorCode::ConstantOutOfRange);
  EXPECT_EQ(error_of("(func i8x16.extract_lane_u 256)"), ErrorCode::MalformedLane);
  EXPECT_EQ(error_of("(func i8x16.extract_lane_u -1)"), ErrorCode::UnexpectedToken);
}

TEST(Instr, References) {
  EXPECT_EQ(body_of("(type $t (struct (field i32) (field $x i32))) (func struct.get $t $x)"),
            "fb 02 00 01");
  EXPECT_EQ(error_of("(type $t (struct (field $x i32))) (func struct.get $t $y)"),
            ErrorCode::UndefinedId);
  EXPECT_EQ(body_of("(func ref.test anyref ref.test (ref any) ref.cast (ref null i31))"),
            "fb 15 6e fb 14 6e fb 17 6c");
  EXPECT_EQ(
      body_of("(func (block br_on_cast 0 anyref (ref i31) br_on_cast_fail 0 (ref eq) eqref))"),
      "02 40 fb 18 01 00 6e 6c fb 19 02 00 6d 6d 0b");
  EXPECT_EQ(body_of("(type $a (array i8)) (func array.new_fixed $a 3 array.copy $a 0)"),
            "fb 08 00 03 fb 11 00 00");
  EXPECT_EQ(body_of("(func ref.null none ref.null 0) (type (func))"), "d0 71 d0 00");
}

TEST(Instr, Numbers) {
  EXPECT_EQ(body_of("(func i32.const 4294967295 i32.const -0x80000000)"),
            "41 7f 41 80 80 80 80 78");
  EXPECT_EQ(body_of("(func i64.const 18446744073709551615)"), "42 7f");
  EXPECT_EQ(body_of("(func f32.const 1 f32.const -inf)"), "43 00 00 80 3f 43 00 00 80 ff");
  EXPECT_EQ(error_of("(func i32.const 4294967296)"), ErrorCode::ConstantOutOfRange);
  EXPECT_EQ(error_of("(func i32.const 1.0)"), ErrorCode::UnexpectedToken);
  EXPECT_EQ(error_of("(func i32.const 0x)"), ErrorCode::UnknownOperator);
  EXPECT_EQ(error_of("(func i32.const 1__0)"), ErrorCode::UnknownOperator);
  EXPECT_EQ(error_of("(func f32.const nan:canonical)"), ErrorCode::UnexpectedToken);
}

TEST(Instr, BranchTables) {
  EXPECT_EQ(body_of("(func block $a br_table 0 $a 1 end)"), "02 40 0e 02 00 00 01 0b");
  EXPECT_EQ(error_of("(func br_table)"), ErrorCode::UnexpectedToken);
}

TEST(Instr, LocalsAreGroupedByType) {
  const auto module = must_parse(
      "(func (param i32) (local i32 i32) (local $x i32) (local f64 i32) (local.get $x))");
  EXPECT_EQ(hex(module->bodies[0].code), "03 03 7f 01 7c 01 7f 20 03 0b");
  // A named type brings parameters without names.
  EXPECT_EQ(body_of("(type $t (func (param i64 i64))) (func (type $t) (local $l i32) local.get $l)")
                .substr(0, 8),
            "01 7f 20");
  EXPECT_EQ(error_of("(func (param $x i32) (local $x i32))"), ErrorCode::DuplicateId);
}

// Immediates that parse, by the opcode table's kind.
std::string immediates_for(Imm imm) {
  switch (imm) {
    case Imm::Label:
    case Imm::LabelTable:
    case Imm::Func:
    case Imm::Type:
    case Imm::Tag:
    case Imm::Local:
    case Imm::Global:
    case Imm::Elem:
    case Imm::Data:
    case Imm::DataMemory:
    case Imm::ElemTable:
    case Imm::Lane:
    case Imm::MemArgLane: return " 0";
    case Imm::I32:
    case Imm::I64: return " -1";
    case Imm::F32:
    case Imm::F64: return " 1.5";
    case Imm::V128: return " i64x2 1 2";
    case Imm::Shuffle: return " 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15";
    case Imm::TypeField:
    case Imm::TypeLength:
    case Imm::TypeData:
    case Imm::TypeElem:
    case Imm::TypeType:
    case Imm::MemoryMemory:
    case Imm::TableTable: return " 0 0";
    case Imm::BrOnCast: return " 0 anyref eqref";
    case Imm::ValTypes: return " (result i32)";
    default: return "";
  }
}

TEST(Instr, EveryOpcodeParsesToItsEncoding) {
  std::set<std::string_view> seen;
  for (const OpInfo& row : kOpInfos) {
    if (row.shape == Shape::End || row.shape == Shape::Else) continue;
    std::string immediates = immediates_for(row.imm);
    if (row.imm == Imm::HeapType) {
      const bool is_null_form = row.name == "RefTestNull" || row.name == "RefCastNull";
      immediates = row.shape == Shape::RefNull ? " any" : is_null_form ? " anyref" : " (ref any)";
    }
    const bool is_block = row.imm == Imm::Block || row.imm == Imm::TryTable;
    const std::string source = "(type (func)) (func " + std::string(row.text) + immediates +
                               (is_block ? " end" : "") + ")";
    const auto module = must_parse(source);
    ASSERT_EQ(module->bodies.size(), 1u) << source;
    const uint8_t* at = module->bodies[0].code.data() + 1;
    if (row.prefix != 0) {
      EXPECT_EQ(*at++, row.prefix) << source;
      std::vector<uint8_t> code;
      append_u64_leb(code, row.code);
      EXPECT_TRUE(std::equal(code.begin(), code.end(), at)) << source;
    } else {
      EXPECT_EQ(*at, row.code) << source;
    }
    seen.insert(row.text);
  }
  EXPECT_GT(seen.size(), 550u);
}

}  // namespace
}  // namespace skerry::text
