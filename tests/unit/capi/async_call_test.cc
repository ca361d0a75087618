// Calls on threads of the library's own: what they answer, and what a store that is lent answers
// meanwhile. TSan and ASan watch.
#include <condition_variable>
#include <mutex>
#include <thread>

#include "skerry_world.h"

namespace skerry::test {
namespace {

constexpr const char* kLent = "ArgumentMismatch: the store is in use by a call on another thread";

// Something that happens once, on one thread, and is waited for on another.
class Event {
 public:
  void happen() {
    const std::lock_guard lock(mutex_);
    has_happened_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return has_happened_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool has_happened_ = false;
};

struct Outcome {
  Event done;
  std::string error;
  std::thread::id thread;

  static void callback(void* env, skerry_error_t* error) {
    auto& outcome = *static_cast<Outcome*>(env);
    outcome.error = said(error);
    outcome.thread = std::this_thread::get_id();
    outcome.done.happen();
  }
};

// A host function that waits in the middle of the call. The store may outlive the test by a moment,
// so it has a share of this.
struct Hold {
  using Shared = std::shared_ptr<Hold>;
  Event is_in, may_leave, is_finalized;

  static skerry_error_t* call(void* env, skerry_caller_t*, uint64_t*) {
    Hold& hold = **static_cast<Shared*>(env);
    hold.is_in.happen();
    hold.may_leave.wait();
    return nullptr;
  }
  static void finalize(void* env) {
    const std::unique_ptr<Shared> own(static_cast<Shared*>(env));
    (*own)->is_finalized.happen();
  }
};

constexpr const char* kModule = R"((module
  (import "env" "hold" (func $hold))
  (func (export "hold") (call $hold))
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "trap") unreachable)
  (func $deep (export "deep") (call $deep))
  (func (export "forever") (loop (br 0)))))";

class AsyncCallTest : public SkerryTest {
 protected:
  AsyncCallTest() {
    EXPECT_EQ(said(skerry_linker_define_func(linker_.get(), "env", "hold", "", Hold::call,
                                             new Hold::Shared(hold_), Hold::finalize)),
              "");
    instance_ = instance(kModule);
  }
  // Begins it; the error of that.
  std::string begin(const Func& func, uint64_t* slots, Outcome& outcome) {
    return said(skerry_func_call_async(func.get(), slots, Outcome::callback, &outcome));
  }

  const Hold::Shared hold_ = std::make_shared<Hold>();
  Instance instance_;
};

TEST_F(AsyncCallTest, AnswersResultsOnAnotherThread) {
  const Func add = func(instance_, "add");
  for (uint32_t i = 0; i < 20; ++i) {
    Outcome outcome;
    uint64_t slots[2] = {i, 2};
    ASSERT_EQ(begin(add, slots, outcome), "");
    outcome.done.wait();
    EXPECT_EQ(outcome.error, "");
    EXPECT_EQ(static_cast<uint32_t>(slots[0]), i + 2);
    EXPECT_NE(outcome.thread, std::this_thread::get_id());
    // The store is this thread's again.
    slots[0] = 40, slots[1] = 2;
    EXPECT_EQ(said(skerry_func_call(add.get(), slots)), "");
    EXPECT_EQ(slots[0], 42u);
  }
}

TEST_F(AsyncCallTest, AnswersTrapsWithTheirNames) {
  Outcome trap, overflow, interrupted;
  ASSERT_EQ(begin(func(instance_, "trap"), nullptr, trap), "");
  trap.done.wait();
  EXPECT_TRUE(trap.error.starts_with("TrapUnreachable")) << trap.error;
  ASSERT_EQ(begin(func(instance_, "deep"), nullptr, overflow), "");
  overflow.done.wait();
  EXPECT_TRUE(overflow.error.starts_with("TrapStackOverflow")) << overflow.error;
  const Interrupt interrupt(skerry_store_interrupt_new(store_.get()));
  ASSERT_EQ(begin(func(instance_, "forever"), nullptr, interrupted), "");
  skerry_interrupt(interrupt.get());
  interrupted.done.wait();
  EXPECT_TRUE(interrupted.error.starts_with("TrapInterrupted")) << interrupted.error;
}

TEST_F(AsyncCallTest, RefusesTheStoreMeanwhile) {
  const Func hold = func(instance_, "hold"), add = func(instance_, "add");
  const Module other = module("(module)");
  uint64_t slots[2] = {1, 2};
  // The thread is prepared, so that a call would take the fast way.
  EXPECT_EQ(said(skerry_func_call(add.get(), slots)), "");
  Outcome outcome, second;
  ASSERT_EQ(begin(hold, nullptr, outcome), "");
  hold_->is_in.wait();
  EXPECT_EQ(said(skerry_func_call(add.get(), slots)), kLent);
  EXPECT_EQ(begin(add, slots, second), kLent);
  wasm_instance_t* made = nullptr;
  EXPECT_EQ(said(skerry_linker_instantiate(linker_.get(), other.get(), &made)), kLent);
  skerry_fiber_t* fiber = nullptr;
  EXPECT_EQ(said(skerry_fiber_new(store_.get(), &fiber)), kLent);
  std::thread([&] { EXPECT_EQ(said(skerry_func_call(add.get(), slots)), kLent); }).join();
  hold_->may_leave.happen();
  outcome.done.wait();
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(said(skerry_func_call(add.get(), slots)), "");
}

