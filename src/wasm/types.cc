// Types as text, in the text format's spelling.
#include "wasm/types.h"

#include <array>
#include <utility>

namespace skerry {
namespace {

struct HeapName {
  HeapType::Abstract type;
  const char* name;       // heap type
  const char* shorthand;  // nullable reference to it
};
constexpr HeapName kHeapNames[] = {
    {HeapType::Func, "func", "funcref"},
    {HeapType::Extern, "extern", "externref"},
    {HeapType::Any, "any", "anyref"},
    {HeapType::Eq, "eq", "eqref"},
    {HeapType::I31, "i31", "i31ref"},
    {HeapType::Struct, "struct", "structref"},
    {HeapType::Array, "array", "arrayref"},
    {HeapType::Exn, "exn", "exnref"},
    {HeapType::NoExn, "noexn", "nullexnref"},
    {HeapType::NoFunc, "nofunc", "nullfuncref"},
    {HeapType::NoExtern, "noextern", "nullexternref"},
    {HeapType::None, "none", "nullref"},
};

const HeapName& name_of(HeapType::Abstract type) {
  for (const HeapName& entry : kHeapNames)
    if (entry.type == type) return entry;
  assert(false && "every abstract heap type has a row");
  return kHeapNames[0];
}

}  // namespace

std::string to_string(HeapType type) {
  if (type.is_concrete()) return std::to_string(type.type_index());
  return name_of(type.abstract()).name;
}

std::string to_string(ValType type) {
  switch (type.kind()) {
    case ValType::Bottom: return "bottom";
    case ValType::I32: return "i32";
    case ValType::I64: return "i64";
    case ValType::F32: return "f32";
    case ValType::F64: return "f64";
    case ValType::V128: return "v128";
    case ValType::I8: return "i8";
    case ValType::I16: return "i16";
    case ValType::Ref: break;
  }
  if (type.is_nullable() && !type.heap().is_concrete())
    return name_of(type.heap().abstract()).shorthand;
  return std::string(type.is_nullable() ? "(ref null " : "(ref ") + to_string(type.heap()) + ")";
}

}  // namespace skerry
