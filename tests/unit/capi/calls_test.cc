// Calls in both directions: misfits of number, kind and store; references; traps on their way.
#include "c_world.h"

namespace skerry::test {
namespace {

constexpr std::string_view kIdentities = R"((module
  (func (export "number") (param i32 i64) (result i64)
    (i64.add (i64.extend_i32_s (local.get 0)) (local.get 1)))
  (func (export "extern") (param externref) (result externref) (local.get 0))
  (func (export "func") (param funcref) (result funcref) (local.get 0))
  (func (export "none"))
  (func (export "nonnull") (param (ref extern)) (result (ref func)) (ref.func 0))))";

TEST_F(CTest, ArgumentsThatDoNotFitAreTraps) {
  Linked linked(store, kIdentities);
  EXPECT_EQ(message_of(call(linked.func(0), {i32(1)})), "the func takes 2 arguments, 1 were given");
  EXPECT_EQ(message_of(call(linked.func(0), {i32(1), i64(2), i32(3)})),
            "the func takes 2 arguments, 3 were given");
  EXPECT_EQ(message_of(call(linked.func(0), {i32(1), i32(2)})),
            "argument 1: it is of another kind");
  EXPECT_EQ(message_of(call(linked.func(0), {ref_val(nullptr), i64(2)})),
            "argument 0: it is of another kind");
  EXPECT_EQ(message_of(call(linked.func(1), {i64(2)})), "argument 0: it is of another kind");
  wasm_val_t odd = i32(1);
  odd.kind = 77;
  EXPECT_EQ(message_of(call(linked.func(0), {odd, i64(2)})), "argument 0: it is of another kind");
  const wasm_val_vec_t broken{2, nullptr};
  EXPECT_NE(message_of(wasm_func_call(linked.func(0), &broken, nullptr)), "no trap");
  EXPECT_EQ(wasm_func_call(linked.func(3), nullptr, nullptr), nullptr);
  EXPECT_EQ(message_of(call(linked.func(4), {ref_val(nullptr)})),
            "argument 0: it must not be null");
}

TEST_F(CTest, ResultsNeedRoom) {
  Linked linked(store, kIdentities);
  wasm_val_t arguments[] = {i32(-1), i64(10)};
  const wasm_val_vec_t given = WASM_ARRAY_VEC(arguments);
  EXPECT_EQ(message_of(wasm_func_call(linked.func(0), &given, nullptr)),
            "the func has 1 results, there is room for 0");
  wasm_val_t room[] = {i32(0), i32(5)};
  wasm_val_vec_t results = WASM_ARRAY_VEC(room);
  EXPECT_EQ(wasm_func_call(linked.func(0), &given, &results), nullptr);
  EXPECT_EQ(room[0].kind, WASM_I64);
  EXPECT_EQ(room[0].of.i64, 9);
  EXPECT_EQ(room[1].of.i32, 5);  // more room than needed stays as it was
}

TEST_F(CTest, ReferencesComeBackTheSame) {
  Linked linked(store, kIdentities);
  wasm_foreign_t* const foreign = wasm_foreign_new(store);
  std::vector<wasm_val_t> results;
  // Anything can be an externref, under either kind.
  for (wasm_ref_t* ref : {wasm_foreign_as_ref(foreign), wasm_instance_as_ref(linked.instance),
                          wasm_func_as_ref(linked.func(0)), static_cast<wasm_ref_t*>(nullptr)}) {
    for (const int kind : {WASM_EXTERNREF, WASM_FUNCREF}) {
      wasm_val_t argument = ref_val(ref);
      argument.kind = static_cast<wasm_valkind_t>(kind);
      EXPECT_EQ(call(linked.func(1), {argument}, results), nullptr);
      EXPECT_EQ(results[0].kind, WASM_EXTERNREF);
      EXPECT_TRUE(wasm_ref_same(results[0].of.ref, ref));
      wasm_val_delete(&results[0]);
    }
  }
  EXPECT_EQ(call(linked.func(2), {ref_val(wasm_func_as_ref(linked.func(3)))}, results), nullptr);
  EXPECT_EQ(results[0].kind, WASM_FUNCREF);
  wasm_func_t* const func = wasm_ref_as_func(results[0].of.ref);
  EXPECT_TRUE(wasm_func_same(func, linked.func(3)));
  EXPECT_FALSE(wasm_func_same(func, linked.func(0)));
  EXPECT_EQ(call(func), nullptr);
  wasm_val_delete(&results[0]);
  EXPECT_EQ(message_of(call(linked.func(2), {ref_val(wasm_foreign_as_ref(foreign))})),
            "argument 0: the reference does not fit");
  wasm_foreign_delete(foreign);
}

