// Who compiles what, and how finished code becomes what calls jump to.
#include "runtime/module_code.h"

#include <algorithm>
#include <cassert>

#include "platform/threads.h"
#include "runtime/code_arena.h"
#include "runtime/compile_pool.h"
#include "runtime/engine_code.h"
#include "runtime/instance.h"

namespace skerry::runtime {
namespace {

// Funcs compiled ahead are at most this many calls away from one that runs.
constexpr unsigned kMaxDepth = 2;
// Background threads publish this much at once, unless somebody waits or there is no more to do.
constexpr uint64_t kBatchBytes = 64 << 10;
// Machine code is some times the size of Wasm; address space is cheap.
constexpr uint64_t kReservationFactor = 16;
// The most loops of a module that get code of their own; further ones go on as they are.
constexpr uint32_t kMaxLoops = 4096;
constexpr uint64_t kMinReservationBytes = 1 << 20;

uint64_t reservation_bytes(const Module& module) {
  uint64_t bytes = 0;
  for (const FuncBody& body : module.bodies) bytes += body.code.size();
  return std::max(kMinReservationBytes, kReservationFactor * bytes);
}

// Of the alignments that code asks for, the greatest that it has.
uint32_t alignment_of(const void* code) {
  const auto address = reinterpret_cast<uintptr_t>(code);
  return address % 64 == 0 ? 64 : address % 32 == 0 ? 32 : 16;
}

// A func of another type is none of the module's: it neither calls nor has one.
bool has_funcs_for_value_buffer(const Module& module) {
  return std::ranges::any_of(module.types, [](const DefinedType& type) {
    return type.kind == CompositeKind::Func && uses_value_buffer(type.func);
  });
}

}  // namespace

ModuleCode::ModuleCode(std::shared_ptr<Engine> engine, ValidatedModule validated,
                       std::optional<CodeImage> image)
    : engine_(std::move(engine)),
      module_(std::move(validated)),
      layout_(module_.module()),
      needs_value_buffer_(has_funcs_for_value_buffer(module_.module())),
      states_(std::make_unique<std::atomic<uintptr_t>[]>(module().bodies.size())),
      arena_(std::make_unique<CodeArena>(
          *this, reservation_bytes(module()),
          2 * static_cast<uint32_t>(module().bodies.size()) + kMaxLoops)),
      image_(std::move(image)) {
  if (image_) take_image();
}

void ModuleCode::take_image() {
  const auto& [funcs, code] = image_->calls;
  assert(funcs.size() == module().bodies.size());
  for (size_t i = 0; i < funcs.size(); ++i)
    if (funcs[i].code_bytes != 0)
      states_[i].store(reinterpret_cast<uintptr_t>(code.data()) + funcs[i].code_offset,
                       std::memory_order_relaxed);
  for (const ArtifactPart* part : {&image_->calls, &image_->resumptions}) tell_of(*part);
  CodeMap::add(image_calls_.emplace(*this, image_->calls, image_->sites));
  CodeMap::add(image_resumptions_.emplace(*this, image_->resumptions, image_->sites));
}

void ModuleCode::tell_of(const ArtifactPart& part) const {
  const auto& told = engine_->options().on_publish;
  if (!told) return;
  for (size_t i = 0; i < part.funcs.size(); ++i)
    if (const ArtifactFunc& row = part.funcs[i]; row.code_bytes != 0)
      told({this, module().imported_funcs + static_cast<uint32_t>(i),
            part.code.data() + row.code_offset, row.code_bytes, row.frame_bytes, "ahead of time"});
}

const void* ModuleCode::image_resumption(uint32_t func) const {
  if (!image_) return nullptr;
  const ArtifactFunc& row = image_->resumptions.funcs[func - module().imported_funcs];
  return row.code_bytes == 0 ? nullptr : image_->resumptions.code.data() + row.code_offset;
}

Result<std::shared_ptr<ModuleCode>> ModuleCode::create(std::shared_ptr<Engine> engine,
                                                       ValidatedModule module,
                                                       std::optional<CodeImage> image) {
  assert(module.registry() == engine->registry());
  std::shared_ptr<ModuleCode> result(
      new ModuleCode(std::move(engine), std::move(module), std::move(image)));
  result->lazy_stubs_ =
      TRY(result->engine_->code().lazy_stubs(static_cast<uint32_t>(result->module().funcs.size())));
  return result;
}

ModuleCode::~ModuleCode() {
  engine_->pool().forget(*this);
  engine_->tier_up().forget(*this);
  if (image_) {
    CodeMap::remove(*image_calls_);
    CodeMap::remove(*image_resumptions_);
  }
  assert(instances_.empty());
}

const Export* ModuleCode::find_export(std::string_view name) const {
  const std::vector<Export>& exports = module().exports;
  std::call_once(exports_sorted_once_, [&] {
    exports_sorted_.resize(exports.size());
    for (uint32_t i = 0; i < exports.size(); ++i) exports_sorted_[i] = i;
    std::sort(exports_sorted_.begin(), exports_sorted_.end(),
              [&](uint32_t a, uint32_t b) { return exports[a].name < exports[b].name; });
  });
  const auto found =
      std::lower_bound(exports_sorted_.begin(), exports_sorted_.end(), name,
                       [&](uint32_t i, std::string_view n) { return exports[i].name < n; });
  if (found == exports_sorted_.end() || exports[*found].name != name) return nullptr;
  return &exports[*found];
}

std::atomic<uintptr_t>& ModuleCode::state(uint32_t func) const {
  assert(func >= module().imported_funcs && func < module().funcs.size());
  return states_[func - module().imported_funcs];
}

const void* ModuleCode::current_entry(uint32_t func) const {
  const uintptr_t now = state(func).load(std::memory_order_acquire);
  if (now >= kFirstAddress) return reinterpret_cast<const void*>(now);
  return lazy_stubs_ + size_t{kLazyStubBytes} * func;
}

Result<FuncCode> ModuleCode::compile(uint32_t func) {
  return engine_->compiler().compile(module_, layout_, func, engine_->options().code);
}

void ModuleCode::wake_waiters() {
  // Taking the lock orders the change of state before a waiter's decision to sleep.
  const std::lock_guard lock(mutex_);
  compile_done_.notify_all();
}

void ModuleCode::give_up(uint32_t func) {
  state(func).store(NotCompiled, std::memory_order_release);
  wake_waiters();
}

void ModuleCode::drop_request(uint32_t func) {
  uintptr_t expected = Queued;
  state(func).compare_exchange_strong(expected, NotCompiled, std::memory_order_acq_rel);
}

void ModuleCode::queue_callees(std::span<const uint32_t> callees, unsigned depth) {
  if (depth > kMaxDepth || !engine_->pool().has_threads()) return;
  std::vector<uint32_t> wanted;
  for (uint32_t func : callees) {
    uintptr_t expected = NotCompiled;
    if (state(func).compare_exchange_strong(expected, Queued, std::memory_order_acq_rel))
      wanted.push_back(func);
  }
  if (!wanted.empty()) engine_->pool().enqueue(*this, wanted, depth, true);
}

void ModuleCode::compile_soon(uint32_t func) {
  if (func >= module().imported_funcs) queue_callees(std::span(&func, 1), 0);
}

std::vector<ModuleCode::Compiled> ModuleCode::take_pending() {
  const std::lock_guard lock(mutex_);
  pending_bytes_ = 0;
  return std::exchange(pending_, {});
}

void ModuleCode::publish_pending() {
  std::vector<Compiled> batch = take_pending();
  // If there is no memory for it, whoever calls one of the funcs compiles it again and reports
  // that.
  if (!batch.empty()) [[maybe_unused]]
    const Result<void> outcome = publish(std::move(batch));
}

Result<void> ModuleCode::publish(std::vector<Compiled> batch) {
  std::vector<CodeArena::Piece> pieces;
  pieces.reserve(batch.size());
  for (const Compiled& compiled : batch) pieces.push_back({compiled.func, &compiled.code, nullptr});
  Result<void> outcome;
  {
    const std::lock_guard publishing(publish_mutex_);
    outcome = arena_->publish(pieces);
    const std::lock_guard lock(instances_mutex_);
    for (const CodeArena::Piece& piece : pieces) {
      const auto next =
          outcome ? reinterpret_cast<uintptr_t>(piece.address) : uintptr_t{NotCompiled};
      state(piece.func).store(next, std::memory_order_release);
      if (!outcome) continue;
      for (Instance* instance : instances_) instance->set_entry_locked(piece.func, piece.address);
    }
  }
  wake_waiters();
  return outcome;
}

Result<const void*> ModuleCode::publish_better(uint32_t func, const FuncCode& code, bool is_whole) {
  CodeArena::Piece piece{func, &code, nullptr};
  const std::lock_guard publishing(publish_mutex_);
  if (!is_whole && loops_published_ == kMaxLoops) return fail(ErrorCode::LimitExceeded);
  TRY(arena_->publish(std::span(&piece, 1)));
  if (!is_whole) {
    ++loops_published_;
    return piece.address;
  }
  const std::lock_guard lock(instances_mutex_);
  // Its code so far takes every call.
  assert(state(func).load() >= kFirstAddress && !came_with_better(func));
  set_resumption_locked(func, reinterpret_cast<const void*>(state(func).load()));
  state(func).store(reinterpret_cast<uintptr_t>(piece.address), std::memory_order_release);
  for (Instance* instance : instances_) instance->set_entry_locked(func, piece.address);
  return piece.address;
}

void ModuleCode::set_resumption_locked(uint32_t func, const void* code) {
  resumptions_[func] = code;
  for (Instance* instance : instances_) instance->set_resumption_locked(func, code);
}

Result<const void*> ModuleCode::ensure_resumption(uint32_t func) {
  {
    const std::lock_guard lock(instances_mutex_);
    if (const auto known = resumptions_.find(func); known != resumptions_.end())
      return known->second;
    if (const void* const code = image_resumption(func)) {
      set_resumption_locked(func, code);
      return code;
    }
  }
  // Two threads may both compile it: either's code will do.
  const FuncCode code =
      TRY(engine_->compiler().compile_resumption(module_, layout_, func, engine_->options().code));
  CodeArena::Piece piece{func, &code, nullptr};
  const std::lock_guard publishing(publish_mutex_);
  const std::lock_guard lock(instances_mutex_);
  if (const auto known = resumptions_.find(func); known != resumptions_.end()) return known->second;
  TRY(arena_->publish(std::span(&piece, 1)));
  set_resumption_locked(func, piece.address);
  return piece.address;
}

bool ModuleCode::spin_while_compiling(const std::atomic<uintptr_t>& state) {
  constexpr int kRounds = 1000;  // some ten microseconds
  if (state.load(std::memory_order_acquire) != Compiling) return false;
  for (int i = 0; i < kRounds; ++i) {
    if (state.load(std::memory_order_acquire) != Compiling) return true;
    platform::spin_pause();
  }
  return false;
}

Result<const void*> ModuleCode::ensure_compiled(uint32_t func) {
  std::atomic<uintptr_t>& mine = state(func);
  for (;;) {
    uintptr_t now = mine.load(std::memory_order_acquire);
    if (now >= kFirstAddress) return reinterpret_cast<const void*>(now);
    if (now == NotCompiled || now == Queued) {
      if (!mine.compare_exchange_strong(now, Compiling, std::memory_order_acq_rel)) continue;
      Result<FuncCode> code = compile(func);
      if (!code) {
        give_up(func);
        return std::unexpected(code.error());
      }
      queue_callees(code->callees, 1);
      std::vector<Compiled> batch = take_pending();
      batch.push_back({func, std::move(*code)});
      TRY(publish(std::move(batch)));
      continue;
    }
    if (now == Pending) publish_pending();
    // A background thread compiles or publishes it: that is as fast as doing it here, and mostly
    // done before this thread could fall asleep and be woken.
    if (spin_while_compiling(mine)) continue;
    std::unique_lock lock(mutex_);
    compile_done_.wait(lock, [&] {
      const uintptr_t state = mine.load(std::memory_order_acquire);
      return state != Compiling && (state != Pending || !pending_.empty());
    });
  }
}

void ModuleCode::compile_ahead(uint32_t func, unsigned depth) {
  uintptr_t expected = Queued;
  if (!state(func).compare_exchange_strong(expected, Compiling, std::memory_order_acq_rel)) return;
  Result<FuncCode> code = compile(func);
  // The error, if it is one, comes to light if the func is ever called.
  if (!code) return give_up(func);
  const uint64_t bytes = code->code.size();
  queue_callees(code->callees, depth + 1);
  bool full = false;
  {
    const std::lock_guard lock(mutex_);
    pending_.push_back({func, std::move(*code)});
    pending_bytes_ += bytes;
    full = pending_bytes_ >= kBatchBytes;
    state(func).store(Pending, std::memory_order_release);
    compile_done_.notify_all();
  }
  if (full) publish_pending();
}

Result<void> ModuleCode::compile_all() {
  const uint32_t first = module().imported_funcs;
  const auto end = static_cast<uint32_t>(module().funcs.size());
  std::vector<uint32_t> wanted;
  for (uint32_t func = first; func < end; ++func) {
    uintptr_t expected = NotCompiled;
    if (state(func).compare_exchange_strong(expected, Queued, std::memory_order_acq_rel))
      wanted.push_back(func);
  }
  engine_->pool().enqueue(*this, wanted, kMaxDepth, false);
  engine_->pool().help(*this);
  publish_pending();
  // What could not be compiled ahead says why now.
  for (uint32_t func = first; func < end; ++func) TRY(ensure_compiled(func));
  return {};
}

ModuleCode::Stats ModuleCode::stats() {
  const std::lock_guard lock(publish_mutex_);
  Stats stats;
  stats.code_bytes = arena_->code_bytes();
  stats.site_bytes = arena_->site_bytes();
  for (size_t i = 0; i < module().bodies.size(); ++i)
    if (states_[i].load(std::memory_order_relaxed) >= kFirstAddress) ++stats.funcs_compiled;
  return stats;
}

std::vector<ModuleCode::FuncCodeViews> ModuleCode::code_so_far() {
  // Whoever asks is done with the module, more or less: nobody should compete with them.
  engine_->pool().forget(*this);
  const std::lock_guard publishing(publish_mutex_);
  const std::lock_guard lock(instances_mutex_);
  const CodeMap::Reading reading;
  const auto view_of = [&reading](const void* code) {
    CodeView view;
    if (code == nullptr) return view;
    const auto hit = reading.find(reinterpret_cast<uintptr_t>(code));
    assert(hit && hit->offset_in_func == 0);
    view.code = {static_cast<const uint8_t*>(code), hit->func.code_bytes};
    view.alignment = alignment_of(code);
    view.frame_bytes = hit->func.frame_bytes;
    view.sites = {hit->func.sites, hit->func.site_bytes};
    return view;
  };
  std::vector<FuncCodeViews> result(module().bodies.size());
  for (size_t i = 0; i < result.size(); ++i) {
    const auto func = static_cast<uint32_t>(module().imported_funcs + i);
    const uintptr_t now = states_[i].load(std::memory_order_acquire);
    if (now >= kFirstAddress) result[i].calls = view_of(reinterpret_cast<const void*>(now));
    const auto known = resumptions_.find(func);
    result[i].resumptions =
        view_of(known != resumptions_.end() ? known->second : image_resumption(func));
    result[i].is_from_image = image_ && image_calls_->holds(result[i].calls.code) &&
                              (result[i].resumptions.code.empty() ||
                               image_resumptions_->holds(result[i].resumptions.code));
  }
  return result;
}

void ModuleCode::add_instance(Instance* instance) {
  const std::lock_guard lock(instances_mutex_);
  instances_.push_back(instance);
  const auto end = static_cast<uint32_t>(module().funcs.size());
  for (uint32_t func = module().imported_funcs; func < end; ++func)
    instance->set_entry_locked(func, current_entry(func));
  for (const auto& [func, code] : resumptions_) instance->set_resumption_locked(func, code);
}

void ModuleCode::remove_instance(Instance* instance) {
  const std::lock_guard lock(instances_mutex_);
  // A store with many instances takes them out from the end.
  const auto last = std::find(instances_.rbegin(), instances_.rend(), instance);
  if (last != instances_.rend()) instances_.erase(std::next(last).base());
}

}  // namespace skerry::runtime
