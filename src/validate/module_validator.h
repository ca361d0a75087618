// ModuleValidator: the rules for everything but function bodies - types, imports, definitions,
// segments, exports, start - and what bodies need to know of them (ModuleContext).
#pragma once

#include "base/result.h"
#include "validate/function_validator.h"
#include "validate/module_context.h"

namespace skerry {

class ModuleValidator {
 public:
  ModuleValidator(const Module& module, Features features, TypeRegistry& registry)
      : module_(module), features_(features), context_(module, features, registry) {}

  Result<void> validate();
  const ModuleContext& context() const { return context_; }
  std::vector<uint32_t> take_type_ids() { return std::move(context_.type_ids_); }

 private:
  // Positions: a Module does not record where a definition stood, so these errors carry the index
  // of the culprit as `a` and, where there is an expression, its offset.
  Result<void> check_types();
  Result<void> check_references(uint32_t type_index, uint32_t group_end);
  Result<void> check_supertypes();
  Result<void> check_imports();
  Result<void> check_funcs();
  Result<void> check_tables(FunctionValidator& exprs);
  Result<void> check_memories();
  Result<void> check_globals(FunctionValidator& exprs);
  Result<void> check_tags();
  Result<void> check_exports();
  Result<void> check_start();
  Result<void> check_elems(FunctionValidator& exprs);
  Result<void> check_datas(FunctionValidator& exprs);
  Result<void> check_bodies_present();

  Result<void> check_val_type(ValType type, uint32_t type_count, uint64_t culprit) const;
  Result<void> check_func_type_index(uint32_t type_index) const;
  Result<void> check_table_type(const TableType& type, uint64_t culprit) const;
  Result<void> check_memory_type(const MemoryType& type, uint64_t culprit) const;
  Result<void> check_tag_type(const TagType& type, uint64_t culprit) const;
  Result<void> require(Feature feature) const;
  bool composites_match(const DefinedType& sub, const DefinedType& super) const;
  void declare_funcs();

  const Module& module_;
  Features features_;
  ModuleContext context_;
  std::vector<uint8_t> subtyping_depths_;  // by type index: length of its chain of supertypes
};

}  // namespace skerry
