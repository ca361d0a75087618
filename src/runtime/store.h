// Store: a world of instances that may share memories, tables, globals and functions. It owns all
// of them, the value buffer, fuel and limits, and the error and backtrace of the last failed call.
// Not here: making instances (instance.h) and calling functions (call.h).
// Invariant: one thread uses a Store at a time (only InterruptHandle is for other threads).
// Everything in it lives until it is destroyed; it must not be destroyed while a call runs.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "runtime/activation.h"
#include "runtime/engine.h"
#include "runtime/host_func.h"
#include "runtime/interrupt.h"
#include "runtime/trap.h"
#include "runtime/value.h"

namespace skerry::runtime {

class Instance;
struct HostFuncRecord;

struct StoreLimits {
  uint64_t memory_bytes = UINT64_MAX;    // of all memories together
  uint64_t table_elements = 10'000'000;  // of all tables together
  uint64_t instances = 10'000;
  // Call depth, as bytes of stack that Wasm may use below the outermost call.
  uint64_t wasm_stack_bytes = uint64_t{1} << 20;
};

// Decides about an interrupted Store: success resumes it, an Error unwinds and is what the call
// returns. Runs on the Store's thread, between two instructions of the guest or in a host function
// that waits; it must not call into the Store.
using InterruptHandler = std::function<Result<void>(Store& store, InterruptReason reason)>;

// Called at ticks, where an InterruptHandler would be called, with its duties. `where`: the func
// that runs; null: a host function, which waits. True: call it at the next poll again, be it the
// very next instruction; it is not for long, since polls that find something are slow.
using TickHandler = std::function<bool(const Frame* where)>;

class Store {
 public:
  static Result<std::unique_ptr<Store>> create(std::shared_ptr<Engine> engine,
                                               const StoreLimits& limits = {});
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  Engine& engine() const { return *engine_; }
  const StoreLimits& limits() const { return limits_; }

  // Things a host can make. Types have engine-wide ids in concrete heap types.
  Result<Func> add_host_func(std::shared_ptr<const HostFunc> func);
  Result<Memory*> add_memory(const MemoryType& type);
  Result<Table*> add_table(const TableType& type, Value initial);
  Result<Global*> add_global(const GlobalType& type, Value value);
  Tag* add_tag(uint32_t type_id);

  const FuncType& func_type(Func func) const;
  // The module func behind it: its instance, or null for host functions.
  Instance* instance_of(Func func) const;

  // Fuel, counted if CodeOptions::fuel: a call that uses more than is left traps OutOfFuel.
  void set_fuel(uint64_t fuel);
  uint64_t fuel_left() const { return fuel_left_ < 0 ? 0 : static_cast<uint64_t>(fuel_left_); }

  // Interruption. Without a handler an interrupted call traps Interrupted (a = the reason).
  InterruptHandle interrupt_handle() const { return InterruptHandle(interrupt_); }
  void set_interrupt_handler(InterruptHandler handler) { interrupt_handler_ = std::move(handler); }
  void clear_interrupt();
  // Takes a pending request, if there is one, and decides as a poll in Wasm does. A host function
  // that waits calls it from time to time; an Error is what it has to return.
  Result<void> poll_interrupt() { return take_interrupt(nullptr); }
  // Interrupts what runs at this time, for the reason Deadline. Absent: no deadline.
  void set_deadline(std::optional<std::chrono::steady_clock::time_point> deadline);
  // Calls the handler about so often while Wasm runs. A zero period: no more.
  void set_ticks(std::chrono::nanoseconds period, TickHandler handler);
  // The same when a signal asks for it: pause_in_wasm().
  void set_tick_handler(TickHandler handler) { tick_handler_ = std::move(handler); }

  // The stack the next calls run on, if it is not the one the thread was started with (a stack of
  // an embedder that switches stacks). Absent: the thread's own.
  struct StackBounds {
    uintptr_t low = 0, high = 0;
  };
  void set_stack(std::optional<StackBounds> stack) {
    foreign_stack_ = stack;
    own_stack_bytes_ = stack ? kNoStackHasSoMany : limits_.wasm_stack_bytes;
  }

  // Of the last call or instantiation that failed with a trap or in a host function; empty
  // otherwise.
  Backtrace backtrace() const;

  // For the embedder: anything.
  void set_data(void* data) { data_ = data; }
  void* data() const { return data_; }

  std::span<const std::unique_ptr<Instance>> instances() const { return instances_; }

 private:
  friend class Instance;
  friend class Instantiation;
  friend class Memory;
  friend class Table;
  friend struct StoreAccess;  // calls, builtins, the fault handler: runtime/store_access.h

  Store(std::shared_ptr<Engine> engine, const StoreLimits& limits);
  Result<void> take_interrupt(const Frame* where);

  std::shared_ptr<Engine> engine_;
  StoreLimits limits_;
  int64_t fuel_left_ = 0;
  uint64_t inner_entry_ = 0;            // rsp where the running call was entered; 0: see outermost_
  VmContext* caller_ = nullptr;         // context whose host call is running
  Activation outermost_;                // of calls that no other call is outside of
  std::unique_ptr<uint64_t[]> values_;  // null until an instance needs it
  void* data_ = nullptr;

  std::shared_ptr<InterruptState> interrupt_;
  InterruptHandler interrupt_handler_;
  TickHandler tick_handler_;
  bool has_deadline_ = false;
  bool has_ticks_ = false;
  std::optional<StackBounds> foreign_stack_;
  static constexpr uint64_t kNoStackHasSoMany = uint64_t{1} << 62;
  uint64_t own_stack_bytes_;  // what a call on the thread's own stack needs

  // While a backtrace is taken: the outer part of frames_ is a ring.
  void add_frame(const Frame& frame);
  void finish_frames();

  std::optional<Error> error_;  // why Wasm is being unwound
  std::array<Frame, kBacktraceInner + kBacktraceOuter> frames_;
  uint64_t frames_seen_ = 0;         // more than there is room for: some were left out
  uint64_t captures_ = 0;            // backtraces taken
  std::optional<Error> last_error_;  // that the last backtrace is of
  bool keep_frames_ = false;         // the Error being unwound has its backtrace already

  uint64_t memory_bytes_ = 0;    // counted against limits_
  uint64_t table_elements_ = 0;  // likewise
  std::vector<std::unique_ptr<HostFuncRecord>> host_funcs_;
  std::vector<std::unique_ptr<Memory>> memories_;
  std::vector<std::unique_ptr<Table>> tables_;
  std::vector<std::unique_ptr<Global>> globals_;
  std::vector<std::unique_ptr<Tag>> tags_;
  std::vector<std::unique_ptr<Instance>> instances_;
};

}  // namespace skerry::runtime
