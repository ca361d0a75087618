// StoreAccess: the runtime's own door to the parts of a Store that calls, builtins and the fault
// handler touch. Not here: anything an embedder needs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "code/context.h"
#include "runtime/instance.h"
#include "runtime/store.h"

namespace skerry::runtime {

// func_index of references to host functions.
inline constexpr uint32_t kHostFuncIndex = UINT32_MAX;

// A host function living in a Store.
struct HostFuncRecord {
  VmHostContext context;
  VmFuncRef ref;
  std::shared_ptr<const HostFunc> func;
  Store* store = nullptr;
  size_t slots = 0;
};

inline Store& store_of(const VmContext& context) { return *static_cast<Store*>(context.store); }
inline Instance& instance_of(const VmContext& context) {
  return *static_cast<Instance*>(context.instance);
}

struct StoreAccess {
  static uint64_t stack_limit(const Store& store) { return store.interrupt_->limit(); }
  static uint64_t& inner_entry(Store& store) { return store.inner_entry_; }
  // rsp where the running call was entered.
  static uint64_t stack_entry(const Store& store) {
    return store.inner_entry_ != 0 ? store.inner_entry_ : store.outermost_.rsp;
  }
  static Activation& outermost(Store& store) { return store.outermost_; }
  static VmContext*& caller(Store& store) { return store.caller_; }
  static std::optional<Error>& error(Store& store) { return store.error_; }
  static Result<void> take_interrupt(Store& store, const Frame* where) {
    return store.take_interrupt(where);
  }
  static InterruptState& interrupt(Store& store) { return *store.interrupt_; }
  static uint64_t own_stack_bytes(const Store& store) { return store.own_stack_bytes_; }
  static const std::optional<Store::StackBounds>& foreign_stack(Store& store) {
    return store.foreign_stack_;
  }
  static int64_t* fuel(Store& store) { return &store.fuel_left_; }
  // The value buffer, which all instances that need it share.
  static uint64_t* values(Store& store) {
    if (!store.values_)
      store.values_ = std::make_unique_for_overwrite<uint64_t[]>(kValueBufferSlots);
    return store.values_.get();
  }

  static bool guards(const Store& store, uintptr_t address) {
    for (const auto& memory : store.memories_)
      if (memory->guards(address)) return true;
    return false;
  }

  // The backtrace.
  static void clear_frames(Store& store) {
    if (store.frames_seen_ != 0) [[unlikely]]
      store.frames_seen_ = 0;
  }
  static uint64_t* frames_seen(Store& store) { return &store.frames_seen_; }
  static void add_frame(Store& store, const Frame& frame) { store.add_frame(frame); }
  static void finish_frames(Store& store) { store.finish_frames(); }
  static uint64_t& captures(Store& store) { return store.captures_; }
  static std::optional<Error>& last_error(Store& store) { return store.last_error_; }
  static bool& keep_frames(Store& store) { return store.keep_frames_; }

  // Counts bytes or elements against the limit; false: it would be exceeded.
  static bool take_memory(Store& store, uint64_t bytes) {
    return take(store.memory_bytes_, bytes, store.limits_.memory_bytes);
  }
  static void give_back_memory(Store& store, uint64_t bytes) { store.memory_bytes_ -= bytes; }
  static bool take_elements(Store& store, uint64_t count) {
    return take(store.table_elements_, count, store.limits_.table_elements);
  }
  static void give_back_elements(Store& store, uint64_t count) { store.table_elements_ -= count; }

 private:
  static bool take(uint64_t& used, uint64_t more, uint64_t limit) {
    if (used > limit || more > limit - used) return false;
    used += more;
    return true;
  }
};

}  // namespace skerry::runtime
