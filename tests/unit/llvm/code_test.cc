// What comes out of the compiler, without running it: sizes of frames, sites, the same bytes every
// time, and no indirect jump where a dispatch loop's jumps have known goals.
#include <Zydis/Zydis.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>

#include "llvm/compiler.h"
#include "text/parse.h"
#include "validate/validate.h"

namespace skerry::llvm_tier {
namespace {

FuncCode compile(std::string_view text, uint32_t func = 0, const CodeOptions& options = {}) {
  static const auto kCompiler = make_compiler();
  const auto parsed = text::parse_module(text, Features());
  EXPECT_TRUE(parsed) << text;
  const auto valid = validate(*parsed, Features(), std::make_shared<TypeRegistry>(), 1);
  EXPECT_TRUE(valid) << text;
  const ContextLayout layout(**parsed);
  auto code = kCompiler->compile(*valid, layout, func, options);
  EXPECT_TRUE(code) << text;
  return code ? std::move(*code) : FuncCode();
}

struct Decoded {
  uint32_t offset;
  ZydisDecodedInstruction instruction;
  ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
};

// The instructions up to the constants behind them.
std::vector<Decoded> decode(const FuncCode& code) {
  ZydisDecoder decoder;
  ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  std::vector<Decoded> result;
  for (uint32_t at = 0; at < code.code.size();) {
    Decoded next;
    next.offset = at;
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, code.code.data() + at, code.code.size() - at,
                                             &next.instruction, next.operands)))
      break;
    at += next.instruction.length;
    result.push_back(next);
  }
  return result;
}

size_t count_of(const std::vector<Decoded>& code, ZydisMnemonic mnemonic) {
  return static_cast<size_t>(std::ranges::count_if(
      code, [&](const Decoded& one) { return one.instruction.mnemonic == mnemonic; }));
}

bool is_indirect_jump(const Decoded& one) {
  return one.instruction.mnemonic == ZYDIS_MNEMONIC_JMP &&
         one.operands[0].type != ZYDIS_OPERAND_TYPE_IMMEDIATE;
}

TEST(Code, FrameBytesAreWhatTheProloguePushes) {
  // Enough values alive over a call to need saved registers and spills.
  std::string body =
      "(memory 1) (func $g (result i64) (i64.const 0)) (func (param i32) (result i64) (local i64) ";
  for (int i = 1; i <= 12; ++i)
    body += "(i64.load offset=" + std::to_string(8 * i) + " (local.get 0)) ";
  body += "(local.set 1 (call $g)) ";
  for (int i = 1; i < 12; ++i) body += "(i64.rotl (local.get 1)) (i64.xor) ";
  const FuncCode code = compile("(module " + body + "))", 1);
  uint64_t pushed = 0;
  for (const Decoded& one : decode(code)) {
    if (one.instruction.mnemonic == ZYDIS_MNEMONIC_CALL ||
        one.instruction.mnemonic == ZYDIS_MNEMONIC_POP)
      break;
    if (one.instruction.mnemonic == ZYDIS_MNEMONIC_PUSH) pushed += 8;
    if (one.instruction.mnemonic == ZYDIS_MNEMONIC_SUB &&
        one.operands[0].reg.value == ZYDIS_REGISTER_RSP)
      pushed += one.operands[1].imm.value.u;
  }
  EXPECT_GT(pushed, 48u);
  EXPECT_EQ(code.frame_bytes, pushed);
  EXPECT_EQ((code.frame_bytes + 8) % 16, 0u);
}

TEST(Code, AFuncWithoutSpillsHasNoFrame) {
  EXPECT_EQ(compile("(module (func (param i32) (result i32) (local.get 0)))").frame_bytes % 16, 8u);
}

