// Funcs of a module that a native library calls: types, errors, and calls that come too late.
#include "native_world.h"

namespace skerry::native {
namespace {

using runtime::Value;

constexpr const char* kModule = R"((module
  (import "calls" "map_sum" (func $map_sum (param i32 i32 i32 i32) (result i32)))
  (import "calls" "keep" (func $keep (param i32) (result i32)))
  (import "calls" "keep_on" (func $keep_on (param i32) (result i32)))
  (import "calls" "call_kept" (func $call_kept (param i32) (result i32)))
  (import "calls" "call_on_thread" (func $call_on_thread (param i32) (result i32)))
  (import "calls" "sort_ints" (func $sort_ints (param i32 i32 i32)))
  (import "calls" "stranger" (func $stranger (param i32) (result i32)))
  (import "calls" "read_lines" (func $read_lines (param i32 i32) (result i32)))
  (import "calls" "call_all_kinds" (func $call_all_kinds (param i32) (result f64)))
  (memory (export "memory") 1)
  (data (i32.const 64) "\05\00\00\00\01\00\00\00\ff\ff\ff\ff\09\00\00\00")
  (global $top (mut i32) (i32.const 32768))
  (global $held (export "held") (mut i32) (i32.const 0))
  (func (export "malloc") (param i32) (result i32)
    (global.set $held (i32.add (global.get $held) (i32.const 1)))
    (global.get $top)
    (global.set $top (i32.add (global.get $top) (i32.add (local.get 0) (i32.const 8)))))
  (func (export "free") (param i32)
    (global.set $held (i32.sub (global.get $held) (i32.const 1))))
  (table (export "__indirect_function_table") 16 funcref)
  (elem (i32.const 1) $map $compare $trap $kinds $read $again $grow $other_map)
  (func $map (param i32 i32) (result i32) (i32.mul (local.get 0) (local.get 1)))
  (func $other_map (param i32 i32) (result i32) (i32.const 100))
  (func $compare (param i32 i32) (result i32)
    (i32.sub (i32.load (local.get 0)) (i32.load (local.get 1))))
  (func $trap (param i32 i32) (result i32) (unreachable))
  (func $kinds (param i32 f32 i64 f64 i32) (result f64)
    (f64.add (f64.convert_i32_s (local.get 0))
    (f64.add (f64.promote_f32 (local.get 1))
    (f64.add (f64.convert_i64_s (local.get 2))
    (f64.add (local.get 3) (f64.convert_i32_s (local.get 4)))))))
  (func $read (param $context i32) (param $count i32) (param $lines i32) (param $title i32) (result i32)
    ;; context + count, and the first letters of the first and third line and of the title
    (i32.add (i32.add (local.get $context) (local.get $count))
      (i32.add (i32.load8_u (i32.load (local.get $lines)))
      (i32.add (i32.load (i32.add (local.get $lines) (i32.const 4)))
      (i32.add (i32.load8_u (i32.load (i32.add (local.get $lines) (i32.const 8))))
               (i32.load8_u (local.get $title)))))))
  ;; Calls the library again from inside.
  (func $again (param i32 i32) (result i32)
    (call $map_sum (i32.const 64) (i32.const 4) (i32.const 1) (local.get 1)))
  (func $grow (param i32 i32) (result i32) (drop (memory.grow (i32.const 16))) (local.get 1))
  (func (export "map_sum") (param i32 i32 i32 i32) (result i32) (local.get 0) (local.get 1) (local.get 2) (local.get 3) (call $map_sum))
  (func (export "keep") (param i32) (result i32) (local.get 0) (call $keep))
  (func (export "keep_on") (param i32) (result i32) (local.get 0) (call $keep_on))
  (func (export "call_kept") (param i32) (result i32) (local.get 0) (call $call_kept))
  (func (export "call_on_thread") (param i32) (result i32) (local.get 0) (call $call_on_thread))
  (func (export "sort_ints") (param i32 i32 i32) (local.get 0) (local.get 1) (local.get 2) (call $sort_ints))
  (func (export "stranger") (param i32) (result i32) (local.get 0) (call $stranger))
  (func (export "read_lines") (param i32 i32) (result i32) (local.get 0) (local.get 1) (call $read_lines))
  (func (export "call_all_kinds") (param i32) (result f64) (local.get 0) (call $call_all_kinds))))";

enum Index : int32_t { kMap = 1, kCompare, kTrap, kKinds, kRead, kAgain, kGrow, kOtherMap, kEmpty };

Value i32(int32_t number) { return Value::i32(number); }

class CallbacksTest : public NativeTest {
 protected:
  explicit CallbacksTest(bool explicit_bounds = false) : NativeTest(explicit_bounds) {
    EXPECT_TRUE(instantiate(kModule));
  }
  int32_t held() {
    return std::get<runtime::Global*>(*instance->find_export("held"))->get().as_i32();
  }
};

