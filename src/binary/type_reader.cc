// Reads value, reference and heap types where they occur inline, in sections and in bodies alike.
// Not here: whether a type index exists (validation), or type definitions (type_section.cc).
// Source: WebAssembly 3.0, binary format, "Types".
#include <array>
#include <utility>

#include "binary/function_reader.h"

namespace skerry {
namespace {

constexpr uint8_t kRefNull = 0x63;
constexpr uint8_t kRef = 0x64;

struct NumberType {
  ValType type;
  Feature feature;
};
// By distance from 0x7f downwards.
constexpr NumberType kNumberTypes[] = {
    {ValType::I32, Feature::Mvp}, {ValType::I64, Feature::Mvp},   {ValType::F32, Feature::Mvp},
    {ValType::F64, Feature::Mvp}, {ValType::V128, Feature::Simd},
};

constexpr uint8_t kFirstAbstract = HeapType::Exn;
constexpr uint8_t kLastAbstract = HeapType::NoExn;

// The feature that brings each abstract heap type, by distance from kFirstAbstract.
constexpr auto kAbstractFeatures = [] {
  std::array<Feature, kLastAbstract - kFirstAbstract + 1> table{};
  for (Feature& feature : table) feature = Feature::Gc;
  table[HeapType::Func - kFirstAbstract] = Feature::ReferenceTypes;
  table[HeapType::Extern - kFirstAbstract] = Feature::ReferenceTypes;
  table[HeapType::Exn - kFirstAbstract] = Feature::Exceptions;
  table[HeapType::NoExn - kFirstAbstract] = Feature::Exceptions;
  return table;
}();

constexpr bool is_abstract_heap_byte(uint8_t byte) {
  return byte >= kFirstAbstract && byte <= kLastAbstract;
}

Result<void> require(Feature feature, Features features, uint64_t position) {
  if (!features.has(feature))
    return fail(ErrorCode::FeatureDisabled, position, static_cast<uint64_t>(feature));
  return {};
}

Result<HeapType> abstract_heap_type(uint8_t byte, Features features, uint64_t position) {
  TRY(require(kAbstractFeatures[byte - kFirstAbstract], features, position));
  return HeapType(static_cast<HeapType::Abstract>(byte));
}

// `byte` is the first one of a reference type, already consumed, at `position`.
Result<ValType> finish_ref_type(uint8_t byte, ByteReader& in, Features features,
                                uint64_t position) {
  if (byte == kRefNull || byte == kRef) {
    TRY(require(Feature::FunctionReferences, features, position));
    const HeapType heap = TRY(read_heap_type(in, features));
    return ValType::ref(heap, byte == kRefNull);
  }
  if (!is_abstract_heap_byte(byte)) return fail(ErrorCode::MalformedRefType, position);
  return ValType::ref(TRY(abstract_heap_type(byte, features, position)), true);
}

}  // namespace

Result<HeapType> read_heap_type(ByteReader& in, Features features) {
  const uint64_t position = in.offset();
  if (!in.at_end() && is_abstract_heap_byte(*in.pos())) {
    const uint8_t byte = TRY(in.u8());
    return abstract_heap_type(byte, features, position);
  }
  const int64_t index = TRY(in.s33());
  if (index < 0) return fail(ErrorCode::MalformedRefType, position);
  TRY(require(Feature::FunctionReferences, features, position));
  if (index > HeapType::kMaxTypeIndex)
    return fail(ErrorCode::UnknownType, position, static_cast<uint64_t>(index));
  return HeapType::concrete(static_cast<uint32_t>(index));
}

Result<ValType> read_ref_type(ByteReader& in, Features features) {
  const uint64_t position = in.offset();
  const uint8_t byte = TRY(in.u8());
  // A table of functions needs no feature, other than a value of that type.
  if (byte == HeapType::Func) return ValType::funcref();
  return finish_ref_type(byte, in, features, position);
}

Result<ValType> read_val_type(ByteReader& in, Features features) {
  const uint64_t position = in.offset();
  const uint8_t byte = TRY(in.u8());
  const size_t number = 0x7f - byte;
  if (byte <= 0x7f && number < std::size(kNumberTypes)) {
    TRY(require(kNumberTypes[number].feature, features, position));
    return kNumberTypes[number].type;
  }
  if (byte == kRefNull || byte == kRef || is_abstract_heap_byte(byte))
    return finish_ref_type(byte, in, features, position);
  return fail(ErrorCode::MalformedValType, position);
}

}  // namespace skerry
