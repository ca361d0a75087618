// Running on a fiber and leaving it; host functions that the fiber's host does, in tables.
#include "capi/fiber.h"

#include <fmt/format.h>

#include <cassert>

#include "capi/boundary.h"
#include "capi/error.h"
#include "capi/references.h"
#include "capi/typed_func.h"
#include "embed/report.h"
#include "platform/pause_signal.h"
#include "runtime/call.h"
#include "runtime/host_entry.h"
#include "runtime/instance.h"
#include "runtime/items.h"
#include "runtime/traps.h"
#include "wasm/func_type_text.h"

namespace skerry::capi {
namespace {

// What the engine may use of the stack besides Wasm, and native functions of manifests.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr uint64_t kEngineStackBytes = 768 << 10;
#else
constexpr uint64_t kEngineStackBytes = 512 << 10;
#endif
// Between what is left and a call that is started meanwhile: the frame that leaves, its red zone.
constexpr uintptr_t kNestedDistanceBytes = 512;

using platform::SwitchPoint;
static_assert(offsetof(skerry_fiber_t, for_switches) == offsetof(SwitchPoint, host_sp) &&
              offsetof(skerry_fiber_t, body) == offsetof(SwitchPoint, body) &&
              offsetof(skerry_fiber_t, stack_low) == offsetof(SwitchPoint, low) &&
              offsetof(skerry_fiber_t, stack_high) == offsetof(SwitchPoint, high) &&
              offsetof(skerry_fiber_t, of_the_thread) == offsetof(SwitchPoint, host_thread));

SwitchPoint* point_of(skerry_fiber_t* fiber) { return reinterpret_cast<SwitchPoint*>(fiber); }

// The stack is at its end: no call may be started on top of what is left.
bool is_exhausted(const skerry_fiber_t& fiber) {
  return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) <
         fiber.stack_low + kEngineStackBytes / 2;
}

Fiber* fiber_in_use(const StoreState& store) {
  return store.fiber && store.fiber->runs_here() ? store.fiber : nullptr;
}

class HostOnFiber {
 public:
  HostOnFiber(StoreState& store, uint64_t function) : store_(store), function_(function) {}
  Result<void> run(uint64_t* slots, const void* caller) noexcept {
    Fiber* const fiber = fiber_in_use(store_);
    if (!fiber) [[unlikely]]
      return fail(ErrorCode::HostFunctionFailed);
    return fiber->leave_for_host(function_, slots, caller);
  }
  static bool SKERRY_SYSV from_wasm(VmHostContext* self, VmContext* caller, uint64_t* values) {
    runtime::WasmCall call(*self, *caller);
    auto& own = *static_cast<HostOnFiber*>(call.record().func->data);
    const Result<void> outcome = own.run(values, &call.instance());
    return outcome ? true : call.fail(outcome.error());
  }

 private:
  StoreState& store_;
  uint64_t function_;
};

class FiberStream : public wasi::Stream {
 public:
  FiberStream(StoreState& store, uint64_t host_function)
      : store_(store), host_function_(host_function) {}
  Result<size_t> read(std::span<const platform::IoSlice> slices) override { return move(slices); }
  Result<size_t> write(std::span<const platform::IoSlice> slices) override { return move(slices); }

 private:
  Result<size_t> move(std::span<const platform::IoSlice> slices) {
    Fiber* const fiber = fiber_in_use(store_);
    if (!fiber) return fail(ErrorCode::HostFunctionFailed);
    return wasi::move_one_by_one(slices, [&](const platform::IoSlice& slice) -> Result<size_t> {
      uint64_t slots[2] = {reinterpret_cast<uint64_t>(slice.data), slice.size_bytes};
      TRY(fiber->leave_for_host(host_function_, slots, nullptr));
      return slots[0];
    });
  }

  StoreState& store_;
  uint64_t host_function_;
};

runtime::TickHandler pauses(Fiber& fiber) {
  return [&fiber](const runtime::Frame*) {
    if (fiber.runs_here() && !fiber.is_blocking) fiber.leave(SKERRY_FIBER_PAUSE);
    return false;
  };
}

[[gnu::noinline]] void exhaust(Fiber& fiber) {
  fiber.error = new_error(Error{ErrorCode::TrapStackOverflow});
}

// Apart: inlined in a loop it is too much for GCC for Windows.
[[gnu::noinline]] skerry_error_t* call_on(const Fiber& fiber, const skerry_func_t& func,
                                          uint64_t* slots) {
  return call_typed(func, slots, fiber.outermost.limit);
}

template <class Body>
[[gnu::always_inline]] inline void run_on(skerry_fiber_t* given, Body&& body) {
  auto& fiber = *static_cast<Fiber*>(given);
  if (is_exhausted(fiber)) [[unlikely]]
    return exhaust(fiber);
  fiber.error = body(fiber);
}

}  // namespace