TEST(Code, EveryTrapCallAndAccessIsASite) {
  const FuncCode code = compile(R"((module (memory 1) (func $g)
    (func (param i32 i32) (result i32)
      (call $g)
      (i32.div_u (i32.load (local.get 0)) (local.get 1)))))",
                                1);
  EXPECT_EQ(code.callees, std::vector<uint32_t>{0});
  size_t traps = 0, accesses = 0, calls = 0;
  for (const Decoded& one : decode(code)) {
    const auto fault = code.sites.find(one.offset, SiteMap::Kind::Fault);
    if (one.instruction.mnemonic == ZYDIS_MNEMONIC_UD1) {
      ASSERT_TRUE(fault);
      EXPECT_EQ(fault->trap, TrapCode::IntegerDivideByZero);
      ++traps;
    } else if (one.instruction.mnemonic == ZYDIS_MNEMONIC_CALL) {
      const uint32_t after = one.offset + one.instruction.length;
      EXPECT_TRUE(code.sites.find(after, SiteMap::Kind::Call));
      ++calls;
    } else if (one.operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
               one.instruction.operand_count_visible == 2 &&
               one.operands[1].type == ZYDIS_OPERAND_TYPE_MEMORY &&
               one.operands[1].mem.base == ZYDIS_REGISTER_R14) {
      ASSERT_TRUE(fault);
      EXPECT_EQ(fault->trap, TrapCode::MemoryOutOfBounds);
      EXPECT_GT(fault->module_offset, 0u);
      ++accesses;
    }
  }
  EXPECT_EQ(traps, 1u);
  EXPECT_GE(accesses, 1u);
  EXPECT_GE(calls, 2u);  // of the func, and of the poll
}

TEST(Code, TailCallsAreJumps) {
  const auto code = decode(compile(R"((module
    (func $f (param i32 i64) (result i32) (return_call $g (local.get 0)))
    (func $g (param i32) (result i32) (return_call $f (local.get 0) (i64.const 1)))))"));
  EXPECT_TRUE(std::ranges::any_of(code, is_indirect_jump));
  EXPECT_EQ(count_of(code, ZYDIS_MNEMONIC_CALL), 1u);  // the poll
  EXPECT_EQ(count_of(code, ZYDIS_MNEMONIC_RET), 0u);
}

TEST(Code, JumpsOfADispatchLoopAreDirect) {
  // Block 1 loops by jumping to itself; only entering with another number than 0 takes the table.
  const auto code = decode(compile(R"((module (memory 1) (func (param $pc i32) (param $n i32)
    (loop $l (block (block (block (block (block
      (br_table 0 1 2 3 4 (local.get $pc)))
      (i32.const 1) (local.set $pc) (br $l))
      (i32.store (local.get $n) (i32.const 7))
      (local.set $n (i32.sub (local.get $n) (i32.const 4)))
      (if (local.get $n) (then (i32.const 1) (local.set $pc) (br $l)))
      (i32.const 2) (local.set $pc) (br $l))
      (i32.const 3) (local.set $pc) (br $l))
      (i32.const 4) (local.set $pc) (br $l))))))"));
  EXPECT_LE(std::ranges::count_if(code, is_indirect_jump), 1);
}

// Stores to what lies at r13, the instance's context, or at r14, memory 0.
size_t stores_to(const std::vector<Decoded>& code, ZydisRegister base) {
  return static_cast<size_t>(std::ranges::count_if(code, [&](const Decoded& one) {
    const ZydisDecodedOperand& to = one.operands[0];
    return to.type == ZYDIS_OPERAND_TYPE_MEMORY && to.mem.base == base &&
           (to.actions & ZYDIS_OPERAND_ACTION_WRITE) != 0;
  }));
}

