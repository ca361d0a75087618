// Funcs are compiled on threads of our own: a caller may be deep in WebAssembly's stack, and LLVM
// needs much of it, the more the deeper a func nests.
#include "llvm/compiler.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "llvm/code_generator.h"
#include "platform/threads.h"

namespace skerry::llvm_tier {
namespace {

constexpr uint64_t kStackBytes = uint64_t{256} << 20;  // only what is touched takes memory

struct Job {
  const ValidatedModule& module;
  const std::shared_ptr<const FixedTables> tables;
  const ContextLayout& layout;
  uint32_t func;
  const CodeOptions& options;
  const LoopEntry* loop;
  CodeOrigins* origins;
  std::optional<Result<FuncCode>> result;
};

// A thread with a code generator of its own.
class Worker {
 public:
  static Result<std::unique_ptr<Worker>> start(const CompilerOptions& options) {
    std::unique_ptr<Worker> worker(new Worker(options));
    worker->thread_ =
        TRY(platform::Thread::start([self = worker.get()] { self->work(); }, kStackBytes));
    return worker;
  }
  ~Worker() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.is_running()) thread_.join();
  }

  void run(Job& job) {
    std::unique_lock lock(mutex_);
    job_ = &job;
    changed_.notify_all();
    changed_.wait(lock, [&] { return job_ == nullptr; });
  }

 private:
  explicit Worker(const CompilerOptions& options) : options_(options) {}
  void work() {
    CodeGenerator generator(options_);
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return job_ != nullptr || stopping_; });
      if (job_ == nullptr) return;
      Job& job = *job_;
      lock.unlock();
      job.result = generator.compile(job.module, *job.tables, job.layout, job.func, job.options,
                                     job.loop, job.origins);
      lock.lock();
      job_ = nullptr;
      changed_.notify_all();
    }
  }

  const CompilerOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Job* job_ = nullptr;
  bool stopping_ = false;
  platform::Thread thread_;
};

class LlvmCompiler final : public Compiler {
 public:
  explicit LlvmCompiler(const CompilerOptions& options) : options_(options) {}

  const char* name() const override { return "llvm"; }

  Result<FuncCode> compile(const ValidatedModule& module, const ContextLayout& layout,
                           uint32_t func, const CodeOptions& options) const override {
    return run({module, tables_.of(module), layout, func, options, nullptr, nullptr, std::nullopt});
  }
  Result<FuncCode> compile_with_origins(const ValidatedModule& module, const ContextLayout& layout,
                                        uint32_t func, const CodeOptions& options,
                                        CodeOrigins& origins) const override {
    return run(
        {module, tables_.of(module), layout, func, options, nullptr, &origins, std::nullopt});
  }
  Result<FuncCode> compile_from_loop(const ValidatedModule& module, const ContextLayout& layout,
                                     uint32_t func, const LoopEntry& entry,
                                     const CodeOptions& options) const override {
    return run({module, tables_.of(module), layout, func, options, &entry, nullptr, std::nullopt});
  }

  StubCode entry_thunk(const FuncType&) const override { return {not_ours()}; }
  StubCode fiber_thunk(const FuncType&, const FiberThunkPlaces&) const override {
    return {not_ours()};
  }
  StubCode host_thunk(const FuncType&) const override { return {not_ours()}; }
  StubCode stub(Builtin) const override { return {not_ours()}; }
  std::vector<uint8_t> lazy_stubs(uint32_t, uint32_t) const override { return not_ours(); }

 private:
  Result<FuncCode> run(Job job) const {
    std::unique_ptr<Worker> worker = TRY(take_worker());
    worker->run(job);
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(worker));
    return std::move(*job.result);
  }
  Result<std::unique_ptr<Worker>> take_worker() const {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<Worker> worker = std::move(idle_.back());
        idle_.pop_back();
        return worker;
      }
    }
    return Worker::start(options_);
  }
  static std::vector<uint8_t> not_ours() {
    assert(false && "taken from the compiler this one is paired with");
    return {};
  }

  const CompilerOptions options_;
  mutable FixedTablesCache tables_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Worker>> idle_;
};

}  // namespace

std::unique_ptr<Compiler> make_compiler(const CompilerOptions& options) {
  return std::make_unique<LlvmCompiler>(options);
}

}  // namespace skerry::llvm_tier
