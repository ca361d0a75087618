// Lazy compilation and compilation ahead of need: what is compiled when, by whom, and how often.
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "fixture.h"

namespace skerry::runtime {
namespace {

// a -> b -> c -> d -> e; x is called by none.
constexpr const char* kChain = R"((module
  (func $a (export "a") (result i32) (call $b))
  (func $b (export "b") (result i32) (call $c))
  (func $c (result i32) (call $d))
  (func $d (result i32) (call $e))
  (func $e (result i32) (i32.const 5))
  (func $x (export "x"))))";

class CompileTest : public RuntimeTest {
 protected:
  // The baseline compiler, watched.
  void use_threads(unsigned threads) {
    auto compiler = std::make_shared<TestCompiler>(
        [this](const Compiler& baseline, const ValidatedModule& module, const ContextLayout& layout,
               uint32_t func, const CodeOptions& options) {
          {
            std::unique_lock lock(mutex_);
            ++compiled_[func];
            changed_.notify_all();
            changed_.wait(lock, [&] { return held_ != func; });
          }
          return baseline.compile(module, layout, func, options);
        });
    EngineOptions options;
    options.compile_threads = threads;
    use(options, {}, compiler);
  }
  void TearDown() override {
    store.reset();
    engine.reset();
  }
  std::map<uint32_t, int> compiled() {
    const std::lock_guard lock(mutex_);
    return compiled_;
  }
  void wait_until_compiling(uint32_t func) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return compiled_[func] > 0; });
  }
  // A thread that compiles this func does not get on until let_go().
  void hold(uint32_t func) {
    const std::lock_guard lock(mutex_);
    held_ = func;
  }
  void let_go() {
    const std::lock_guard lock(mutex_);
    held_ = UINT32_MAX;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<uint32_t, int> compiled_;
  uint32_t held_ = UINT32_MAX;
};

TEST_F(CompileTest, NothingIsCompiledBeforeItIsCalled) {
  use_threads(0);
  Instance& instance = instantiate(kChain);
  EXPECT_TRUE(compiled().empty());
  EXPECT_EQ(i32(instance, "b"), 5);
  EXPECT_EQ(compiled(), (std::map<uint32_t, int>{{1, 1}, {2, 1}, {3, 1}, {4, 1}}));
  EXPECT_EQ(i32(instance, "b"), 5);
  EXPECT_EQ(i32(instance, "a"), 5);
  EXPECT_EQ(compiled(), (std::map<uint32_t, int>{{0, 1}, {1, 1}, {2, 1}, {3, 1}, {4, 1}}));
}

TEST_F(CompileTest, ThreadsCompileCalleesButNotTheWorld) {
  use_threads(2);
  auto code = module(R"((module
    (func (export "a") (if (i32.const 0) (then (call $b))))
    (func $b (call $c)) (func $c (call $d)) (func $d)))");
  Instance* instance = *runtime::instantiate(*store, code, {});
  ASSERT_TRUE(invoke(*instance, "a"));
  wait_until_compiling(2);
  store.reset();
  code.reset();  // waits for the threads
  EXPECT_EQ(compiled(), (std::map<uint32_t, int>{{0, 1}, {1, 1}, {2, 1}}));
}

TEST_F(CompileTest, ACallWaitsForAThreadThatIsAtIt) {
  use_threads(1);
  hold(1);
  Instance& instance = instantiate(R"((module
    (func (export "a") (if (i32.const 0) (then (drop (call $b)))))
    (func $b (export "b") (result i32) (i32.const 9))))");
  ASSERT_TRUE(invoke(instance, "a"));
  wait_until_compiling(1);
  std::thread releaser([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    let_go();
  });
  EXPECT_EQ(i32(instance, "b"), 9);
  releaser.join();
  EXPECT_EQ(compiled().at(1), 1);
}

TEST_F(CompileTest, ACallTakesWhatIsOnlyQueued) {
  use_threads(1);
  hold(1);  // keeps the one thread busy
  Instance& instance = instantiate(R"((module
    (func (export "a") (if (i32.const 0) (then (drop (call $b)) (drop (call $c)))))
    (func $b (result i32) (i32.const 9))
    (func $c (export "c") (result i32) (i32.const 8))))");
  ASSERT_TRUE(invoke(instance, "a"));
  wait_until_compiling(1);
  EXPECT_EQ(i32(instance, "c"), 8);  // does not hang
  let_go();
}

TEST_F(CompileTest, CompileAllCompilesEachOnce) {
  for (unsigned threads : {0u, 3u}) {
    use_threads(threads);
    std::string text = "(module";
    for (int i = 0; i < 500; ++i)
      text += "(func (export \"f" + std::to_string(i) + "\") (result i32) (i32.const " +
              std::to_string(i) + "))";
    auto code = module(text + ")");
    Instance* instance = *runtime::instantiate(*store, code, {});
    ASSERT_TRUE(code->compile_all());
    EXPECT_EQ(code->stats().funcs_compiled, 500u);
    for (int i = 0; i < 500; i += 7) EXPECT_EQ(i32(*instance, "f" + std::to_string(i)), i);
    for (const auto& [func, times] : compiled()) EXPECT_EQ(times, threads == 0 ? 1 : 2) << func;
    store.reset();
  }
}