TEST_F(AsyncCallTest, RefusesCallsOfTheStandardInterfaceMeanwhile) {
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance_.get(), &exports);
  wasm_byte_vec_t binary;
  wasm_byte_vec_new(&binary, 8, "\0asm\1\0\0\0");
  wasm_module_t* const empty = wasm_module_new(store_.get(), &binary);
  Outcome outcome;
  ASSERT_EQ(begin(func(instance_, "hold"), nullptr, outcome), "");
  hold_->is_in.wait();
  wasm_val_vec_t none = WASM_EMPTY_VEC;
  wasm_trap_t* const trap = wasm_func_call(wasm_extern_as_func(exports.data[2]), &none, &none);
  wasm_trap_t* second = nullptr;
  EXPECT_EQ(wasm_instance_new(store_.get(), empty, nullptr, &second), nullptr);
  hold_->may_leave.happen();
  outcome.done.wait();
  for (wasm_trap_t* const one : {trap, second}) {
    ASSERT_NE(one, nullptr);
    wasm_message_t message;
    wasm_trap_message(one, &message);
    EXPECT_STREQ(message.data, "the store is in use by a call on another thread");
    wasm_byte_vec_delete(&message);
    wasm_trap_delete(one);
  }
  wasm_module_delete(empty);
  wasm_byte_vec_delete(&binary);
  wasm_extern_vec_delete(&exports);
}

TEST_F(AsyncCallTest, KeepsTheStoreUntilItIsDone) {
  Outcome outcome;
  Func hold = func(instance_, "hold");
  ASSERT_EQ(begin(hold, nullptr, outcome), "");
  hold_->is_in.wait();
  hold.reset();
  instance_.reset();
  linker_.reset();
  store_.reset();
  engine_.reset();
  hold_->may_leave.happen();
  outcome.done.wait();
  EXPECT_EQ(outcome.error, "");
  hold_->is_finalized.wait();
}

// The next call is begun by the callback of the last.
struct Chain {
  const skerry_func_t* func;
  uint64_t slots[2] = {0, 1};
  int left = 10;
  std::string error;
  Event done;

  // The next one's callback may run before this is through, so beginning it comes last.
  static void next(void* env, skerry_error_t* error) {
    auto& chain = *static_cast<Chain*>(env);
    chain.error += said(error);
    chain.slots[1] = 1;
    if (chain.left-- == 0) return chain.done.happen();
    skerry_error_t* const refused = skerry_func_call_async(chain.func, chain.slots, next, env);
    if (!refused) return;
    chain.error += said(refused);
    chain.done.happen();
  }
};

TEST_F(AsyncCallTest, CallbacksMayBeginTheNext) {
  const Func add = func(instance_, "add");
  Chain chain{.func = add.get(), .error = {}, .done = {}};
  Chain::next(&chain, nullptr);
  chain.done.wait();
  EXPECT_EQ(chain.error, "");
  EXPECT_EQ(chain.slots[0], 10u);
}

struct Inner {
  const skerry_func_t* func = nullptr;
  std::string error;

  static skerry_error_t* call(void* env, skerry_caller_t*, uint64_t*) {
    auto& inner = *static_cast<Inner*>(env);
    uint64_t slots[2] = {1, 2};
    Outcome outcome;
    inner.error = said(skerry_func_call_async(inner.func, slots, Outcome::callback, &outcome));
    return nullptr;
  }
};

TEST_F(AsyncCallTest, IsRefusedWithinACallAndOnAFiber) {
  Inner inner;
  EXPECT_EQ(said(skerry_linker_define_func(linker_.get(), "env", "inner", "", Inner::call, &inner,
                                           nullptr)),
            "");
  const Func add = func(instance_, "add");
  inner.func = add.get();
  const Instance calling =
      instance("(module (import \"env\" \"inner\" (func $f)) (func (export \"f\") (call $f)))");
  EXPECT_EQ(said(skerry_func_call(func(calling, "f").get(), nullptr)), "");
  EXPECT_EQ(inner.error, "ArgumentMismatch: the store is in a call");

  EXPECT_NE(said(skerry_func_call_async(nullptr, nullptr, Outcome::callback, nullptr)), "");
  EXPECT_NE(said(skerry_func_call_async(add.get(), nullptr, Outcome::callback, nullptr)), "");
  uint64_t slots[2] = {};
  EXPECT_NE(said(skerry_func_call_async(add.get(), slots, nullptr, nullptr)), "");
  skerry_fiber_t* fiber = nullptr;
  ASSERT_EQ(said(skerry_fiber_new(store_.get(), &fiber)), "");
  Outcome outcome;
  EXPECT_EQ(begin(add, slots, outcome), "ArgumentMismatch: the store has a fiber");
  skerry_fiber_delete(fiber);
}

}  // namespace
}  // namespace skerry::test
