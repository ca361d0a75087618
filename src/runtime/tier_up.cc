// What is hot, what is compiled next, and the threads.
#include "runtime/tier_up.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "runtime/engine.h"
#include "runtime/module_code.h"

namespace skerry::runtime {
namespace {

constexpr unsigned kMaxThreads = 4;
constexpr uint64_t kStackBytes = 1 << 20;
// So often has a loop to be reported in a row, without its func being reported, to be taken for one
// that goes on for long.
constexpr uint32_t kReportsOfLongLoop = 2;
// Compiling a func takes as long as so many bytes of a body, besides its own.
constexpr double kFixedCostBytes = 120;

// The func whose body holds this place.
uint32_t func_at(const Module& module, uint32_t place) {
  const auto behind =
      std::ranges::upper_bound(module.bodies, uint64_t{place}, {}, &FuncBody::offset);
  assert(behind != module.bodies.begin());
  return module.imported_funcs + static_cast<uint32_t>(behind - module.bodies.begin()) - 1;
}

uint32_t entry_place(const Module& module, uint32_t func) {
  return static_cast<uint32_t>(module.bodies[func - module.imported_funcs].offset);
}

}  // namespace

TierUp::TierUp(TierUpOptions options, const CodeOptions& code)
    : options_(std::move(options)), code_options_(code) {}

TierUp::~TierUp() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    work_added_.notify_all();
  }
  for (platform::Thread& thread : threads_) thread.join();
}

const Compiler* TierUp::compiler() {
  std::call_once(compiler_made_, [this] {
    if (auto made = options_.make_compiler()) compiler_ = std::move(*made);
  });
  return compiler_.get();
}

TierUp::Place& TierUp::place_at(ModuleCode& module, uint32_t func, uint32_t place) {
  const auto [found, is_new] = places_.try_emplace({&module, place});
  if (is_new) found->second.func = func;
  if (is_new && place == entry_place(module.module(), func) && module.came_with_better(func)) {
    found->second.state = Place::Done;
    found->second.heat = 1;  // it was reported in an earlier life
  }
  return found->second;
}

void TierUp::request(const Key& key, Place& place) {
  if (place.state != Place::Idle) return;
  place.state = Place::Waiting;
  waiting_.push_back(key);
}

const void* TierUp::hot(ModuleCode& module, uint32_t place) {
  if (!options_.make_compiler) return nullptr;
  const uint32_t func = func_at(module.module(), place);
  const uint32_t entry = entry_place(module.module(), func);
  std::unique_lock lock(mutex_);
  const bool was_idle = waiting_.empty();
  Place& reported = place_at(module, func, place);
  Place& whole = place_at(module, func, entry);
  ++reported.heat;
  ++whole.func_heat;
  if (place == entry) {
    request({&module, place}, reported);
  } else if (reported.state == Place::Done) {
    return reported.code;
  } else {
    // A loop of a func that is called often needs no code of its own: the next call begins with
    // better code. Unless this call goes on in the loop all the same.
    if (whole.heat > 0) request({&module, entry}, whole);
    const bool goes_on =
        whole.heat == 0 ? reported.heat >= kReportsOfLongLoop : whole.state == Place::Done;
    if (goes_on || options_.in_place) request({&module, place}, reported);
  }
  if (options_.in_place) {
    while (!waiting_.empty()) compile_place(lock, take_best());
    return place == entry ? nullptr : places_.at({&module, place}).code;
  }
  if (threads_.empty()) start_threads();
  if (was_idle && !waiting_.empty()) work_added_.notify_all();
  return nullptr;
}

void TierUp::start_threads() {
  start_of_work_ = std::chrono::steady_clock::now() + options_.delay;
  const unsigned count = std::clamp(platform::hardware_threads() - 1, 1u, kMaxThreads);
  active_.resize(count, nullptr);
  for (unsigned index = 0; index < count; ++index) {
    auto thread = platform::Thread::start([this, index] { work(index); }, kStackBytes);
    if (!thread) return;  // slower, not wrong
    threads_.push_back(std::move(*thread));
  }
}

// A report stands for so many calls, or rounds of loops. Longer bodies take longer for one, but run
// only a part of themselves; the time that they take to compile grows with all of it.
double TierUp::worth_of(const Key& key) const {
  const Module& module = key.module->module();
  const uint32_t func = places_.at(key).func;
  const auto bytes = static_cast<double>(module.bodies[func - module.imported_funcs].code.size());
  const Place& whole = places_.at({key.module, entry_place(module, func)});
  return whole.func_heat * std::sqrt(bytes) / (kFixedCostBytes + bytes);
}

TierUp::Key TierUp::take_best() {
  const auto best =
      std::ranges::max_element(waiting_, {}, [this](const Key& key) { return worth_of(key); });
  const Key key = *best;
  waiting_.erase(best);
  places_.at(key).state = Place::Working;
  return key;
}

void TierUp::work(unsigned index) {
  std::unique_lock lock(mutex_);
  work_added_.wait_until(lock, start_of_work_, [this] { return stop_; });
  for (;;) {
    work_added_.wait(lock, [this] { return stop_ || !waiting_.empty(); });
    if (stop_) return;
    const Key key = take_best();
    active_[index] = key.module;
    compile_place(lock, key);
    active_[index] = nullptr;
    work_done_.notify_all();
  }
}

void TierUp::compile_place(std::unique_lock<std::mutex>& lock, const Key& key) {
  Place& place = places_.at(key);
  lock.unlock();
  const void* const code = compile(*key.module, place.func, key.place);
  lock.lock();
  place.state = Place::Done;
  place.code = code;
}

const void* TierUp::compile(ModuleCode& module, uint32_t func, uint32_t place) {
  const Compiler* const better = compiler();
  if (better == nullptr) return nullptr;
  const bool is_whole = place == entry_place(module.module(), func);
  Result<FuncCode> code = fail(ErrorCode::UnsupportedInstruction);
  CodeOptions options = code_options_;
  options.hot_after_calls = options.hot_after_rounds = 0;
  if (is_whole) {
    code = better->compile(module.validated(), module.layout(), func, options);
  } else {
    const Compiler& counting = module.engine().compiler();
    const LoopEntry loop{
        place, counting.frame_map(module.validated(), module.layout(), func, code_options_)};
    code = better->compile_from_loop(module.validated(), module.layout(), func, loop, options);
  }
  if (!code) return nullptr;
  const Result<const void*> placed = module.publish_better(func, *code, is_whole);
  if (!placed) return nullptr;
  const std::lock_guard lock(mutex_);
  ++(is_whole ? stats_.funcs : stats_.loops);
  return *placed;
}

void TierUp::forget(ModuleCode& module) {
  std::unique_lock lock(mutex_);
  std::erase_if(waiting_, [&](const Key& key) { return key.module == &module; });
  work_done_.wait(lock, [&] { return std::ranges::find(active_, &module) == active_.end(); });
  std::erase_if(places_, [&](const auto& entry) { return entry.first.module == &module; });
}

TierUp::Stats TierUp::stats() {
  const std::lock_guard lock(mutex_);
  return stats_;
}

}  // namespace skerry::runtime
