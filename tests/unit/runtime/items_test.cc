// Memories, tables and globals as hosts use them, in both memory modes.
#include "fixture.h"

namespace skerry::runtime {
namespace {

class MemoryTest : public RuntimeTest, public ::testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    EngineOptions options;
    options.code.explicit_bounds = GetParam();
    use(options);
  }
};
INSTANTIATE_TEST_SUITE_P(Modes, MemoryTest, ::testing::Bool(), [](const auto& mode) {
  return mode.param ? "ExplicitBounds" : "Guarded";
});

TEST_P(MemoryTest, GrowsUpToItsMaximum) {
  Memory* const memory = *store->add_memory({{1, 3, false}, false});
  EXPECT_EQ(memory->size_pages(), 1u);
  EXPECT_EQ(memory->grow(1), 1u);
  EXPECT_EQ(memory->grow(0), 2u);
  EXPECT_EQ(memory->grow(2), std::nullopt);
  EXPECT_EQ(memory->grow(UINT64_MAX), std::nullopt);
  EXPECT_EQ(memory->grow(1), 2u);
  EXPECT_EQ(memory->size_bytes(), 3 * kWasmPageBytes);
  EXPECT_EQ(memory->type().limits, (Limits{3, 3, false}));
}

TEST_P(MemoryTest, NewPagesAreZeroAndOldOnesKept) {
  Memory* const memory = *store->add_memory({{1, std::nullopt, false}, false});
  ASSERT_TRUE(memory->view().write<uint32_t>(65532, 0xabcd));
  ASSERT_TRUE(memory->grow(100));
  EXPECT_EQ(*memory->view().read<uint32_t>(65532), 0xabcdu);
  EXPECT_EQ(*memory->view().read<uint32_t>(65536), 0u);
  EXPECT_EQ(*memory->view().read<uint8_t>(101 * kWasmPageBytes - 1), 0u);
}

TEST_P(MemoryTest, ViewsCheckEveryAccess) {
  Memory* const memory = *store->add_memory({{1, 1, false}, false});
  const GuestView view = memory->view();
  EXPECT_TRUE(view.checked(0, 65536));
  EXPECT_TRUE(view.checked(65536, 0));
  EXPECT_FALSE(view.checked(65536, 1));
  EXPECT_FALSE(view.checked(65537, 0));
  EXPECT_FALSE(view.checked(1, UINT64_MAX));
  EXPECT_FALSE(view.checked(UINT64_MAX, 2));
  EXPECT_FALSE(view.read<uint64_t>(65529));
  EXPECT_EQ(view.write<uint16_t>(65535, 1).error().code, ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_FALSE(GuestView().checked(0, 1));
  EXPECT_TRUE(GuestView().checked(0, 0));
}

TEST_P(MemoryTest, SixtyFourBitMemories) {
  Instance& instance = instantiate(R"((module (memory i64 1)
    (func (export "load") (param i64) (result i32) (i32.load offset=8 (local.get 0)))
    (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0)))
    (func (export "fill") (param i64)
      (memory.fill (local.get 0) (i32.const 1) (i64.const 4)))))");
  EXPECT_EQ(i32(instance, "load", {Value::i64(65524)}), 0);
  EXPECT_EQ(error(instance, "load", {Value::i64(65525)}), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_EQ(error(instance, "load", {Value::i64(-1)}), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_EQ(error(instance, "load", {Value::i64(int64_t{1} << 40)}),
            ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_EQ(invoke(instance, "grow", {Value::i64(int64_t{1} << 50)})->at(0).as_i64(), -1);
  EXPECT_EQ(invoke(instance, "grow", {Value::i64(1)})->at(0).as_i64(), 1);
  EXPECT_EQ(error(instance, "fill", {Value::i64(131073)}), ErrorCode::TrapMemoryOutOfBounds);
}

TEST_P(MemoryTest, AMemoryMayBeEmpty) {
  Instance& instance = instantiate(R"((module (memory 0)
    (func (export "load") (result i32) (i32.load (i32.const 0)))
    (func (export "copy") (memory.copy (i32.const 0) (i32.const 0) (i32.const 0)))))");
  EXPECT_EQ(error(instance, "load"), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_TRUE(invoke(instance, "copy"));
}

TEST_P(MemoryTest, CallersSeeTheExportedMemory) {
  uint64_t seen = 0;
  const Func look = host({{}, {}}, [&](Caller& caller, std::span<uint64_t>) -> Result<void> {
    seen = caller.memory().size_bytes();
    return {};
  });
  Instance& instance = instantiate(R"((module (import "h" "look" (func $look))
    (memory 1) (memory (export "memory") 2) (func (export "f") call $look)))",
                                   {look});
  ASSERT_TRUE(invoke(instance, "f"));
  EXPECT_EQ(seen, 2 * kWasmPageBytes);
}

using MovingMemoryTest = RuntimeTest;

