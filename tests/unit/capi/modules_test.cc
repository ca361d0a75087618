// Modules and instances: validation, serialization, sharing, and links that do not fit.
#include "c_world.h"

namespace skerry::test {
namespace {

TEST_F(CTest, OnlyValidBinariesAreModules) {
  wasm_byte_vec_t bytes = binary_of("(module (func (export \"f\")))");
  EXPECT_TRUE(wasm_module_validate(store, &bytes));
  bytes.size -= 1;
  EXPECT_FALSE(wasm_module_validate(store, &bytes));
  EXPECT_EQ(wasm_module_new(store, &bytes), nullptr);
  wasm_byte_vec_delete(&bytes);
  for (const char* text : {"", "(module)", "\0as", "garbage"}) {
    wasm_name_new_from_string(&bytes, text);
    EXPECT_FALSE(wasm_module_validate(store, &bytes)) << text;
    wasm_byte_vec_delete(&bytes);
  }
  bytes = binary_of("(module (func (result i32) i64.const 1))");
  EXPECT_FALSE(wasm_module_validate(store, &bytes));
  wasm_byte_vec_delete(&bytes);
  EXPECT_FALSE(wasm_module_validate(store, nullptr));
}

TEST_F(CTest, SerializedModulesComeBackAnywhere) {
  wasm_module_t* const module =
      module_of(store, "(module (func (export \"seven\") (result i32) i32.const 7))");
  wasm_byte_vec_t bytes;
  wasm_module_serialize(module, &bytes);
  wasm_module_delete(module);
  EXPECT_EQ(wasm_module_new(store, &bytes), nullptr);  // it is no plain module
  wasm_engine_t* const other_engine = wasm_engine_new();
  wasm_store_t* const other_store = wasm_store_new(other_engine);
  wasm_module_t* const again = wasm_module_deserialize(other_store, &bytes);
  ASSERT_NE(again, nullptr);
  wasm_instance_t* const instance = wasm_instance_new(other_store, again, nullptr, nullptr);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  std::vector<wasm_val_t> results;
  EXPECT_EQ(call(wasm_extern_as_func(exports.data[0]), {}, results), nullptr);
  EXPECT_EQ(results[0].of.i32, 7);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(again);
  // Nobody has to trust them.
  for (size_t size = 0; size < bytes.size; ++size) {
    const wasm_byte_vec_t part{size, bytes.data};
    wasm_module_t* const partial = wasm_module_deserialize(store, &part);
    EXPECT_TRUE(partial == nullptr || size >= 24) << size;
    wasm_module_delete(partial);
  }
  bytes.data[0] ^= 1;
  EXPECT_EQ(wasm_module_deserialize(store, &bytes), nullptr);
  wasm_byte_vec_delete(&bytes);
  wasm_store_delete(other_store);
  wasm_engine_delete(other_engine);
}

TEST_F(CTest, SharedModulesStayWithTheirEngine) {
  wasm_module_t* const module = module_of(store, "(module)");
  wasm_shared_module_t* const shared = wasm_module_share(module);
  wasm_module_t* const obtained = wasm_module_obtain(store, shared);
  EXPECT_NE(obtained, nullptr);
  wasm_engine_t* const other_engine = wasm_engine_new();
  wasm_store_t* const other_store = wasm_store_new(other_engine);
  EXPECT_EQ(wasm_module_obtain(other_store, shared), nullptr);
  wasm_trap_t* trap = nullptr;
  EXPECT_EQ(wasm_instance_new(other_store, module, nullptr, &trap), nullptr);
  EXPECT_EQ(message_of(trap), "the module is of another engine");
  wasm_store_delete(other_store);
  wasm_engine_delete(other_engine);
  wasm_module_delete(module);
  wasm_module_delete(obtained);
  wasm_shared_module_delete(shared);
}

TEST_F(CTest, ImportsThatDoNotFitAreNamed) {
  wasm_module_t* const module = module_of(store, R"((module
    (import "env" "mem" (memory 2))))");
  const auto fail_with = [&](std::vector<wasm_extern_t*> items) {
    const wasm_extern_vec_t imports{items.size(), items.data()};
    wasm_trap_t* trap = nullptr;
    EXPECT_EQ(wasm_instance_new(store, module, &imports, &trap), nullptr);
    EXPECT_EQ(wasm_trap_origin(trap), nullptr);
    EXPECT_EQ(wasm_instance_new(store, module, &imports, nullptr), nullptr);
    return message_of(trap);
  };
  EXPECT_EQ(fail_with({}), "the module has 1 imports, 0 were given");
  EXPECT_EQ(fail_with({nullptr}), "import 0, `mem` from `env`: nothing was given");
  const wasm_limits_t limits = {1, 5};
  wasm_memorytype_t* const type = wasm_memorytype_new(&limits);
  wasm_memory_t* const memory = wasm_memory_new(store, type);
  EXPECT_EQ(fail_with({wasm_memory_as_extern(memory)}),
            "import 0, `mem` from `env`: incompatible type: wanted memory of 2 or more pages, "
            "given memory of 1..5 pages");
  wasm_store_t* const other_store = wasm_store_new(engine);
  wasm_memory_t* const other = wasm_memory_new(other_store, type);
  EXPECT_EQ(fail_with({wasm_memory_as_extern(other)}),
            "import 0, `mem` from `env`: what was given is of another store");
  EXPECT_TRUE(wasm_memory_grow(memory, 1));
  wasm_extern_t* items[] = {wasm_memory_as_extern(memory)};
  const wasm_extern_vec_t imports = WASM_ARRAY_VEC(items);
  wasm_instance_t* const instance = wasm_instance_new(store, module, &imports, nullptr);
  EXPECT_NE(instance, nullptr);
  wasm_instance_delete(instance);
  wasm_memorytype_delete(type);
  wasm_memory_delete(memory);
  wasm_memory_delete(other);
  wasm_store_delete(other_store);
  wasm_module_delete(module);
  wasm_trap_t* trap = nullptr;
  EXPECT_EQ(wasm_instance_new(store, nullptr, nullptr, &trap), nullptr);
  EXPECT_EQ(message_of(trap), "there is no module");
}

// A segment that traps has no frames, whatever trapped before it in the store.
TEST_F(CTest, SegmentsThatTrapHaveNoTrace) {
  Linked linked(store, "(module (func (export \"f\") unreachable))");
  EXPECT_EQ(message_of(call(linked.func(0))), "unreachable");
  wasm_module_t* const module =
      module_of(store, "(module (memory 1) (data (i32.const 65536) \"a\"))");
  wasm_trap_t* trap = nullptr;
  EXPECT_EQ(wasm_instance_new(store, module, nullptr, &trap), nullptr);
  EXPECT_EQ(wasm_trap_origin(trap), nullptr);
  EXPECT_EQ(message_of(trap), "out of bounds memory access");
  wasm_module_delete(module);
}

}  // namespace
}  // namespace skerry::test
