// FunctionValidator: numbers, vectors, variables, memories, tables and calls.
#include <algorithm>

#include "validate/function_validator.h"

namespace skerry {
namespace {

const OpTypes& types_of(const Instr& instr) { return kOpTypes[static_cast<size_t>(instr.op)]; }

ValType address_type(const Limits& limits) { return limits.is_64 ? ValType::I64 : ValType::I32; }

// The address type of a copy's length: the smaller of the two.
ValType smaller(ValType a, ValType b) {
  return a == ValType::I32 || b == ValType::I32 ? ValType::I32 : ValType::I64;
}

bool is_number_or_vector(ValType type) {
  return type.kind() >= ValType::I32 && type.kind() <= ValType::V128;
}

}  // namespace

bool FunctionValidator::unary() {
  const OpTypes& types = types_of(instr_);
  if (!has_on_top(types.operands[0])) [[unlikely]]
    return apply_signature();
  sp_[-1] = types.result;
  return true;
}

bool FunctionValidator::binary() {
  const OpTypes& types = types_of(instr_);
  if (height() < 2 || sp_[-1] != types.operands[1] || sp_[-2] != types.operands[0]) [[unlikely]]
    return apply_signature();
  --sp_;
  sp_[-1] = types.result;
  return true;
}

bool FunctionValidator::apply_signature() {
  const OpTypes& types = types_of(instr_);
  if (!pop_all(std::span(types.operands).first(types.operand_count))) return false;
  if (types.result != ValType::Bottom) push(types.result);
  return true;
}

// Memory accesses. The fast path is an access to memory 0 with operands of just the right types.

bool FunctionValidator::load() {
  const OpTypes& types = types_of(instr_);
  if (instr_.mem.memory < fast_memories_ && instr_.mem.align_log2 <= types.width_log2 &&
      instr_.mem.offset <= memory0_offset_limit_ && has_on_top(memory0_address_)) [[likely]] {
    sp_[-1] = types.result;
    return true;
  }
  return memory_access();
}

bool FunctionValidator::store() {
  const OpTypes& types = types_of(instr_);
  if (instr_.mem.memory < fast_memories_ && instr_.mem.align_log2 <= types.width_log2 &&
      instr_.mem.offset <= memory0_offset_limit_ && height() >= 2 && sp_[-1] == types.operands[1] &&
      sp_[-2] == memory0_address_) [[likely]] {
    sp_ -= 2;
    return true;
  }
  return memory_access();
}

// Any access whose signature begins with an address.
bool FunctionValidator::memory_access() {
  const OpTypes& types = types_of(instr_);
  const MemArg& mem = instr_.mem;
  ValType address;
  if (mem.align_log2 > types.width_log2) return fail(ErrorCode::AlignmentTooLarge);
  if (!memory_address(mem.memory, address)) return false;
  if (address == ValType::I32 && mem.offset > UINT32_MAX) return fail(ErrorCode::OffsetOutOfRange);
  for (unsigned i = types.operand_count; i > 1; --i)
    if (!pop(types.operands[i - 1])) return false;
  if (!pop(address)) return false;
  if (types.result != ValType::Bottom) push(types.result);
  return true;
}

bool FunctionValidator::atomic_access() {
  if (instr_.mem.align_log2 < types_of(instr_).width_log2)
    return fail(ErrorCode::AlignmentNotNatural);
  return memory_access();
}

bool FunctionValidator::lane_access() {
  return check_lane(16u >> types_of(instr_).width_log2) && memory_access();
}

bool FunctionValidator::check_lane(unsigned lanes) {
  return require(instr_.lane < lanes, ErrorCode::InvalidLaneIndex, instr_.lane);
}

// The shape of the vector is the opcode's first word: i8x16, i16x8, ..., f64x2.
bool FunctionValidator::extract_or_replace_lane() {
  const std::string_view text = instr_.row().text;
  const size_t x = text.find('x');
  const bool is_i8x16 = text.substr(x + 1, 2) == "16";
  const unsigned lanes = is_i8x16 ? 16 : static_cast<unsigned>(text[x + 1] - '0');
  return check_lane(lanes) && apply_signature();
}

bool FunctionValidator::shuffle() {
  for (unsigned i = 0; i < 16; ++i)
    if (instr_.operand[i] >= 32) return fail(ErrorCode::InvalidLaneIndex, instr_.operand[i]);
  return apply_signature();
}

// Variables.

bool FunctionValidator::local_get() {
  const uint32_t index = instr_.index;
  if (index >= locals_.size()) [[unlikely]]
    return fail(ErrorCode::UnknownLocal, index);
  if (!is_unset_.empty() && is_unset_[index]) [[unlikely]]
    return fail(ErrorCode::UninitializedLocal, index);
  push(locals_[index]);
  return true;
}

void FunctionValidator::mark_set(uint32_t local) {
  if (is_unset_.empty() || !is_unset_[local]) [[likely]]
    return;
  is_unset_[local] = false;
  set_locals_.push_back(local);
}

bool FunctionValidator::local_set() {
  const uint32_t index = instr_.index;
  if (index >= locals_.size()) [[unlikely]]
    return fail(ErrorCode::UnknownLocal, index);
  if (!pop(locals_[index])) return false;
  mark_set(index);
  return true;
}

bool FunctionValidator::local_tee() { return local_set() && (push(locals_[instr_.index]), true); }

bool FunctionValidator::global_get() {
  const uint32_t index = instr_.index;
  if (index >= visible_globals_) [[unlikely]]
    return fail(ErrorCode::UnknownGlobal, index);
  const GlobalType& type = module_.globals[index].type;
  if (is_const_ && type.is_mutable) return fail(ErrorCode::ConstantExpressionRequired);
  push(type.type);
  return true;
}

bool FunctionValidator::global_set() {
  const uint32_t index = instr_.index;
  if (index >= visible_globals_) [[unlikely]]
    return fail(ErrorCode::UnknownGlobal, index);
  const GlobalType& type = module_.globals[index].type;
  if (!type.is_mutable) [[unlikely]]
    return fail(ErrorCode::GlobalImmutable, index);
  return pop(type.type);
}

// Parametric.

bool FunctionValidator::drop() {
  ValType ignored;
  return pop_any(ignored);
}

bool FunctionValidator::select() {
  if (height() >= 3 && sp_[-1] == ValType::I32 && sp_[-2] == sp_[-3] &&
      is_number_or_vector(sp_[-2])) [[likely]] {
    sp_ -= 2;
    return true;
  }
  ValType a, b;
  if (!pop(ValType::I32) || !pop_any(a) || !pop_any(b)) return false;
  if (a == ValType::Bottom) std::swap(a, b);
  if (a != ValType::Bottom && !is_number_or_vector(a)) return mismatch();
  if (b != ValType::Bottom && b != a) return mismatch();
  push(a);
  return true;
}

bool FunctionValidator::select_typed() {
  if (instr_.count != 1) return fail(ErrorCode::InvalidResultArity, instr_.count);
  const ValType type = instr_.val_type;
  if (!check_val_type(type) || !pop(ValType::I32) || !pop(type) || !pop(type)) return false;
  push(type);
  return true;
}

// Memories and tables as a whole.

bool FunctionValidator::memory_address(uint32_t index, ValType& address) {
  if (index >= module_.memories.size()) return fail(ErrorCode::UnknownMemory, index);
  address = address_type(module_.memories[index].limits);
  return true;
}

bool FunctionValidator::data_index(uint32_t index) {
  // A body may come before the segments it names: the count stands in a section of its own.
  if (!module_.data_count) return fail(ErrorCode::DataCountRequired);
  return require(index < *module_.data_count, ErrorCode::UnknownData, index);
}

bool FunctionValidator::memory_op() {
  const bool is_init = instr_.shape == Shape::MemoryInit;
  ValType address;
  if (!memory_address(is_init ? instr_.index2 : instr_.index, address)) return false;
  switch (instr_.shape) {
    case Shape::MemorySize: push(address); return true;
    case Shape::MemoryGrow:
      if (!pop(address)) return false;
      push(address);
      return true;
    case Shape::MemoryFill: return pop(address) && pop(ValType::I32) && pop(address);
    default:
      return data_index(instr_.index) && pop(ValType::I32) && pop(ValType::I32) && pop(address);
  }
}

bool FunctionValidator::memory_copy() {
  ValType to, from;
  return memory_address(instr_.index, to) && memory_address(instr_.index2, from) &&
         pop(smaller(to, from)) && pop(from) && pop(to);
}

bool FunctionValidator::table_type(uint32_t index, ValType& address, ValType& element) {
  if (index >= module_.tables.size()) return fail(ErrorCode::UnknownTable, index);
  const TableType& type = module_.tables[index].type;
  address = address_type(type.limits);
  element = type.element;
  return true;
}

bool FunctionValidator::table_op() {
  ValType address, element;
  if (!table_type(instr_.index, address, element)) return false;
  switch (instr_.shape) {
    case Shape::TableSize: push(address); return true;
    case Shape::TableGet:
      if (!pop(address)) return false;
      push(element);
      return true;
    case Shape::TableSet: return pop(element) && pop(address);
    case Shape::TableGrow:
      if (!pop(address) || !pop(element)) return false;
      push(address);
      return true;
    default: return pop(address) && pop(element) && pop(address);  // TableFill
  }
}

bool FunctionValidator::table_copy() {
  ValType to, to_element, from, from_element;
  if (!table_type(instr_.index, to, to_element) || !table_type(instr_.index2, from, from_element))
    return false;
  if (!matches(from_element, to_element)) return mismatch();
  return pop(smaller(to, from)) && pop(from) && pop(to);
}

bool FunctionValidator::table_init() {
  ValType address, element;
  if (!table_type(instr_.index2, address, element) || !elem_drop()) return false;
  if (!matches(module_.elems[instr_.index].type, element)) return mismatch();
  return pop(ValType::I32) && pop(ValType::I32) && pop(address);
}

bool FunctionValidator::elem_drop() {
  return require(instr_.index < module_.elems.size(), ErrorCode::UnknownElem, instr_.index);
}

// Calls.

bool FunctionValidator::call_signature(const Signature& signature, bool is_tail) {
  if (!pop_all(signature.params)) return false;
  if (!is_tail) return push_all(signature.results);
  const std::span<const ValType> results = results_of(frames_.front());
  if (!std::ranges::equal(signature.results, results,
                          [&](ValType sub, ValType super) { return matches(sub, super); }))
    return mismatch();
  return set_unreachable();
}

bool FunctionValidator::call() {
  if (instr_.index >= module_.funcs.size()) [[unlikely]]
    return fail(ErrorCode::UnknownFunc, instr_.index);
  return call_signature(context_.signature(module_.funcs[instr_.index]), false);
}

bool FunctionValidator::return_call() {
  if (instr_.index >= module_.funcs.size()) return fail(ErrorCode::UnknownFunc, instr_.index);
  return call_signature(context_.signature(module_.funcs[instr_.index]), true);
}

bool FunctionValidator::call_indirect(bool is_tail) {
  ValType address, element;
  if (!table_type(instr_.index2, address, element)) return false;
  if (!matches(element, ValType::funcref())) return mismatch();
  if (!type_of_kind(instr_.index, CompositeKind::Func)) return false;
  return pop(address) && call_signature(context_.signature(instr_.index), is_tail);
}

bool FunctionValidator::call_ref(bool is_tail) {
  return type_of_kind(instr_.index, CompositeKind::Func) && pop(ref_to(instr_.index, true)) &&
         call_signature(context_.signature(instr_.index), is_tail);
}

// Exceptions.

bool FunctionValidator::throw_op() {
  if (instr_.index >= module_.tags.size()) return fail(ErrorCode::UnknownTag, instr_.index);
  return pop_all(context_.signature(module_.tags[instr_.index].type_index).params) &&
         set_unreachable();
}

bool FunctionValidator::throw_ref() {
  return pop(ValType::ref(HeapType::Exn, true)) && set_unreachable();
}

bool FunctionValidator::try_table() {
  // Labels of the clauses are those around the block.
  bool ok = true;
  CheckedFunctionReader::for_each_catch(
      instr_, [&](const CatchClause& clause) { ok = ok && check_catch(clause); });
  return ok && push_frame(Shape::TryTable);
}

// What the clause passes to its label: the tag's parameters, then the exception itself.
bool FunctionValidator::check_catch(const CatchClause& clause) {
  std::span<const ValType> values;
  if (clause.kind <= CatchKind::CatchRef) {
    if (clause.tag >= module_.tags.size()) return fail(ErrorCode::UnknownTag, clause.tag);
    values = context_.signature(module_.tags[clause.tag].type_index).params;
  }
  const Frame* frame = label(clause.label);
  if (!frame) return false;
  std::span<const ValType> expected = label_types(*frame);
  if (clause.kind == CatchKind::CatchRef || clause.kind == CatchKind::CatchAllRef) {
    if (expected.empty() || !matches(ValType::ref(HeapType::Exn, false), expected.back()))
      return mismatch();
    expected = expected.first(expected.size() - 1);
  }
  if (!std::ranges::equal(values, expected, [&](ValType a, ValType b) { return matches(a, b); }))
    return mismatch();
  return true;
}

}  // namespace skerry
