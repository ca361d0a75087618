// Guest memory. In guarded memories an address is the base plus a zero-extended index plus the
// offset, and what is out of bounds faults; in others it is compared first.
#include "llvm/func_translator.h"

namespace skerry::llvm_tier {

FuncTranslator::Value FuncTranslator::memory_base(uint32_t memory) {
  if (memory == 0) return own_memory();
  Value const view = load_fixed(pointer_, layout_.memory(memory));
  return load(pointer_, offset_pointer(view, offsetof(VmMemory, base)), Region::Context);
}

FuncTranslator::Value FuncTranslator::address(Value index, const MemArg& mem,
                                              unsigned width_bytes) {
  const bool is_64 = memory_is_64(mem.memory);
  Value const wide = is_64 ? index : ir_.CreateZExt(index, i64_);
  if (options_.explicit_bounds || is_64) {
    const uint64_t reach = mem.offset + width_bytes;
    Value const view = load_fixed(pointer_, layout_.memory(mem.memory));
    Value const size =
        load(i64_, offset_pointer(view, offsetof(VmMemory, size_bytes)), Region::Context);
    Value const end = ir_.CreateAdd(wide, constant64(reach));
    Value outside = ir_.CreateICmpUGT(end, size);
    // The sum wraps around: for any index if the offset alone does.
    if (reach < mem.offset)
      outside = ir_.getTrue();
    else if (is_64)
      outside = ir_.CreateOr(outside, ir_.CreateICmpULT(end, wide));
    trap_if(outside, TrapCode::MemoryOutOfBounds);
  }
  Value const at = ir_.CreateGEP(ir_.getInt8Ty(), memory_base(mem.memory), wide);
  return mem.offset == 0 ? at : offset_pointer(at, mem.offset);
}

FuncTranslator::Value FuncTranslator::guest_load(llvm::Type* type, Value pointer) {
  return load(type, pointer, Region::Guest, 1);
}

void FuncTranslator::guest_store(Value value, Value pointer) {
  store(value, pointer, Region::Guest, 1);
}

// --- Loads and stores --------------------------------------------------------------------------

FuncTranslator::Value FuncTranslator::widened_load(const Instr& instr, Value pointer) {
  const auto narrow = [&](unsigned bits) { return guest_load(ir_.getIntNTy(bits), pointer); };
  const auto vector = [&](unsigned bits, unsigned count) {
    return guest_load(llvm::FixedVectorType::get(ir_.getIntNTy(bits), count), pointer);
  };
  const auto widened = [&](Value lanes, unsigned bits, bool is_signed) {
    const unsigned count = 128 / bits;
    llvm::Type* const type = llvm::FixedVectorType::get(ir_.getIntNTy(bits), count);
    return as_v128(is_signed ? ir_.CreateSExt(lanes, type) : ir_.CreateZExt(lanes, type));
  };
  const auto in_zeros = [&](unsigned bits, unsigned count) {
    llvm::Type* const type = llvm::FixedVectorType::get(ir_.getIntNTy(bits), count);
    return as_v128(
        ir_.CreateInsertElement(llvm::Constant::getNullValue(type), narrow(bits), uint64_t{0}));
  };
  switch (instr.op) {
    case Op::I32Load: return narrow(32);
    case Op::I64Load: return narrow(64);
    case Op::F32Load: return guest_load(f32_, pointer);
    case Op::F64Load: return guest_load(f64_, pointer);
    case Op::I32Load8S: return ir_.CreateSExt(narrow(8), i32_);
    case Op::I32Load8U: return ir_.CreateZExt(narrow(8), i32_);
    case Op::I32Load16S: return ir_.CreateSExt(narrow(16), i32_);
    case Op::I32Load16U: return ir_.CreateZExt(narrow(16), i32_);
    case Op::I64Load8S: return ir_.CreateSExt(narrow(8), i64_);
    case Op::I64Load8U: return ir_.CreateZExt(narrow(8), i64_);
    case Op::I64Load16S: return ir_.CreateSExt(narrow(16), i64_);
    case Op::I64Load16U: return ir_.CreateZExt(narrow(16), i64_);
    case Op::I64Load32S: return ir_.CreateSExt(narrow(32), i64_);
    case Op::I64Load32U: return ir_.CreateZExt(narrow(32), i64_);
    case Op::V128Load: return guest_load(v128_, pointer);
    case Op::V128Load8x8S: return widened(vector(8, 8), 16, true);
    case Op::V128Load8x8U: return widened(vector(8, 8), 16, false);
    case Op::V128Load16x4S: return widened(vector(16, 4), 32, true);
    case Op::V128Load16x4U: return widened(vector(16, 4), 32, false);
    case Op::V128Load32x2S: return widened(vector(32, 2), 64, true);
    case Op::V128Load32x2U: return widened(vector(32, 2), 64, false);
    case Op::V128Load8Splat: return as_v128(ir_.CreateVectorSplat(16, narrow(8)));
    case Op::V128Load16Splat: return as_v128(ir_.CreateVectorSplat(8, narrow(16)));
    case Op::V128Load32Splat: return as_v128(ir_.CreateVectorSplat(4, narrow(32)));
    case Op::V128Load64Splat: return as_v128(ir_.CreateVectorSplat(2, narrow(64)));
    case Op::V128Load32Zero: return in_zeros(32, 4);
    case Op::V128Load64Zero: return in_zeros(64, 2);
    default: return nullptr;
  }
}

void FuncTranslator::load_memory(const Instr& instr) {
  Value const index = pop();
  push(widened_load(instr, address(index, instr.mem, 1u << instr.row().width_log2)));
}

void FuncTranslator::store_memory(const Instr& instr) {
  const unsigned width_bytes = 1u << instr.row().width_log2;
  Value value = pop();
  Value const index = pop();
  Value const to = address(index, instr.mem, width_bytes);
  if (value->getType()->isIntegerTy())
    value = ir_.CreateTrunc(value, ir_.getIntNTy(8 * width_bytes));
  guest_store(value, to);
}

void FuncTranslator::load_lane(const Instr& instr) {
  const unsigned width_bytes = 1u << instr.row().width_log2;
  const Lanes lanes{static_cast<uint8_t>(8 * width_bytes), static_cast<uint8_t>(16 / width_bytes),
                    false};
  Value const vector = pop();
  Value const index = pop();
  Value const loaded = guest_load(lane_type(lanes), address(index, instr.mem, width_bytes));
  push(as_v128(ir_.CreateInsertElement(as_lanes(vector, lanes), loaded, uint64_t{instr.lane})));
}

void FuncTranslator::store_lane(const Instr& instr) {
  const unsigned width_bytes = 1u << instr.row().width_log2;
  const Lanes lanes{static_cast<uint8_t>(8 * width_bytes), static_cast<uint8_t>(16 / width_bytes),
                    false};
  Value const vector = pop();
  Value const index = pop();
  Value const to = address(index, instr.mem, width_bytes);
  guest_store(ir_.CreateExtractElement(as_lanes(vector, lanes), uint64_t{instr.lane}), to);
}

// --- Size, growth, bulk ------------------------------------------------------------------------

void FuncTranslator::memory_size(const Instr& instr) {
  Value const view = load_fixed(pointer_, layout_.memory(instr.index));
  Value const bytes =
      load(i64_, offset_pointer(view, offsetof(VmMemory, size_bytes)), Region::Context);
  Value const pages = ir_.CreateLShr(bytes, 16);  // kWasmPageBytes
  push(memory_is_64(instr.index) ? pages : ir_.CreateTrunc(pages, i32_));
}

void FuncTranslator::memory_grow(const Instr& instr) {
  Value const delta = ir_.CreateZExt(pop(), i64_);
  Value const old_pages =
      call_builtin(Builtin::memory_grow, i64_, {constant32(instr.index), delta});
  after_call();
  push(memory_is_64(instr.index) ? old_pages : ir_.CreateTrunc(old_pages, i32_));
}

// Instructions that are one call of the builtin, their immediates first.
void FuncTranslator::bulk(const Instr& instr) {
  struct Row {
    Builtin builtin;
    unsigned immediates;
    std::string_view operands;  // as the builtin takes them: i = i32, I = i64
  };
  const Row row = [&]() -> Row {
    switch (instr.shape) {
      case Shape::MemoryInit: return {Builtin::memory_init, 2, "Iii"};
      case Shape::DataDrop: return {Builtin::data_drop, 1, ""};
      case Shape::TableFill: return {Builtin::table_fill, 1, "III"};
      case Shape::TableCopy: return {Builtin::table_copy, 2, "III"};
      case Shape::TableInit: return {Builtin::table_init, 2, "Iii"};
      default: return {Builtin::elem_drop, 1, ""};
    }
  }();
  charge_fuel();
  llvm::SmallVector<Value, 6> args = {constant32(instr.index)};
  if (row.immediates == 2) args.push_back(constant32(instr.index2));
  const size_t first = stack_.size() - row.operands.size();
  for (size_t i = 0; i < row.operands.size(); ++i)
    args.push_back(ir_.CreateZExtOrTrunc(stack_[first + i], row.operands[i] == 'I' ? i64_ : i32_));
  stack_.resize(first);
  call_builtin(row.builtin, llvm::Type::getVoidTy(context_), args);
  after_call();
}

}  // namespace skerry::llvm_tier