Fiber::Fiber(std::shared_ptr<StoreState> of, platform::SwitchableStack memory)
    : skerry_fiber_t{},
      outermost(of->runtime(),
                runtime::limit_for(of->runtime(), reinterpret_cast<uintptr_t>(memory.top()),
                                   memory.low())),
      store(std::move(of)),
      stack(std::move(memory)) {
  SwitchPoint& point = *point_of(this);
  point.top = stack.top();
  point.low = stack.low();
  point.high = stack.high();
  // As fiber_start() has it: offsetof is not for classes that inherit.
  assert(static_cast<void*>(&outermost) == static_cast<skerry_fiber_t*>(this) + 1);
  *reinterpret_cast<Fiber**>(static_cast<uint8_t*>(point.top) + kFiberAboveTop) = this;
  slots = own_slots;
  body = skerry_fiber_call;
}

// Not inlined: a caller might keep the address of a thread-local variable.
[[gnu::noinline]] void Fiber::leave(skerry_fiber_state_t state) noexcept {
  SwitchPoint& point = *point_of(this);
  void* const top = point.top;
  const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  point.top = reinterpret_cast<void*>((here - kNestedDistanceBytes) & ~uintptr_t{15});
  runtime::Activation* const calls = runtime::take_calls();
  platform::switch_out(point, state);
  runtime::put_calls(calls);
  point.top = top;
}

// Not inlined: see runtime/host_entry.h.
[[gnu::noinline]] Result<void> Fiber::leave_for_host(uint64_t function, uint64_t* with_slots,
                                                     const void* from) noexcept {
  host_function = function;
  host_slots = with_slots;
  caller = from;
  error = nullptr;
  leave(SKERRY_FIBER_HOST);
  skerry_error_t* const failure = std::exchange(error, nullptr);
  if (!failure) [[likely]]
    return {};
  // Whoever called Wasm gets it as it is.
  skerry_error_delete(std::exchange(store->error_in_flight, failure));
  return std::unexpected(failure->error);
}

runtime::HostFunc host_func_on_fiber(FuncType type, StoreState& store, uint64_t host_function) {
  // Shared as HostCalls can be copied.
  auto on_fiber = std::make_shared<HostOnFiber>(store, host_function);
  runtime::HostFunc func;
  func.type = std::move(type);
  func.from_wasm = HostOnFiber::from_wasm;
  func.data = on_fiber.get();
  func.call = [on_fiber](runtime::Caller& caller, std::span<uint64_t> slots) {
    return on_fiber->run(slots.data(), caller.instance());
  };
  return func;
}

std::unique_ptr<wasi::Stream> stream_on_fiber(StoreState& store, uint64_t host_function) {
  return std::make_unique<FiberStream>(store, host_function);
}

runtime::HostCall blocking_on_fiber(StoreState& store, runtime::HostCall call) {
  return [&store, call = std::move(call)](runtime::Caller& caller,
                                          std::span<uint64_t> slots) -> Result<void> {
    Fiber* const fiber = fiber_in_use(store);
    if (!fiber || fiber->is_blocking) return call(caller, slots);
    fiber->leave(SKERRY_FIBER_BLOCK);
    const Result<void> outcome = call(caller, slots);
    fiber->leave(SKERRY_FIBER_UNBLOCK);
    return outcome;
  };
}

runtime::HostCall native_on_fiber(StoreState& store, runtime::HostCall call) {
  return [&store, call = blocking_on_fiber(store, std::move(call))](
             runtime::Caller& caller, std::span<uint64_t> slots) -> Result<void> {
    Fiber* const fiber = fiber_in_use(store);
    if (!fiber) return call(caller, slots);
    ++fiber->keeps_thread;
    const Result<void> outcome = call(caller, slots);
    --fiber->keeps_thread;
    return outcome;
  };
}

}  // namespace skerry::capi

using namespace skerry;
using namespace skerry::capi;

skerry_error_t* skerry_fiber_new(wasm_store_t* store, skerry_fiber_t** out) {
  return answered([&]() -> skerry_error_t* {
    if (!store || !out) return misuse("an argument is null");
    StoreState& state = *store->state;
    if (state.fiber) return misuse("the store has a fiber");
    if (state.is_lent_elsewhere()) return misuse(kStoreIsLent);
    auto stack = platform::SwitchableStack::create(state.runtime().limits().wasm_stack_bytes +
                                                   kEngineStackBytes);
    if (!stack) return new_error(stack.error());
    auto fiber = std::make_unique<Fiber>(store->state, std::move(*stack));
    state.set_stack(runtime::Store::StackBounds{fiber->stack_low,
                                                reinterpret_cast<uintptr_t>(fiber->stack.top())});
    state.runtime().set_tick_handler(pauses(*fiber));
    state.fiber = fiber.get();
    *out = fiber.release();
    return nullptr;
  });
}

