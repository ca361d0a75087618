// Callbacks: funcs of a module as pointers that a native library can call. Not here: the calls they
// are given in (call_plan.h).
// Invariant: the pointer of a func never becomes another's, so that a library which calls one late
// finds that func's place, where it is refused; the code at it is never writable and executable.
#pragma once

#include <ffi.h>

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <vector>

#include "native/manifest.h"
#include "native/session.h"
#include "platform/code_pages.h"
#include "runtime/value.h"

namespace skerry::native {

using HandleKinds = std::map<std::string, HandleKind, std::less<>>;

class Callbacks;

// One func as a pointer.
struct Callback {
  std::atomic<Callbacks*> callbacks;  // null: the store has gone, but not what may call
  runtime::Func func = {};
  const void* code = nullptr;
  uint32_t calls = 0;  // in progress, that it was given in
};

// All of one type.
class Callbacks {
 public:
  static Result<std::unique_ptr<Callbacks>> create(const CallbackType& type, Session& session,
                                                   const HandleKinds& kinds);
  ~Callbacks();
  Callbacks(const Callbacks&) = delete;
  Callbacks& operator=(const Callbacks&) = delete;

  // The func at an index of the caller's table. NativeBadCallback if it is none of this type.
  Result<Callback*> at(runtime::Caller& caller, uint32_t index);

 private:
  Callbacks(const CallbackType& type, Session& session, const HandleKinds& kinds);
  Result<void> add_places();
  Result<Callback*> place_for(runtime::Func func);

  static void entered(ffi_cif* cif, void* result, void** arguments, void* callback);
  Result<void> run(CallInProgress& call, const Callback& callback, void* result, void** arguments);
  using Slots = std::array<uint64_t, kMaxParameters>;
  // What the module's allocator gave for a callback's texts, to be taken back after it.
  using Texts = std::vector<uint32_t>;
  Result<void> call_func(CallInProgress& call, const Callback& callback, void* result,
                         void** arguments, Texts& texts);
  Result<uint64_t> slot_of(CallInProgress& call, const Type& type, const void* argument,
                           Texts& texts);
  Result<uint32_t> give_text(CallInProgress& call, const Type& type, const void* text,
                             Texts& texts);
  Result<uint32_t> give_list(CallInProgress& call, const Parameter& parameter, void** arguments,
                             Texts& texts);
  Result<void> give_result(uint64_t slot, void* result);

  const CallbackType& type_;
  const FuncType func_type_;
  Session& session_;
  const HandleKinds& kinds_;
  // What a pointer leads to; stays when any of it was given away.
  struct Places {
    ffi_cif cif{};
    std::vector<ffi_type*> ffi_types;
    std::vector<platform::CodePages> pages;
    std::vector<std::unique_ptr<Callback>> all;
    size_t used = 0;
  };
  std::unique_ptr<Places> places_ = std::make_unique<Places>();
  std::map<VmFuncRef*, Callback*> known_;
};

const HandleKind& kind_of(const HandleKinds& kinds, const Type& type);

}  // namespace skerry::native
