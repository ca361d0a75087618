// Types of native functions as a manifest says them, and reading one of the texts that say them:
// "path: cstr", "in buffer[length]", "out handle db". Not here: what a name in it refers to
// (manifest_reader.cc); how values go across (call_plan.h).
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wasm/types.h"

namespace skerry::native {

enum class Scalar : uint8_t {
#define SCALAR(id, name, native, guest, value) id,
#include "native/scalars.def"
#undef SCALAR
};

struct ScalarInfo {
  std::string_view name;
  uint8_t native_bytes, guest_bytes;
  bool is_float, is_signed;
  ValType value;
};
const ScalarInfo& info(Scalar scalar);

enum class Kind : uint8_t {
  Nothing,   // the result of a function that has none
  Number,    // `scalar`
  Handle,    // a pointer of the library; `name`: its kind. The module has an index
  CString,   // text that ends with a zero
  WString,   // the same as UTF-16 over there
  Buffer,    // bytes in the module's memory, used in place
  Struct,    // `name`; only behind a pointer
  Callback,  // `name`; an index of the module's table
  Token,     // a number of the module that the library only gives back, in a pointer's place
  Address,   // of callbacks: a pointer into a buffer that the call was given
};

enum class Way : uint8_t { Value, In, Out, InOut };
constexpr bool has_in(Way way) { return way == Way::In || way == Way::InOut; }
constexpr bool has_out(Way way) { return way == Way::Out || way == Way::InOut; }

struct Type {
  Kind kind = Kind::Nothing;
  Way way = Way::Value;  // other than Value: a pointer to one, in the module's memory
  Scalar scalar = Scalar::I32;
  std::string name;
  bool is_nullable = false;
  bool is_borrowed = false;  // a handle that is not the module's to free
  // Of buffers, and of lists of text: how many. By the parameter of this name, or else a number.
  std::string count_name;
  uint64_t count = 0, element_bytes = 1;
  bool has_count = false;

  bool is_pointer() const { return way != Way::Value; }
};

struct Parameter {
  std::string name;  // may be empty
  Type type;
  int count_index = -1;  // of the parameter that `type.count_name` names
};

// Where a type's text stands decides what it may be.
enum class Spot : uint8_t { Parameter, Result, CallbackParameter, CallbackResult, Field };

// The error says what is wrong and what would be right.
struct BadType {
  std::string subject, hint;
};
std::expected<Parameter, BadType> read_parameter(std::string_view text, Spot spot);

// What the module's import has in its place.
ValType value_type(const Type& type);

}  // namespace skerry::native
