// FunctionValidator: references, casts, structs and arrays.
#include "validate/function_validator.h"
#include "wasm/implementation_limits.h"

namespace skerry {
namespace {

constexpr ValType kAnyRef = ValType::ref(HeapType::Any, true);
constexpr ValType kEqRef = ValType::ref(HeapType::Eq, true);
constexpr ValType kExternRef = ValType::externref();

ValType non_null(ValType type) { return ValType::ref(type.heap(), false); }

}  // namespace

bool FunctionValidator::check_heap_type(HeapType type) {
  if (!type.is_concrete() || context_.is_type(type.type_index())) return true;
  return fail(ErrorCode::UnknownType, type.type_index());
}

const DefinedType* FunctionValidator::type_of_kind(uint32_t index, CompositeKind kind) {
  if (!context_.is_type(index)) {
    fail(ErrorCode::UnknownType, index);
    return nullptr;
  }
  const DefinedType& type = module_.types[index];
  if (type.kind == kind) return &type;
  mismatch();
  return nullptr;
}

bool FunctionValidator::ref_null() {
  if (!check_heap_type(instr_.heap)) return false;
  push(ValType::ref(instr_.heap, true));
  return true;
}

bool FunctionValidator::ref_is_null() {
  ValType actual;
  if (!pop_ref(actual)) return false;
  push(ValType::I32);
  return true;
}

bool FunctionValidator::ref_func() {
  const uint32_t index = instr_.index;
  if (index >= module_.funcs.size()) return fail(ErrorCode::UnknownFunc, index);
  // In a constant expression the instruction is itself the declaration.
  if (!is_const_ && !context_.is_declared(index)) return fail(ErrorCode::UndeclaredFuncRef, index);
  push(ref_to(module_.funcs[index], false));
  return true;
}

bool FunctionValidator::ref_eq() {
  if (!pop(kEqRef) || !pop(kEqRef)) return false;
  push(ValType::I32);
  return true;
}

bool FunctionValidator::ref_as_non_null() {
  ValType actual;
  if (!pop_ref(actual)) return false;
  push(non_null(actual));
  return true;
}

bool FunctionValidator::ref_test_or_cast() {
  if (!check_heap_type(instr_.heap)) return false;
  if (!pop(ValType::ref(context_.top_of(instr_.heap), true))) return false;
  const bool is_nullable = instr_.op == Op::RefTestNull || instr_.op == Op::RefCastNull;
  push(instr_.shape == Shape::RefTest ? ValType::I32 : ValType::ref(instr_.heap, is_nullable));
  return true;
}

// The conversions keep whether the reference may be null.
bool FunctionValidator::convert_extern() {
  const bool to_any = instr_.shape == Shape::AnyConvertExtern;
  ValType actual;
  if (!pop_ref(actual)) return false;
  if (!matches(actual, to_any ? kExternRef : kAnyRef)) return mismatch();
  push(ValType::ref(to_any ? HeapType::Any : HeapType::Extern, actual.is_nullable()));
  return true;
}

bool FunctionValidator::i31_op() {
  const bool is_new = instr_.shape == Shape::RefI31;
  if (!pop(is_new ? ValType(ValType::I32) : ValType::ref(HeapType::I31, true))) return false;
  push(is_new ? ValType::ref(HeapType::I31, false) : ValType(ValType::I32));
  return true;
}

// Branches on references. The reference on top is popped first, then the label's other operands are
// checked below it.

bool FunctionValidator::br_on_null() {
  ValType actual;
  if (!pop_ref(actual)) return false;
  const Frame* frame = label(instr_.index);
  if (!frame || !retype_branch(label_types(*frame))) return false;
  push(non_null(actual));
  return true;
}

bool FunctionValidator::br_on_non_null() {
  ValType actual;
  if (!pop_ref(actual)) return false;
  const Frame* frame = label(instr_.index);
  if (!frame) return false;
  const std::span<const ValType> types = label_types(*frame);
  if (types.empty() || !types.back().is_ref() || !matches(non_null(actual), types.back()))
    return mismatch();
  return retype_branch(types.first(types.size() - 1));
}

bool FunctionValidator::br_on_cast() {
  if (!check_heap_type(instr_.heap) || !check_heap_type(instr_.heap2)) return false;
  const ValType source = ValType::ref(instr_.heap, instr_.cast_flags & 1);
  const ValType target = ValType::ref(instr_.heap2, instr_.cast_flags & 2);
  if (!matches(target, source)) return mismatch();
  // What is left when the cast does not succeed: null only if the target does not take it.
  const ValType rest = target.is_nullable() ? non_null(source) : source;
  const bool branches_on_fail = instr_.op == Op::BrOnCastFail;
  const Frame* frame = label(instr_.index);
  if (!frame) return false;
  const std::span<const ValType> types = label_types(*frame);
  if (types.empty() || !matches(branches_on_fail ? rest : target, types.back())) return mismatch();
  if (!pop(source) || !retype_branch(types.first(types.size() - 1))) return false;
  push(branches_on_fail ? target : rest);
  return true;
}

// Structs and arrays.

bool FunctionValidator::struct_new(const DefinedType& type) {
  for (size_t i = type.fields.size(); i > 0; --i) {
    const ValType field = type.fields[i - 1].type;
    if (instr_.shape == Shape::StructNewDefault) {
      if (!field.is_defaultable()) return fail(ErrorCode::NonDefaultable);
    } else if (!pop(field.unpacked())) {
      return false;
    }
  }
  push(ref_to(instr_.index, false));
  return true;
}

bool FunctionValidator::struct_op() {
  const DefinedType* type = type_of_kind(instr_.index, CompositeKind::Struct);
  if (!type) return false;
  if (instr_.shape == Shape::StructNew || instr_.shape == Shape::StructNewDefault)
    return struct_new(*type);
  if (instr_.index2 >= type->fields.size()) return fail(ErrorCode::UnknownField, instr_.index2);
  const FieldType& field = type->fields[instr_.index2];
  if (instr_.shape == Shape::StructSet) {
    if (!field.is_mutable) return fail(ErrorCode::FieldImmutable, instr_.index2);
    return pop(field.type.unpacked()) && pop(ref_to(instr_.index, true));
  }
  // Packed fields are read with an extension, all others without.
  if (field.type.is_packed() == (instr_.op == Op::StructGet)) return mismatch();
  if (!pop(ref_to(instr_.index, true))) return false;
  push(field.type.unpacked());
  return true;
}

// Data segments fill arrays of numbers only.
bool FunctionValidator::array_data_type(ValType storage) {
  return require(!storage.is_ref(), ErrorCode::ArrayNotNumeric) && data_index(instr_.index2);
}

bool FunctionValidator::array_new_op() {
  const DefinedType* type = type_of_kind(instr_.index, CompositeKind::Array);
  if (!type) return false;
  const ValType storage = type->fields[0].type;
  const ValType value = storage.unpacked();
  bool ok = true;
  switch (instr_.shape) {
    case Shape::ArrayNew: ok = pop(ValType::I32) && pop(value); break;
    case Shape::ArrayNewDefault:
      ok = require(value.is_defaultable(), ErrorCode::NonDefaultable) && pop(ValType::I32);
      break;
    case Shape::ArrayNewFixed:
      ok = require(instr_.index2 <= kMaxArrayNewFixed, ErrorCode::ImplementationLimit);
      for (uint32_t i = 0; ok && i < instr_.index2; ++i) ok = pop(value);
      break;
    case Shape::ArrayNewData:
      ok = array_data_type(storage) && pop(ValType::I32) && pop(ValType::I32);
      break;
    default:  // ArrayNewElem
      if (instr_.index2 >= module_.elems.size()) return fail(ErrorCode::UnknownElem, instr_.index2);
      if (!matches(module_.elems[instr_.index2].type, value)) return mismatch();
      ok = pop(ValType::I32) && pop(ValType::I32);
      break;
  }
  if (!ok) return false;
  push(ref_to(instr_.index, false));
  return true;
}

bool FunctionValidator::array_op() {
  const DefinedType* type = type_of_kind(instr_.index, CompositeKind::Array);
  if (!type) return false;
  const FieldType& field = type->fields[0];
  const ValType value = field.type.unpacked();
  const ValType array = ref_to(instr_.index, true);
  if (instr_.shape == Shape::ArrayGet) {
    if (field.type.is_packed() == (instr_.op == Op::ArrayGet)) return mismatch();
    if (!pop(ValType::I32) || !pop(array)) return false;
    push(value);
    return true;
  }
  if (!field.is_mutable) return fail(ErrorCode::ArrayImmutable, instr_.index);
  if (instr_.shape == Shape::ArrayFill && !pop(ValType::I32)) return false;
  return pop(value) && pop(ValType::I32) && pop(array);
}

bool FunctionValidator::array_len() {
  if (!pop(ValType::ref(HeapType::Array, true))) return false;
  push(ValType::I32);
  return true;
}

bool FunctionValidator::array_copy() {
  const DefinedType* to = type_of_kind(instr_.index, CompositeKind::Array);
  const DefinedType* from = to ? type_of_kind(instr_.index2, CompositeKind::Array) : nullptr;
  if (!from) return false;
  if (!to->fields[0].is_mutable) return fail(ErrorCode::ArrayImmutable, instr_.index);
  if (!matches(from->fields[0].type, to->fields[0].type)) return fail(ErrorCode::ArrayTypeMismatch);
  return pop(ValType::I32) && pop(ValType::I32) && pop(ref_to(instr_.index2, true)) &&
         pop(ValType::I32) && pop(ref_to(instr_.index, true));
}

bool FunctionValidator::array_init() {
  const DefinedType* type = type_of_kind(instr_.index, CompositeKind::Array);
  if (!type) return false;
  const FieldType& field = type->fields[0];
  if (!field.is_mutable) return fail(ErrorCode::ArrayImmutable, instr_.index);
  if (instr_.shape == Shape::ArrayInitData) {
    if (!array_data_type(field.type)) return false;
  } else {
    if (instr_.index2 >= module_.elems.size()) return fail(ErrorCode::UnknownElem, instr_.index2);
    if (!matches(module_.elems[instr_.index2].type, field.type)) return mismatch();
  }
  return pop(ValType::I32) && pop(ValType::I32) && pop(ValType::I32) &&
         pop(ref_to(instr_.index, true));
}

}  // namespace skerry
