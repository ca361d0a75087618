// Lifetimes: deleting in odd orders, from within callbacks, host info and its finalizers.
#include "c_world.h"

namespace skerry::test {
namespace {

TEST(Lifetimes, HandlesOutliveStoreAndEngine) {
  wasm_engine_t* const engine = wasm_engine_new();
  wasm_store_t* const store = wasm_store_new(engine);
  Linked linked(store, R"((module (memory (export "m") 1) (func (export "f") (result i32)
    (i32.load8_u (i32.const 3))) (table (export "t") 1 funcref)
    (global (export "g") (mut i32) (i32.const 4))))");
  wasm_engine_delete(engine);
  wasm_store_delete(store);
  wasm_instance_delete(linked.instance);
  linked.instance = nullptr;
  wasm_memory_data(wasm_extern_as_memory(linked.exports.data[0]))[3] = 42;
  std::vector<wasm_val_t> results;
  EXPECT_EQ(call(linked.func(1), {}, results), nullptr);
  EXPECT_EQ(results[0].of.i32, 42);
  // Copies of what comes from a vector outlive the vector.
  wasm_global_t* const global = wasm_global_copy(wasm_extern_as_global(linked.exports.data[3]));
  wasm_extern_vec_t copy;
  wasm_extern_vec_copy(&copy, &linked.exports);
  linked.drop();
  wasm_val_t value;
  wasm_global_get(global, &value);
  EXPECT_EQ(value.of.i32, 4);
  wasm_global_delete(global);
  EXPECT_EQ(wasm_table_size(wasm_extern_as_table(copy.data[2])), 1u);
  wasm_extern_vec_delete(&copy);
}

TEST(Lifetimes, ModulesAndTrapsOutliveTheirStore) {
  wasm_engine_t* const engine = wasm_engine_new();
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_module_t* const module = module_of(store, "(module (func (export \"f\") unreachable))");
  wasm_trap_t* trap = nullptr;
  {
    wasm_instance_t* const instance = wasm_instance_new(store, module, nullptr, nullptr);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    trap = call(wasm_extern_as_func(exports.data[0]));
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
  }
  wasm_shared_module_t* const shared = wasm_module_share(module);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_frame_t* const frame = wasm_trap_origin(trap);
  wasm_trap_delete(trap);
  EXPECT_GT(wasm_frame_module_offset(frame), wasm_frame_func_offset(frame));
  EXPECT_NE(wasm_frame_instance(frame), nullptr);
  wasm_frame_delete(frame);
  wasm_store_t* const other = wasm_store_new(engine);
  wasm_engine_delete(engine);
  wasm_module_t* const obtained = wasm_module_obtain(other, shared);
  wasm_shared_module_delete(shared);
  wasm_exporttype_vec_t exports;
  wasm_module_exports(obtained, &exports);
  wasm_module_delete(obtained);
  wasm_store_delete(other);
  EXPECT_EQ(exports.size, 1u);
  wasm_exporttype_vec_delete(&exports);
}

struct Everything {
  wasm_engine_t* engine;
  wasm_store_t* store;
  wasm_func_t* callback = nullptr;
  Linked* linked = nullptr;
  int finalized = 0;
};

wasm_trap_t* delete_everything(void* env, const wasm_val_vec_t* arguments,
                               wasm_val_vec_t* results) {
  auto& all = *static_cast<Everything*>(env);
  all.linked->drop();
  wasm_func_delete(all.callback);
  wasm_store_delete(all.store);
  wasm_engine_delete(all.engine);
  EXPECT_EQ(all.finalized, 0);
  results->data[0].of.i32 = arguments->data[0].of.i32 + 1;
  return nullptr;
}

