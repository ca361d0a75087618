// Exhausted memory: each allocation of a piece of work fails in turn, and each time C gets null or
// a trap, nothing leaks and the store goes on. Not here: memory that generated code asks for.
#include <cstdlib>
#include <new>

#include "c_world.h"

namespace {

// Of this thread: so many succeed, then one fails. Negative: none fails.
thread_local int64_t allocations_left = -1;

void* allocate(size_t bytes) {
  if (allocations_left >= 0 && allocations_left-- == 0) throw std::bad_alloc();
  if (void* const memory = std::malloc(bytes != 0 ? bytes : 1)) return memory;
  throw std::bad_alloc();
}

}  // namespace

// Not inlined: GCC would find that memory of `new` is freed by free().
#define REPLACED [[gnu::noinline]]
REPLACED void* operator new(size_t bytes) { return allocate(bytes); }
REPLACED void* operator new[](size_t bytes) { return allocate(bytes); }
REPLACED void* operator new(size_t bytes, const std::nothrow_t&) noexcept {
  return std::malloc(bytes);
}
REPLACED void* operator new[](size_t bytes, const std::nothrow_t&) noexcept {
  return std::malloc(bytes);
}
REPLACED void operator delete(void* memory) noexcept { std::free(memory); }
REPLACED void operator delete[](void* memory) noexcept { std::free(memory); }
REPLACED void operator delete(void* memory, size_t) noexcept { std::free(memory); }
REPLACED void operator delete[](void* memory, size_t) noexcept { std::free(memory); }
#undef REPLACED

namespace skerry::test {
namespace {

// Does it with one more allocation each time, until there are enough. `work` is true if it was
// done.
template <class Work>
int fail_each_allocation(Work work) {
  for (int count = 0; count < 2000; ++count) {
    allocations_left = count;
    const bool done = work();
    const bool failed = allocations_left < 0;
    allocations_left = -1;
    if (!failed) {
      EXPECT_TRUE(done);
      return count;
    }
  }
  ADD_FAILURE() << "it never ends";
  return 0;
}

TEST_F(CTest, TypesWithoutMemory) {
  const auto work = [] {
    wasm_functype_t* const type = wasm_functype_new_2_1(
        wasm_valtype_new_i32(), wasm_valtype_new_i64(), wasm_valtype_new_f32());
    wasm_functype_t* const copy = wasm_functype_copy(type);
    wasm_name_t name;
    wasm_name_new_from_string(&name, "a name that is not short");
    wasm_exporttype_t* const exported =
        wasm_exporttype_new(&name, wasm_functype_as_externtype(copy));
    wasm_exporttype_t* const again = wasm_exporttype_copy(exported);
    const bool done = type && again;
    wasm_functype_delete(type);
    wasm_exporttype_delete(exported);
    wasm_exporttype_delete(again);
    return done;
  };
  EXPECT_GT(fail_each_allocation(work), 6);
}

TEST_F(CTest, ModulesWithoutMemory) {
  wasm_byte_vec_t bytes = binary_of(R"((module (import "a" "b" (func (param i32 externref)))
    (memory (export "memory") 1) (func (export "f") (param i64) (result funcref) (ref.null func))))");
  const auto work = [&] {
    wasm_module_t* const module = wasm_module_new(store, &bytes);
    wasm_importtype_vec_t imports;
    wasm_module_imports(module, &imports);
    wasm_exporttype_vec_t exports;
    wasm_module_exports(module, &exports);
    wasm_shared_module_t* const shared = wasm_module_share(module);
    wasm_module_t* const obtained = wasm_module_obtain(store, shared);
    const bool done = obtained && imports.size == 1 && exports.size == 2;
    wasm_importtype_vec_delete(&imports);
    wasm_exporttype_vec_delete(&exports);
    wasm_shared_module_delete(shared);
    wasm_module_delete(module);
    wasm_module_delete(obtained);
    return done;
  };
  EXPECT_GT(fail_each_allocation(work), 20);
  wasm_byte_vec_delete(&bytes);
}

TEST_F(CTest, ItemsWithoutMemory) {
  const auto work = [&] {
    const wasm_limits_t limits = {1, 2};
    wasm_tabletype_t* const table_type = wasm_tabletype_new(wasm_valtype_new_externref(), &limits);
    wasm_globaltype_t* const global_type =
        wasm_globaltype_new(wasm_valtype_new_externref(), WASM_VAR);
    wasm_memorytype_t* const memory_type = wasm_memorytype_new(&limits);
    wasm_foreign_t* const foreign = wasm_foreign_new(store);
    wasm_foreign_set_host_info(foreign, store);
    const wasm_val_t value = ref_val(wasm_foreign_as_ref(foreign));
    wasm_global_t* const global = wasm_global_new(store, global_type, &value);
    wasm_table_t* const table = wasm_table_new(store, table_type, wasm_foreign_as_ref(foreign));
    wasm_memory_t* const memory = wasm_memory_new(store, memory_type);
    wasm_memory_set_host_info(memory, store);
    wasm_ref_t* const element = wasm_table_get(table, 0);
    wasm_val_t held;
    wasm_global_get(global, &held);
    const bool done = memory && element && foreign && held.of.ref;
    wasm_val_delete(&held);
    wasm_ref_delete(element);
    wasm_foreign_delete(foreign);
    wasm_global_delete(global);
    wasm_table_delete(table);
    wasm_memory_delete(memory);
    wasm_globaltype_delete(global_type);
    wasm_tabletype_delete(table_type);
    wasm_memorytype_delete(memory_type);
    return done;
  };
  EXPECT_GT(fail_each_allocation(work), 10);
}

wasm_trap_t* give_back(const wasm_val_vec_t* arguments, wasm_val_vec_t* results) {
  wasm_val_copy(&results->data[0], &arguments->data[0]);
  return nullptr;
}

TEST_F(CTest, CallsWithoutMemory) {
  wasm_func_t* const func = func_of(
      wasm_functype_new_1_1(wasm_valtype_new_externref(), wasm_valtype_new_externref()), give_back);
  Linked linked(store, R"((module (import "a" "b" (func $f (param externref) (result externref)))
    (func (export "f") (param externref) (result externref) (call $f (local.get 0)))
    (func (export "trap") unreachable)))",
                {wasm_func_as_extern(func)});
  wasm_foreign_t* const foreign = wasm_foreign_new(store);
  wasm_val_t arguments[] = {ref_val(wasm_foreign_as_ref(foreign))}, room[1];
  const wasm_val_vec_t given = WASM_ARRAY_VEC(arguments), none = WASM_EMPTY_VEC;
  wasm_val_vec_t results = WASM_ARRAY_VEC(room);
  const auto work = [&] {
    wasm_trap_t* trap = wasm_func_call(linked.func(0), &given, &results);
    const bool done = !trap && wasm_ref_same(room[0].of.ref, arguments[0].of.ref);
    if (!trap) wasm_val_delete(&room[0]);
    wasm_trap_delete(trap);
    trap = wasm_func_call(linked.func(1), &none, nullptr);
    EXPECT_NE(trap, nullptr);
    wasm_trap_t* const copy = wasm_trap_copy(trap);
    wasm_trap_set_host_info(trap, &room);
    wasm_frame_vec_t trace;
    wasm_trap_trace(copy, &trace);
    wasm_frame_vec_delete(&trace);
    wasm_trap_delete(trap);
    wasm_trap_delete(copy);
    return done;
  };
  EXPECT_TRUE(work());  // from now on nothing is compiled
  EXPECT_GT(fail_each_allocation(work), 3);
  EXPECT_TRUE(work());
  wasm_foreign_delete(foreign);
  wasm_func_delete(func);
}

