// Session: what the native functions of one manifest share in one store: handles, and the calls in
// progress, which callbacks find their module by. Not here: calls (call_plan.h), callbacks
// (callbacks.h). Threads: the store's, but for late().
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "native/handle_table.h"
#include "runtime/host_func.h"

namespace skerry::native {

// A call of a native function while it runs. `outer`: the one whose callback led here.
struct CallInProgress {
  runtime::Caller& caller;
  CallInProgress* outer = nullptr;
  // The first thing that went wrong in a callback; the library does not know, so it waits here.
  std::optional<Error> failure = {};
  // Buffers that the library was given, for what it gives back to callbacks.
  struct Lent {
    uint8_t* at;
    uint64_t bytes;
    uint64_t guest_address;
  };
  std::vector<Lent> lent = {};
};

// What `error = ...` keeps. All manifests that a module imports from share one, since the import
// that gives it names none of them.
struct LastError {
  int32_t code = 0;
};

class Session {
 public:
  Session(std::string allocate, std::string release, std::shared_ptr<LastError> error)
      : last_error(std::move(error)),
        allocate_(std::move(allocate)),
        release_(std::move(release)) {}

  HandleTable handles;
  const std::shared_ptr<LastError> last_error;

  // The innermost call on this thread; null on any other thread, or if there is none.
  CallInProgress* current() const;
  // Is there a call on any thread?
  bool is_busy() const { return thread_.load(std::memory_order_relaxed) != nullptr; }
  void enter(CallInProgress& call);
  // Also takes up what came too late for an earlier call.
  void leave(CallInProgress& call);
  // A callback that cannot be served: any thread.
  void late(ErrorCode code) { late_.store(code, std::memory_order_relaxed); }

  // Memory of the module with these bytes and a zero in it, from its allocator; and back.
  Result<uint32_t> give_text(runtime::Caller& caller, std::string_view text);
  Result<uint32_t> allocate(runtime::Caller& caller, uint64_t bytes);
  Result<void> release(runtime::Caller& caller, uint32_t address);

 private:
  const std::string allocate_, release_;
  CallInProgress* innermost_ = nullptr;
  std::atomic<const void*> thread_ = nullptr;
  std::atomic<ErrorCode> late_ = kNone;
  static constexpr ErrorCode kNone = ErrorCode::UnexpectedEnd;
};

}  // namespace skerry::native
