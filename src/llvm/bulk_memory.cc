// memory.copy and memory.fill: a few bytes by loads and stores, others by the builtins, which take
// a call and longer to begin than a short copy takes. Not here: memory.init, which programs do
// once. Invariant: the bounds are compared before anything is written, so what traps has written
// nothing; and a copy has loaded all before it stores, so source and destination may overlap.
#include "llvm/func_translator.h"

namespace skerry::llvm_tier {
namespace {

// Bytes that four vectors hold, two of them from either end.
constexpr uint64_t kMostBytes = 64;
constexpr unsigned kWidths[] = {16, 8, 4, 2};

}  // namespace

// Whether [index, index + length) is in the memory; both are below 2^32.
FuncTranslator::Value FuncTranslator::is_inside(uint32_t memory, Value index, Value length) {
  Value const view = load_fixed(pointer_, layout_.memory(memory));
  Value const size =
      load(i64_, offset_pointer(view, offsetof(VmMemory, size_bytes)), Region::Context);
  return ir_.CreateICmpULE(ir_.CreateAdd(index, length), size);
}

// Emits for every length up to kMostBytes what `move` emits for it: all bytes in pieces of a width
// at some offsets, which may overlap.
void FuncTranslator::by_length(Value length, PieceMover move) {
  llvm::BasicBlock* const done = new_block();
  Value const zero = constant64(0);
  const auto from_end = [&](uint64_t bytes) { return ir_.CreateSub(length, constant64(bytes)); };
  // Emits the pieces if the length is at least that, then goes on behind `done`.
  const auto from_length_on = [&](uint64_t least, auto pieces) {
    llvm::BasicBlock* const here = new_block();
    llvm::BasicBlock* const shorter = new_block();
    ir_.CreateCondBr(ir_.CreateICmpUGE(length, constant64(least)), here, shorter);
    bind(here);
    pieces();
    ir_.CreateBr(done);
    bind(shorter);
  };
  from_length_on(33, [&] { move(16, {zero, constant64(16), from_end(32), from_end(16)}); });
  for (const unsigned width : kWidths)
    from_length_on(width, [&] { move(width, {zero, from_end(width)}); });
  from_length_on(1, [&] { move(1, {zero}); });
  ir_.CreateBr(done);
  bind(done);
}

llvm::Type* FuncTranslator::piece_type(unsigned width) const {
  return width == 16 ? static_cast<llvm::Type*>(v128_)
                     : llvm::IntegerType::get(context_, 8 * width);
}

// The short way if it is one and in bounds, otherwise the builtin's.
void FuncTranslator::short_or_call(Value is_short, llvm::function_ref<void()> in_place,
                                   llvm::function_ref<void()> call) {
  llvm::BasicBlock* const here = new_block();
  llvm::BasicBlock* const far = new_block();
  llvm::BasicBlock* const rest = new_block();
  ir_.CreateCondBr(is_short, here, far);
  bind(here);
  in_place();
  ir_.CreateBr(rest);
  bind(far);
  call();
  ir_.CreateBr(rest);
  bind(rest);
}

void FuncTranslator::memory_copy(const Instr& instr) {
  charge_fuel();
  Value const length = ir_.CreateZExt(pop(), i64_);
  Value const source = ir_.CreateZExt(pop(), i64_);
  Value const dest = ir_.CreateZExt(pop(), i64_);
  const auto call = [&] {
    call_builtin(Builtin::memory_copy, llvm::Type::getVoidTy(context_),
                 {constant32(instr.index), constant32(instr.index2), dest, source, length});
  };
  if (!may_be_short(length) || memory_is_64(instr.index) || memory_is_64(instr.index2))
    return call();
  Value const fits =
      ir_.CreateAnd(is_inside(instr.index, dest, length), is_inside(instr.index2, source, length));
  const auto move = [&](unsigned width, llvm::ArrayRef<Value> offsets) {
    Value const from = ir_.CreateGEP(ir_.getInt8Ty(), memory_base(instr.index2), source);
    Value const to = ir_.CreateGEP(ir_.getInt8Ty(), memory_base(instr.index), dest);
    llvm::SmallVector<Value, 4> pieces;
    for (Value offset : offsets)
      pieces.push_back(guest_load(piece_type(width), ir_.CreateGEP(ir_.getInt8Ty(), from, offset)));
    for (size_t i = 0; i < offsets.size(); ++i)
      guest_store(pieces[i], ir_.CreateGEP(ir_.getInt8Ty(), to, offsets[i]));
  };
  short_or_call(ir_.CreateAnd(is_short(length), fits), [&] { by_length(length, move); }, call);
}

void FuncTranslator::memory_fill(const Instr& instr) {
  charge_fuel();
  Value const length = ir_.CreateZExt(pop(), i64_);
  Value const value = pop();
  Value const dest = ir_.CreateZExt(pop(), i64_);
  const auto call = [&] {
    call_builtin(Builtin::memory_fill, llvm::Type::getVoidTy(context_),
                 {constant32(instr.index), dest, value, length});
  };
  if (!may_be_short(length) || memory_is_64(instr.index)) return call();
  Value const byte = ir_.CreateTrunc(value, ir_.getInt8Ty());
  const auto move = [&](unsigned width, llvm::ArrayRef<Value> offsets) {
    Value const to = ir_.CreateGEP(ir_.getInt8Ty(), memory_base(instr.index), dest);
    Value piece = byte;
    if (width > 1) piece = ir_.CreateBitCast(ir_.CreateVectorSplat(width, byte), piece_type(width));
    for (Value offset : offsets) guest_store(piece, ir_.CreateGEP(ir_.getInt8Ty(), to, offset));
  };
  Value const fits = is_inside(instr.index, dest, length);
  short_or_call(ir_.CreateAnd(is_short(length), fits), [&] { by_length(length, move); }, call);
}

// Whether a length that is known, as most are, is short; others may be.
bool FuncTranslator::may_be_short(Value length) const {
  const auto* const known = llvm::dyn_cast<llvm::ConstantInt>(length);
  return known == nullptr || known->getZExtValue() <= kMostBytes;
}

FuncTranslator::Value FuncTranslator::is_short(Value length) {
  return ir_.CreateICmpULE(length, constant64(kMostBytes));
}

}  // namespace skerry::llvm_tier