TEST(Code, ACounterInAFrameIsOneRegisterAndAConstant) {
  // As in Go: the loop's counter lies in the frame, which what the loop stores might overlap.
  const auto code = decode(compile(R"((module
    (memory 1) (global $sp (mut i32) (i32.const 4096))
    (func (param $pc i32) (param $to i32) (local $sp i32)
      (loop $dispatch (block (block (br_table 0 1 (local.get $pc)))
        (local.set $sp (global.get $sp))
        (loop $next
          (f64.store (i32.add (local.get $to) (i32.load offset=40 (local.get $sp))) (f64.const 1))
          (i32.store offset=40 (local.get $sp)
            (i32.add (i32.load offset=40 (local.get $sp)) (i32.const 8)))
          (br_if $next (i32.lt_u (i32.load offset=40 (local.get $sp)) (i32.const 800))))
        (i32.const 1) (local.set $pc) (br $dispatch))))))"));
  size_t at_counter = 0;  // in the loop; before it the index may stand in the address
  for (const Decoded& one : code)
    for (const ZydisDecodedOperand& operand : one.operands)
      at_counter += operand.type == ZYDIS_OPERAND_TYPE_MEMORY && operand.mem.disp.value == 40 &&
                    operand.mem.index == ZYDIS_REGISTER_NONE;
  EXPECT_GE(at_counter, 2u);
}

TEST(Code, AStackPointerIsStoredOnceBetweenCalls) {
  const auto code = decode(compile(R"((module
    (memory 1) (global $sp (mut i32) (i32.const 4096)) (func $f
      (global.set $sp (i32.sub (global.get $sp) (i32.const 32)))
      (i64.store offset=8 (global.get $sp) (i64.const 7))
      (global.set $sp (i32.sub (global.get $sp) (i32.const 8)))
      (i64.store (global.get $sp) (i64.const 99))
      (call $g))
    (func $g)))"));
  EXPECT_EQ(stores_to(code, ZYDIS_REGISTER_R13), 1u);
  EXPECT_EQ(stores_to(code, ZYDIS_REGISTER_R14), 2u);
}

TEST(Code, ASmallCalleeStandsInPlaceOfItsCall) {
  // As in Go: the argument goes through memory, and so does the result; the caller can go on at its
  // second block, the callee cannot.
  const auto code = decode(compile(R"((module
    (memory 1) (global $sp (mut i32) (i32.const 4096))
    (func $f (param $pc i32) (result i32)
      (loop $dispatch (block (block (br_table 0 1 (local.get $pc)))
        (i64.store (global.get $sp) (i64.const 7))
        (drop (call $inc (i32.const 0)))
        (i64.store offset=16 (global.get $sp) (i64.load offset=8 (global.get $sp)))
        (i32.const 1) (local.set $pc) (br $dispatch)))
      (i32.const 0))
    (func $inc (param $pc i32) (result i32)
      (i64.store offset=8 (global.get $sp)
        (i64.add (i64.load (global.get $sp)) (i64.const 1)))
      (i32.const 0))))"));
  EXPECT_EQ(count_of(code, ZYDIS_MNEMONIC_CALL), 2u);  // the poll, and for code of resumptions
  EXPECT_EQ(stores_to(code, ZYDIS_REGISTER_R14), 3u);  // nothing is loaded: 7, 8 and 8
  EXPECT_EQ(count_of(code, ZYDIS_MNEMONIC_ADD), 0u);
}

TEST(Code, ACallThroughAFixedTableOfOneTypeChecksIndexAndNullOnly) {
  const auto made_with = [](const std::string& rest) {
    return decode(compile(R"((module (table 2 funcref) (elem (i32.const 0) $g $g)
      (func (param $i i32) (call_indirect (param i32) (i32.const 0) (local.get $i)))
      (func $g (param i32)) )" +
                          rest + ")"));
  };
  const auto fixed = made_with("");
  EXPECT_EQ(count_of(fixed, ZYDIS_MNEMONIC_UD1), 2u);
  EXPECT_EQ(count_of(fixed, ZYDIS_MNEMONIC_CALL), 2u);  // and the poll
  const auto exported = made_with("(export \"t\" (table 0))");
  EXPECT_EQ(count_of(exported, ZYDIS_MNEMONIC_UD1), 3u);   // the type
  EXPECT_EQ(count_of(exported, ZYDIS_MNEMONIC_CALL), 3u);  // into another instance
}

