// Guests that multiply: instances that make instances, memories and tables that grow until they may
// not, calls that go back and forth between host and guest without end. Each ends with its error,
// the store is of use afterwards, and when it goes, so does everything that it had mapped.
// Not here: the limits one by one (instance_test).
#include <fstream>
#include <string>

#include "fixture.h"

namespace skerry::runtime {
namespace {

#ifdef __SANITIZE_THREAD__
constexpr bool kHasThreadSanitizer = true;
#else
constexpr bool kHasThreadSanitizer = false;
#endif

// Mappings of this process; 0 where the system does not say. Wine shows its own, and so does the
// thread sanitizer.
size_t mappings() {
  size_t count = 0;
  if (kHasThreadSanitizer) return count;
#ifndef _WIN32
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) ++count;
#endif
  return count;
}

constexpr const char* kSpawns = R"((module
  (import "host" "spawn" (func $spawn))
  (memory 1)
  (table 3 funcref)
  (func $start (call $spawn))
  (func (export "spawn") (call $spawn))
  (func (export "recurse") (result i32) (call $spawn) (i32.const 1))
  (start $start)))";

class BombTest : public RuntimeTest {
 protected:
  // A host function that instantiates the module, which calls it when it starts.
  Func fork() {
    return host({}, [this](Caller& caller, std::span<uint64_t>) -> Result<void> {
      const auto made = runtime::instantiate(caller.store(), code_, std::vector<Extern>{*fork_});
      if (made) return {};
      ++refused_;
      last_ = made.error().code;
      return std::unexpected(made.error());
    });
  }
  // Lets the bomb off; the error that came out.
  ErrorCode explode(const StoreLimits& limits) {
    use(EngineOptions{}, limits);
    refused_ = 0;
    code_ = module(kSpawns);
    fork_ = fork();
    const auto made = runtime::instantiate(*store, code_, std::vector<Extern>{*fork_});
    EXPECT_FALSE(made);
    return made ? ErrorCode::InternalError : made.error().code;
  }
  void clean_up() {
    code_.reset();
    store.reset();
    engine.reset();
  }

  std::shared_ptr<ModuleCode> code_;
  std::optional<Func> fork_;
  int refused_ = 0;
  ErrorCode last_ = ErrorCode::InternalError;
};

TEST_F(BombTest, InstancesThatMakeInstances) {
  const StoreLimits limits{.instances = 50, .wasm_stack_bytes = 64 << 20};
  // In the second round all that is made once has been made.
  size_t after_first = 0;
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(explode(limits), ErrorCode::InstanceLimitExceeded);
    EXPECT_EQ(last_, ErrorCode::InstanceLimitExceeded);
    EXPECT_EQ(store->instances().size(), 50u);
    // The store still works.
    const auto found = store->instances().front()->find_export("spawn");
    ASSERT_TRUE(found);
    const auto again = call(*store, std::get<Func>(*found), std::span<const Value>());
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::InstanceLimitExceeded);
    clean_up();
    if (round == 1) after_first = mappings();
  }
  EXPECT_LE(mappings(), after_first);
}

TEST_F(BombTest, TheirMemoryIsCountedTogether) {
  const StoreLimits limits{.memory_bytes = 5 * kWasmPageBytes, .wasm_stack_bytes = 64 << 20};
  EXPECT_EQ(explode(limits), ErrorCode::MemoryLimitExceeded);
  EXPECT_EQ(store->instances().size(), 6u);
}

TEST_F(BombTest, TheirTablesAreCountedTogether) {
  const StoreLimits limits{.table_elements = 16, .wasm_stack_bytes = 64 << 20};
  EXPECT_EQ(explode(limits), ErrorCode::TableLimitExceeded);
  EXPECT_EQ(store->instances().size(), 6u);
}

// Nesting is bounded by the stack, whoever's frames are on it.
TEST_F(BombTest, NestingEndsWithTheStack) {
  if (kHasThreadSanitizer) GTEST_SKIP() << "it leaves too little address space for the memories";
  EXPECT_EQ(explode(StoreLimits{}), ErrorCode::TrapStackOverflow);
  EXPECT_LT(store->instances().size(), 10'000u);
}

TEST_F(BombTest, HostAndGuestCallEachOther) {
  std::optional<Func> guest;
  const Func back = host({}, [&](Caller& caller, std::span<uint64_t>) -> Result<void> {
    return call(caller.store(), *guest, std::span<uint64_t>());
  });
  Instance& instance = instantiate(R"((module
    (import "host" "back" (func $back))
    (func (export "go") (call $back))
    (func (export "one") (result i32) (i32.const 1))))",
                                   {back});
  guest = func(instance, "go");
  for (int round = 0; round < 3; ++round)
    EXPECT_EQ(error(instance, "go"), ErrorCode::TrapStackOverflow);
  EXPECT_EQ(i32(instance, "one"), 1);
}

TEST_F(BombTest, WhatIsRefusedIsNotKept) {
  use(EngineOptions{}, StoreLimits{.memory_bytes = 8 * kWasmPageBytes, .table_elements = 8});
  Instance& instance = instantiate(R"((module (memory 1) (table 1 funcref)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "tgrow") (param i32) (result i32)
      (table.grow (ref.null func) (local.get 0)))))");
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(i32(instance, "grow", {Value::i32(8 + i)}), -1);
    EXPECT_EQ(i32(instance, "grow", {Value::i32(-1 - i)}), -1);
    EXPECT_EQ(i32(instance, "tgrow", {Value::i32(8 + i)}), -1);
    EXPECT_EQ(i32(instance, "tgrow", {Value::i32(-1 - i)}), -1);
  }
  const size_t before = mappings();
  // As modules that never come to be.
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(try_instantiate("(module (memory 9))"));
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(try_instantiate("(module (table 9 funcref))"));
  EXPECT_LT(mappings(), before + 50);
  EXPECT_EQ(i32(instance, "grow", {Value::i32(7)}), 1);
  EXPECT_EQ(i32(instance, "tgrow", {Value::i32(7)}), 1);
}

}  // namespace
}  // namespace skerry::runtime
