// WebAssembly's types as small values: value types, heap types, function, struct and array types,
// limits, and the types of external items.
// Not here: subtyping and canonical identity across modules (wasm/type_registry.h).
// Invariant: a ValType is one 32-bit word, equal words being equal types within one module.
// Source: WebAssembly 3.0, "Types".
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace skerry {

// A type index of the module, or one of the abstract heap types.
class HeapType {
 public:
  // Byte the binary format uses for each abstract heap type.
  enum Abstract : uint8_t {
    Func = 0x70,
    Extern = 0x6f,
    Any = 0x6e,
    Eq = 0x6d,
    I31 = 0x6c,
    Struct = 0x6b,
    Array = 0x6a,
    Exn = 0x69,
    NoExn = 0x74,
    NoFunc = 0x73,
    NoExtern = 0x72,
    None = 0x71,
  };
  static constexpr uint32_t kMaxTypeIndex = (1u << 20) - 1;

  constexpr HeapType() : HeapType(Func) {}
  constexpr HeapType(Abstract abstract) : bits_(kAbstractBit | abstract) {}
  static constexpr HeapType concrete(uint32_t type_index) {
    assert(type_index <= kMaxTypeIndex);
    HeapType result;
    result.bits_ = type_index;
    return result;
  }
  static constexpr HeapType from_bits(uint32_t bits) {
    HeapType result;
    result.bits_ = bits;
    return result;
  }

  constexpr bool is_concrete() const { return !(bits_ & kAbstractBit); }
  constexpr uint32_t type_index() const {
    assert(is_concrete());
    return bits_;
  }
  constexpr Abstract abstract() const {
    assert(!is_concrete());
    return static_cast<Abstract>(bits_ & 0xff);
  }
  constexpr uint32_t bits() const { return bits_; }  // 21 bits
  friend constexpr bool operator==(HeapType, HeapType) = default;

 private:
  static constexpr uint32_t kAbstractBit = 1u << 20;
  uint32_t bits_;
};

class ValType {
 public:
  // I8 and I16 occur only as storage types of fields; Bottom only inside the validator.
  enum Kind : uint8_t { Bottom, I32, I64, F32, F64, V128, Ref, I8, I16 };

  constexpr ValType() : bits_(Bottom) {}
  constexpr ValType(Kind kind) : bits_(kind) {}
  static constexpr ValType ref(HeapType heap, bool nullable) {
    ValType result;
    result.bits_ = Ref | (nullable ? kNullableBit : 0) | heap.bits() << kHeapShift;
    return result;
  }
  static constexpr ValType funcref() { return ref(HeapType::Func, true); }
  static constexpr ValType externref() { return ref(HeapType::Extern, true); }

  constexpr Kind kind() const { return static_cast<Kind>(bits_ & 0xff); }
  constexpr bool is_ref() const { return kind() == Ref; }
  constexpr bool is_packed() const { return kind() == I8 || kind() == I16; }
  constexpr bool is_nullable() const { return bits_ & kNullableBit; }
  constexpr HeapType heap() const {
    assert(is_ref());
    return HeapType::from_bits(bits_ >> kHeapShift);
  }
  // Locals of such a type have an initial value; only non-nullable references do not.
  constexpr bool is_defaultable() const { return !is_ref() || is_nullable(); }
  // Packed types widen to i32 on the operand stack.
  constexpr ValType unpacked() const { return is_packed() ? ValType(I32) : *this; }
  constexpr uint32_t bits() const { return bits_; }
  friend constexpr bool operator==(ValType, ValType) = default;

 private:
  static constexpr uint32_t kNullableBit = 1u << 8;
  static constexpr unsigned kHeapShift = 9;
  uint32_t bits_;
};
static_assert(sizeof(ValType) == 4);

struct FuncType {
  std::vector<ValType> params;
  std::vector<ValType> results;
  friend bool operator==(const FuncType&, const FuncType&) = default;
};

struct FieldType {
  ValType type;  // may be packed
  bool is_mutable = false;
  friend bool operator==(const FieldType&, const FieldType&) = default;
};

enum class CompositeKind : uint8_t { Func, Struct, Array };

// One entry of the type index space: a composite type with its place in the subtype hierarchy.
struct DefinedType {
  CompositeKind kind = CompositeKind::Func;
  bool is_final = true;
  std::optional<uint32_t> supertype;  // type index
  uint32_t rec_group = 0;             // index into Module::rec_groups
  FuncType func;                      // kind Func
  std::vector<FieldType> fields;      // kind Struct; kind Array has exactly one
};

// Types declared together; a lone type is a group of one.
struct RecGroup {
  uint32_t first_type = 0;
  uint32_t type_count = 0;
};

struct Limits {
  uint64_t min = 0;
  std::optional<uint64_t> max;
  bool is_64 = false;  // indexed by i64
  friend bool operator==(const Limits&, const Limits&) = default;
};

inline constexpr uint64_t kWasmPageBytes = 65536;

struct MemoryType {
  Limits limits;  // in pages of 64 KiB
  bool is_shared = false;
  friend bool operator==(const MemoryType&, const MemoryType&) = default;
};

struct TableType {
  Limits limits;  // in elements
  ValType element = ValType::funcref();
  friend bool operator==(const TableType&, const TableType&) = default;
};

struct GlobalType {
  ValType type;
  bool is_mutable = false;
  friend bool operator==(const GlobalType&, const GlobalType&) = default;
};

struct TagType {
  uint32_t type_index = 0;
  friend bool operator==(const TagType&, const TagType&) = default;
};

// In the order of the binary format's external kinds.
enum class ExternKind : uint8_t { Func, Table, Memory, Global, Tag };

// As the text format writes it: "i32", "(ref null 3)", "externref".
std::string to_string(ValType type);
std::string to_string(HeapType type);

}  // namespace skerry
