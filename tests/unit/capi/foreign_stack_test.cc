// Calls on a stack that the program has switched to: the store is told where it is, so that calls
// are as fast as on the thread's own, and Wasm ends before it does.
#include <atomic>
#include <thread>

#include "platform/stack_memory.h"
#include "platform/stack_switch.h"
#include "skerry_world.h"

namespace skerry::test {
namespace {

using platform::SwitchableStack;
using platform::SwitchPoint;

// Less than what Wasm may use by the store's options, so that the stack's own end counts.
constexpr uint64_t kStackBytes = 1 << 20;

struct Visit : SwitchPoint {
  const skerry_func_t* func = nullptr;
  uint64_t slots[2] = {40, 2};
  skerry_error_t* error = nullptr;
};

class ForeignStackTest : public SkerryTest {
 protected:
  ForeignStackTest() : stack_(*SwitchableStack::create(kStackBytes)) {
    instance_ = instance(R"((module
      (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
      (func $deep (export "deep") (call $deep))))");
  }
  void tell() { skerry_store_set_stack(store_.get(), stack_.low(), high()); }
  uintptr_t high() const { return reinterpret_cast<uintptr_t>(stack_.top()); }
  // Calls it there; the error.
  std::string visit(const Func& func, uint64_t* result = nullptr) {
    Visit visit;
    visit.top = stack_.top();
    visit.low = stack_.low();
    visit.high = stack_.high();
    visit.func = func.get();
    visit.body = [](SwitchPoint* point) {
      auto& visit = *static_cast<Visit*>(point);
      visit.error = skerry_func_call(visit.func, visit.slots);
    };
    EXPECT_EQ(platform::skerry_stack_start_from_c(&visit), 0u);
    if (result) *result = visit.slots[0];
    return visit.error ? name_of(visit.error) : "";
  }

  SwitchableStack stack_;
  Instance instance_;
};

TEST_F(ForeignStackTest, CallsAreMadeThereAndEndBeforeItDoes) {
  const Func add = func(instance_, "add"), deep = func(instance_, "deep");
  tell();
  for (int i = 0; i < 3; ++i) {
    uint64_t sum = 0;
    EXPECT_EQ(visit(add, &sum), "");
    EXPECT_EQ(sum, 42u);
    EXPECT_EQ(visit(deep), "TrapStackOverflow");
  }
}

TEST_F(ForeignStackTest, TheThreadsOwnStackIsGoodAgainAfterwards) {
  const Func add = func(instance_, "add"), deep = func(instance_, "deep");
  uint64_t slots[2] = {1, 2};
  tell();
  EXPECT_EQ(visit(add), "");
  // Also while it is not what the store was told of.
  EXPECT_EQ(said(skerry_func_call(add.get(), slots)), "");
  EXPECT_EQ(name_of(skerry_func_call(deep.get(), nullptr)), "TrapStackOverflow");
  skerry_store_set_stack(store_.get(), 0, 0);
  EXPECT_EQ(said(skerry_func_call(add.get(), slots)), "");
  EXPECT_EQ(slots[0], 5u);
  EXPECT_EQ(name_of(skerry_func_call(deep.get(), nullptr)), "TrapStackOverflow");
  skerry_store_set_stack(nullptr, 0, 0);
}

TEST_F(ForeignStackTest, OneThatTheStoreWasNotToldOfHasRoomForWhatItsOptionsAllow) {
  skerry_store_options_t options{};
  options.struct_size = sizeof(options);
  options.wasm_stack_bytes = kStackBytes / 8;
  wasm_store_t* store = nullptr;
  ASSERT_EQ(said(skerry_store_new(engine_.get(), &options, &store)), "");
  store_.reset(store);
  linker_.reset(skerry_linker_new(store));
  instance_ = instance("(module (func $deep (export \"deep\") (call $deep)))");
  EXPECT_EQ(visit(func(instance_, "deep")), "TrapStackOverflow");
}

// A call on another thread runs there, and finds the stack told of again.
TEST_F(ForeignStackTest, IsKeptOverAnAsynchronousCall) {
  const Func add = func(instance_, "add"), deep = func(instance_, "deep");
  tell();
  uint64_t slots[2] = {1, 2};
  std::atomic<int> state = 0;
  const auto done = [](void* env, skerry_error_t* error) {
    *static_cast<std::atomic<int>*>(env) = said(error).empty() ? 1 : 2;
  };
  EXPECT_EQ(said(skerry_func_call_async(add.get(), slots, done, &state)), "");
  while (state == 0) std::this_thread::yield();
  EXPECT_EQ(state, 1);
  EXPECT_EQ(slots[0], 3u);
  EXPECT_EQ(visit(deep), "TrapStackOverflow");
}

}  // namespace
}  // namespace skerry::test
