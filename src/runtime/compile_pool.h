// CompilePool: the threads that compile functions before they are called. Work is taken newest
// first, because what was asked for last is what will be called next; the oldest is dropped when
// the queue is full. Not here: what compiling means (ModuleCode::compile_ahead). Invariant: after
// forget(module) returns, no thread of the pool touches that module.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <span>
#include <vector>

#include "platform/threads.h"

namespace skerry::runtime {

class ModuleCode;

class CompilePool {
 public:
  explicit CompilePool(unsigned threads);
  ~CompilePool();
  CompilePool(const CompilePool&) = delete;
  CompilePool& operator=(const CompilePool&) = delete;

  bool has_threads() const { return thread_count_ != 0; }

  // The funcs are in state Queued already. `first` is to be compiled before the rest.
  // `bounded`: drop the oldest requests if there are too many.
  void enqueue(ModuleCode& module, std::span<const uint32_t> funcs, unsigned depth, bool bounded);
  // Works on the module's requests on this thread too; returns when none is left or in progress.
  void help(ModuleCode& module);
  void forget(ModuleCode& module);

 private:
  struct Request {
    ModuleCode* module = nullptr;
    uint32_t func = 0;
    unsigned depth = 0;
  };
  void start_threads();  // mutex_ is held
  void await_work(std::unique_lock<std::mutex>& lock);
  void work(unsigned index);
  bool is_active(const ModuleCode& module) const;  // mutex_ is held
  void run(std::unique_lock<std::mutex>& lock, const Request& request, ModuleCode*& active);

  const unsigned thread_count_;
  std::mutex mutex_;
  std::condition_variable work_added_;
  unsigned asleep_ = 0;                 // threads that wait for work_added_
  std::atomic<bool> has_work_ = false;  // what threads look at before they sleep: queue_ or stop_
  std::condition_variable work_done_;   // waited on by help() and forget()
  unsigned waiting_for_done_ = 0;
  std::deque<Request> queue_;        // newest at the back
  std::vector<ModuleCode*> active_;  // by thread: what it works on; null: nothing
  std::vector<platform::Thread> threads_;
  bool stop_ = false;
};

}  // namespace skerry::runtime
