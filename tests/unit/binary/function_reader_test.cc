// FunctionReader and FunctionWriter: what one writes, the other reads, for every opcode there is.
#include "binary/function_reader.h"

#include <gtest/gtest.h>

#include "../support/module_bytes.h"
#include "binary/function_writer.h"

namespace skerry {
namespace {

using test::Buffer;

constexpr uint8_t kSixteenBytes[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

// An instruction with the opcode's immediates set to numbers of several bytes.
Instr sample(Op op, Buffer& list) {
  Instr instr;
  instr.op = op;
  instr.shape = info(op).shape;
  instr.index = 0x12345;
  instr.index2 = 300;
  instr.lane = info(op).imm == Imm::Fence ? 0 : 3;
  instr.mem = {.offset = uint64_t{1} << 40, .memory = 5, .align_log2 = info(op).width_log2};
  instr.block = {.kind = BlockType::TypeIndex, .value = {}, .type_index = 200};
  instr.heap = HeapType::concrete(1000);
  instr.heap2 = HeapType::I31;
  instr.cast_flags = 3;
  instr.value = static_cast<uint64_t>(int64_t{-123456});
  if (info(op).imm == Imm::F32) instr.value = 0x7fc00001;
  instr.operand = kSixteenBytes;
  FunctionWriter writer(list);
  switch (info(op).imm) {
    case Imm::LabelTable:
      instr.count = 3;
      for (const uint32_t target : {1u, 200u, 40000u, 0u}) writer.u32(target);
      break;
    case Imm::ValTypes:
      instr.count = 1;
      instr.val_type = ValType::ref(HeapType::concrete(70), false);
      writer.val_type(instr.val_type);
      break;
    case Imm::TryTable:
      instr.count = 3;
      writer.catch_clause({CatchKind::CatchRef, 130, 1});
      writer.catch_clause({CatchKind::CatchAll, 0, 260});
      writer.catch_clause({CatchKind::Catch, 7, 0});
      break;
    default: return instr;
  }
  instr.operand = list.data();
  instr.operand_bytes = static_cast<uint32_t>(list.size());
  return instr;
}

TEST(FunctionReader, ReadsBackWhatTheWriterWritesForEveryOpcode) {
  for (size_t i = 0; i < kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    Buffer list;
    const Instr instr = sample(op, list);
    Buffer bytes;
    FunctionWriter(bytes).instr(instr);

    CheckedFunctionReader checked(bytes, 10, Features());
    Instr read;
    ASSERT_TRUE(checked.next(read)) << info(op).name;
    EXPECT_TRUE(checked.at_end()) << info(op).name;
    EXPECT_EQ(read.op, op);
    EXPECT_EQ(read.shape, info(op).shape);
    Buffer again;
    FunctionWriter(again).instr(read);
    EXPECT_EQ(again, bytes) << info(op).name;

    FunctionReader unchecked(bytes, 10, Features());
    ASSERT_TRUE(unchecked.next(read));
    Buffer third;
    FunctionWriter(third).instr(read);
    EXPECT_EQ(third, bytes) << info(op).name;
    EXPECT_TRUE(unchecked.at_end()) << info(op).name;

    // Cut anywhere, the instruction is an error at the cut or before it.
    for (size_t cut = 0; cut < bytes.size(); ++cut) {
      CheckedFunctionReader reader(Bytes(bytes).first(cut), 10, Features());
      EXPECT_FALSE(reader.next(read)) << info(op).name << " cut at " << cut;
      EXPECT_EQ(error_phase(reader.error().code), Phase::Malformed);
      EXPECT_LE(reader.error().position, 10 + cut);
    }
  }
}

TEST(FunctionReader, WithoutItsFeatureAnOpcodeIsRefused) {
  for (size_t i = 0; i < kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    if (info(op).feature == Feature::Mvp) continue;
    Features features;
    features.set(info(op).feature, false);
    Buffer list;
    Buffer bytes;
    FunctionWriter(bytes).instr(sample(op, list));
    CheckedFunctionReader reader(bytes, 0, features);
    Instr read;
    EXPECT_FALSE(reader.next(read)) << info(op).name;
    EXPECT_EQ(reader.error().code, ErrorCode::FeatureDisabled);
    EXPECT_EQ(reader.error().a, static_cast<uint64_t>(info(op).feature));
  }
}

ErrorCode error_of(const Buffer& bytes, Features features = {}) {
  CheckedFunctionReader reader(bytes, 0, features);
  Instr instr;
  EXPECT_FALSE(reader.next(instr));
  return reader.error().code;
}

TEST(FunctionReader, NamesWhatIsMalformed) {
  EXPECT_EQ(error_of({0x06}), ErrorCode::IllegalOpcode);
  EXPECT_EQ(error_of({0xff}), ErrorCode::IllegalOpcode);
  EXPECT_EQ(error_of({0xfc, 0x7f}), ErrorCode::IllegalOpcode);
  EXPECT_EQ(error_of({0xfc, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}), ErrorCode::IntegerTooLong);
  EXPECT_EQ(error_of({0xfd}), ErrorCode::UnexpectedEnd);
  EXPECT_EQ(error_of({0x02, 0x41}), ErrorCode::MalformedValType);
  EXPECT_EQ(error_of({0x28, 0x80, 0x01, 0x00}), ErrorCode::MalformedMemOpFlags);
  EXPECT_EQ(error_of({0xfe, 0x03, 0x01}), ErrorCode::ZeroByteExpected);
  EXPECT_EQ(error_of({0xfb, 0x18, 0x04, 0x00, 0x6e, 0x6d}), ErrorCode::MalformedCastFlags);
  EXPECT_EQ(error_of({0x1f, 0x40, 0x01, 0x04, 0x00}), ErrorCode::MalformedCatch);
  EXPECT_EQ(error_of({0xd0, 0x80, 0x80, 0x80, 0x01}), ErrorCode::UnknownType);
}

TEST(FunctionReader, ReservedBytesOfTheOlderFormats) {
  const Features mvp = Features::only({});
  EXPECT_EQ(error_of({0x3f, 0x01}, mvp), ErrorCode::ZeroByteExpected);
  EXPECT_EQ(error_of({0x3f, 0x80, 0x00}, mvp), ErrorCode::ZeroByteExpected);
  EXPECT_EQ(error_of({0x11, 0x00, 0x80, 0x00}, mvp), ErrorCode::ZeroByteExpected);
  EXPECT_EQ(error_of({0x28, 0x40, 0x00, 0x00}, mvp), ErrorCode::MalformedMemOpFlags);
  EXPECT_EQ(error_of({0x02, 0x00}, mvp), ErrorCode::MalformedValType);
  // Offsets of more than 32 bits came with 64-bit memories.
  EXPECT_EQ(error_of({0x28, 0x00, 0x80, 0x80, 0x80, 0x80, 0x10}, mvp), ErrorCode::IntegerTooLarge);
}

TEST(FunctionReader, WalksTargetsAndClauses) {
  const Buffer bytes = {0x0e, 0x02, 0x05, 0x86, 0x01, 0x07};
  CheckedFunctionReader reader(bytes, 0, Features());
  Instr instr;
  ASSERT_TRUE(reader.next(instr));
  std::vector<uint32_t> targets;
  reader.for_each_target(instr, [&](uint32_t depth) { targets.push_back(depth); });
  EXPECT_EQ(targets, (std::vector<uint32_t>{5, 134, 7}));
}

TEST(FunctionReader, ATargetCountBeyondTheBodyIsAnErrorNotAnAllocation) {
  EXPECT_EQ(error_of({0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x00, 0x00}), ErrorCode::UnexpectedEnd);
  EXPECT_EQ(error_of({0x1c, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f}), ErrorCode::UnexpectedEnd);
}

TEST(TypeReader, ReadsWhatTheWriterWrites) {
  for (const ValType type :
       {ValType(ValType::I32), ValType(ValType::V128), ValType::funcref(), ValType::externref(),
        ValType::ref(HeapType::Any, false), ValType::ref(HeapType::NoExn, true),
        ValType::ref(HeapType::concrete(5), true), ValType::ref(HeapType::concrete(70), false)}) {
    Buffer bytes;
    append_val_type(bytes, type);
    ByteReader in(bytes);
    EXPECT_EQ(read_val_type(in, Features()), type) << to_string(type);
    EXPECT_TRUE(in.at_end());
  }
}

TEST(TypeReader, TablesOfFunctionsNeedNoFeature) {
  const Buffer bytes = {0x70};
  const Features mvp = Features::only({});
  ByteReader as_table(bytes);
  EXPECT_EQ(read_ref_type(as_table, mvp), ValType::funcref());
  ByteReader as_value(bytes);
  EXPECT_EQ(read_val_type(as_value, mvp).error().code, ErrorCode::FeatureDisabled);
}

}  // namespace
}  // namespace skerry