TEST(Lifetimes, CallbacksMayDeleteWhatRuns) {
  Everything all{wasm_engine_new(), nullptr};
  all.store = wasm_store_new(all.engine);
  wasm_functype_t* const type =
      wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  all.callback = wasm_func_new_with_env(all.store, type, delete_everything, &all, [](void* env) {
    ++static_cast<Everything*>(env)->finalized;
  });
  wasm_functype_delete(type);
  Linked linked(all.store, R"((module (import "a" "b" (func $f (param i32) (result i32)))
    (func (export "g") (param i32) (result i32) (i32.mul (call $f (local.get 0)) (i32.const 10)))))",
                {wasm_func_as_extern(all.callback)});
  all.linked = &linked;
  std::vector<wasm_val_t> results;
  wasm_val_t arguments[] = {i32(6)};
  const wasm_val_vec_t given = WASM_ARRAY_VEC(arguments);
  wasm_val_t room[] = {i32(0)};
  wasm_val_vec_t taken = WASM_ARRAY_VEC(room);
  EXPECT_EQ(wasm_func_call(linked.func(0), &given, &taken), nullptr);
  EXPECT_EQ(room[0].of.i32, 70);
  EXPECT_EQ(all.finalized, 1);
}

int finalized = 0;
void finalize(void* info) { finalized += *static_cast<int*>(info); }

TEST(Lifetimes, HostInfoBelongsToTheThing) {
  wasm_engine_t* const engine = wasm_engine_new();
  wasm_store_t* const store = wasm_store_new(engine);
  finalized = 0;
  int one = 1, ten = 10, hundred = 100, thousand = 1000;
  Linked linked(store, R"((module (func (export "f") (param externref)) (memory (export "m") 0)
    (func (export "g"))))");
  wasm_func_set_host_info_with_finalizer(linked.func(0), &one, finalize);
  wasm_func_t* const copy = wasm_func_copy(linked.func(0));
  EXPECT_EQ(wasm_func_get_host_info(copy), &one);
  EXPECT_EQ(wasm_ref_get_host_info(wasm_func_as_ref(copy)), &one);
  EXPECT_EQ(wasm_func_get_host_info(linked.func(2)), nullptr);
  wasm_func_delete(copy);
  EXPECT_EQ(finalized, 0);
  wasm_func_set_host_info(linked.func(0), nullptr);
  EXPECT_EQ(finalized, 1);
  wasm_extern_set_host_info_with_finalizer(linked.exports.data[1], &ten, finalize);

  // What Wasm has never seen goes with its last handle; what it has seen, with the store.
  wasm_foreign_t* unseen = wasm_foreign_new(store);
  wasm_foreign_set_host_info_with_finalizer(unseen, &hundred, finalize);
  wasm_foreign_delete(unseen);
  EXPECT_EQ(finalized, 101);
  wasm_foreign_t* const seen = wasm_foreign_new(store);
  wasm_foreign_set_host_info_with_finalizer(seen, &thousand, finalize);
  EXPECT_EQ(call(linked.func(0), {ref_val(wasm_foreign_as_ref(seen))}), nullptr);
  wasm_foreign_delete(seen);
  EXPECT_EQ(finalized, 101);
  linked.drop();
  wasm_store_delete(store);
  EXPECT_EQ(finalized, 1111);
  wasm_engine_delete(engine);
}

TEST(Lifetimes, CopiesOfReferencesCanBeCastLikeTheOriginal) {
  wasm_engine_t* const engine = wasm_engine_new();
  wasm_store_t* const store = wasm_store_new(engine);
  Linked linked(store, "(module (func (export \"f\")))");
  wasm_ref_t* const ref = wasm_ref_copy(wasm_extern_as_ref(linked.exports.data[0]));
  wasm_func_t* const func = wasm_ref_as_func(ref);
  ASSERT_NE(func, nullptr);
  EXPECT_EQ(call(func), nullptr);
  EXPECT_NE(wasm_ref_as_extern(ref), nullptr);
  EXPECT_EQ(wasm_ref_as_memory(ref), nullptr);
  EXPECT_EQ(wasm_ref_as_instance(ref), nullptr);
  EXPECT_FALSE(wasm_ref_same(ref, wasm_instance_as_ref(linked.instance)));
  EXPECT_FALSE(wasm_ref_same(ref, nullptr));
  wasm_ref_delete(ref);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
}

}  // namespace
}  // namespace skerry::test
