// What embedders hold: Value (a typed Wasm value), Func (a reference to a function of a Store),
// Extern (anything a module can import or export). Not here: ownership. Funcs, memories, tables and
// globals belong to their Store; a handle is good as long as the Store is. Invariant: a reference
// is one 64-bit word, 0 being null; a funcref is the address of a VmFuncRef.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <variant>

#include "code/context.h"
#include "wasm/types.h"

namespace skerry {
class TypeRegistry;
}

namespace skerry::runtime {

class Table;
class Memory;
class Global;
class Tag;

// A function, host or Wasm. Null when default-made.
class Func {
 public:
  Func() = default;
  explicit Func(VmFuncRef* ref) : ref_(ref) {}
  explicit operator bool() const { return ref_ != nullptr; }
  VmFuncRef* ref() const { return ref_; }
  // Engine-wide id of its type; Store::func_type() has the type itself.
  uint32_t type_id() const { return ref_->type_id; }
  friend bool operator==(Func, Func) = default;

 private:
  VmFuncRef* ref_ = nullptr;
};

// Alternative number == ExternKind. The pointers are never null.
using Extern = std::variant<Func, Table*, Memory*, Global*, Tag*>;
inline ExternKind kind_of(const Extern& item) { return static_cast<ExternKind>(item.index()); }

// Concrete heap types inside `type` are engine-wide ids.
struct Value {
  ValType type = ValType::I32;
  uint64_t low = 0;   // i32: zero-extended; f32: bits; references: the word
  uint64_t high = 0;  // v128: the upper half

  static Value i32(int32_t v) { return {ValType::I32, static_cast<uint32_t>(v), 0}; }
  static Value i64(int64_t v) { return {ValType::I64, static_cast<uint64_t>(v), 0}; }
  static Value f32(float v) { return {ValType::F32, std::bit_cast<uint32_t>(v), 0}; }
  static Value f64(double v) { return {ValType::F64, std::bit_cast<uint64_t>(v), 0}; }
  static Value v128(uint64_t low, uint64_t high) { return {ValType::V128, low, high}; }
  static Value funcref(Func f) {
    return {ValType::funcref(), reinterpret_cast<uint64_t>(f.ref()), 0};
  }
  // Any word but 0 (which is null) names an object of the host.
  static Value externref(uint64_t word) { return {ValType::externref(), word, 0}; }
  static Value null(HeapType heap) { return {ValType::ref(heap, true), 0, 0}; }

  int32_t as_i32() const { return static_cast<int32_t>(low); }
  int64_t as_i64() const { return static_cast<int64_t>(low); }
  float as_f32() const { return std::bit_cast<float>(static_cast<uint32_t>(low)); }
  double as_f64() const { return std::bit_cast<double>(low); }
  bool is_null() const { return low == 0; }
  Func as_func() const { return Func(reinterpret_cast<VmFuncRef*>(low)); }
};

// The same type with engine-wide ids for the module's type indices.
ValType with_type_ids(ValType type, std::span<const uint32_t> type_ids);
// Whether a place of this type may hold the value.
bool value_fits(const TypeRegistry& registry, const Value& value, ValType type);

}  // namespace skerry::runtime
