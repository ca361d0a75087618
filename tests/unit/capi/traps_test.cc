// Traps: identity of a callback's trap, its trace, nested calls, messages of odd forms.
#include "c_world.h"

namespace skerry::test {
namespace {

wasm_trap_t* trap_of(wasm_store_t* store, std::string_view message) {
  const wasm_message_t text{message.size(), const_cast<char*>(message.data())};
  return wasm_trap_new(store, &text);
}

TEST_F(CTest, MessagesEndWithOneZero) {
  EXPECT_EQ(message_of(trap_of(store, "without")), "without");
  EXPECT_EQ(message_of(trap_of(store, std::string_view("with\0", 5))), "with");
  EXPECT_EQ(message_of(trap_of(store, "")), "");
  EXPECT_EQ(wasm_trap_new(store, nullptr), nullptr);
  const wasm_message_t broken{4, nullptr};
  EXPECT_EQ(wasm_trap_new(store, &broken), nullptr);
}

struct Thrower {
  wasm_trap_t* trap;
};
wasm_trap_t* throw_copy(void* env, const wasm_val_vec_t*, wasm_val_vec_t*) {
  return wasm_trap_copy(static_cast<Thrower*>(env)->trap);
}

TEST_F(CTest, TrapsOfCallbacksStayTheSame) {
  Thrower thrower{trap_of(store, "mine")};
  int info = 0;
  wasm_trap_set_host_info(thrower.trap, &info);
  wasm_functype_t* const type = wasm_functype_new_0_0();
  wasm_func_t* const func = wasm_func_new_with_env(store, type, throw_copy, &thrower, nullptr);
  wasm_functype_delete(type);
  // Called by the host there is no Wasm to trace.
  wasm_trap_t* direct = call(func);
  EXPECT_TRUE(wasm_trap_same(direct, thrower.trap));
  EXPECT_EQ(wasm_trap_origin(direct), nullptr);
  wasm_trap_delete(direct);
  Linked linked(store, R"((module (import "a" "b" (func $f)) (func (export "g") (call $f))))",
                {wasm_func_as_extern(func)});
  wasm_trap_t* const caught = call(linked.func(0));
  EXPECT_TRUE(wasm_trap_same(caught, thrower.trap));
  EXPECT_EQ(wasm_trap_get_host_info(caught), &info);
  EXPECT_NE(wasm_ref_as_trap(wasm_trap_as_ref(caught)), nullptr);
  wasm_frame_vec_t trace, copy;
  wasm_trap_trace(caught, &trace);
  wasm_frame_vec_copy(&copy, &trace);
  wasm_frame_vec_delete(&trace);
  ASSERT_EQ(copy.size, 1u);
  EXPECT_EQ(wasm_frame_func_index(copy.data[0]), 1u);
  EXPECT_TRUE(wasm_instance_same(wasm_frame_instance(copy.data[0]), linked.instance));
  wasm_frame_vec_delete(&copy);
  wasm_trap_delete(caught);
  wasm_trap_delete(thrower.trap);
  wasm_func_delete(func);
}

struct Nested {
  const wasm_func_t* inner = nullptr;
  bool pass_on = false;
  int failures = 0;
};
wasm_trap_t* call_inner(void* env, const wasm_val_vec_t*, wasm_val_vec_t*) {
  auto& nested = *static_cast<Nested*>(env);
  wasm_trap_t* const trap = call(nested.inner);
  if (trap) ++nested.failures;
  if (nested.pass_on) return trap;
  wasm_trap_delete(trap);
  return nullptr;
}

TEST_F(CTest, NestedCallsMayFailAndBePassedOn) {
  Nested nested;
  wasm_functype_t* const type = wasm_functype_new_0_0();
  wasm_func_t* const func = wasm_func_new_with_env(store, type, call_inner, &nested, nullptr);
  wasm_functype_delete(type);
  Linked linked(store, R"((module (import "a" "b" (func $f))
    (func (export "outer") (call $f)) (func (export "inner") unreachable)))",
                {wasm_func_as_extern(func)});
  nested.inner = linked.func(1);
  EXPECT_EQ(call(linked.func(0)), nullptr);
  EXPECT_EQ(nested.failures, 1);
  nested.pass_on = true;
  wasm_trap_t* const trap = call(linked.func(0));
  wasm_frame_t* const origin = wasm_trap_origin(trap);
  ASSERT_NE(origin, nullptr);
  EXPECT_EQ(wasm_frame_func_index(origin), 2u);
  wasm_frame_delete(origin);
  EXPECT_EQ(message_of(trap), "unreachable");
  EXPECT_EQ(nested.failures, 2);
  wasm_func_delete(func);
}

// A trap of another store is passed on, without frames that its store would not keep alive.
TEST_F(CTest, TrapsOfOtherStores) {
  wasm_store_t* const other = wasm_store_new(engine);
  Thrower thrower{trap_of(other, "from elsewhere")};
  wasm_store_delete(other);
  wasm_functype_t* const type = wasm_functype_new_0_0();
  wasm_func_t* const func = wasm_func_new_with_env(store, type, throw_copy, &thrower, nullptr);
  wasm_functype_delete(type);
  Linked linked(store, R"((module (import "a" "b" (func $f)) (func (export "g") (call $f))))",
                {wasm_func_as_extern(func)});
  wasm_trap_t* const caught = call(linked.func(0));
  EXPECT_EQ(wasm_trap_origin(caught), nullptr);
  EXPECT_EQ(message_of(caught), "from elsewhere");
  wasm_trap_delete(thrower.trap);
  wasm_func_delete(func);
}

TEST_F(CTest, FramesOfSeveralInstancesNameNone) {
  constexpr std::string_view kText = "(module (func (export \"f\") unreachable))";
  wasm_module_t* const module = module_of(store, kText);
  wasm_instance_t* const one = wasm_instance_new(store, module, nullptr, nullptr);
  wasm_extern_vec_t exports;
  wasm_instance_exports(one, &exports);
  wasm_trap_t* const trap = call(wasm_extern_as_func(exports.data[0]));
  wasm_instance_t* const two = wasm_instance_new(store, module, nullptr, nullptr);
  wasm_frame_t* const frame = wasm_trap_origin(trap);
  EXPECT_EQ(wasm_frame_instance(frame), nullptr);
  wasm_frame_delete(frame);
  wasm_trap_delete(trap);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(one);
  wasm_instance_delete(two);
  wasm_module_delete(module);
}

}  // namespace
}  // namespace skerry::test
