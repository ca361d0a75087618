// Null handles: every function answers them with null, false, zero, an empty vector or a trap.
#include "c_world.h"

namespace skerry::test {
namespace {

#define EXPECT_NULL_REF(name)                               \
  wasm_##name##_delete(nullptr);                            \
  EXPECT_EQ(wasm_##name##_copy(nullptr), nullptr);          \
  EXPECT_TRUE(wasm_##name##_same(nullptr, nullptr));        \
  EXPECT_EQ(wasm_##name##_get_host_info(nullptr), nullptr); \
  wasm_##name##_set_host_info(nullptr, nullptr);            \
  wasm_##name##_set_host_info_with_finalizer(nullptr, nullptr, nullptr);
#define EXPECT_NULL_CASTS(name)                            \
  EXPECT_NULL_REF(name)                                    \
  EXPECT_EQ(wasm_##name##_as_ref(nullptr), nullptr);       \
  EXPECT_EQ(wasm_ref_as_##name(nullptr), nullptr);         \
  EXPECT_EQ(wasm_##name##_as_ref_const(nullptr), nullptr); \
  EXPECT_EQ(wasm_ref_as_##name##_const(nullptr), nullptr);
#define EXPECT_NULL_EXTERN(name)                              \
  EXPECT_NULL_CASTS(name)                                     \
  EXPECT_EQ(wasm_##name##_as_extern(nullptr), nullptr);       \
  EXPECT_EQ(wasm_extern_as_##name(nullptr), nullptr);         \
  EXPECT_EQ(wasm_##name##_as_extern_const(nullptr), nullptr); \
  EXPECT_EQ(wasm_extern_as_##name##_const(nullptr), nullptr); \
  EXPECT_EQ(wasm_##name##_type(nullptr), nullptr);

TEST(NullHandles, References) {
  EXPECT_NULL_REF(ref)
  EXPECT_NULL_CASTS(trap)
  EXPECT_NULL_CASTS(foreign)
  EXPECT_NULL_CASTS(module)
  EXPECT_NULL_CASTS(instance)
  EXPECT_NULL_CASTS(extern)
  EXPECT_NULL_EXTERN(func)
  EXPECT_NULL_EXTERN(global)
  EXPECT_NULL_EXTERN(table)
  EXPECT_NULL_EXTERN(memory)
  EXPECT_EQ(wasm_extern_type(nullptr), nullptr);
  EXPECT_EQ(wasm_extern_kind(nullptr), WASM_EXTERN_FUNC);
}

TEST(NullHandles, Types) {
#define EXPECT_NULL_TYPE(name)   \
  wasm_##name##_delete(nullptr); \
  EXPECT_EQ(wasm_##name##_copy(nullptr), nullptr);
  EXPECT_NULL_TYPE(valtype)
  EXPECT_NULL_TYPE(functype)
  EXPECT_NULL_TYPE(globaltype)
  EXPECT_NULL_TYPE(tabletype)
  EXPECT_NULL_TYPE(memorytype)
  EXPECT_NULL_TYPE(externtype)
  EXPECT_NULL_TYPE(importtype)
  EXPECT_NULL_TYPE(exporttype)
  EXPECT_EQ(wasm_valtype_kind(nullptr), WASM_I32);
  EXPECT_EQ(wasm_functype_params(nullptr), nullptr);
  EXPECT_EQ(wasm_functype_results(nullptr), nullptr);
  EXPECT_EQ(wasm_globaltype_content(nullptr), nullptr);
  EXPECT_EQ(wasm_globaltype_mutability(nullptr), WASM_CONST);
  EXPECT_EQ(wasm_tabletype_element(nullptr), nullptr);
  EXPECT_EQ(wasm_tabletype_limits(nullptr), nullptr);
  EXPECT_EQ(wasm_memorytype_limits(nullptr), nullptr);
  EXPECT_EQ(wasm_externtype_kind(nullptr), WASM_EXTERN_FUNC);
  EXPECT_EQ(wasm_externtype_as_functype(nullptr), nullptr);
  EXPECT_EQ(wasm_functype_as_externtype(nullptr), nullptr);
  EXPECT_EQ(wasm_importtype_module(nullptr), nullptr);
  EXPECT_EQ(wasm_importtype_name(nullptr), nullptr);
  EXPECT_EQ(wasm_importtype_type(nullptr), nullptr);
  EXPECT_EQ(wasm_exporttype_name(nullptr), nullptr);
  EXPECT_EQ(wasm_exporttype_type(nullptr), nullptr);
}

TEST(NullHandles, Stores) {
  wasm_config_delete(nullptr);
  wasm_config_delete(wasm_config_new());
  wasm_engine_delete(nullptr);
  wasm_store_delete(nullptr);
  EXPECT_EQ(wasm_engine_new_with_config(nullptr), nullptr);
  EXPECT_EQ(wasm_store_new(nullptr), nullptr);
  EXPECT_EQ(wasm_foreign_new(nullptr), nullptr);
  EXPECT_EQ(wasm_trap_new(nullptr, nullptr), nullptr);
  EXPECT_EQ(wasm_module_new(nullptr, nullptr), nullptr);
  EXPECT_FALSE(wasm_module_validate(nullptr, nullptr));
  EXPECT_EQ(wasm_module_deserialize(nullptr, nullptr), nullptr);
  EXPECT_EQ(wasm_module_obtain(nullptr, nullptr), nullptr);
  EXPECT_EQ(wasm_module_share(nullptr), nullptr);
  wasm_shared_module_delete(nullptr);
  EXPECT_EQ(wasm_func_new(nullptr, nullptr, nullptr), nullptr);
  EXPECT_EQ(wasm_func_new_with_env(nullptr, nullptr, nullptr, nullptr, nullptr), nullptr);
  EXPECT_EQ(wasm_global_new(nullptr, nullptr, nullptr), nullptr);
  EXPECT_EQ(wasm_table_new(nullptr, nullptr, nullptr), nullptr);
  EXPECT_EQ(wasm_memory_new(nullptr, nullptr), nullptr);
  EXPECT_EQ(wasm_instance_new(nullptr, nullptr, nullptr, nullptr), nullptr);
}

TEST(NullHandles, Items) {
  EXPECT_EQ(message_of(wasm_func_call(nullptr, nullptr, nullptr)), "there is no func");
  EXPECT_EQ(wasm_func_param_arity(nullptr) + wasm_func_result_arity(nullptr), 0u);
  wasm_val_t value = i32(1);
  wasm_global_get(nullptr, &value);
  EXPECT_EQ(value.kind, WASM_EXTERNREF);
  wasm_global_get(nullptr, nullptr);
  wasm_global_set(nullptr, &value);
  EXPECT_EQ(wasm_table_get(nullptr, 0), nullptr);
  EXPECT_FALSE(wasm_table_set(nullptr, 0, nullptr));
  EXPECT_FALSE(wasm_table_grow(nullptr, 0, nullptr));
  EXPECT_EQ(wasm_table_size(nullptr), 0u);
  EXPECT_EQ(wasm_memory_data(nullptr), nullptr);
  EXPECT_EQ(wasm_memory_data_size(nullptr) + wasm_memory_size(nullptr), 0u);
  EXPECT_FALSE(wasm_memory_grow(nullptr, 0));
  wasm_val_delete(nullptr);
  wasm_val_copy(nullptr, &value);
  wasm_val_copy(&value, nullptr);
  EXPECT_EQ(value.kind, WASM_I32);
}

TEST(NullHandles, Outputs) {
  wasm_importtype_vec_t imports;
  wasm_module_imports(nullptr, &imports);
  EXPECT_EQ(imports.size, 0u);
  wasm_module_imports(nullptr, nullptr);
  wasm_exporttype_vec_t exports;
  wasm_module_exports(nullptr, &exports);
  EXPECT_EQ(exports.size, 0u);
  wasm_module_exports(nullptr, nullptr);
  wasm_byte_vec_t bytes;
  wasm_module_serialize(nullptr, &bytes);
  EXPECT_EQ(bytes.size, 0u);
  wasm_module_serialize(nullptr, nullptr);
  wasm_extern_vec_t items;
  wasm_instance_exports(nullptr, &items);
  EXPECT_EQ(items.size, 0u);
  wasm_instance_exports(nullptr, nullptr);
}

TEST(NullHandles, TrapsAndFrames) {
  wasm_message_t message;
  wasm_trap_message(nullptr, &message);
  EXPECT_EQ(std::string_view(message.data), "");
  wasm_byte_vec_delete(&message);
  wasm_trap_message(nullptr, nullptr);
  EXPECT_EQ(wasm_trap_origin(nullptr), nullptr);
  wasm_frame_vec_t frames;
  wasm_trap_trace(nullptr, &frames);
  EXPECT_EQ(frames.size, 0u);
  wasm_trap_trace(nullptr, nullptr);
  wasm_frame_delete(nullptr);
  EXPECT_EQ(wasm_frame_copy(nullptr), nullptr);
  EXPECT_EQ(wasm_frame_instance(nullptr), nullptr);
  EXPECT_EQ(wasm_frame_func_index(nullptr), 0u);
  EXPECT_EQ(wasm_frame_func_offset(nullptr) + wasm_frame_module_offset(nullptr), 0u);
}

}  // namespace
}  // namespace skerry::test
