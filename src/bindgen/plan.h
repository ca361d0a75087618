// Package: what a Go package for a module will have, before it is text. plan_package() makes it
// from the module, its header and the rules. Not here: the text (go_text.h). Invariant:
// every name is an identifier of Go and is there once in its scope; every method's raw types are
// those that the module has.
#pragma once

#include <optional>
#include <set>

#include "bindgen/c_header.h"
#include "bindgen/rules.h"
#include "wasm/module.h"

namespace skerry::bindgen {

enum class Way : uint8_t { In, Out, InOut };
constexpr bool has_in(Way way) { return way != Way::Out; }
constexpr bool has_out(Way way) { return way != Way::In; }

// What lies in memory behind a pointer.
enum class Element : uint8_t { Number, Struct, Text, Handle };
Element element_of(const CType& type);

struct Callback;

struct Argument {
  enum class Kind : uint8_t {
    Number,
    Text,      // a string of C
    Handle,    // `handle`
    Slice,     // of Elements, as many as the argument `other`
    Length,    // of the slice `other`; of type pointer: the length that is used comes back
    Single,    // a pointer to one Element
    Fixed,     // always `fixed`: no parameter in Go
    Callback,  // a function of Go
    Release,   // a function that the library calls to let go of the callbacks that it keeps
    User,      // what it calls that with
    Ignored,   // of a callback: the Go function does not have it
  };
  Kind kind = Kind::Number;
  Way way = Way::In;
  std::string name;      // in Go
  CType type;            // in C: of a Single and a Slice of one Element
  bool is_text = false;  // a Slice that is a string in Go
  size_t other = 0;
  std::optional<size_t> used;  // of a Slice: the argument that says how much is used
  bool is_used_by_result = false;
  int64_t fixed = 0;
  bool is_pointer = false;  // to the module, an address
  std::shared_ptr<Callback> callback;
};

struct Result {
  enum class Kind : uint8_t { Number, Text, Handle };
  Kind kind = Kind::Number;
  CType type;
  std::string freed_by;  // of a Text that the caller owns
  bool is_shown = true;  // not if it is only an error
};

struct ErrorCheck {
  enum class Kind : uint8_t { None, NonZero, Negative, Zero, Function };
  Kind kind = Kind::None;
  std::string function;  // that says whether a result is an error
  std::vector<int64_t> ok;
  std::string message;  // the function that has its text; may be empty
};

struct Method {
  std::string name;            // in Go
  std::string module, symbol;  // in the module: `module` of imports only
  FuncType type;               // numbers alone
  std::vector<Argument> arguments;
  std::vector<Result> results;
  ErrorCheck error;
  std::string note;  // why an import has the types of WebAssembly

  bool needs_frame() const;  // room in the module's memory
};

// A function of Go that a method passes as a pointer. Its own `name` is the type's.
struct Callback : Method {
  enum class Keep : uint8_t { Call, Instance, Release };
  Keep keep = Keep::Call;
};

struct Handle {
  std::string name;  // in Go
  std::optional<Method> close;
};

struct LeftOut {
  std::string name, why;
};

struct Package {
  std::string name, type, malloc, free, table, document;  // document: the module's or header's file
  std::string module_file;                                // to be embedded; empty: none
  bool has_wasi = false;
  std::vector<Method> exports, imports;
  std::vector<std::shared_ptr<const Callback>> callbacks;
  std::map<std::string, Handle> handles;                     // by their names in C, as all below
  std::map<std::string, std::string> structs;                // names in Go
  std::map<std::string, std::string> enums;                  // names in Go
  std::vector<std::pair<std::string, CConstant>> constants;  // enum's name in Go, or none
  std::map<std::string, CType> enum_types;                   // by their names in Go
  std::map<std::string, CRecord> records;
  // Exported funcs that are called, by name: the field that holds each.
  std::map<std::string, std::string> fields;
  std::map<std::string, FuncType> field_types;
  std::vector<LeftOut> left_out;
  size_t undefined_count = 0;  // functions of the header that the module does not export
};

struct PlanInput {
  const Module* module = nullptr;   // null: for a guest that imports the header's functions
  const CHeader* header = nullptr;  // null: the types of WebAssembly
  const Rules* rules = nullptr;
  std::string document;
  // A pointer to a number or struct is to one of them.
  bool has_single_pointers = false;
};

// The error is what the rules name that is not there.
std::expected<Package, std::vector<policy::Diagnostic>> plan_package(const PlanInput& input);

}  // namespace skerry::bindgen