TEST_F(CallbacksTest, TheModuleIsCalled) {
  EXPECT_EQ(number("map_sum", {i32(64), i32(4), i32(kMap), i32(10)}), 140);
  EXPECT_EQ(number("map_sum", {i32(64), i32(4), i32(kOtherMap), i32(10)}), 400);
  EXPECT_EQ(call("call_all_kinds", {i32(kKinds)})->at(0).as_f64(),
            -1 + 0.5 + static_cast<double>(1ll << 33) + 0.25 + 65535);
}

TEST_F(CallbacksTest, PointersIntoBuffersAreOffsets) {
  EXPECT_TRUE(call("sort_ints", {i32(64), i32(4), i32(kCompare)}));
  const int32_t sorted[] = {-1, 1, 5, 9};
  for (uint32_t i = 0; i < 4; ++i)
    EXPECT_EQ(*instance->host_memory().read<int32_t>(64 + 4 * i), sorted[i]);
  EXPECT_EQ(failure("stranger", {i32(kCompare)}), ErrorCode::NativeForeignPointer);
}

TEST_F(CallbacksTest, TextIsGivenAndTakenBack) {
  EXPECT_EQ(number("read_lines", {i32(kRead), i32(1000)}), 1000 + 3 + 'o' + 't' + 't');
  EXPECT_EQ(held(), 0);
}

TEST_F(CallbacksTest, WhatIsNoSuchFuncIsRefused) {
  for (const int32_t index :
       {static_cast<int32_t>(kCompare) + 2, static_cast<int32_t>(kEmpty), 16, -1})
    EXPECT_EQ(failure("map_sum", {i32(64), i32(4), i32(index), i32(1)}),
              ErrorCode::NativeBadCallback)
        << index;
  EXPECT_EQ(failure("map_sum", {i32(64), i32(4), i32(0), i32(1)}), ErrorCode::NativeNull);
}

TEST_F(CallbacksTest, ATrapComesOutOfTheCall) {
  EXPECT_EQ(failure("map_sum", {i32(64), i32(4), i32(kTrap), i32(1)}), ErrorCode::TrapUnreachable);
  EXPECT_EQ(number("map_sum", {i32(64), i32(4), i32(kMap), i32(10)}), 140);
}

TEST_F(CallbacksTest, CallsNest) {
  EXPECT_EQ(number("map_sum", {i32(64), i32(4), i32(kAgain), i32(1)}), 14 * 14);
}

TEST_F(CallbacksTest, AfterItsCallACallbackIsRefused) {
  EXPECT_EQ(number("keep", {i32(kMap)}), 0);
  EXPECT_EQ(failure("call_kept", {i32(5)}), ErrorCode::NativeCallbackEnded);
  EXPECT_EQ(failure("call_kept", {i32(5)}), ErrorCode::NativeCallbackEnded);
  EXPECT_EQ(number("keep", {i32(0)}), 0);
  EXPECT_EQ(number("call_kept", {i32(5)}), -1);
}

TEST_F(CallbacksTest, UnlessItIsKept) {
  EXPECT_EQ(number("keep_on", {i32(kOtherMap)}), 100);
  EXPECT_EQ(number("call_kept", {i32(5)}), 100);
  EXPECT_EQ(number("keep_on", {i32(0)}), 0);
}

TEST_F(CallbacksTest, AKeptCallbackOutlivesItsStoreInert) {
  EXPECT_EQ(number("keep_on", {i32(kOtherMap)}), 100);
  // Holds the library, and with it what it kept.
  const auto same = Libraries::create(
      manifest_of(file_text(SKERRY_SOURCE_DIR "/tests/native/shapes.toml")), {}, {});
  ASSERT_TRUE(same->bind("calls", "call_kept"));
  store.reset();
  libraries = same;
  store = *runtime::Store::create(engine->runtime());
  ASSERT_TRUE(instantiate(kModule));
  EXPECT_EQ(number("call_kept", {i32(5)}), 0);
  EXPECT_EQ(number("keep", {i32(0)}), 0);
}

TEST_F(CallbacksTest, AnotherThreadIsRefused) {
  EXPECT_EQ(failure("call_on_thread", {i32(kMap)}), ErrorCode::NativeCallbackThread);
  EXPECT_EQ(number("map_sum", {i32(64), i32(4), i32(kMap), i32(10)}), 140);
}

class MovingCallbacksTest : public CallbacksTest {
 protected:
  MovingCallbacksTest() : CallbacksTest(true) {}
};

TEST_F(MovingCallbacksTest, MemoryMayMoveMeanwhile) {
  EXPECT_EQ(number("map_sum", {i32(64), i32(4), i32(kGrow), i32(1)}), 14);
  EXPECT_EQ(failure("sort_ints", {i32(64), i32(4), i32(kCompare)}),
            ErrorCode::NativeForeignPointer);
}

}  // namespace
}  // namespace skerry::native
