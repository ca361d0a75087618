// spectest's functions, globals, tables and memories as tables.
#include "cli/spectest.h"

#include <array>

namespace skerry::cli {
namespace {

using runtime::Value;

struct PrintFunc {
  const char* name;
  std::array<ValType::Kind, 2> params;
  unsigned param_count;
};
constexpr auto kPrintFuncs = std::to_array<PrintFunc>({
    {"print", {}, 0},
    {"print_i32", {ValType::I32}, 1},
    {"print_i64", {ValType::I64}, 1},
    {"print_f32", {ValType::F32}, 1},
    {"print_f64", {ValType::F64}, 1},
    {"print_i32_f32", {ValType::I32, ValType::F32}, 2},
    {"print_f64_f64", {ValType::F64, ValType::F64}, 2},
});

TableType table_type(bool is_64) {
  TableType type;
  type.limits = {10, 20, is_64};
  return type;
}

MemoryType memory_type(bool is_shared) {
  MemoryType type;
  type.limits = {1, 2, false};
  type.is_shared = is_shared;
  return type;
}

}  // namespace

Result<void> define_spectest(runtime::Store& store, embed::Linker& linker) {
  constexpr std::string_view kModule = "spectest";
  for (const PrintFunc& row : kPrintFuncs) {
    FuncType type;
    type.params.assign(row.params.begin(), row.params.begin() + row.param_count);
    const auto do_nothing = [](runtime::Caller&, std::span<uint64_t>) -> Result<void> {
      return {};
    };
    linker.define_func(kModule, row.name, {std::move(type), do_nothing});
  }
  const std::pair<const char*, Value> globals[] = {
      {"global_i32", Value::i32(666)},
      {"global_i64", Value::i64(666)},
      {"global_f32", Value::f32(666.6f)},
      {"global_f64", Value::f64(666.6)},
  };
  for (const auto& [name, value] : globals)
    linker.define(kModule, name, TRY(store.add_global(GlobalType{value.type, false}, value)));
  const Value null = Value::null(HeapType::Func);
  linker.define(kModule, "table", TRY(store.add_table(table_type(false), null)));
  linker.define(kModule, "table64", TRY(store.add_table(table_type(true), null)));
  linker.define(kModule, "memory", TRY(store.add_memory(memory_type(false))));
  linker.define(kModule, "shared_memory", TRY(store.add_memory(memory_type(true))));
  return {};
}

}  // namespace skerry::cli
