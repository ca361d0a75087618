// The compile threads' loop.
#include "runtime/compile_pool.h"

#include <algorithm>
#include <chrono>

#include "runtime/module_code.h"

namespace skerry::runtime {
namespace {

// Requests beyond this are too old to be worth it: the program has moved on.
constexpr size_t kMaxQueued = 512;
// Compilers recurse no deeper than a func's nesting allows; they keep their state on the heap.
constexpr uint64_t kStackBytes = 1 << 20;
// How long a thread without work looks for some before it sleeps. To be woken takes as long as to
// compile a func or two: a program that starts would always be ahead of us.
constexpr std::chrono::microseconds kAwakeTime{200};

}  // namespace

CompilePool::CompilePool(unsigned threads) : thread_count_(threads), active_(threads, nullptr) {}

CompilePool::~CompilePool() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    has_work_ = true;
    work_added_.notify_all();
  }
  for (platform::Thread& thread : threads_) thread.join();
}

void CompilePool::start_threads() {
  while (threads_.size() < thread_count_) {
    const auto index = static_cast<unsigned>(threads_.size());
    auto thread = platform::Thread::start([this, index] { work(index); }, kStackBytes);
    if (!thread) return;  // fewer threads compile ahead; nothing depends on their number
    threads_.push_back(std::move(*thread));
  }
}

void CompilePool::enqueue(ModuleCode& module, std::span<const uint32_t> funcs, unsigned depth,
                          bool bounded) {
  const std::lock_guard lock(mutex_);
  if (threads_.empty()) start_threads();
  for (size_t i = funcs.size(); i-- > 0;) queue_.push_back({&module, funcs[i], depth});
  while (bounded && queue_.size() > kMaxQueued) {
    queue_.front().module->drop_request(queue_.front().func);
    queue_.pop_front();
  }
  has_work_.store(true, std::memory_order_relaxed);
  if (asleep_ == 0) return;
  if (funcs.size() == 1)
    work_added_.notify_one();
  else
    work_added_.notify_all();
}

bool CompilePool::is_active(const ModuleCode& module) const {
  return std::find(active_.begin(), active_.end(), &module) != active_.end();
}

void CompilePool::run(std::unique_lock<std::mutex>& lock, const Request& request,
                      ModuleCode*& active) {
  active = request.module;
  lock.unlock();
  request.module->compile_ahead(request.func, request.depth);
  lock.lock();
  // Nothing more to do for this module: what is compiled should not wait for a full batch.
  if (queue_.empty() || queue_.back().module != request.module) {
    lock.unlock();
    request.module->publish_pending();
    lock.lock();
  }
  active = nullptr;
  if (waiting_for_done_ != 0) work_done_.notify_all();
}

void CompilePool::await_work(std::unique_lock<std::mutex>& lock) {
  if (stop_ || !queue_.empty()) return;
  has_work_.store(false, std::memory_order_relaxed);
  lock.unlock();
  const auto end = std::chrono::steady_clock::now() + kAwakeTime;
  while (!has_work_.load(std::memory_order_relaxed) && std::chrono::steady_clock::now() < end)
    for (int i = 0; i < 16; ++i) platform::spin_pause();
  lock.lock();
  ++asleep_;
  work_added_.wait(lock, [this] { return stop_ || !queue_.empty(); });
  --asleep_;
}

void CompilePool::work(unsigned index) {
  std::unique_lock lock(mutex_);
  for (;;) {
    await_work(lock);
    if (stop_) return;
    const Request request = queue_.back();
    queue_.pop_back();
    run(lock, request, active_[index]);
  }
}

void CompilePool::help(ModuleCode& module) {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto found = std::find_if(queue_.rbegin(), queue_.rend(),
                                    [&](const Request& r) { return r.module == &module; });
    if (found == queue_.rend()) break;
    const Request request = *found;
    queue_.erase(std::next(found).base());
    ModuleCode* active = nullptr;  // this thread keeps the module alive itself
    run(lock, request, active);
  }
  ++waiting_for_done_;
  work_done_.wait(lock, [&] { return !is_active(module); });
  --waiting_for_done_;
}

void CompilePool::forget(ModuleCode& module) {
  std::unique_lock lock(mutex_);
  std::erase_if(queue_, [&](const Request& request) { return request.module == &module; });
  ++waiting_for_done_;
  work_done_.wait(lock, [&] { return !is_active(module); });
  --waiting_for_done_;
}

}  // namespace skerry::runtime
