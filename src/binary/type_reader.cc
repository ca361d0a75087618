// Reads value, reference and heap types where they occur inline, in sections and in bodies alike.
// Not here: whether a type index exists (validation), or type definitions (type_section.cc).
// Source: WebAssembly 3.0, binary format, "Types".
#include <iterator>

#include "binary/function_reader.h"
#include "wasm/type_features.h"

namespace skerry {
namespace {

constexpr uint8_t kRefNull = 0x63;
constexpr uint8_t kRef = 0x64;

// By distance from 0x7f downwards.
constexpr ValType kNumberTypes[] = {ValType::I32, ValType::I64, ValType::F32, ValType::F64,
                                    ValType::V128};

constexpr uint8_t kFirstAbstract = HeapType::Exn;
constexpr uint8_t kLastAbstract = HeapType::NoExn;

constexpr bool is_abstract_heap_byte(uint8_t byte) {
  return byte >= kFirstAbstract && byte <= kLastAbstract;
}

Result<void> require(Feature feature, Features features, uint64_t position) {
  if (!features.has(feature))
    return fail(ErrorCode::FeatureDisabled, position, static_cast<uint64_t>(feature));
  return {};
}

Result<HeapType> abstract_heap_type(uint8_t byte, Features features, uint64_t position) {
  const HeapType type(static_cast<HeapType::Abstract>(byte));
  TRY(require(feature_of(type), features, position));
  return type;
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
    TRY(require(feature_of(kNumberTypes[number]), features, position));
    return kNumberTypes[number];
  }
  if (byte == kRefNull || byte == kRef || is_abstract_heap_byte(byte))
    return finish_ref_type(byte, in, features, position);
  return fail(ErrorCode::MalformedValType, position);
}

}  // namespace skerry
