// CallPlan: how one native function is called from a module: what is made of each argument, and
// what comes back. Not here: which function it is (binding.h); shapes that need no plan
// (direct_call.h). Invariant: the library gets no address that was not checked against the module's
// memory, and none that could move while it runs.
#pragma once

#include <ffi.h>

#include <memory>
#include <vector>

#include "native/callbacks.h"
#include "native/manifest.h"
#include "native/session.h"

namespace skerry::native {

// A library that is in use: what its types are here.
struct LibraryTypes {
  const Library& library;
  Session& session;
  HandleKinds handles;  // "" is of handles without a kind
  std::map<std::string, std::unique_ptr<Callbacks>, std::less<>> callbacks;
};

class CallPlan {
 public:
  // `free_text`: what frees the text that it gives; may be null.
  static Result<std::unique_ptr<CallPlan>> make(const Function& function, LibraryTypes& types,
                                                void* symbol, void (*free_text)(void*));
  CallPlan(const CallPlan&) = delete;
  CallPlan& operator=(const CallPlan&) = delete;

  // Slots as of every host function.
  Result<void> call(runtime::Caller& caller, std::span<uint64_t> slots) const;

 private:
  friend class PlannedCall;
  struct Argument {
    const Type* type;
    int count_index;
    const StructType* structure = nullptr;
    const HandleKind* handle = nullptr;
    Callbacks* callbacks = nullptr;
    bool frees = false;  // the handle is gone after the call
  };

  CallPlan(const Function& function, LibraryTypes& types, void* symbol, void (*free_text)(void*));

  const Function& function_;
  LibraryTypes& types_;
  void* const symbol_;
  void (*const free_text_)(void*);
  std::vector<Argument> arguments_;
  std::vector<ffi_type*> ffi_types_;
  mutable ffi_cif cif_{};
};

}  // namespace skerry::native