TEST(Code, AnAddressThatWasWidenedAndWrappedIsOneAddition) {
  const auto code = decode(compile(R"((module (memory 1) (func (param $p i64) (result i64)
    (i64.load (i32.wrap_i64 (i64.add (i64.extend_i32_u (i32.wrap_i64 (local.get $p)))
                                     (i64.const 16)))))))"));
  EXPECT_EQ(count_of(code, ZYDIS_MNEMONIC_ADD) + count_of(code, ZYDIS_MNEMONIC_LEA), 1u);
  EXPECT_EQ(count_of(code, ZYDIS_MNEMONIC_MOVSXD), 0u);
}

TEST(Code, ALoopWhoseAddressesMayWrapAroundIsVectorized) {
  // Counts a byte, four a round: nothing says that $p + $i stays below 2^32.
  std::string round;
  for (int i = 0; i < 4; ++i)
    round +=
        "(local.set $sum (i32.add (local.get $sum) (i32.eq (local.get $byte) (i32.load8_u (i32."
        "add (i32.add (local.get $p) (local.get $i)) (i32.const " +
        std::to_string(i) + "))))))";
  const FuncCode code = compile(
      "(module (memory 1) (func (param $p i32) (param $n i32) (param $byte i32) (result i32)"
      " (local $i i32) (local $sum i32) (loop $l " +
      round +
      " (br_if $l (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 4)))"
      " (i32.and (local.get $n) (i32.const 0xfffc))))) (local.get $sum)))");
  const auto is_vector_load = [](const Decoded& one) {
    return std::any_of(one.operands, one.operands + one.instruction.operand_count_visible,
                       [](const ZydisDecodedOperand& operand) {
                         return operand.type == ZYDIS_OPERAND_TYPE_MEMORY &&
                                operand.mem.base != ZYDIS_REGISTER_RIP && operand.size >= 128;
                       });
  };
  EXPECT_GT(std::ranges::count_if(decode(code), is_vector_load), 0);
}

TEST(Code, LongStretchesArePolled) {
  // Each store is two or three of LLVM's instructions.
  std::string stores;
  for (int i = 0; i < 2000; ++i)
    stores += "(i32.store offset=" + std::to_string(4 * i) + " (local.get 0) (local.get 1)) ";
  const auto code = decode(compile("(module (memory 1) (func (param i32 i32) " + stores + "))"));
  const size_t polls = count_of(code, ZYDIS_MNEMONIC_CALL);
  EXPECT_GE(polls, 3u);
  EXPECT_LE(polls, 10u);
}

TEST(Code, IsTheSameEveryTime) {
  constexpr std::string_view kText = R"((module (memory 1) (func (param i32) (result f64)
    (local $sum f64) (local $i i32)
    (loop $l
      (local.set $sum (f64.add (local.get $sum) (f64.load (local.get $i))))
      (local.set $i (i32.add (local.get $i) (i32.const 8)))
      (br_if $l (i32.lt_u (local.get $i) (local.get 0))))
    (f64.mul (local.get $sum) (f64.const 0.1)))))";
  const FuncCode first = compile(kText);
  FuncCode second;
  std::thread([&] { second = compile(kText); }).join();
  EXPECT_EQ(first.code, second.code);
  EXPECT_EQ(first.sites.bytes(), second.sites.bytes());
}

TEST(Code, AlignmentIsEnoughForTheConstantsInIt) {
  const FuncCode code = compile(R"((module (func (param v128) (result v128)
    (v128.xor (local.get 0) (v128.const i32x4 1 2 3 4)))))");
  EXPECT_TRUE(code.alignment == 16 || code.alignment == 32 || code.alignment == 64);
}

}  // namespace
}  // namespace skerry::llvm_tier
