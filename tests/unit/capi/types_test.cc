// Types: making, looking into, copying, casting; those of modules that the interface cannot
// express.
#include "c_world.h"

namespace skerry::test {
namespace {

std::string_view text_of(const wasm_name_t* name) { return {name->data, name->size}; }

TEST(Types, OfValues) {
  for (const wasm_valkind_t kind : {int{WASM_I32}, int{WASM_I64}, int{WASM_F32}, int{WASM_F64},
                                    int{WASM_EXTERNREF}, int{WASM_FUNCREF}}) {
    wasm_valtype_t* const type = wasm_valtype_new(kind);
    wasm_valtype_t* const copy = wasm_valtype_copy(type);
    wasm_valtype_delete(type);
    EXPECT_EQ(wasm_valtype_kind(copy), kind);
    EXPECT_EQ(wasm_valtype_is_ref(copy), kind >= 128);
    wasm_valtype_delete(copy);
  }
  for (const int kind : {4, 5, int{SKERRY_V128}, 127, 130, int{SKERRY_OTHERREF}})
    EXPECT_EQ(wasm_valtype_new(static_cast<wasm_valkind_t>(kind)), nullptr);
}

TEST(Types, OfFuncs) {
  wasm_functype_t* const type = wasm_functype_new_3_2(
      wasm_valtype_new_i32(), wasm_valtype_new_f64(), wasm_valtype_new_externref(),
      wasm_valtype_new_i64(), wasm_valtype_new_f32());
  wasm_externtype_t* const copy = wasm_externtype_copy(wasm_functype_as_externtype(type));
  wasm_functype_delete(type);
  EXPECT_EQ(wasm_externtype_kind(copy), WASM_EXTERN_FUNC);
  const wasm_functype_t* const func = wasm_externtype_as_functype(copy);
  ASSERT_EQ(wasm_functype_params(func)->size, 3u);
  ASSERT_EQ(wasm_functype_results(func)->size, 2u);
  EXPECT_EQ(wasm_valtype_kind(wasm_functype_params(func)->data[2]), WASM_EXTERNREF);
  EXPECT_EQ(wasm_valtype_kind(wasm_functype_results(func)->data[1]), WASM_F32);
  EXPECT_EQ(wasm_externtype_as_globaltype(copy), nullptr);
  EXPECT_EQ(wasm_externtype_as_tabletype_const(copy), nullptr);
  EXPECT_EQ(wasm_externtype_as_memorytype(copy), nullptr);
  wasm_externtype_delete(copy);
}

TEST(Types, OfGlobalsTablesMemories) {
  wasm_globaltype_t* const global = wasm_globaltype_new(wasm_valtype_new_f32(), WASM_VAR);
  const wasm_limits_t limits = {1, 9}, open = {2, wasm_limits_max_default};
  wasm_tabletype_t* const table = wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
  wasm_memorytype_t* const memory = wasm_memorytype_new(&open);
  wasm_globaltype_t* const global_copy = wasm_globaltype_copy(global);
  wasm_tabletype_t* const table_copy = wasm_tabletype_copy(table);
  wasm_memorytype_t* const memory_copy = wasm_memorytype_copy(memory);
  wasm_globaltype_delete(global);
  wasm_tabletype_delete(table);
  wasm_memorytype_delete(memory);
  EXPECT_EQ(wasm_globaltype_mutability(global_copy), WASM_VAR);
  EXPECT_EQ(wasm_valtype_kind(wasm_globaltype_content(global_copy)), WASM_F32);
  EXPECT_EQ(wasm_tabletype_limits(table_copy)->max, 9u);
  EXPECT_EQ(wasm_valtype_kind(wasm_tabletype_element(table_copy)), WASM_FUNCREF);
  EXPECT_EQ(wasm_memorytype_limits(memory_copy)->min, 2u);
  EXPECT_EQ(wasm_memorytype_limits(memory_copy)->max, wasm_limits_max_default);
  wasm_globaltype_delete(global_copy);
  wasm_tabletype_delete(table_copy);
  wasm_memorytype_delete(memory_copy);
}

TEST(Types, OfImportsAndExports) {
  wasm_name_t module, name;
  wasm_name_new_from_string(&module, "m");
  wasm_name_new_from_string(&name, "n");
  wasm_importtype_t* const type =
      wasm_importtype_new(&module, &name, wasm_functype_as_externtype(wasm_functype_new_0_0()));
  EXPECT_EQ(module.data, nullptr);  // taken
  wasm_importtype_t* const copy = wasm_importtype_copy(type);
  wasm_importtype_delete(type);
  EXPECT_EQ(text_of(wasm_importtype_module(copy)), "m");
  EXPECT_EQ(text_of(wasm_importtype_name(copy)), "n");
  EXPECT_EQ(wasm_externtype_kind(wasm_importtype_type(copy)), WASM_EXTERN_FUNC);
  wasm_importtype_delete(copy);
  wasm_name_new_from_string(&name, "x");
  wasm_exporttype_t* const exported =
      wasm_exporttype_new(&name, wasm_functype_as_externtype(wasm_functype_new_0_0()));
  wasm_exporttype_vec_t vec, vec_copy;
  wasm_exporttype_vec_new(&vec, 1, &exported);
  wasm_exporttype_vec_copy(&vec_copy, &vec);
  wasm_exporttype_vec_delete(&vec);
  EXPECT_EQ(text_of(wasm_exporttype_name(vec_copy.data[0])), "x");
  EXPECT_NE(wasm_exporttype_type(vec_copy.data[0]), nullptr);
  wasm_exporttype_vec_delete(&vec_copy);
}

// What is given away is gone also where nothing comes of it; the leak checker sees the rest.
TEST(Types, RefuseMissingParts) {
  wasm_valtype_t* missing[] = {wasm_valtype_new_i32(), nullptr};
  wasm_valtype_vec_t params, results = WASM_EMPTY_VEC;
  wasm_valtype_vec_new(&params, 2, missing);
  EXPECT_EQ(wasm_functype_new(&params, &results), nullptr);
  wasm_valtype_vec_new_uninitialized(&params, 0);
  EXPECT_EQ(wasm_functype_new(&params, nullptr), nullptr);
  EXPECT_EQ(wasm_globaltype_new(nullptr, WASM_CONST), nullptr);
  EXPECT_EQ(wasm_globaltype_new(wasm_valtype_new_i32(), 2), nullptr);
  EXPECT_EQ(wasm_tabletype_new(wasm_valtype_new_funcref(), nullptr), nullptr);
  const wasm_limits_t limits = {0, 1};
  EXPECT_EQ(wasm_tabletype_new(wasm_valtype_new_i32(), &limits), nullptr);
  EXPECT_EQ(wasm_tabletype_new(nullptr, &limits), nullptr);
  EXPECT_EQ(wasm_memorytype_new(nullptr), nullptr);
  wasm_name_t name;
  wasm_name_new_from_string(&name, "a");
  EXPECT_EQ(wasm_exporttype_new(&name, nullptr), nullptr);
  EXPECT_EQ(wasm_exporttype_new(nullptr, wasm_functype_as_externtype(wasm_functype_new_0_0())),
            nullptr);
  EXPECT_EQ(wasm_importtype_new(nullptr, nullptr, nullptr), nullptr);
}

TEST_F(CTest, TypesThatCannotBeExpressedAreAnsweredAsSuch) {
  Linked linked(store, R"((module
    (type $pair (func (param i32)))
    (func (export "v") (param v128) (result v128) (local.get 0))
    (func (export "f") (param (ref $pair)))
    (global (export "i31") (ref null i31) (ref.null i31))
    (table (export "t") i64 1 0x1_0000_0000_0 funcref)
    (tag (export "tag") (param i32))))");
  ASSERT_EQ(linked.exports.size, 5u);
  wasm_functype_t* type = wasm_func_type(linked.func(0));
  EXPECT_EQ(wasm_valtype_kind(wasm_functype_params(type)->data[0]), SKERRY_V128);
  EXPECT_EQ(
      wasm_func_new(store, type,
                    [](const wasm_val_vec_t*, wasm_val_vec_t*) -> wasm_trap_t* { return nullptr; }),
      nullptr);
  wasm_functype_delete(type);
  EXPECT_EQ(message_of(call(linked.func(0), {i64(1)})),
            "the func has types that the C interface has no values of");
  type = wasm_func_type(linked.func(1));
  EXPECT_EQ(wasm_valtype_kind(wasm_functype_params(type)->data[0]), WASM_FUNCREF);
  wasm_functype_delete(type);
  EXPECT_EQ(message_of(call(linked.func(1), {ref_val(nullptr)})),
            "argument 0: it must not be null");
  wasm_val_t value;
  wasm_global_get(wasm_extern_as_global(linked.exports.data[2]), &value);
  EXPECT_EQ(value.kind, SKERRY_OTHERREF);
  EXPECT_EQ(value.of.ref, nullptr);
  wasm_tabletype_t* const table = wasm_table_type(wasm_extern_as_table(linked.exports.data[3]));
  EXPECT_EQ(wasm_tabletype_limits(table)->max, wasm_limits_max_default);
  wasm_tabletype_delete(table);
  EXPECT_EQ(wasm_extern_kind(linked.exports.data[4]), SKERRY_EXTERN_TAG);
  wasm_externtype_t* const tag = wasm_extern_type(linked.exports.data[4]);
  EXPECT_EQ(wasm_externtype_kind(tag), SKERRY_EXTERN_TAG);
  wasm_externtype_delete(tag);
}

// A concrete type is an engine's own, and good for funcs of that engine alone.
TEST_F(CTest, ConcreteTypesStayWithTheirEngine) {
  wasm_module_t* const module = module_of(store, R"((module (type $f (func))
    (import "a" "b" (func (param (ref null $f)) (result i32)))))");
  wasm_importtype_vec_t imports;
  wasm_module_imports(module, &imports);
  const wasm_functype_t* const type =
      wasm_externtype_as_functype_const(wasm_importtype_type(imports.data[0]));
  const auto callback = [](const wasm_val_vec_t*, wasm_val_vec_t*) -> wasm_trap_t* {
    return nullptr;
  };
  wasm_func_t* const func = wasm_func_new(store, type, callback);
  ASSERT_NE(func, nullptr);
  wasm_extern_t* items[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t given = WASM_ARRAY_VEC(items);
  wasm_instance_t* const instance = wasm_instance_new(store, module, &given, nullptr);
  EXPECT_NE(instance, nullptr);
  wasm_engine_t* const other_engine = wasm_engine_new();
  wasm_store_t* const other_store = wasm_store_new(other_engine);
  EXPECT_EQ(wasm_func_new(other_store, type, callback), nullptr);
  wasm_store_delete(other_store);
  wasm_engine_delete(other_engine);
  wasm_instance_delete(instance);
  wasm_func_delete(func);
  wasm_importtype_vec_delete(&imports);
  wasm_module_delete(module);
}

}  // namespace
}  // namespace skerry::test
