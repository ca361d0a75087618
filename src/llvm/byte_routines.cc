// Routines that look at bytes one by one until one differs, or is the one looked for: what can be
// passed over is, sixteen bytes at a time, and the body goes on from there. Nothing of it is
// replaced, so it stays the one to say what the result is. That holds for the bodies listed in
// byte_routines.def, which keep nothing of the bytes before; for others this does nothing.
#include "llvm/func_translator.h"

namespace skerry::llvm_tier {
namespace {

enum class StopsAt : uint8_t { Difference, Match };

struct ByteRoutine {
  ValType::Kind word;  // of parameters and result
  StopsAt stops_at;
  std::string_view body;  // hexadecimal
};

constexpr ByteRoutine kByteRoutines[] = {
#define BYTE_ROUTINE(name, word, stops_at, body) {ValType::word, StopsAt::stops_at, body},
#include "llvm/byte_routines.def"
#undef BYTE_ROUTINE
};

bool is_equal(Bytes bytes, std::string_view hexadecimal) {
  if (2 * bytes.size() != hexadecimal.size()) return false;
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (size_t i = 0; i < bytes.size(); ++i)
    if (hexadecimal[2 * i] != kDigits[bytes[i] >> 4] ||
        hexadecimal[2 * i + 1] != kDigits[bytes[i] & 15])
      return false;
  return true;
}

const ByteRoutine* find_routine(const FuncType& type, Bytes body) {
  for (const ByteRoutine& routine : kByteRoutines) {
    const ValType word(routine.word);
    if (type == FuncType{{word, word, word}, {word}} && is_equal(body, routine.body))
      return &routine;
  }
  return nullptr;
}

}  // namespace

// Of `width` bytes from so many behind the start, those at which a routine stops: a number with as
// many bits a byte as fit, the lowest for the first byte.
FuncTranslator::Value FuncTranslator::stops(bool at_match, unsigned width, Value at) {
  const auto load_from = [&](Value start, llvm::Type* type) {
    return guest_load(type, ir_.CreateGEP(ir_.getInt8Ty(), own_memory(), ir_.CreateAdd(start, at)));
  };
  if (!at_match && width == 8)
    return ir_.CreateXor(load_from(byte_address(0), i64_), load_from(byte_address(1), i64_));
  llvm::Type* const lanes = llvm::FixedVectorType::get(ir_.getInt8Ty(), width);
  Value const first = load_from(byte_address(0), lanes);
  Value stop;
  if (at_match) {
    Value const wanted = ir_.CreateTrunc(local_value(1), ir_.getInt8Ty());
    stop = ir_.CreateICmpEQ(first, ir_.CreateVectorSplat(width, wanted));
  } else {
    stop = ir_.CreateICmpNE(first, load_from(byte_address(1), lanes));
  }
  return ir_.CreateBitCast(stop, llvm::IntegerType::get(context_, width));
}

// Local 0, and for a comparison local 1, are addresses, local 2 is the count of bytes.
void FuncTranslator::pass_over_bytes() {
  // Fuel is charged for what the body does.
  if (options_.fuel || loop_ != nullptr || module_.memories.empty() || memory_is_64(0)) return;
  const ByteRoutine* const routine = find_routine(type_, body_.code);
  if (routine == nullptr) return;
  const bool at_match = routine->stops_at == StopsAt::Match;
  Value const count = ir_.CreateZExt(local_value(2), i64_);
  llvm::BasicBlock *const inside = new_block(), *const begin = new_block();
  // What traps must not do so before its time: all of it is read ahead or nothing.
  Value fits = ir_.CreateAnd(ir_.CreateICmpULE(count, constant64(UINT32_MAX)),
                             is_inside(0, byte_address(0), count));
  if (!at_match) fits = ir_.CreateAnd(fits, is_inside(0, byte_address(1), count));
  ir_.CreateCondBr(fits, inside, begin);

  bind(inside);
  llvm::AllocaInst* const passed = entry_alloca(i64_);
  ir_.CreateStore(constant64(0), passed);
  llvm::BasicBlock* const done = new_block();
  // From `at` on: to `done` if it stops there, with all before it passed.
  const auto look = [&](unsigned width, Value at) {
    llvm::BasicBlock *const found = new_block(), *const rest = new_block();
    Value const found_at = stops(at_match, width, at);
    ir_.CreateCondBr(ir_.CreateIsNotNull(found_at), found, rest);
    bind(found);
    const unsigned bits_a_byte = found_at->getType()->getIntegerBitWidth() / width;
    Value const bit =
        intrinsic(llvm::Intrinsic::cttz, {found_at->getType()}, {found_at, ir_.getTrue()});
    Value const byte = ir_.CreateUDiv(ir_.CreateZExt(bit, i64_), constant64(bits_a_byte));
    ir_.CreateStore(ir_.CreateAdd(at, byte), passed);
    ir_.CreateBr(done);
    bind(rest);
  };
  // A count that is no multiple: the last piece overlaps the one before.
  for (const unsigned width : {16u, 8u}) {
    llvm::BasicBlock *const wide = new_block(), *const narrower = new_block(),
                            *const head = new_block(), *const last = new_block(),
                            *const round = new_block();
    ir_.CreateCondBr(ir_.CreateICmpUGE(count, constant64(width)), wide, narrower);
    bind(wide);
    Value const last_at = ir_.CreateSub(count, constant64(width));
    ir_.CreateBr(head);
    bind(head);
    Value const at = ir_.CreateLoad(i64_, passed);
    ir_.CreateCondBr(ir_.CreateICmpULT(at, last_at), round, last);
    bind(round);
    look(width, at);
    ir_.CreateStore(ir_.CreateAdd(at, constant64(width)), passed);
    ir_.CreateBr(head);
    bind(last);
    look(width, last_at);
    ir_.CreateStore(count, passed);
    ir_.CreateBr(done);
    bind(narrower);
  }
  ir_.CreateBr(done);

  bind(done);
  Value const bytes =
      ir_.CreateZExtOrTrunc(ir_.CreateLoad(i64_, passed), local_value(0)->getType());
  ir_.CreateStore(ir_.CreateAdd(local_value(0), bytes), locals_[0]);
  if (!at_match) ir_.CreateStore(ir_.CreateAdd(local_value(1), bytes), locals_[1]);
  ir_.CreateStore(ir_.CreateSub(local_value(2), bytes), locals_[2]);
  ir_.CreateBr(begin);
  bind(begin);
}

// What the routine takes for the address in a local.
FuncTranslator::Value FuncTranslator::byte_address(uint32_t local) {
  return ir_.CreateZExt(ir_.CreateZExtOrTrunc(local_value(local), i32_), i64_);
}

}  // namespace skerry::llvm_tier