TEST_F(CTest, ThingsOfOtherStoresAreRefused) {
  Linked linked(store, kIdentities);
  wasm_store_t* const other = wasm_store_new(engine);
  Linked there(other, kIdentities);
  EXPECT_EQ(message_of(call(linked.func(1), {ref_val(wasm_func_as_ref(there.func(0)))})),
            "argument 0: the reference is of another store");
  EXPECT_EQ(message_of(call(linked.func(2), {ref_val(wasm_func_as_ref(there.func(0)))})),
            "argument 0: the reference is of another store");
  const wasm_limits_t limits = {1, 1};
  wasm_tabletype_t* const type = wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
  EXPECT_EQ(wasm_table_new(other, type, wasm_func_as_ref(linked.func(0))), nullptr);
  wasm_table_t* const table = wasm_table_new(other, type, nullptr);
  EXPECT_FALSE(wasm_table_set(table, 0, wasm_func_as_ref(linked.func(0))));
  EXPECT_TRUE(wasm_table_set(table, 0, wasm_func_as_ref(there.func(0))));
  EXPECT_FALSE(wasm_table_grow(table, 0, wasm_func_as_ref(linked.func(0))));
  wasm_globaltype_t* const global_type =
      wasm_globaltype_new(wasm_valtype_new_externref(), WASM_VAR);
  const wasm_val_t value = ref_val(wasm_instance_as_ref(linked.instance));
  EXPECT_EQ(wasm_global_new(other, global_type, &value), nullptr);
  wasm_globaltype_delete(global_type);
  wasm_table_delete(table);
  wasm_tabletype_delete(type);
  wasm_store_delete(other);
}

wasm_trap_t* spoil(void* env, const wasm_val_vec_t*, wasm_val_vec_t* results) {
  results->data[0] = *static_cast<wasm_val_t*>(env);
  return nullptr;
}

TEST_F(CTest, ResultsOfCallbacksThatDoNotFitAreTraps) {
  wasm_val_t given = i64(1);
  wasm_functype_t* type = wasm_functype_new_0_1(wasm_valtype_new_i32());
  wasm_func_t* func = wasm_func_new_with_env(store, type, spoil, &given, nullptr);
  wasm_functype_delete(type);
  EXPECT_EQ(message_of(call(func)), "result 0 of a host function: it is of another kind");
  given = i32(1);
  EXPECT_EQ(call(func), nullptr);
  wasm_func_delete(func);
  type = wasm_functype_new_0_1(wasm_valtype_new_funcref());
  func = wasm_func_new_with_env(store, type, spoil, &given, nullptr);
  wasm_functype_delete(type);
  given = ref_val(wasm_foreign_as_ref(wasm_foreign_new(store)));  // given away
  EXPECT_EQ(message_of(call(func)), "result 0 of a host function: the reference does not fit");
  wasm_func_delete(func);
}

TEST_F(CTest, FuncsNeedACallbackAndAType) {
  wasm_functype_t* const type = wasm_functype_new_0_0();
  EXPECT_EQ(wasm_func_new(store, type, nullptr), nullptr);
  EXPECT_EQ(wasm_func_new_with_env(store, type, nullptr, nullptr, nullptr), nullptr);
  EXPECT_EQ(wasm_func_new(store, nullptr,
                          [](const wasm_val_vec_t*, wasm_val_vec_t*) {
                            return static_cast<wasm_trap_t*>(nullptr);
                          }),
            nullptr);
  wasm_functype_delete(type);
}

// What Wasm makes of an i31 as an externref goes out and comes in unchanged.
TEST_F(CTest, ExternrefsOfWasmAreOpaque) {
  wasm_byte_vec_t bytes = binary_of(R"((module
    (func (export "out") (result externref) (extern.convert_any (ref.i31 (i32.const 5))))
    (func (export "in") (param externref) (result i32)
      (i31.get_s (ref.cast (ref i31) (any.convert_extern (local.get 0)))))))");
  wasm_module_t* const module = wasm_module_new(store, &bytes);
  wasm_byte_vec_delete(&bytes);
  ASSERT_NE(module, nullptr);
  wasm_instance_t* const instance = wasm_instance_new(store, module, nullptr, nullptr);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  std::vector<wasm_val_t> out, in;
  wasm_trap_t* const trap = call(wasm_extern_as_func(exports.data[0]), {}, out);
  if (trap) {
    wasm_trap_delete(trap);  // not executed yet
  } else {
    EXPECT_NE(wasm_ref_as_foreign(out[0].of.ref), nullptr);
    EXPECT_EQ(call(wasm_extern_as_func(exports.data[1]), {out[0]}, in), nullptr);
    EXPECT_EQ(in[0].of.i32, 5);
    wasm_val_delete(&out[0]);
  }
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
}

}  // namespace
}  // namespace skerry::test
