// Linker: what a module's imports are looked up in, by module name and name, and instantiation with
// it. Holds items of one Store: host functions, instances' exports, single items.
// Not here: WASI's functions (wasi registers them).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "embed/engine.h"
#include "runtime/instance.h"
#include "runtime/store.h"

namespace skerry::embed {

class Linker {
 public:
  explicit Linker(runtime::Store& store) : store_(store) {}

  // A later definition of the same name replaces the earlier one.
  void define(std::string_view module, std::string_view name, runtime::Extern item);
  // A host function is put into the Store only when something imports it.
  void define_func(std::string_view module, std::string_view name, runtime::HostFunc func);
  // The same, besides what has the name: an import gets the definition that has its type. Of two
  // of one type the later one counts.
  void add_func(std::string_view module, std::string_view name, runtime::HostFunc func);
  // All exports of an instance under one module name, in place of what had that name.
  void define_instance(std::string_view module, runtime::Instance& instance);

  // UnknownImport if there is none. `type`: what a func is wanted as, where there are several.
  Result<runtime::Extern> find(std::string_view module, std::string_view name,
                               const FuncType* type = nullptr);

  // The error names the import and what was there instead, or the trap of the start function.
  Reported<runtime::Instance*> instantiate(const LoadedModule& module);

 private:
  // A host function that nothing has imported yet, or an item of the Store.
  using Item = std::variant<std::shared_ptr<const runtime::HostFunc>, runtime::Extern>;
  // Only host functions share a name; the last one is what find() gives if none fits.
  using Items = std::map<std::string, std::vector<Item>, std::less<>>;

  Items& items_of(std::string_view module);
  Report unknown_import(const LoadedModule& module, uint32_t index) const;
  Report incompatible_import(const LoadedModule& module, uint32_t index);

  runtime::Store& store_;
  std::map<std::string, Items, std::less<>> modules_;
};

// "(i32, i64) -> (f32)"
std::string to_string(const FuncType& type);
// "func (i32) -> ()", "memory 1..2 pages", "global (mut i32)".
std::string describe_item(const runtime::Store& store, const runtime::Extern& item);
std::string describe_import(const Module& module, const ExternType& type);

}  // namespace skerry::embed