void skerry_fiber_delete(skerry_fiber_t* given) {
  auto* const fiber = static_cast<Fiber*>(given);
  if (!fiber) return;
  StoreState& state = *fiber->store;
  state.fiber = nullptr;
  skerry_fiber_pause_every(fiber, 0);
  state.runtime().set_tick_handler(nullptr);
  state.set_stack(std::nullopt);
  delete fiber;
}

void skerry_fiber_call(skerry_fiber_t* given) {
  run_on(given,
         [](Fiber& fiber) -> skerry_error_t* { return call_on(fiber, *fiber.func, fiber.slots); });
}

void skerry_fiber_call_many(skerry_fiber_t* given) {
  run_on(given, [](Fiber& fiber) -> skerry_error_t* {
    // Calls that are started meanwhile have their own.
    const skerry_func_t* const func = fiber.func;
    uint64_t* slots = fiber.slots;
    uint64_t count = fiber.count;
    skerry_error_t* error = nullptr;
    for (; count != 0 && !error; --count, slots += func->slot_count)
      error = call_on(fiber, *func, slots);
    fiber.count = error ? count + 1 : 0;
    return error;
  });
}

void skerry_fiber_instantiate(skerry_fiber_t* given) {
  run_on(given, [](Fiber& fiber) {
    wasm_instance_t* instance = nullptr;
    skerry_error_t* const error = skerry_linker_instantiate(fiber.linker, fiber.module, &instance);
    fiber.instance = instance;
    return error;
  });
}

const skerry_fiber_switches_t* skerry_fiber_switches() {
  // The assembly takes a SwitchPoint, which is how a fiber begins.
  const auto as_c = [](uint32_t (*to)(SwitchPoint*)) {
    return reinterpret_cast<skerry_fiber_switch_t>(to);
  };
  static const skerry_fiber_switches_t switches = {
      sizeof(switches), as_c(platform::skerry_stack_start), as_c(platform::skerry_stack_resume),
      as_c(platform::skerry_stack_start_from_c), as_c(platform::skerry_stack_resume_from_c)};
  return &switches;
}

skerry_error_t* skerry_instance_add_fiber_func(const wasm_instance_t* to, const char* table_name,
                                               const char* type, uint64_t host_function,
                                               uint64_t* index) {
  return answered([&]() -> skerry_error_t* {
    auto* const instance = item_of<runtime::Instance>(to, Kind::Instance);
    if (!instance || !table_name || !type || !index) return misuse("an argument is null");
    StoreState& store = *to->store;
    if (store.is_lent_elsewhere()) return misuse(kStoreIsLent);
    auto wanted = func_type_of(type);
    if (!wanted) return misuse(fmt::format("`{}` is no type of a func", embed::printable(type)));
    const auto item = instance->find_export(table_name);
    if (!item || runtime::kind_of(*item) != ExternKind::Table)
      return misuse(fmt::format("there is no exported table `{}`", embed::printable(table_name)));
    runtime::Table& table = *std::get<runtime::Table*>(*item);
    if (!(table.type().element == ValType::funcref()))
      return misuse(
          fmt::format("the table `{}` is not one of funcs", embed::printable(table_name)));
    const auto func = store.runtime().add_host_func(std::make_shared<const runtime::HostFunc>(
        host_func_on_fiber(std::move(*wanted), store, host_function)));
    if (!func) return new_error(func.error());
    const auto at = table.grow(1, reinterpret_cast<uint64_t>(func->ref()));
    if (!at)
      return new_error(Error{ErrorCode::TableLimitExceeded},
                       fmt::format("the table `{}` cannot grow", embed::printable(table_name)));
    *index = *at;
    return nullptr;
  });
}

const void* skerry_instance_id(const wasm_instance_t* instance) {
  return item_of<runtime::Instance>(instance, Kind::Instance);
}

void skerry_fiber_pause_every(skerry_fiber_t* given, uint64_t period_ns) {
  auto* const fiber = static_cast<Fiber*>(given);
  if (fiber)
    guarded([&] {
      fiber->store->runtime().set_ticks(std::chrono::nanoseconds(period_ns), pauses(*fiber));
    });
}

skerry_error_t* skerry_pause_on_signal(int signal) {
  return answered([&]() -> skerry_error_t* {
    const auto installed = platform::install_pause_signal(signal, runtime::pause_in_wasm);
    return installed ? nullptr : new_error(installed.error());
  });
}

const skerry_memory_bounds_t* skerry_memory_bounds(const wasm_memory_t* given) {
  static_assert(sizeof(VmMemory) == sizeof(skerry_memory_bounds_t) &&
                offsetof(VmMemory, base) == offsetof(skerry_memory_bounds_t, data) &&
                offsetof(VmMemory, size_bytes) == offsetof(skerry_memory_bounds_t, size_bytes));
  auto* const memory = item_of<runtime::Memory>(given, Kind::Memory);
  return memory ? reinterpret_cast<const skerry_memory_bounds_t*>(memory->vm()) : nullptr;
}
