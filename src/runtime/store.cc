// Making and destroying a Store, what a host adds to it, and its backtrace.
#include "runtime/store.h"

#include <algorithm>
#include <cassert>
#include <ranges>

#include "runtime/call.h"
#include "runtime/engine_code.h"
#include "runtime/host_entry.h"
#include "runtime/instance.h"
#include "runtime/store_access.h"
#include "runtime/watchdog.h"

namespace skerry::runtime {

Store::Store(std::shared_ptr<Engine> engine, const StoreLimits& limits)
    : engine_(std::move(engine)),
      limits_(limits),
      outermost_{{}, nullptr, this, nullptr, 0},
      interrupt_(std::make_shared<InterruptState>(engine_->watchdog())),
      own_stack_bytes_(limits.wasm_stack_bytes) {}

Result<std::unique_ptr<Store>> Store::create(std::shared_ptr<Engine> engine,
                                             const StoreLimits& limits) {
  return std::unique_ptr<Store>(new Store(std::move(engine), limits));
}

Store::~Store() {
  assert(interrupt_->limit() == 0 && "a Store is destroyed while it runs");
  interrupt_->detach();
  engine_->watchdog().forget(*interrupt_);
  // First all instances leave their modules, then any of them goes: until then compile threads may
  // write entry points into importing instances.
  // The latest first, which modules find at once.
  for (const auto& instance : std::views::reverse(instances_)) instance->leave_module();
}

Result<Func> Store::add_host_func(std::shared_ptr<const HostFunc> func) {
  const uint32_t type_id = engine_->registry()->intern_func(func->type);
  if (type_id == TypeRegistry::kNoType) return fail(ErrorCode::LimitExceeded);
  const void* const thunk = TRY(engine_->code().host_thunk(type_id));
  auto record = std::make_unique<HostFuncRecord>();
  record->context.entry = func->from_wasm != nullptr ? func->from_wasm : host_entry;
  record->context.data = record.get();
  record->ref.code.store(thunk, std::memory_order_relaxed);
  record->ref.context = &record->context;
  record->ref.type_id = type_id;
  record->ref.func_index = kHostFuncIndex;
  record->slots = slots_for(func->type);
  record->func = std::move(func);
  record->store = this;
  host_funcs_.push_back(std::move(record));
  return Func(&host_funcs_.back()->ref);
}

Result<Memory*> Store::add_memory(const MemoryType& type) {
  memories_.push_back(TRY(Memory::create(*this, type)));
  return memories_.back().get();
}

Result<Table*> Store::add_table(const TableType& type, Value initial) {
  if (!value_fits(*engine_->registry(), initial, type.element))
    return fail(ErrorCode::ArgumentMismatch);
  tables_.push_back(TRY(Table::create(*this, type, initial.low)));
  return tables_.back().get();
}

Result<Global*> Store::add_global(const GlobalType& type, Value value) {
  if (!value_fits(*engine_->registry(), value, type.type)) return fail(ErrorCode::ArgumentMismatch);
  globals_.push_back(std::make_unique<Global>(type, nullptr));
  Global* const global = globals_.back().get();
  *global->vm() = {value.low, value.high};
  return global;
}

Tag* Store::add_tag(uint32_t type_id) {
  tags_.push_back(std::make_unique<Tag>(type_id));
  return tags_.back().get();
}

const FuncType& Store::func_type(Func func) const {
  return engine_->registry()->type(func.type_id()).func;
}

Instance* Store::instance_of(Func func) const {
  if (func.ref()->func_index == kHostFuncIndex) return nullptr;
  return &runtime::instance_of(*static_cast<const VmContext*>(func.ref()->context));
}

void Store::set_fuel(uint64_t fuel) {
  fuel_left_ = static_cast<int64_t>(std::min(fuel, uint64_t{INT64_MAX}));
}

void Store::clear_interrupt() {
  interrupt_->take();
  interrupt_->restore();
}

Result<void> Store::take_interrupt(const Frame* where) {
  const uint32_t reasons = interrupt_->take();
  if (reasons == 0) return {};
  interrupt_->restore();
  constexpr auto kTick = static_cast<uint32_t>(InterruptReason::Tick);
  if ((reasons & kTick) && tick_handler_ && tick_handler_(where)) interrupt_->tick();
  if ((reasons & ~kTick) == 0) return {};
  const bool deadline = reasons & static_cast<uint32_t>(InterruptReason::Deadline);
  const InterruptReason reason = deadline ? InterruptReason::Deadline : InterruptReason::Requested;
  if (interrupt_handler_) return interrupt_handler_(*this, reason);
  return fail(ErrorCode::TrapInterrupted, kNoPosition, static_cast<uint64_t>(reason));
}

void Store::set_deadline(std::optional<std::chrono::steady_clock::time_point> deadline) {
  if (!deadline && !has_deadline_) return;
  has_deadline_ = deadline.has_value();
  engine_->watchdog().set_deadline(interrupt_, deadline);
}

void Store::set_ticks(std::chrono::nanoseconds period, TickHandler handler) {
  set_tick_handler(std::move(handler));
  const bool had_ticks = std::exchange(has_ticks_, period.count() != 0);
  if (had_ticks || has_ticks_) engine_->watchdog().set_ticks(interrupt_, period);
}

void Store::add_frame(const Frame& frame) {
  // The outer part is a ring: it holds the last kBacktraceOuter frames seen.
  const uint64_t index = frames_seen_++;
  if (index < frames_.size())
    frames_[index] = frame;
  else
    frames_[kBacktraceInner + (index - kBacktraceInner) % kBacktraceOuter] = frame;
}

Backtrace Store::backtrace() const {
  const size_t kept = std::min<uint64_t>(frames_seen_, frames_.size());
  return {std::span(frames_.data(), kept), frames_seen_ - kept};
}

void Store::finish_frames() {
  // Turn the ring so that its oldest frame comes first.
  const auto ring = frames_.begin() + kBacktraceInner;
  std::rotate(ring, ring + static_cast<ptrdiff_t>(backtrace().omitted % kBacktraceOuter),
              frames_.end());
}

}  // namespace skerry::runtime
