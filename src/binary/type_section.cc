// The type section: recursion groups, subtypes, function, struct and array types.
// Source: WebAssembly 3.0, binary format, "Types".
#include "binary/module_decoder.h"
#include "wasm/implementation_limits.h"

namespace skerry {
namespace {

constexpr uint8_t kFunc = 0x60;
constexpr uint8_t kStruct = 0x5f;
constexpr uint8_t kArray = 0x5e;
constexpr uint8_t kSub = 0x50;
constexpr uint8_t kSubFinal = 0x4f;
constexpr uint8_t kRec = 0x4e;
constexpr uint8_t kI8 = 0x78;
constexpr uint8_t kI16 = 0x77;

}  // namespace

Result<void> ModuleDecoder::read_types(ByteReader& in) {
  const uint32_t count = TRY(read_count(in, kMaxTypes));
  module_.types.reserve(reserve_for(in, count));
  module_.rec_groups.reserve(reserve_for(in, count));
  for (uint32_t i = 0; i < count; ++i) TRY(read_rec_group(in));
  return {};
}

Result<void> ModuleDecoder::read_rec_group(ByteReader& in) {
  RecGroup group{.first_type = static_cast<uint32_t>(module_.types.size()), .type_count = 1};
  const bool is_explicit = !in.at_end() && *in.pos() == kRec;
  if (is_explicit) {
    TRY(require(Feature::Gc, in.offset()));
    TRY(in.u8());
    group.type_count = TRY(read_count(in, kMaxTypes - group.first_type));
  }
  module_.rec_groups.push_back(group);
  if (group.first_type >= kMaxTypes && group.type_count != 0)
    return fail(ErrorCode::ImplementationLimit, in.offset(), group.first_type, kMaxTypes);
  for (uint32_t i = 0; i < group.type_count; ++i) TRY(read_defined_type(in));
  return {};
}

Result<void> ModuleDecoder::read_defined_type(ByteReader& in) {
  DefinedType type;
  type.rec_group = static_cast<uint32_t>(module_.rec_groups.size() - 1);
  uint64_t position = in.offset();
  uint8_t form = TRY(in.u8());
  if (form == kSub || form == kSubFinal) {
    TRY(require(Feature::Gc, position));
    type.is_final = form == kSubFinal;
    const uint32_t supers = TRY(in.u32());
    if (supers > 1) return fail(ErrorCode::MultipleSupertypes, in.offset());
    if (supers == 1) type.supertype = TRY(in.u32());
    position = in.offset();
    form = TRY(in.u8());
  }
  switch (form) {
    case kFunc: TRY(read_func_type(in, type)); break;
    case kStruct:
      TRY(require(Feature::Gc, position));
      TRY(read_struct_type(in, type));
      break;
    case kArray:
      TRY(require(Feature::Gc, position));
      type.kind = CompositeKind::Array;
      type.fields.push_back(TRY(read_field(in)));
      break;
    default:
      // The form is a number of seven bits.
      if (form >= 0x80) return fail(ErrorCode::IntegerTooLong, position);
      return fail(ErrorCode::MalformedDefinitionType, position);
  }
  module_.types.push_back(std::move(type));
  return {};
}

Result<std::vector<ValType>> ModuleDecoder::read_val_types(ByteReader& in, uint32_t limit) {
  const uint32_t count = TRY(read_count(in, limit));
  std::vector<ValType> types;
  types.reserve(reserve_for(in, count));
  for (uint32_t i = 0; i < count; ++i) types.push_back(TRY(read_val_type(in, features_)));
  return types;
}

Result<void> ModuleDecoder::read_func_type(ByteReader& in, DefinedType& type) {
  type.kind = CompositeKind::Func;
  type.func.params = TRY(read_val_types(in, kMaxParams));
  type.func.results = TRY(read_val_types(in, kMaxResults));
  return {};
}

Result<void> ModuleDecoder::read_struct_type(ByteReader& in, DefinedType& type) {
  type.kind = CompositeKind::Struct;
  const uint32_t count = TRY(read_count(in, kMaxStructFields));
  type.fields.reserve(reserve_for(in, count));
  for (uint32_t i = 0; i < count; ++i) type.fields.push_back(TRY(read_field(in)));
  return {};
}

Result<FieldType> ModuleDecoder::read_field(ByteReader& in) {
  FieldType field;
  const uint64_t position = in.offset();
  if (!in.at_end() && (*in.pos() == kI8 || *in.pos() == kI16)) {
    field.type = TRY(in.u8()) == kI8 ? ValType::I8 : ValType::I16;
  } else {
    const Result<ValType> type = read_val_type(in, features_);
    if (!type && type.error().code == ErrorCode::MalformedValType)
      return fail(ErrorCode::MalformedStorageType, position);
    field.type = TRY(type);
  }
  const uint8_t flag = TRY(in.u8());
  if (flag > 1) return fail(ErrorCode::MalformedMutability, in.offset() - 1);
  field.is_mutable = flag == 1;
  return field;
}

}  // namespace skerry
