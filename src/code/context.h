// The instance context: the memory block that generated code sees of an instance, and where its
// parts are. A fixed head (context_fields.def), then per-module arrays whose offsets ContextLayout
// computes. Compilers use only offsets; the runtime fills the block. Neither keeps a second
// description. Invariant: offsets depend on the module alone, so code is shared by all instances of
// a module and can be stored in files.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "code/abi.h"
#include "wasm/module.h"

namespace skerry {

struct VmContext;

// What generated code sees of a memory.
struct VmMemory {
  uint8_t* base = nullptr;
  uint64_t size_bytes = 0;
};

// What generated code sees of a table. Every reference is one 8-byte word, null being 0; a funcref
// is a VmFuncRef*.
struct VmTable {
  uint64_t* elements = nullptr;
  uint64_t size = 0;
};

// A function reference. `context` is what the callee expects in r13: a VmContext, or for host
// functions a VmHostContext; both start with a stack limit word.
struct VmFuncRef {
  std::atomic<const void*> code{nullptr};
  void* context = nullptr;
  uint32_t type_id = 0;  // engine-wide (TypeRegistry)
  uint32_t func_index = 0;
};
static_assert(sizeof(VmFuncRef) == 24);

// An imported function as generated code calls it.
struct VmImport {
  std::atomic<const void*> code{nullptr};
  void* context = nullptr;
};

// Storage of a global of any type. References and integers use the low word.
struct alignas(16) VmGlobal {
  uint64_t low = 0;
  uint64_t high = 0;
};

// Called by a host thunk. `caller` is the calling instance's context; `values` holds the arguments,
// one after another, 8 bytes each (v128: 16), and receives the results in the same form. False: the
// call failed and the reason is stored with the caller's store; Wasm is unwound.
struct VmHostContext;
using HostEntry = bool(SKERRY_SYSV*)(VmHostContext* self, VmContext* caller, uint64_t* values);

struct VmHostContext {
  uint64_t stack_limit = 0;  // unused; keeps the place VmContext has it
  HostEntry entry = nullptr;
  void* data = nullptr;
};

struct VmContext {
#define FIELD(type, name, meaning) type name{};
#include "code/context_fields.def"
#undef FIELD
};

namespace context_offset {
#define FIELD(type, name, meaning) inline constexpr uint32_t name = offsetof(VmContext, name);
#include "code/context_fields.def"
#undef FIELD
}  // namespace context_offset

static_assert(context_offset::stack_limit == 0 && offsetof(VmHostContext, stack_limit) == 0,
              "a call into another context stores the stack limit without knowing its kind");

// Entry points in builtins.def, in order.
enum class Builtin : uint32_t {
#define STUB(name) name,
#define BUILTIN(name, result, ...) name,
#include "code/builtins.def"
#undef BUILTIN
#undef STUB
};
inline constexpr size_t kBuiltinCount = 0
#define STUB(name) +1
#define BUILTIN(name, result, ...) +1
#include "code/builtins.def"
#undef BUILTIN
#undef STUB
    ;

// Offsets of the module-dependent arrays behind the fixed head.
class ContextLayout {
 public:
  explicit ContextLayout(const Module& module);

  // A defined global: its VmGlobal. An imported one: a VmGlobal*.
  uint32_t global(uint32_t index) const {
    return index < imported_globals_ ? imported_global_ + 8 * index
                                     : defined_global_ + 16 * (index - imported_globals_);
  }
  bool is_imported_global(uint32_t index) const { return index < imported_globals_; }
  uint32_t memory(uint32_t index) const { return memories_ + 8 * index; }  // VmMemory*
  uint32_t table(uint32_t index) const { return tables_ + 8 * index; }     // VmTable*
  uint32_t type_id(uint32_t type_index) const { return type_ids_ + 4 * type_index; }
  uint32_t import_func(uint32_t func) const { return import_funcs_ + 16 * func; }  // VmImport
  // A defined func's current entry point (an atomic const void*); `func` is in the func index
  // space.
  uint32_t func_entry(uint32_t func) const { return func_entries_ + 8 * (func - imported_funcs_); }
  // A defined func's counter of calls and rounds, 32 bits: it overflows when the func is hot.
  uint32_t func_counter(uint32_t func) const {
    return func_counters_ + 4 * (func - imported_funcs_);
  }
  // A defined func's code for calls that its code at func_entry does not take: an atomic const
  // void*, null until it is needed (see Compiler::compile_resumption).
  uint32_t resumption(uint32_t func) const { return resumptions_ + 8 * (func - imported_funcs_); }
  uint32_t size_bytes() const { return size_bytes_; }

 private:
  uint32_t imported_globals_, imported_funcs_;
  uint32_t imported_global_, defined_global_, memories_, tables_, type_ids_, import_funcs_,
      func_entries_, func_counters_, resumptions_;
  uint32_t size_bytes_;
};

}  // namespace skerry
