// FunctionValidator: the loop over the instructions, the operand stack and the frames.
#include "validate/function_validator.h"

#include <algorithm>
#include <cstring>

#include "binary/const_expr_reader.h"
#include "wasm/implementation_limits.h"

namespace skerry {
namespace {

// Operands a body may have at once; only calls with many results get anywhere near.
constexpr size_t kMaxOperands = 16u << 20;
constexpr size_t kSlack = 16;

// Shapes of constant expressions; arithmetic is told by its opcode.
bool is_const_shape(const Instr& instr, Features features) {
  switch (instr.shape) {
    case Shape::Const:
    case Shape::RefNull:
    case Shape::RefFunc:
    case Shape::GlobalGet:
    case Shape::StructNew:
    case Shape::StructNewDefault:
    case Shape::ArrayNew:
    case Shape::ArrayNewDefault:
    case Shape::ArrayNewFixed:
    case Shape::RefI31:
    case Shape::AnyConvertExtern:
    case Shape::ExternConvertAny: return true;
    case Shape::Binary: break;
    default: return false;
  }
  switch (instr.op) {
    case Op::I32Add:
    case Op::I32Sub:
    case Op::I32Mul:
    case Op::I64Add:
    case Op::I64Sub:
    case Op::I64Mul: return features.has(Feature::ExtendedConst);
    default: return false;
  }
}

}  // namespace

FunctionValidator::FunctionValidator(const ModuleContext& context)
    : context_(context), module_(context.module()), reader_({}, 0, context.features()) {
  if (!module_.memories.empty()) {
    const bool is_64 = module_.memories[0].limits.is_64;
    fast_memories_ = 1;
    memory0_address_ = is_64 ? ValType::I64 : ValType::I32;
    memory0_offset_limit_ = is_64 ? UINT64_MAX : UINT32_MAX;
  }
}

bool FunctionValidator::start(Bytes code, uint64_t offset) {
  reader_ = CheckedFunctionReader(code, offset, context_.features());
  has_error_ = false;
  instr_.begin = code.data();
  if (capacity_ < code.size() + kSlack) {
    sp_ = base_ = stack_.get();
    grow(code.size() + kSlack);
  }
  sp_ = base_ = stack_.get();
  frames_.clear();
  locals_.clear();
  is_unset_.clear();
  set_locals_.clear();
  return true;
}

bool FunctionValidator::check_body(const FuncBody& body, uint32_t type_index) {
  start(body.code, body.offset);
  const Signature& signature = context_.signature(type_index);
  locals_.assign(signature.params.begin(), signature.params.end());
  if (!read_locals()) return finish(false);
  is_const_ = false;
  visible_globals_ = static_cast<uint32_t>(module_.globals.size());
  // The body's own frame has the function's results; its parameters are locals, not operands.
  const Signature no_params{.params = {}, .results = signature.results};
  frames_.push_back(
      {.signature = &no_params, .label_arity = static_cast<uint16_t>(signature.results.size())});
  return finish(run());
}

bool FunctionValidator::check_expr(const ConstExpr& expr, ValType expected,
                                   uint32_t visible_globals) {
  // A lone constant needs no stack. Programs come with 100,000 segments whose offset is one.
  if (const auto constant = single_int_const(expr);
      constant && kOpTypes[static_cast<size_t>(constant->op)].result == expected)
    return true;
  start(expr.code, expr.offset);
  is_const_ = true;
  visible_globals_ = visible_globals;
  if (!check_is_const(expr)) return finish(false);
  frames_.push_back({.result = expected, .label_arity = 1});
  return finish(run());
}

bool FunctionValidator::check_is_const(const ConstExpr& expr) {
  CheckedFunctionReader reader(expr.code, expr.offset, context_.features());
  while (!reader.at_end()) {
    if (!reader.next(instr_)) {
      error_ = reader.error();
      has_error_ = true;
      return false;
    }
    if (instr_.shape == Shape::End) break;
    if (!is_const_shape(instr_, context_.features()))
      return fail(ErrorCode::ConstantExpressionRequired);
  }
  return true;
}

bool FunctionValidator::finish(bool ok) {
  if (!ok && !has_error_) error_ = reader_.error();
  return ok;
}

bool FunctionValidator::fail(ErrorCode code, uint64_t a, uint64_t b) {
  error_ = Error{code, reader_.offset_of(instr_.begin), a, b};
  has_error_ = true;
  return false;
}

bool FunctionValidator::read_locals() {
  uint32_t groups;
  if (!reader_.read_local_group_count(groups)) return false;
  uint64_t total = locals_.size();
  bool any_unset = false;
  for (uint32_t i = 0; i < groups; ++i) {
    instr_.begin = reader_.pos();
    LocalDecl decl;
    if (!reader_.read_local_group(decl)) return false;
    total += decl.count;
    if (total > UINT32_MAX) return fail(ErrorCode::TooManyLocals);
    if (!check_val_type(decl.type)) return false;
    if (total > kMaxLocals) continue;
    locals_.resize(total, decl.type);
    if (decl.type.is_defaultable() && !any_unset) continue;
    any_unset = true;
    is_unset_.resize(total - decl.count, false);
    is_unset_.resize(total, !decl.type.is_defaultable());
  }
  if (total > kMaxLocals) return fail(ErrorCode::ImplementationLimit, total, kMaxLocals);
  is_unset_.resize(any_unset ? total : 0, false);
  return true;
}

// One line a shape: read the immediates, then the rule.
bool FunctionValidator::step() {  // NOLINT(readability-function-size): the dispatch
  if (reader_.at_end()) [[unlikely]] {
    instr_.begin = reader_.pos();
    return fail(ErrorCode::EndExpected);
  }
  if (!reader_.next_op(instr_)) [[unlikely]]
    return false;
  switch (instr_.shape) {
    case Shape::LocalGet: return read<Imm::Local>() && local_get();
    case Shape::LocalSet: return read<Imm::Local>() && local_set();
    case Shape::LocalTee: return read<Imm::Local>() && local_tee();
    case Shape::GlobalGet: return read<Imm::Global>() && global_get();
    case Shape::GlobalSet: return read<Imm::Global>() && global_set();
    case Shape::Const: return read_const();
    case Shape::Unary: return unary();
    case Shape::Binary:
    case Shape::Compare: return binary();
    case Shape::Ternary:
    case Shape::Shift: return apply_signature();
    case Shape::Load: return read<Imm::MemArg>() && load();
    case Shape::Store: return read<Imm::MemArg>() && store();
    case Shape::Block: return read<Imm::Block>() && push_frame(Shape::Block);
    case Shape::Loop: return read<Imm::Block>() && push_frame(Shape::Loop);
    case Shape::If: return read<Imm::Block>() && push_frame(Shape::If);
    case Shape::Else: return else_branch();
    case Shape::End: return end();
    case Shape::Br: return read<Imm::Label>() && br();
    case Shape::BrIf: return read<Imm::Label>() && br_if();
    case Shape::BrTable: return read<Imm::LabelTable>() && br_table();
    case Shape::Return: return return_op();
    case Shape::Call: return read<Imm::Func>() && call();
    case Shape::CallIndirect: return read<Imm::TypeTable>() && call_indirect(false);
    case Shape::Drop: return drop();
    case Shape::Select: return select();
    case Shape::SelectTyped: return read<Imm::ValTypes>() && select_typed();
    case Shape::Unreachable: return set_unreachable();
    case Shape::Nop: return true;
    case Shape::CallRef: return read<Imm::Type>() && call_ref(false);
    case Shape::ReturnCall: return read<Imm::Func>() && return_call();
    case Shape::ReturnCallIndirect: return read<Imm::TypeTable>() && call_indirect(true);
    case Shape::ReturnCallRef: return read<Imm::Type>() && call_ref(true);
    case Shape::Throw: return read<Imm::Tag>() && throw_op();
    case Shape::ThrowRef: return throw_ref();
    case Shape::TryTable: return read<Imm::TryTable>() && try_table();
    case Shape::BrOnNull: return read<Imm::Label>() && br_on_null();
    case Shape::BrOnNonNull: return read<Imm::Label>() && br_on_non_null();
    case Shape::BrOnCast: return read<Imm::BrOnCast>() && br_on_cast();

    case Shape::Shuffle: return read<Imm::Shuffle>() && shuffle();
    case Shape::ExtractLane:
    case Shape::ReplaceLane: return read<Imm::Lane>() && extract_or_replace_lane();
    case Shape::LoadLane:
    case Shape::StoreLane: return read<Imm::MemArgLane>() && lane_access();
    case Shape::AtomicLoad:
    case Shape::AtomicStore:
    case Shape::AtomicRmw:
    case Shape::AtomicCmpxchg:
    case Shape::AtomicNotify:
    case Shape::AtomicWait: return read<Imm::MemArg>() && atomic_access();
    case Shape::AtomicFence: return read<Imm::Fence>();

    case Shape::MemorySize:
    case Shape::MemoryGrow:
    case Shape::MemoryFill: return read<Imm::Memory>() && memory_op();
    case Shape::MemoryInit: return read<Imm::DataMemory>() && memory_op();
    case Shape::MemoryCopy: return read<Imm::MemoryMemory>() && memory_copy();
    case Shape::DataDrop: return read<Imm::Data>() && data_index(instr_.index);
    case Shape::TableGet:
    case Shape::TableSet:
    case Shape::TableSize:
    case Shape::TableGrow:
    case Shape::TableFill: return read<Imm::Table>() && table_op();
    case Shape::TableCopy: return read<Imm::TableTable>() && table_copy();
    case Shape::TableInit: return read<Imm::ElemTable>() && table_init();
    case Shape::ElemDrop: return read<Imm::Elem>() && elem_drop();

    case Shape::RefNull: return read<Imm::HeapType>() && ref_null();
    case Shape::RefIsNull: return ref_is_null();
    case Shape::RefFunc: return read<Imm::Func>() && ref_func();
    case Shape::RefEq: return ref_eq();
    case Shape::RefAsNonNull: return ref_as_non_null();
    case Shape::RefI31:
    case Shape::I31Get: return i31_op();
    case Shape::RefTest:
    case Shape::RefCast: return read<Imm::HeapType>() && ref_test_or_cast();
    case Shape::AnyConvertExtern:
    case Shape::ExternConvertAny: return convert_extern();
    case Shape::StructNew:
    case Shape::StructNewDefault: return read<Imm::Type>() && struct_op();
    case Shape::StructGet:
    case Shape::StructSet: return read<Imm::TypeField>() && struct_op();
    case Shape::ArrayNew:
    case Shape::ArrayNewDefault: return read<Imm::Type>() && array_new_op();
    case Shape::ArrayNewFixed: return read<Imm::TypeLength>() && array_new_op();
    case Shape::ArrayNewData: return read<Imm::TypeData>() && array_new_op();
    case Shape::ArrayNewElem: return read<Imm::TypeElem>() && array_new_op();
    case Shape::ArrayGet:
    case Shape::ArraySet:
    case Shape::ArrayFill: return read<Imm::Type>() && array_op();
    case Shape::ArrayLen: return array_len();
    case Shape::ArrayCopy: return read<Imm::TypeType>() && array_copy();
    case Shape::ArrayInitData: return read<Imm::TypeData>() && array_init();
    case Shape::ArrayInitElem: return read<Imm::TypeElem>() && array_init();
  }
  return true;
}

bool FunctionValidator::read_const() {
  const ValType type = kOpTypes[static_cast<size_t>(instr_.op)].result;
  bool ok;
  switch (instr_.op) {
    case Op::I32Const: ok = read<Imm::I32>(); break;
    case Op::I64Const: ok = read<Imm::I64>(); break;
    case Op::F32Const: ok = read<Imm::F32>(); break;
    case Op::F64Const: ok = read<Imm::F64>(); break;
    default: ok = read<Imm::V128>(); break;
  }
  push(type);
  return ok;
}

// The operand stack.

void FunctionValidator::Free::operator()(ValType* stack) const { ::operator delete(stack); }

void FunctionValidator::grow(size_t capacity) {
  const size_t used = static_cast<size_t>(sp_ - stack_.get());
  const size_t base = static_cast<size_t>(base_ - stack_.get());
  capacity = std::max(capacity, capacity_ * 2);
  // Raw memory: ValType is trivially copied, and words that were never pushed are never read.
  static_assert(std::is_trivially_copyable_v<ValType>);
  std::unique_ptr<ValType[], Free> bigger(
      static_cast<ValType*>(::operator new(capacity * sizeof(ValType))));
  if (used != 0)
    std::memcpy(static_cast<void*>(bigger.get()), stack_.get(), used * sizeof(ValType));
  stack_ = std::move(bigger);
  capacity_ = capacity;
  sp_ = stack_.get() + used;
  base_ = stack_.get() + base;
}

bool FunctionValidator::ensure_room(size_t extra) {
  const size_t used = static_cast<size_t>(sp_ - stack_.get());
  if (used + extra > kMaxOperands)
    return fail(ErrorCode::ImplementationLimit, used + extra, kMaxOperands);
  const size_t needed = used + extra + reader_.raw().remaining() + kSlack;
  if (needed > capacity_) grow(needed);
  return true;
}

bool FunctionValidator::pop_slow(ValType expected) {
  if (sp_ == base_) return frames_.back().unreachable || mismatch();
  return matches(*--sp_, expected) || mismatch();
}

bool FunctionValidator::pop_any(ValType& actual) {
  if (sp_ == base_) {
    actual = ValType::Bottom;
    return frames_.back().unreachable || mismatch();
  }
  actual = *--sp_;
  return true;
}

bool FunctionValidator::pop_ref(ValType& actual) {
  if (!pop_any(actual)) return false;
  if (actual == ValType::Bottom) actual = ValType::ref(kBottomHeap, false);
  return actual.is_ref() || mismatch();
}

bool FunctionValidator::are_on_top(std::span<const ValType> types) const {
  if (height() < types.size()) return false;
  const ValType* actual = sp_ - types.size();
  for (const ValType type : types)
    if (*actual++ != type) return false;
  return true;
}

bool FunctionValidator::pop_all(std::span<const ValType> types) {
  if (are_on_top(types)) [[likely]] {
    sp_ -= types.size();
    return true;
  }
  for (size_t i = types.size(); i > 0; --i)
    if (!pop(types[i - 1])) return false;
  return true;
}

bool FunctionValidator::push_all(std::span<const ValType> types) {
  if (types.size() > 1 && !ensure_room(types.size())) return false;
  for (const ValType type : types) push(type);
  return true;
}

// Frames.

bool FunctionValidator::push_frame(Shape kind) {
  Frame frame{.set_height = static_cast<uint32_t>(set_locals_.size()), .kind = kind};
  const BlockType& block = instr_.block;
  size_t param_count = 0;
  if (block.kind != BlockType::Empty) [[unlikely]] {
    if (block.kind == BlockType::Value) {
      if (!check_val_type(block.value)) return false;
      frame.result = block.value;
    } else {
      if (!type_of_kind(block.type_index, CompositeKind::Func)) return false;
      frame.signature = &context_.signature(block.type_index);
    }
  }
  if (kind == Shape::If && !pop(ValType::I32)) return false;
  if (frame.signature) [[unlikely]] {
    // The block sees its parameters with their declared types.
    if (!retype_branch(frame.signature->params)) return false;
    param_count = frame.signature->params.size();
  }
  base_ = sp_ - param_count;
  frame.height = static_cast<uint32_t>(base_ - stack_.get());
  frame.label_arity = static_cast<uint16_t>(label_types(frame).size());
  frames_.push_back(frame);
  return true;
}

// The operands at the end of a frame are exactly its results.
bool FunctionValidator::end_operands(const Frame& frame) {
  const std::span<const ValType> results = results_of(frame);
  if (height() == results.size() && are_on_top(results)) [[likely]]
    return true;
  if (!pop_all(results)) return false;
  if (sp_ != base_) return mismatch();
  return push_all(results);
}

void FunctionValidator::unset_locals(const Frame& frame) {
  while (set_locals_.size() > frame.set_height) {
    is_unset_[set_locals_.back()] = true;
    set_locals_.pop_back();
  }
}

bool FunctionValidator::end() {
  const Frame& frame = frames_.back();
  if (!end_operands(frame)) return false;
  if (frame.kind == Shape::If && frame.signature) {
    // Without an else the parameters are the results.
    const Signature& signature = *frame.signature;
    if (!std::ranges::equal(signature.params, signature.results,
                            [&](ValType a, ValType b) { return matches(a, b); }))
      return mismatch();
  } else if (frame.kind == Shape::If && frame.result != ValType::Bottom) {
    return mismatch();
  }
  unset_locals(frame);
  frames_.pop_back();
  // The results stay where they are: they are the operands of the frame around now.
  base_ = stack_.get() + (frames_.empty() ? 0 : frames_.back().height);
  return true;
}

bool FunctionValidator::else_branch() {
  Frame& frame = frames_.back();
  if (frame.kind != Shape::If) return fail(ErrorCode::EndExpected);
  if (!end_operands(frame)) return false;
  unset_locals(frame);
  sp_ = base_;
  frame.kind = Shape::Else;
  frame.unreachable = false;
  return push_all(params_of(frame));
}

bool FunctionValidator::set_unreachable() {
  sp_ = base_;
  frames_.back().unreachable = true;
  return true;
}

FunctionValidator::Frame* FunctionValidator::label(uint32_t depth) {
  if (depth < frames_.size()) [[likely]]
    return &frames_[frames_.size() - 1 - depth];
  fail(ErrorCode::UnknownLabel, depth);
  return nullptr;
}

// The operands on top fit the types; the stack stays as it is.
bool FunctionValidator::check_branch(std::span<const ValType> types) {
  if (are_on_top(types)) [[likely]]
    return true;
  const size_t present = std::min(height(), types.size());
  if (present < types.size() && !frames_.back().unreachable) return mismatch();
  for (size_t i = 1; i <= present; ++i)
    if (!matches(*(sp_ - i), types[types.size() - i])) return mismatch();
  return true;
}

// The operands on top fit the types, and have exactly those types from now on.
bool FunctionValidator::retype_branch(std::span<const ValType> types) {
  return are_on_top(types) || (pop_all(types) && push_all(types));
}

bool FunctionValidator::br() {
  const Frame* frame = label(instr_.index);
  return frame && check_branch(label_types(*frame)) && set_unreachable();
}

bool FunctionValidator::br_if() {
  if (!pop(ValType::I32)) return false;
  const Frame* frame = label(instr_.index);
  return frame && retype_branch(label_types(*frame));
}

// Linear in the number of targets: each frame is checked once, however often it is named, and
// frames that share a signature with the target before are not checked again.
bool FunctionValidator::br_table() {
  if (!pop(ValType::I32)) return false;
  const uint8_t* p = instr_.operand;
  const uint32_t number = ++br_table_number_;
  const size_t frame_count = frames_.size();
  std::span<const ValType> checked;  // no operands fit any stack
  size_t arity = 0;
  for (uint64_t i = 0; i <= instr_.count; ++i) {
    const uint32_t depth = CheckedFunctionReader::read_leb_unchecked(p);
    if (depth >= frame_count) [[unlikely]]
      return fail(ErrorCode::UnknownLabel, depth);
    Frame& frame = frames_[frame_count - 1 - depth];
    if (frame.br_table == number) continue;
    frame.br_table = number;
    const std::span<const ValType> types = label_types(frame);
    if (i == 0) arity = types.size();
    if (types.size() != arity) return mismatch();
    if (types.data() == checked.data() || types.empty()) continue;
    if (!check_branch(types)) return false;
    checked = types;
  }
  return set_unreachable();
}

bool FunctionValidator::return_op() {
  return check_branch(results_of(frames_.front())) && set_unreachable();
}

}  // namespace skerry
