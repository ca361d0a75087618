// TierUp: funcs and loops that ran often enough to be worth a better compiler, and the threads that
// compile them while they go on running. First comes what seems to gain most for the time it takes.
// Not here: counting (the baseline compiler) or placing code (module_code.h).
// Invariant: after forget(module) returns, no thread here touches that module. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "code/code.h"
#include "platform/threads.h"

namespace skerry::runtime {

class ModuleCode;

struct TierUpOptions {
  // Makes the better compiler, when the first func is to be compiled with it. Empty: no tier-up. If
  // it fails, everything goes on as it is.
  std::function<Result<std::shared_ptr<const Compiler>>()> make_compiler;
  // A program that ends sooner after its first hot func is left alone: what it would gain is less
  // than what making the compiler takes from it.
  std::chrono::milliseconds delay{50};
  // Whoever finds a func hot compiles it, and waits. For tests: what happens is always the same.
  bool in_place = false;
};

class TierUp {
 public:
  TierUp(TierUpOptions options, const CodeOptions& code);
  ~TierUp();
  TierUp(const TierUp&) = delete;
  TierUp& operator=(const TierUp&) = delete;

  // The place (a module offset: a func's body, or where one of its loops is entered) is hot.
  // Returns code that the loop is to be handed over to, if there is some already.
  const void* hot(ModuleCode& module, uint32_t place);
  void forget(ModuleCode& module);

  struct Stats {
    uint32_t funcs = 0, loops = 0;  // compiled so far
  };
  Stats stats();

 private:
  struct Key {
    ModuleCode* module = nullptr;
    uint32_t place = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const {
      return std::hash<const void*>()(key.module) ^ key.place * size_t{0x9e3779b97f4a7c15};
    }
  };
  struct Place {
    enum State : uint8_t { Idle, Waiting, Working, Done };
    State state = Idle;
    uint32_t func = 0;
    uint32_t heat = 0;           // how often it was reported
    uint32_t func_heat = 0;      // of a func's entry: how often this or one of its loops was
    const void* code = nullptr;  // when Done: null if it could not be compiled
  };

  // mutex_ is held. References to places stay good as long as their module is not forgotten.
  Place& place_at(ModuleCode& module, uint32_t func, uint32_t place);
  // mutex_ is held. What compiling it now gains to what it costs, without a unit.
  double worth_of(const Key& key) const;
  void request(const Key& key, Place& place);
  void start_threads();  // mutex_ is held
  void work(unsigned index);
  Key take_best();  // mutex_ is held, waiting_ is not empty
  // Compiles it while the lock is released. The module is not forgotten meanwhile.
  void compile_place(std::unique_lock<std::mutex>& lock, const Key& key);
  // Compiles and publishes what the place stands for; null if that is not possible.
  const void* compile(ModuleCode& module, uint32_t func, uint32_t place);
  const Compiler* compiler();

  const TierUpOptions options_;
  const CodeOptions code_options_;
  std::once_flag compiler_made_;
  std::shared_ptr<const Compiler> compiler_;

  std::mutex mutex_;                    // guards what follows
  std::condition_variable work_added_;  // or stop_
  std::condition_variable work_done_;   // waited on by forget()
  std::unordered_map<Key, Place, KeyHash> places_;
  std::vector<Key> waiting_;
  std::chrono::steady_clock::time_point start_of_work_{};
  std::vector<platform::Thread> threads_;
  std::vector<ModuleCode*> active_;  // by thread: what it works on; null: nothing
  Stats stats_;
  bool stop_ = false;
};

}  // namespace skerry::runtime
