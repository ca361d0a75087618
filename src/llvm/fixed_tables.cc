// A table is out if the module names it in anything that writes, or if somebody else can reach it.
#include "llvm/fixed_tables.h"

#include <algorithm>

#include "binary/function_reader.h"

namespace skerry::llvm_tier {
namespace {

// The table that an instruction writes to.
std::optional<uint32_t> written_table(const Instr& instr) {
  switch (instr.shape) {
    case Shape::TableSet:
    case Shape::TableGrow:
    case Shape::TableFill:
    case Shape::TableCopy: return instr.index;
    case Shape::TableInit: return instr.index2;
    default: return std::nullopt;
  }
}

}  // namespace

FixedTables::FixedTables(const ValidatedModule& validated) {
  const Module& module = validated.module();
  tables_.resize(module.tables.size());
  const auto drop = [this](uint32_t table) { tables_[table].reset(); };
  for (uint32_t i = module.imported_tables; i < tables_.size(); ++i)
    if (!module.tables[i].init) tables_[i] = Table{.size = module.tables[i].type.limits.min};
  for (const Export& exported : module.exports)
    if (exported.kind == ExternKind::Table) drop(exported.index);

  std::vector<bool> has_entries(tables_.size());
  for (const ElemSegment& segment : module.elems) {
    if (segment.mode != SegmentMode::Active || !tables_[segment.table]) continue;
    if (segment.uses_exprs) {
      drop(segment.table);
      continue;
    }
    Table& table = *tables_[segment.table];
    for (uint32_t func : segment.funcs) {
      const uint32_t type_id = validated.type_ids()[module.funcs[func]];
      if (!has_entries[segment.table]) table.type_id = type_id;
      has_entries[segment.table] = true;
      if (table.type_id != type_id) table.type_id.reset();
      if (func < module.imported_funcs) table.are_all_defined = false;
    }
  }
  if (std::ranges::none_of(tables_, [](const auto& table) { return table.has_value(); })) return;
  Instr instr;
  for (const FuncBody& body : module.bodies) {
    FunctionReader reader(body.code, body.offset, validated.features());
    uint32_t groups = 0;
    (void)reader.read_local_group_count(groups);
    LocalDecl decl;
    for (uint32_t i = 0; i < groups; ++i) (void)reader.read_local_group(decl);
    while (!reader.at_end()) {
      (void)reader.next(instr);
      if (const auto table = written_table(instr)) drop(*table);
    }
  }
}

std::shared_ptr<const FixedTables> FixedTablesCache::of(const ValidatedModule& module) {
  constexpr size_t kMost = 4;
  const std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_)
    if (entry.module.lock() == module.shared_module()) return entry.tables;
  if (entries_.size() == kMost) entries_.erase(entries_.begin());
  entries_.push_back({module.shared_module(), std::make_shared<FixedTables>(module)});
  return entries_.back().tables;
}

}  // namespace skerry::llvm_tier