TEST_F(CompileTest, AFuncThatCannotBeCompiledTrapsWhenCalled) {
  auto compiler = std::make_shared<TestCompiler>(
      [](const Compiler& baseline, const ValidatedModule& module, const ContextLayout& layout,
         uint32_t func, const CodeOptions& options) -> Result<FuncCode> {
        if (func == 1) return fail(ErrorCode::UnsupportedInstruction, 33, 44);
        if (func == 2) return fail(ErrorCode::OutOfMemory);
        return baseline.compile(module, layout, func, options);
      });
  EngineOptions options;
  options.compile_threads = 2;
  use(options, {}, compiler);
  Instance& instance = instantiate(R"((module
    (func (export "a") (param i32)
      (if (local.get 0) (then (call $b)) (else (call $c))))
    (func $b) (func $c)))");
  for (int i = 0; i < 3; ++i) {
    const auto outcome = invoke(instance, "a", {Value::i32(1)});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error(), (Error{ErrorCode::TrapUnsupported, 33, 44, 0}));
    ASSERT_EQ(store->backtrace().frames.size(), 2u);
    EXPECT_EQ(store->backtrace().frames[0].func, 1u);
    EXPECT_EQ(store->backtrace().frames[0].module_offset, 33u);
    EXPECT_EQ(store->backtrace().frames[1].func, 0u);
    EXPECT_EQ(error(instance, "a", {Value::i32(0)}), ErrorCode::OutOfMemory);
    ASSERT_EQ(store->backtrace().frames.size(), 2u);
    EXPECT_EQ(store->backtrace().frames[0].func, 2u);
  }
}

TEST_F(CompileTest, InstancesOnOtherThreadsSeeNewCode) {
  use_threads(2);
  std::string text = "(module (func (export \"f\") (param i32) (result i32) (local i32) ";
  for (int i = 1; i <= 200; ++i)
    text += "(if (i32.eq (local.get 0) (i32.const " + std::to_string(i) +
            ")) (then (return (call " + std::to_string(i) + "))))";
  text += " (i32.const -1))";
  for (int i = 1; i <= 200; ++i)
    text += "(func (result i32) (i32.const " + std::to_string(i) + "))";
  auto code = module(text + ")");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      auto mine = *Store::create(engine);
      Instance* instance = *runtime::instantiate(*mine, code, {});
      const Func f = std::get<Func>(*instance->find_export("f"));
      for (int i = 1; i <= 200; ++i) {
        const int which = (i * 7 + t * 31) % 200 + 1;
        uint64_t slots[1] = {static_cast<uint64_t>(which)};
        ASSERT_TRUE(call(*mine, f, std::span<uint64_t>(slots)));
        ASSERT_EQ(slots[0], static_cast<uint64_t>(which));
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(code->stats().funcs_compiled, 201u);
}

TEST_F(CompileTest, AModuleOutgrowsItsReservation) {
  // Code far larger than the module suggests: further regions are taken.
  std::atomic<int> calls{0};
  auto compiler = std::make_shared<TestCompiler>(
      [&](const Compiler& baseline, const ValidatedModule& module, const ContextLayout& layout,
          uint32_t func, const CodeOptions& options) {
        ++calls;
        auto code = baseline.compile(module, layout, func, options);
        if (code) code->code.resize(700 << 10, 0xcc);
        return code;
      });
  EngineOptions options;
  options.compile_threads = 0;
  use(options, {}, compiler);
  auto code = module(kChain);
  Instance* instance = *runtime::instantiate(*store, code, {});
  EXPECT_EQ(i32(*instance, "a"), 5);
  EXPECT_EQ(code->stats().code_bytes, 5u * (700 << 10));
  EXPECT_EQ(i32(*instance, "a"), 5);
}

TEST_F(CompileTest, HotFuncsAreReplacedWhileThreadsCallThem) {
  // A better compiler for whole funcs: the same one, which does not count now.
  std::atomic<int> compiled = 0;
  EngineOptions options;
  options.code.hot_after_calls = options.code.hot_after_rounds = 4;
  options.tier_up.delay = std::chrono::milliseconds(0);
  options.tier_up.make_compiler = [&]() -> Result<std::shared_ptr<const Compiler>> {
    return std::make_shared<TestCompiler>(
        [&](const Compiler& baseline, const ValidatedModule& module, const ContextLayout& layout,
            uint32_t func, const CodeOptions& code) {
          EXPECT_EQ(code.hot_after_calls, 0u);
          ++compiled;
          return baseline.compile(module, layout, func, code);
        });
  };
  use(options, {}, baseline::make_compiler());
  const auto shared = module(R"((module
    (func $a (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
    (func $b (param i32) (result i32) (call $a (call $a (local.get 0))))
    (func (export "f") (param $n i32) (result i32) (local $sum i32)
      (loop $l
        (local.set $sum (call $b (local.get $sum)))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $sum))))");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      auto own = Store::create(engine, {});
      ASSERT_TRUE(own);
      const auto instance = runtime::instantiate(**own, shared, {});
      ASSERT_TRUE(instance);
      const Func f = std::get<Func>(*(*instance)->find_export("f"));
      // All three are replaced at some time; until then and after, calls give the same.
      for (int call = 0; compiled < 3 || call < 100; ++call) {
        const std::vector<Value> arguments = {Value::i32(50)};
        const auto results = runtime::call(**own, f, std::span<const Value>(arguments));
        ASSERT_TRUE(results);
        ASSERT_EQ(results->at(0).as_i32(), 100);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(compiled, 3);
}

}  // namespace
}  // namespace skerry::runtime