TEST_F(MovingMemoryTest, AllUsersFollowAMemoryThatMoves) {
  EngineOptions options;
  options.code.explicit_bounds = true;
  options.explicit_reservation_bytes = 2 * kWasmPageBytes;
  use(options);
  Instance& a = instantiate(R"((module (memory (export "m") 1)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "set") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
    (func (export "get") (param i32) (result i32) (i32.load (local.get 0)))))");
  Instance& b = instantiate(R"((module (import "a" "m" (memory 1))
    (func (export "get") (param i32) (result i32) (i32.load (local.get 0)))))",
                            {*a.find_export("m")});
  ASSERT_TRUE(invoke(a, "set", {Value::i32(100), Value::i32(7)}));
  const auto* const before = a.memory(0)->vm()->base;
  EXPECT_EQ(i32(a, "grow", {Value::i32(9)}), 1);
  EXPECT_NE(a.memory(0)->vm()->base, before);
  EXPECT_EQ(i32(a, "get", {Value::i32(100)}), 7);
  EXPECT_EQ(i32(b, "get", {Value::i32(100)}), 7);
  ASSERT_TRUE(invoke(a, "set", {Value::i32(600000), Value::i32(8)}));
  EXPECT_EQ(i32(b, "get", {Value::i32(600000)}), 8);
}

using TableTest = RuntimeTest;

TEST_F(TableTest, GrowsSetsAndGets) {
  Table* const table =
      *store->add_table({{2, 5, false}, ValType::externref()}, Value::externref(9));
  EXPECT_EQ(table->get(1)->low, 9u);
  EXPECT_FALSE(table->get(2));
  EXPECT_EQ(table->grow(3, 4), 2u);
  EXPECT_EQ(table->grow(1, 4), std::nullopt);
  EXPECT_EQ(table->get(4)->low, 4u);
  EXPECT_TRUE(table->set(0, Value::null(HeapType::Extern)));
  EXPECT_EQ(table->set(0, Value::null(HeapType::Func)).error().code, ErrorCode::ArgumentMismatch);
  EXPECT_EQ(table->set(5, Value::externref(1)).error().code, ErrorCode::TrapTableOutOfBounds);
}

TEST_F(TableTest, CopyHandlesOverlap) {
  Instance& instance = instantiate(R"((module (table (export "t") 6 externref)
    (func (export "copy") (param i32 i32 i32)
      (table.copy (local.get 0) (local.get 1) (local.get 2)))))");
  Table* const table = instance.table(0);
  const auto reset = [&] {
    for (uint64_t i = 0; i < 6; ++i) ASSERT_TRUE(table->set(i, Value::externref(i + 1)));
  };
  const auto words = [&] {
    return std::vector<uint64_t>(table->elements().begin(), table->elements().end());
  };
  reset();
  ASSERT_TRUE(invoke(instance, "copy", {Value::i32(1), Value::i32(0), Value::i32(4)}));
  EXPECT_EQ(words(), (std::vector<uint64_t>{1, 1, 2, 3, 4, 6}));
  reset();
  ASSERT_TRUE(invoke(instance, "copy", {Value::i32(0), Value::i32(2), Value::i32(4)}));
  EXPECT_EQ(words(), (std::vector<uint64_t>{3, 4, 5, 6, 5, 6}));
}

TEST_F(TableTest, TypedFunctionReferencesAreChecked) {
  Instance& instance = instantiate(R"((module
    (type $i (func (result i32)))
    (table (export "t") 2 (ref null $i))
    (global (export "g") (mut (ref null $i)) (ref.null $i))
    (func (export "good") (result i32) i32.const 1) (func (export "bad"))))");
  Table* const table = instance.table(0);
  EXPECT_TRUE(table->set(0, Value::funcref(func(instance, "good"))));
  EXPECT_FALSE(table->set(0, Value::funcref(func(instance, "bad"))));
  EXPECT_TRUE(table->set(0, Value::null(HeapType::Func)));
  Global* const global = instance.global(0);
  EXPECT_TRUE(global->set(*store, Value::funcref(func(instance, "good"))));
  EXPECT_FALSE(global->set(*store, Value::funcref(func(instance, "bad"))));
}

TEST_F(TableTest, GlobalsAreSharedWithTheHost) {
  Global* const global = *store->add_global({ValType::I64, true}, Value::i64(5));
  Global* const fixed = *store->add_global({ValType::I32, false}, Value::i32(5));
  Instance& instance = instantiate(R"((module (import "h" "g" (global $g (mut i64)))
    (import "h" "c" (global $c i32))
    (func (export "inc") (global.set $g (i64.add (global.get $g)
      (i64.extend_i32_u (global.get $c)))))))",
                                   {global, fixed});
  ASSERT_TRUE(invoke(instance, "inc"));
  EXPECT_EQ(global->get().as_i64(), 10);
  EXPECT_TRUE(global->set(*store, Value::i64(-5)));
  ASSERT_TRUE(invoke(instance, "inc"));
  EXPECT_EQ(global->get().as_i64(), 0);
  EXPECT_EQ(fixed->set(*store, Value::i32(1)).error().code, ErrorCode::GlobalImmutable);
  EXPECT_EQ(global->set(*store, Value::i32(1)).error().code, ErrorCode::ArgumentMismatch);
}

}  // namespace
}  // namespace skerry::runtime
