// Calls from within calls, checked calls, and calls that move between threads.
#include "runtime/call.h"

#include <algorithm>
#include <cassert>

#include "platform/fault_handlers.h"
#include "runtime/engine_code.h"
#include "runtime/host_entry.h"
#include "runtime/store_access.h"
#include "runtime/traps.h"

namespace skerry::runtime {

namespace {

// Also where the embedder may have switched stacks.
uint64_t limit_anywhere(Store& store, uint64_t rsp) {
  if (const uint64_t limit = limit_found(store, rsp); limit != 0) return limit;
  const platform::StackBounds stack = platform::thread_stack();
  if (stack.contains(rsp)) return limit_for(store, rsp, stack.low);
  // On a stack nobody described the Store's limit must do.
  return rsp - std::min(rsp - 1, store.limits().wasm_stack_bytes);
}

// Any entry: keeps the Store's stack limit and the chain of activations right while a call runs,
// and puts back what they were.
class Entry {
 public:
  Entry(Store& store, VmContext& context)
      : store_(store),
        outer_limit_(StoreAccess::stack_limit(store)),
        outer_entry_(StoreAccess::inner_entry(store)) {
    const uint64_t rsp = platform::stack_pointer();
    platform::prepare_thread_for_faults();
    if (outer_limit_ == 0) StoreAccess::clear_frames(store);
    // A call from within a host function goes on with the limit of the call outside, unless it runs
    // on another stack.
    uint64_t limit = outer_limit_;
    const bool same_stack =
        limit != 0 && rsp <= StoreAccess::stack_entry(store) && rsp + kHostHeadroomBytes > limit;
    if (!same_stack) {
      limit = limit_anywhere(store, rsp);
      StoreAccess::interrupt(store).set_limit(limit);
      StoreAccess::inner_entry(store) = rsp;
    }
    activation_.previous = innermost_activation();
    activation_.store = &store;
    activation_.caller = StoreAccess::caller(store);
    if (activation_.caller != nullptr) activation_.caller_exit_rsp = activation_.caller->exit_rsp;
    set_innermost_activation(&activation_);
    set_limit(StoreAccess::interrupt(store), context, limit);
  }
  ~Entry() {
    set_innermost_activation(activation_.previous);
    if (activation_.caller != nullptr) activation_.caller->exit_rsp = activation_.caller_exit_rsp;
    StoreAccess::interrupt(store_).set_limit(outer_limit_);
    StoreAccess::inner_entry(store_) = outer_entry_;
  }
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;

  Activation& activation() { return activation_; }
  void succeed() {
    if (outer_limit_ == 0) StoreAccess::clear_frames(store_);
  }

 private:
  Activation activation_;
  Store& store_;
  const uint64_t outer_limit_;
  const uint64_t outer_entry_;
};

Error taken_error(Store& store) {
  assert(StoreAccess::error(store));
  return *std::exchange(StoreAccess::error(store), std::nullopt);
}

// Apart from skerry_enter_host, in whose convention GCC for Windows cannot compile this.
[[gnu::noinline]] bool call_from_host(HostFuncRecord& record, uint64_t* slots) {
  // Unlike Wasm, it may fail without a backtrace: the last one's is not its own.
  if (StoreAccess::caller(*record.store) == nullptr) StoreAccess::clear_frames(*record.store);
  const Result<void> done = call_host(record, {slots, record.slots});
  if (!done) StoreAccess::error(*record.store) = done.error();
  return done.has_value();
}

}  // namespace

// Stands for a thunk where a host function is called by the host itself: it comes in as a thunk
// does.
extern "C" [[gnu::used]] uint32_t SKERRY_SYSV skerry_enter_host(void* context, uint64_t* slots) {
  auto& record = *static_cast<HostFuncRecord*>(static_cast<VmHostContext*>(context)->data);
  return call_from_host(record, slots) ? 0 : 1;
}
extern "C" [[gnu::visibility("hidden")]] const EntryThunkCode skerry_host_thunk;
asm(R"(
.text
skerry_host_thunk:
  subq $8, %rsp
  movq %rsp, 0(%rcx)
  movq %r13, %rdi
  movq %r12, %rsi
  call skerry_enter_host
  addq $8, %rsp
  ret
)");

uint64_t limit_found(Store& store, uint64_t rsp) {
  platform::StackBounds stack = platform::thread_stack();
  if (const auto& foreign = StoreAccess::foreign_stack(store))
    stack = {foreign->low, foreign->high};
  return stack.contains(rsp) ? limit_for(store, rsp, stack.low) : 0;
}

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
  if (ref.func_index == kHostFuncIndex) return PreparedFunc(store, ref, &skerry_host_thunk);
  assert(&store_of(*static_cast<VmContext*>(ref.context)) == &store);
  return PreparedFunc(store, ref, TRY(store.engine().code().entry_thunk(ref.type_id)));
}

bool PreparedFunc::call_within(uint64_t* slots) const {
  VmContext& context = context_of(*ref_);
  Entry entry(*store_, context);
  return run_entered(entry, context, ref_->code.load(std::memory_order_acquire), thunk_, slots);
}

Error PreparedFunc::take_error() const { return taken_error(*store_); }

Result<const void*> PreparedFunc::fiber_thunk(const FiberThunkPlaces& places) const {
  if (ref_->func_index == kHostFuncIndex) return nullptr;
  return store_->engine().code().fiber_thunk(ref_->type_id, places);
}

OutermostCall::OutermostCall(Store& of, uint64_t its_limit)
    : store(&of),
      interrupt(&StoreAccess::interrupt(of).words()),
      activation(&StoreAccess::outermost(of)),
      limit(its_limit),
      frames_seen(StoreAccess::frames_seen(of)) {}

Error OutermostCall::fail() const {
  set_innermost_activation(nullptr);
  interrupt->limit.store(0, std::memory_order_relaxed);
  return taken_error(*activation->store);
}

Result<void> call(Store& store, Func func, std::span<uint64_t> slots) {
  assert(slots.size() >= slots_for(store.func_type(func)));
  const PreparedFunc prepared = TRY(PreparedFunc::of(store, func));
  if (!prepared.try_call(slots.data())) return std::unexpected(prepared.take_error());
  return {};
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

}  // namespace skerry::runtime
