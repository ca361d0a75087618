// From the host into Wasm. The way in is hot: no locks, no allocation.
#include "runtime/call.h"

#include <algorithm>
#include <cassert>

#include "runtime/engine_code.h"
#include "runtime/host_entry.h"
#include "runtime/store_access.h"
#include "runtime/traps.h"

namespace skerry::runtime {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr uint64_t kHostHeadroomBytes = 512 << 10;
#else
// Stack that builtins, host functions, the compiler and (on Windows) exception dispatch may use
// when Wasm has reached its limit.
constexpr uint64_t kHostHeadroomBytes = 128 << 10;
#endif

// The lowest rsp for Wasm that is entered here.
uint64_t limit_for(Store& store, uint64_t rsp) {
  const uint64_t most = store.limits().wasm_stack_bytes;
  uint64_t limit = rsp > most ? rsp - most : 0;
  const auto& foreign = StoreAccess::foreign_stack(store);
  uint64_t low = 0;
  if (foreign && rsp >= foreign->low && rsp < foreign->high) {
    low = foreign->low;
  } else if (const auto stack = platform::thread_stack(); stack.contains(rsp)) {
    low = stack.low;
  }
  // On a stack nobody described the Store's limit must do.
  if (low != 0) limit = std::max(limit, low + kHostHeadroomBytes);
  return limit;
}

// Keeps the Store's stack limit and the chain of activations right while a call runs.
class Entry {
 public:
  Entry(Store& store, VmContext& context) : store_(store) {
    const auto rsp = reinterpret_cast<uint64_t>(__builtin_frame_address(0));
    uint64_t& limit = StoreAccess::stack_limit(store);
    outer_limit_ = limit;
    // Only read where there is an outer call: one load of both words, which the end of the last
    // call stored one by one, would wait for them to reach the cache.
    outer_entry_ = 0;
    if (outer_limit_ != 0) {
      outer_entry_ = StoreAccess::stack_entry(store);
    } else {
      platform::prepare_thread_for_faults();
      StoreAccess::clear_frames(store);
      StoreAccess::interrupt(store).set_running(true);
    }
    // A call from within a host function goes on with the limit of the call outside, unless it runs
    // on another stack.
    const bool same_stack =
        outer_limit_ != 0 && rsp <= outer_entry_ && rsp > outer_limit_ - kHostHeadroomBytes;
    if (!same_stack) {
      limit = limit_for(store, rsp);
      StoreAccess::stack_entry(store) = rsp;
    }
    activation.previous = innermost_activation();
    activation.store = &store;
    activation.caller = StoreAccess::caller(store);
    if (activation.caller != nullptr) activation.caller_exit_rsp = activation.caller->exit_rsp;
    set_innermost_activation(&activation);
    context.stack_limit.store(limit, std::memory_order_relaxed);
    if (store.interrupt_pending()) [[unlikely]]
      context.stack_limit.store(kPollLimit, std::memory_order_relaxed);
  }
  ~Entry() {
    set_innermost_activation(activation.previous);
    if (activation.caller != nullptr) activation.caller->exit_rsp = activation.caller_exit_rsp;
    StoreAccess::stack_limit(store_) = outer_limit_;
    StoreAccess::stack_entry(store_) = outer_entry_;
    if (outer_limit_ == 0) StoreAccess::interrupt(store_).set_running(false);
  }
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;

  // Wasm returned: traps it recovered from on the way leave no backtrace.
  void succeed() {
    if (outer_limit_ == 0) StoreAccess::clear_frames(store_);
  }

  Activation activation;

 private:
  Store& store_;
  uint64_t outer_limit_;
  uint64_t outer_entry_;
};

}  // namespace

size_t slots_for(const FuncType& type) {
  const auto count = [](std::span<const ValType> types) {
    size_t slots = 0;
    for (ValType t : types) slots += slots_of(t);
    return slots;
  };
  return std::max(count(type.params), count(type.results));
}

Result<PreparedFunc> PreparedFunc::of(Store& store, Func func) {
  const VmFuncRef& ref = *func.ref();
  if (ref.func_index == kHostFuncIndex) return PreparedFunc(store, ref, nullptr);
  assert(&store_of(*static_cast<VmContext*>(ref.context)) == &store);
  return PreparedFunc(store, ref, TRY(store.engine().code().entry_thunk(ref.type_id)));
}

Result<void> PreparedFunc::call(std::span<uint64_t> slots) const {
  Store& store = *store_;
  const VmFuncRef& ref = *ref_;
  if (thunk_ == nullptr) [[unlikely]] {
    auto& host = *static_cast<VmHostContext*>(ref.context);
    auto& record = *static_cast<HostFuncRecord*>(host.data);
    assert(record.store == &store && slots.size() >= record.slots);
    if (StoreAccess::stack_limit(store) == 0) StoreAccess::clear_frames(store);
    return call_host(record, nullptr, slots);
  }
  auto& context = *static_cast<VmContext*>(ref.context);
  Entry entry(store, context);
  const uint32_t unwound =
      thunk_(&context, ref.code.load(std::memory_order_acquire), slots.data(), &entry.activation);
  if (unwound == 0) [[likely]] {
    entry.succeed();
    return {};
  }
  assert(StoreAccess::error(store));
  return std::unexpected(*std::exchange(StoreAccess::error(store), std::nullopt));
}

Result<void> call(Store& store, Func func, std::span<uint64_t> slots) {
  assert(slots.size() >= slots_for(store.func_type(func)));
  return TRY(PreparedFunc::of(store, func)).call(slots);
}

Result<std::vector<Value>> call(Store& store, Func func, std::span<const Value> arguments) {
  const FuncType& type = store.func_type(func);
  if (arguments.size() != type.params.size())
    return fail(ErrorCode::ArgumentMismatch, kNoPosition, arguments.size(), type.params.size());
  std::vector<uint64_t> slots(slots_for(type));
  size_t at = 0;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!value_fits(*store.engine().registry(), arguments[i], type.params[i]))
      return fail(ErrorCode::ArgumentMismatch, kNoPosition, i);
    slots[at++] = arguments[i].low;
    if (slots_of(type.params[i]) == 2) slots[at++] = arguments[i].high;
  }
  TRY(call(store, func, std::span<uint64_t>(slots)));
  std::vector<Value> results;
  at = 0;
  for (ValType result : type.results) {
    Value value{result, slots[at++], 0};
    if (slots_of(result) == 2) value.high = slots[at++];
    results.push_back(value);
  }
  return results;
}

CallsInProgress take_calls() {
  const CallsInProgress calls{innermost_activation()};
  set_innermost_activation(nullptr);
  return calls;
}

void put_calls(CallsInProgress calls) {
  assert(innermost_activation() == nullptr);
  platform::prepare_thread_for_faults();
  set_innermost_activation(static_cast<Activation*>(calls.innermost));
}

}  // namespace skerry::runtime
