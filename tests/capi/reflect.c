/* What a module imports and exports, with types, before and after there is an instance of it. */
#include "program.h"

static bool is_named(const wasm_name_t* name, const char* wanted) {
  return name->size == strlen(wanted) && memcmp(name->data, wanted, name->size) == 0;
}

static void check_imports(const wasm_module_t* module) {
  wasm_importtype_vec_t imports;
  wasm_module_imports(module, &imports);
  CHECK(imports.size == 2);
  CHECK(is_named(wasm_importtype_module(imports.data[0]), "a"));
  CHECK(is_named(wasm_importtype_name(imports.data[0]), "f"));
  const wasm_functype_t* func =
      wasm_externtype_as_functype_const(wasm_importtype_type(imports.data[0]));
  CHECK(func && wasm_functype_params(func)->size == 2);
  CHECK(wasm_valtype_kind(wasm_functype_params(func)->data[0]) == WASM_I32);
  CHECK(wasm_valtype_kind(wasm_functype_params(func)->data[1]) == WASM_EXTERNREF);
  CHECK(wasm_valtype_kind(wasm_functype_results(func)->data[0]) == WASM_F64);
  const wasm_globaltype_t* global =
      wasm_externtype_as_globaltype_const(wasm_importtype_type(imports.data[1]));
  CHECK(global && wasm_globaltype_mutability(global) == WASM_VAR);
  CHECK(wasm_valtype_kind(wasm_globaltype_content(global)) == WASM_I64);
  wasm_importtype_vec_delete(&imports);
}

/* The same for the type of an export and of what was exported. */
static void check_type(const wasm_externtype_t* type, size_t index) {
  const wasm_limits_t* limits;
  switch (index) {
    case 0: {
      const wasm_functype_t* func = wasm_externtype_as_functype_const(type);
      CHECK(wasm_functype_params(func)->size == 2 && wasm_functype_results(func)->size == 0);
      CHECK(wasm_valtype_kind(wasm_functype_params(func)->data[1]) == WASM_FUNCREF);
      break;
    }
    case 1:
      limits = wasm_tabletype_limits(wasm_externtype_as_tabletype_const(type));
      CHECK(limits->min == 3 && limits->max == 7);
      break;
    case 2:
      limits = wasm_memorytype_limits(wasm_externtype_as_memorytype_const(type));
      CHECK(limits->min == 2 && limits->max == wasm_limits_max_default);
      break;
    default:
      CHECK(wasm_globaltype_mutability(wasm_externtype_as_globaltype_const(type)) == WASM_CONST);
  }
}

static wasm_trap_t* nothing(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  return NULL;
}

/* Made from the types that the module says it wants. */
static wasm_instance_t* instantiate(wasm_store_t* store, const wasm_module_t* module) {
  wasm_importtype_vec_t wanted;
  wasm_module_imports(module, &wanted);
  wasm_val_t value = WASM_I64_VAL(1);
  wasm_func_t* func = wasm_func_new(
      store, wasm_externtype_as_functype_const(wasm_importtype_type(wanted.data[0])), nothing);
  wasm_global_t* global = wasm_global_new(
      store, wasm_externtype_as_globaltype_const(wasm_importtype_type(wanted.data[1])), &value);
  CHECK(func && global);
  wasm_extern_t* items[] = {wasm_func_as_extern(func), wasm_global_as_extern(global)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(items);
  wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
  CHECK(instance);
  wasm_func_delete(func);
  wasm_global_delete(global);
  wasm_importtype_vec_delete(&wanted);
  return instance;
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  static const char* const kNames[] = {"func", "table", "memory", "global"};
  static const wasm_externkind_t kKinds[] = {WASM_EXTERN_FUNC, WASM_EXTERN_TABLE,
                                             WASM_EXTERN_MEMORY, WASM_EXTERN_GLOBAL};
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load_module(store, argv[1]);
  check_imports(module);

  wasm_instance_t* instance = instantiate(store, module);
  wasm_exporttype_vec_t types;
  wasm_module_exports(module, &types);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  CHECK(types.size == 4 && exports.size == 4);
  for (size_t i = 0; i < types.size; ++i) {
    CHECK(is_named(wasm_exporttype_name(types.data[i]), kNames[i]));
    CHECK(wasm_externtype_kind(wasm_exporttype_type(types.data[i])) == kKinds[i]);
    CHECK(wasm_extern_kind(exports.data[i]) == kKinds[i]);
    check_type(wasm_exporttype_type(types.data[i]), i);
    wasm_externtype_t* type = wasm_extern_type(exports.data[i]);
    check_type(type, i);
    wasm_externtype_delete(type);
  }
  wasm_extern_vec_delete(&exports);
  wasm_exporttype_vec_delete(&types);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
