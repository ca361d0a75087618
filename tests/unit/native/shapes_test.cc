// Every shape of tests/native/shapes.toml but callbacks: what comes through, and what is refused.
#include "native_world.h"

namespace skerry::native {
namespace {

using runtime::Value;

class ShapesTest : public NativeTest {};

TEST_F(ShapesTest, NumbersGoThrough) {
  ASSERT_TRUE(
      instantiate(passing_on({{"add", "(param i32 i32) (result i32)"},
                              {"add_long", "(param i64 i64) (result i64)"},
                              {"scale", "(param f64 f64) (result f64)"},
                              {"half", "(param f32) (result f32)"},
                              {"mixed", "(param i32 f64 i64 f32) (result f64)"},
                              {"count", "(param i32)"},
                              {"counted", "(result i32)"},
                              {"sum9", "(param i32 i32 i32 i32 i32 i32 i64 f64 i32) (result i64)"},
                              {"no_parameters", "(result f64)"},
                              {"sum4", "(param f64 f64 f64 f64) (result f64)"},
                              {"sum6", "(param i32 i32 i32 i32 i32 i32) (result i32)"},
                              {"wide", "(param i32 i64) (result i64)"}})));
  EXPECT_EQ(number("add", {Value::i32(-3), Value::i32(5)}), 2);
  EXPECT_EQ(number("add", {Value::i32(INT32_MAX), Value::i32(INT32_MIN)}), -1);
  EXPECT_EQ(call("add_long", {Value::i64(-(1ll << 40)), Value::i64(1)})->at(0).as_i64(),
            1 - (1ll << 40));
  EXPECT_EQ(call("scale", {Value::f64(1.5), Value::f64(-4)})->at(0).as_f64(), -6);
  EXPECT_EQ(call("half", {Value::f32(5)})->at(0).as_f32(), 2.5f);
  EXPECT_EQ(call("mixed", {Value::i32(-1), Value::f64(0.5), Value::i64(10), Value::f32(0.25f)})
                ->at(0)
                .as_f64(),
            9.75);
  const int32_t before = number("counted");
  EXPECT_TRUE(call("count", {Value::i32(7)}));
  EXPECT_EQ(number("counted"), before + 7);
  const auto i32 = [](int32_t v) { return Value::i32(v); };
  EXPECT_EQ(call("sum9", {i32(1), i32(2), i32(3), i32(4), i32(5), i32(6), Value::i64(1ll << 33),
                          Value::f64(8), i32(-9)})
                ->at(0)
                .as_i64(),
            (1ll << 33) + 20);
  EXPECT_EQ(call("no_parameters")->at(0).as_f64(), 1.25);
  EXPECT_EQ(
      call("sum4", {Value::f64(1), Value::f64(2), Value::f64(3), Value::f64(4)})->at(0).as_f64(),
      10);
  EXPECT_EQ(number("sum6", {i32(1), i32(1), i32(1), i32(1), i32(1), i32(-1)}), 9);
  EXPECT_EQ(call("wide", {i32(-1), Value::i64(1)})->at(0).as_i64(), 1ll << 32);
}

TEST_F(ShapesTest, NarrowNumbersAreCutAndExtended) {
  ASSERT_TRUE(instantiate(passing_on({{"negate_byte", "(param i32) (result i32)"},
                                      {"next_short", "(param i32) (result i32)"},
                                      {"is_odd", "(param i32) (result i32)"},
                                      {"negate_long", "(param i32) (result i32)"},
                                      {"big_size", "(param i32) (result i32)"}})));
  EXPECT_EQ(number("negate_byte", {Value::i32(5)}), -5);
  EXPECT_EQ(number("negate_byte", {Value::i32(0x1ff)}), 1);
  EXPECT_EQ(number("next_short", {Value::i32(0xffff)}), 0);
  EXPECT_EQ(number("is_odd", {Value::i32(3)}), 1);
  EXPECT_EQ(number("negate_long", {Value::i32(-12)}), 12);
  EXPECT_EQ(number("big_size", {Value::i32(0)}), 7);
  EXPECT_EQ(failure("big_size", {Value::i32(1)}), ErrorCode::NativeTooLarge);
}

TEST_F(ShapesTest, TextIsCheckedAndConverted) {
  ASSERT_TRUE(instantiate(
      passing_on({{"text_length", "(param i32) (result i32)"},
                  {"text_length_or_null", "(param i32) (result i32)"},
                  {"wide_sum", "(param i32) (result i32)"},
                  {"message_box", "(param i32 i32 i32 i32) (result i32)"}},
                 "shapes",
                 R"((data (i32.const 16) "hello\00") (data (i32.const 32) "a\c3\bc\f0\9f\98\80\00")
         (data (i32.const 48) "\ff\00") (data (i32.const 65533) "abc"))")));
  const auto at = [](int32_t address) { return Value::i32(address); };
  EXPECT_EQ(number("text_length", {at(16)}), 5);
  EXPECT_EQ(failure("text_length", {at(0)}), ErrorCode::NativeNull);
  EXPECT_EQ(number("text_length_or_null", {at(0)}), -1);
  // Without an end, beyond the end, far beyond it.
  EXPECT_EQ(failure("text_length", {at(65533)}), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_EQ(failure("text_length", {at(65536)}), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_EQ(failure("text_length", {at(-1)}), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_EQ(number("wide_sum", {at(32)}), 'a' + 0xfc + 0xd83d + 0xde00);
  EXPECT_EQ(failure("wide_sum", {at(48)}), ErrorCode::NativeBadText);
  EXPECT_EQ(number("message_box", {at(0), at(16), at(32), at(4)}), 500 + 40 + 4);
  EXPECT_EQ(failure("message_box", {at(1), at(16), at(32), at(4)}), ErrorCode::NativeUnknownHandle);
}

TEST_F(ShapesTest, TextOfTheLibraryIsCopiedByTheModulesAllocator) {
  ASSERT_TRUE(instantiate(passing_on({{"greeting", "(param i32) (result i32)"},
                                      {"new_text", "(result i32)"},
                                      {"freed_texts", "(result i32)"},
                                      {"wide_greeting", "(result i32)"}})));
  EXPECT_EQ(guest_text(static_cast<uint32_t>(number("greeting", {Value::i32(1)}))),
            "hello from the library");
  EXPECT_EQ(number("greeting", {Value::i32(0)}), 0);
  const int32_t before = number("freed_texts");
  EXPECT_EQ(guest_text(static_cast<uint32_t>(number("new_text"))), "a copy");
  EXPECT_EQ(number("freed_texts"), before + 1);
  EXPECT_EQ(guest_text(static_cast<uint32_t>(number("wide_greeting"))), "G\u00fc\U0001f600\ufffd");
}

TEST_F(ShapesTest, TextNeedsAnAllocator) {
  ASSERT_TRUE(instantiate(R"((module
    (import "shapes" "greeting" (func $greeting (param i32) (result i32)))
    (import "shapes" "new_text" (func $new_text (result i32)))
    (import "shapes" "freed_texts" (func $freed_texts (result i32)))
    (memory (export "memory") 1)
    (func (export "malloc") (param i64) (result i32) (i32.const 8))
    (func (export "greeting") (param i32) (result i32) (local.get 0) (call $greeting))
    (func (export "new_text") (result i32) (call $new_text))
    (func (export "freed_texts") (result i32) (call $freed_texts))))"));
  EXPECT_EQ(failure("greeting", {Value::i32(1)}), ErrorCode::NativeNoAllocator);
  const int32_t before = number("freed_texts");
  EXPECT_EQ(failure("new_text"), ErrorCode::NativeNoAllocator);
  EXPECT_EQ(number("freed_texts"), before + 1);
}

TEST_F(ShapesTest, AnAllocatorThatLiesIsFoundOut) {
  ASSERT_TRUE(instantiate(R"((module
    (import "shapes" "greeting" (func $greeting (param i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "malloc") (param i32) (result i32) (i32.const 65530))
    (func (export "greeting") (param i32) (result i32) (local.get 0) (call $greeting))))"));
  EXPECT_EQ(failure("greeting", {Value::i32(1)}), ErrorCode::TrapMemoryOutOfBounds);
}

TEST_F(ShapesTest, BuffersAreChecked) {
  ASSERT_TRUE(instantiate(passing_on({{"sum_bytes", "(param i32 i32) (result i32)"},
                                      {"fill", "(param i32 i32 i32)"},
                                      {"fill_some", "(param i32 i32) (result i32)"},
                                      {"sum_longs", "(param i32 i32) (result i64)"}},
                                     "shapes", R"((data (i32.const 16) "\01\02\03\04"))")));
  const auto i32 = [](int32_t v) { return Value::i32(v); };
  EXPECT_EQ(number("sum_bytes", {i32(16), i32(4)}), 10);
  EXPECT_EQ(number("sum_bytes", {i32(0), i32(0)}), 0);
  EXPECT_EQ(number("sum_bytes", {i32(65536), i32(0)}), 0);
  EXPECT_EQ(failure("sum_bytes", {i32(0), i32(1)}), ErrorCode::NativeNull);
  EXPECT_EQ(failure("sum_bytes", {i32(65535), i32(2)}), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_EQ(failure("sum_bytes", {i32(16), i32(-1)}), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_EQ(failure("sum_bytes", {i32(-1), i32(-1)}), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_EQ(failure("fill", {i32(16), i32(-1), i32(0)}), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_TRUE(call("fill", {i32(65532), i32(4), i32(3)}));
  EXPECT_EQ(number("sum_bytes", {i32(65532), i32(4)}), 12);
  EXPECT_EQ(failure("sum_longs", {i32(16), i32(0x10000000)}), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_EQ(failure("sum_longs", {i32(16), i32(-1)}), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_EQ(call("sum_longs", {i32(16), i32(1)})->at(0).as_i64(), 0x04030201);
  // The length lies in memory itself.
  const auto view = instance->host_memory();
  ASSERT_TRUE(view.write<uint32_t>(64, 10));
  EXPECT_EQ(number("fill_some", {i32(80), i32(64)}), 0);
  EXPECT_EQ(*view.read<uint32_t>(64), 4u);
  EXPECT_EQ(guest_text(80), "data");
  ASSERT_TRUE(view.write<uint32_t>(64, 70000));
  EXPECT_EQ(failure("fill_some", {i32(80), i32(64)}), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_EQ(failure("fill_some", {i32(80), i32(65534)}), ErrorCode::TrapMemoryOutOfBounds);
}

TEST_F(ShapesTest, ResultsByPointer) {
  ASSERT_TRUE(instantiate(passing_on({{"give_all", "(param i32 i32 i32 i32)"},
                                      {"double_it", "(param i32)"},
                                      {"maybe", "(param i32) (result i32)"}})));
  const auto i32 = [](int32_t v) { return Value::i32(v); };
  const auto view = instance->host_memory();
  EXPECT_TRUE(call("give_all", {i32(17), i32(33), i32(49), i32(65)}));
  EXPECT_EQ(*view.read<int32_t>(17), -5);
  EXPECT_EQ(*view.read<int64_t>(33), 1ll << 40);
  EXPECT_EQ(*view.read<double>(49), 2.5);
  EXPECT_EQ(*view.read<uint8_t>(65), 200);
  EXPECT_EQ(*view.read<uint8_t>(66), 0);
  ASSERT_TRUE(view.write<int32_t>(100, 21));
  EXPECT_TRUE(call("double_it", {i32(100)}));
  EXPECT_EQ(*view.read<int32_t>(100), 42);
  EXPECT_EQ(failure("double_it", {i32(65533)}), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_EQ(failure("double_it", {i32(0)}), ErrorCode::NativeNull);
  EXPECT_EQ(number("maybe", {i32(0)}), 0);
  EXPECT_EQ(number("maybe", {i32(100)}), 1);
}

TEST_F(ShapesTest, StructsChangeTheirLayout) {
  ASSERT_TRUE(instantiate(passing_on({{"describe", "(param i32)"},
                                      {"weigh", "(param i32) (result f64)"},
                                      {"counter_new", "(param i32) (result i32)"}})));
  const auto view = instance->host_memory();
  EXPECT_TRUE(call("describe", {Value::i32(128)}));
  // As clang lays it out for wasm32.
  EXPECT_EQ(*view.read<uint16_t>(128), 7);
  EXPECT_EQ(*view.read<uint32_t>(132), 0u);
  EXPECT_EQ(*view.read<int32_t>(136), -3);
  EXPECT_EQ(*view.read<uint8_t>(144), 1);
  EXPECT_EQ(*view.read<double>(152), 0.5);
  EXPECT_EQ(*view.read<uint8_t>(160), 2);
  EXPECT_EQ(*view.read<double>(168), 1.5);
  EXPECT_EQ(guest_text(176), "abcd");
  EXPECT_EQ(*view.read<int64_t>(184), 0x1122334455667788);
  ASSERT_TRUE(view.write<int64_t>(184, 0));
  EXPECT_EQ(call("weigh", {Value::i32(128)})->at(0).as_f64(), 7 - 3 + 0.5 + 1.5 + 'b');
  const int32_t counter = number("counter_new", {Value::i32(1)});
  ASSERT_TRUE(view.write<int32_t>(132, counter));
  EXPECT_EQ(call("weigh", {Value::i32(128)})->at(0).as_f64(), 1000 + 7 - 3 + 0.5 + 1.5 + 'b');
  ASSERT_TRUE(view.write<int32_t>(132, 12345));
  EXPECT_EQ(failure("weigh", {Value::i32(128)}), ErrorCode::NativeUnknownHandle);
  EXPECT_EQ(failure("describe", {Value::i32(65536 - 63)}), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_TRUE(call("describe", {Value::i32(65536 - 64)}));
}

TEST_F(ShapesTest, HandlesAreCheckedAndFreed) {
  ASSERT_TRUE(instantiate(passing_on({{"counter_new", "(param i32) (result i32)"},
                                      {"counter_open", "(param i32 i32) (result i32)"},
                                      {"counter_next", "(param i32) (result i32)"},
                                      {"counter_self", "(param i32) (result i32)"},
                                      {"counter_free", "(param i32)"},
                                      {"counters", "(result i32)"},
                                      {"gadget", "(result i32)"},
                                      {"no_gadget", "(result i32)"},
                                      {"counter_of_gadget", "(param i32) (result i32)"}})));
  const int32_t before = number("counters");
  const Value one = Value::i32(number("counter_new", {Value::i32(10)}));
  EXPECT_EQ(number("counter_open", {Value::i32(20), Value::i32(64)}), 0);
  const Value two = Value::i32(*instance->host_memory().read<int32_t>(64));
  EXPECT_NE(one.as_i32(), two.as_i32());
  EXPECT_EQ(number("counter_next", {one}), 11);
  EXPECT_EQ(number("counter_next", {two}), 21);
  EXPECT_EQ(number("counter_self", {two}), two.as_i32());
  EXPECT_EQ(number("counter_new", {Value::i32(-1)}), 0);
  EXPECT_EQ(failure("counter_next", {Value::i32(0)}), ErrorCode::NativeNull);
  EXPECT_EQ(failure("counter_next", {Value::i32(99)}), ErrorCode::NativeUnknownHandle);
  const Value gadget = Value::i32(number("gadget"));
  EXPECT_EQ(failure("counter_next", {gadget}), ErrorCode::NativeUnknownHandle);
  EXPECT_EQ(failure("counter_of_gadget", {two}), ErrorCode::NativeUnknownHandle);
  EXPECT_EQ(number("gadget"), gadget.as_i32());
  EXPECT_EQ(number("no_gadget"), 0);
  EXPECT_TRUE(call("counter_free", {one}));
  EXPECT_EQ(failure("counter_free", {one}), ErrorCode::NativeUnknownHandle);
  EXPECT_EQ(failure("counter_next", {one}), ErrorCode::NativeUnknownHandle);
  EXPECT_NE(number("counter_new", {Value::i32(0)}), one.as_i32());
  EXPECT_EQ(number("counters"), before + 2);
  // What the module leaves goes with the store.
  store.reset();
  libraries = Libraries::create(
      manifest_of(file_text(SKERRY_SOURCE_DIR "/tests/native/shapes.toml")), {}, {});
  store = *runtime::Store::create(engine->runtime());
  ASSERT_TRUE(instantiate(passing_on({{"counters", "(result i32)"}})));
  EXPECT_EQ(number("counters"), before);
}

TEST_F(ShapesTest, ErrorsAreKept) {
  ASSERT_TRUE(instantiate(passing_on(
      {{"fail_with", "(param i32) (result i32)"}, {"fail_with_system", "(param i32) (result i32)"}},
      "shapes", R"()")));
  EXPECT_EQ(libraries->last_error().type.results.size(), 1u);
  ASSERT_TRUE(instantiate(R"((module
    (import "shapes" "fail_with" (func $fail (param i32) (result i32)))
    (import "shapes" "fail_with_system" (func $fail2 (param i32) (result i32)))
    (import "skerry" "last_error" (func $error (result i32)))
    (func (export "fail") (param i32) (result i32)
      (drop (call $fail (local.get 0))) (call $error))
    (func (export "fail2") (param i32) (result i32)
      (drop (call $fail2 (local.get 0))) (call $error))))"));
  EXPECT_EQ(number("fail", {Value::i32(13)}), 13);
  EXPECT_EQ(number("fail", {Value::i32(0)}), 0);
  EXPECT_EQ(number("fail2", {Value::i32(5)}), 5);
}

TEST_F(ShapesTest, AModuleWithoutMemoryGetsNoPointers) {
  ASSERT_TRUE(instantiate(R"((module
    (import "shapes" "text_length" (func $f (param i32) (result i32)))
    (import "shapes" "sum_bytes" (func $g (param i32 i32) (result i32)))
    (func (export "f") (param i32) (result i32) (local.get 0) (call $f))
    (func (export "g") (param i32 i32) (result i32) (local.get 0) (local.get 1) (call $g))))"));
  EXPECT_EQ(failure("f", {Value::i32(1)}), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_EQ(failure("g", {Value::i32(1), Value::i32(1)}), ErrorCode::TrapMemoryOutOfBounds);
}

TEST_F(ShapesTest, BlockingIsKeptOnTheFunction) {
  EXPECT_TRUE(libraries->bind("shapes", "sum6")->may_block);
  EXPECT_FALSE(libraries->bind("shapes", "add")->may_block);
}

// Memory that moves when it grows: buffers are copies.
class MovingShapesTest : public NativeTest {
 protected:
  MovingShapesTest() : NativeTest(true) {}
};

TEST_F(MovingShapesTest, BuffersComeBack) {
  ASSERT_TRUE(instantiate(passing_on(
      {{"sum_bytes", "(param i32 i32) (result i32)"}, {"fill", "(param i32 i32 i32)"}})));
  EXPECT_TRUE(call("fill", {Value::i32(100), Value::i32(5), Value::i32(9)}));
  EXPECT_EQ(number("sum_bytes", {Value::i32(100), Value::i32(5)}), 45);
  EXPECT_EQ(failure("fill", {Value::i32(65530), Value::i32(7), Value::i32(9)}),
            ErrorCode::TrapMemoryOutOfBounds);
}

}  // namespace
}  // namespace skerry::native