TEST_F(CTest, InstancesWithoutMemory) {
  wasm_module_t* const module = module_of(store, R"((module
    (import "a" "b" (func (param externref) (result externref)))
    (memory (export "memory") 1) (table (export "table") 2 funcref) (elem (i32.const 0) 0 1)
    (global (export "global") funcref (ref.func 1))
    (data (i32.const 0) "data") (func $f (export "f"))))");
  int finalized = 0, made = 0;
  const auto work = [&] {
    wasm_functype_t* const type =
        wasm_functype_new_1_1(wasm_valtype_new_externref(), wasm_valtype_new_externref());
    wasm_func_t* const func = wasm_func_new_with_env(
        store, type,
        [](void*, const wasm_val_vec_t* given, wasm_val_vec_t* results) {
          return give_back(given, results);
        },
        &finalized, [](void* env) { ++*static_cast<int*>(env); });
    if (func) ++made;
    wasm_extern_t* items[] = {wasm_func_as_extern(func)};
    const wasm_extern_vec_t imports = WASM_ARRAY_VEC(items);
    wasm_trap_t* trap = nullptr;
    wasm_instance_t* const instance = wasm_instance_new(store, module, &imports, &trap);
    EXPECT_EQ(instance == nullptr, trap != nullptr);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    const bool done = exports.size == 4;
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_trap_delete(trap);
    wasm_func_delete(func);
    wasm_functype_delete(type);
    return done;
  };
  EXPECT_GT(fail_each_allocation(work), 20);
  EXPECT_EQ(finalized, 0);
  wasm_module_delete(module);
  wasm_store_delete(store);
  store = nullptr;
  EXPECT_EQ(finalized, made);
}

TEST_F(CTest, StoresWithoutMemory) {
  const auto work = [&] {
    wasm_store_t* const other = wasm_store_new(engine);
    const bool done = other != nullptr;
    wasm_store_delete(other);
    return done;
  };
  EXPECT_GT(fail_each_allocation(work), 3);
}

}  // namespace
}  // namespace skerry::test
