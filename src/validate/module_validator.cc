// ModuleValidator. The order is the specification's: each definition is checked against those
// before it, and segments, exports and start against all of them.
#include "validate/module_validator.h"

#include <algorithm>
#include <unordered_set>

#include "binary/const_expr_reader.h"
#include "wasm/implementation_limits.h"
#include "wasm/type_features.h"

namespace skerry {

Result<void> ModuleValidator::validate() {
  TRY(check_types());
  TRY(check_imports());
  TRY(check_funcs());
  TRY(check_tags());
  TRY(check_memories());
  FunctionValidator exprs(context_);
  TRY(check_tables(exprs));
  TRY(check_globals(exprs));
  TRY(check_datas(exprs));
  TRY(check_elems(exprs));
  TRY(check_start());
  TRY(check_exports());
  declare_funcs();
  return check_bodies_present();
}

Result<void> ModuleValidator::require(Feature feature) const {
  if (!features_.has(feature))
    return fail(ErrorCode::FeatureDisabled, kNoPosition, static_cast<uint64_t>(feature));
  return {};
}

// Types. References are checked before the types are interned, since the registry relies on them;
// the subtype relation can only be checked after, since it is one between canonical types.

Result<void> ModuleValidator::check_types() {
  subtyping_depths_.assign(module_.types.size(), 0);
  for (const RecGroup& group : module_.rec_groups) {
    const uint32_t end = group.first_type + group.type_count;
    for (uint32_t i = group.first_type; i < end; ++i) TRY(check_references(i, end));
  }
  TypeRegistry& registry = context_.registry_;
  context_.type_ids_ = registry.intern(module_.types, module_.rec_groups);
  if (context_.type_ids_.size() != module_.types.size())
    return fail(ErrorCode::ImplementationLimit, kNoPosition, module_.types.size(),
                TypeRegistry::kMaxEntries);
  TRY(check_supertypes());
  context_.signatures_.reserve(module_.types.size());
  for (const DefinedType& type : module_.types)
    context_.signatures_.push_back({type.func.params, type.func.results});
  return {};
}

Result<void> ModuleValidator::check_val_type(ValType type, uint32_t type_count,
                                             uint64_t culprit) const {
  TRY(require(feature_of(type)));
  if (type.is_ref() && type.heap().is_concrete() && type.heap().type_index() >= type_count)
    return fail(ErrorCode::UnknownType, kNoPosition, type.heap().type_index(), culprit);
  return {};
}

Result<void> ModuleValidator::check_references(uint32_t type_index, uint32_t group_end) {
  const DefinedType& type = module_.types[type_index];
  if (type.kind != CompositeKind::Func || type.supertype || !type.is_final)
    TRY(require(Feature::Gc));
  for (const ValType param : type.func.params) TRY(check_val_type(param, group_end, type_index));
  for (const ValType value : type.func.results) TRY(check_val_type(value, group_end, type_index));
  for (const FieldType& field : type.fields) TRY(check_val_type(field.type, group_end, type_index));
  if (type.func.params.size() > kMaxParams || type.func.results.size() > kMaxResults)
    return fail(ErrorCode::ImplementationLimit, kNoPosition, type_index, kMaxParams);
  if (type.func.results.size() > 1 && !features_.has(Feature::MultiValue))
    return fail(ErrorCode::InvalidResultArity, kNoPosition, type_index);
  if (!type.supertype) return {};
  if (*type.supertype >= type_index)
    return fail(ErrorCode::UnknownType, kNoPosition, *type.supertype, type_index);
  subtyping_depths_[type_index] = static_cast<uint8_t>(subtyping_depths_[*type.supertype] + 1);
  if (subtyping_depths_[type_index] > kMaxSubtypingDepth)
    return fail(ErrorCode::ImplementationLimit, kNoPosition, type_index, kMaxSubtypingDepth);
  return {};
}

Result<void> ModuleValidator::check_supertypes() {
  for (uint32_t i = 0; i < module_.types.size(); ++i) {
    const DefinedType& type = module_.types[i];
    if (!type.supertype) continue;
    const DefinedType& super = module_.types[*type.supertype];
    if (super.is_final || !composites_match(type, super))
      return fail(ErrorCode::SubtypeMismatch, kNoPosition, i, *type.supertype);
  }
  return {};
}

bool ModuleValidator::composites_match(const DefinedType& sub, const DefinedType& super) const {
  if (sub.kind != super.kind) return false;
  const auto matches = [this](ValType a, ValType b) { return context_.is_subtype(a, b); };
  if (sub.kind == CompositeKind::Func)
    return std::ranges::equal(super.func.params, sub.func.params, matches) &&
           std::ranges::equal(sub.func.results, super.func.results, matches);
  // Mutable fields can be written as well, so they must be the same.
  const auto field_matches = [&](const FieldType& a, const FieldType& b) {
    return a.is_mutable == b.is_mutable && matches(a.type, b.type) &&
           (!a.is_mutable || matches(b.type, a.type));
  };
  return sub.fields.size() >= super.fields.size() &&
         std::ranges::equal(std::span(sub.fields).first(super.fields.size()), super.fields,
                            field_matches);
}

// Imports and definitions.

Result<void> ModuleValidator::check_func_type_index(uint32_t type_index) const {
  if (!context_.is_type_of(type_index, CompositeKind::Func))
    return fail(ErrorCode::UnknownType, kNoPosition, type_index);
  return {};
}

Result<void> ModuleValidator::check_imports() {
  for (uint32_t i = 0; i < module_.imports.size(); ++i) {
    const Import& import = module_.imports[i];
    // The other kinds are checked with the definitions, in their index spaces.
    const auto* global = std::get_if<GlobalType>(&import.type);
    if (global && global->is_mutable) TRY(require(Feature::MutableGlobal));
  }
  return {};
}

Result<void> ModuleValidator::check_funcs() {
  for (const uint32_t type_index : module_.funcs) TRY(check_func_type_index(type_index));
  return {};
}

Result<void> ModuleValidator::check_tag_type(const TagType& type, uint64_t culprit) const {
  TRY(require(Feature::Exceptions));
  TRY(check_func_type_index(type.type_index));
  if (!module_.types[type.type_index].func.results.empty())
    return fail(ErrorCode::NonEmptyTagResult, kNoPosition, culprit);
  return {};
}

Result<void> ModuleValidator::check_tags() {
  for (uint32_t i = 0; i < module_.tags.size(); ++i) TRY(check_tag_type(module_.tags[i], i));
  return {};
}

namespace {
Result<void> check_limits(const Limits& limits, uint64_t largest, ErrorCode too_large,
                          uint64_t culprit) {
  if (limits.min > largest || limits.max.value_or(0) > largest)
    return fail(too_large, kNoPosition, culprit);
  if (limits.max && *limits.max < limits.min)
    return fail(ErrorCode::SizeMinimumGreaterThanMaximum, kNoPosition, culprit);
  return {};
}
}  // namespace

Result<void> ModuleValidator::check_memory_type(const MemoryType& type, uint64_t culprit) const {
  constexpr uint64_t kMaxPages32 = uint64_t{1} << 16;
  constexpr uint64_t kMaxPages64 = uint64_t{1} << 48;
  if (type.limits.is_64) TRY(require(Feature::Memory64));
  if (type.is_shared) TRY(require(Feature::Threads));
  TRY(check_limits(type.limits, type.limits.is_64 ? kMaxPages64 : kMaxPages32,
                   ErrorCode::MemorySizeTooLarge, culprit));
  if (type.is_shared && !type.limits.max)
    return fail(ErrorCode::SharedMemoryNeedsMaximum, kNoPosition, culprit);
  return {};
}

Result<void> ModuleValidator::check_memories() {
  for (uint32_t i = 0; i < module_.memories.size(); ++i)
    TRY(check_memory_type(module_.memories[i], i));
  if (module_.memories.size() > 1 && !features_.has(Feature::MultiMemory))
    return fail(ErrorCode::MultipleMemories, kNoPosition, 1);
  return {};
}

Result<void> ModuleValidator::check_table_type(const TableType& type, uint64_t culprit) const {
  if (type.limits.is_64) TRY(require(Feature::Memory64));
  // Tables of plain funcref are older than reference types.
  if (type.element != ValType::funcref())
    TRY(check_val_type(type.element, static_cast<uint32_t>(module_.types.size()), culprit));
  return check_limits(type.limits, type.limits.is_64 ? UINT64_MAX : UINT32_MAX,
                      ErrorCode::TableSizeTooLarge, culprit);
}

Result<void> ModuleValidator::check_tables(FunctionValidator& exprs) {
  for (uint32_t i = 0; i < module_.tables.size(); ++i) {
    const Table& table = module_.tables[i];
    TRY(check_table_type(table.type, i));
    if (i < module_.imported_tables) continue;
    // Tables come before globals: their initialisers see imported ones only.
    if (table.init) {
      TRY(require(Feature::FunctionReferences));
      if (!exprs.check_expr(*table.init, table.type.element, module_.imported_globals))
        return std::unexpected(exprs.error());
    } else if (!table.type.element.is_nullable()) {
      return fail(ErrorCode::TypeMismatch, kNoPosition, i);
    }
  }
  if (module_.tables.size() > 1 && !features_.has(Feature::ReferenceTypes))
    return fail(ErrorCode::MultipleTables, kNoPosition, 1);
  return {};
}

Result<void> ModuleValidator::check_globals(FunctionValidator& exprs) {
  const bool sees_earlier = features_.has(Feature::Gc);
  for (uint32_t i = 0; i < module_.globals.size(); ++i) {
    const Global& global = module_.globals[i];
    TRY(check_val_type(global.type.type, static_cast<uint32_t>(module_.types.size()), i));
    if (i < module_.imported_globals) continue;
    if (!exprs.check_expr(global.init, global.type.type,
                          sees_earlier ? i : module_.imported_globals))
      return std::unexpected(exprs.error());
  }
  return {};
}

// Segments.

Result<void> ModuleValidator::check_elems(FunctionValidator& exprs) {
  const uint32_t visible = static_cast<uint32_t>(
      features_.has(Feature::Gc) ? module_.globals.size() : module_.imported_globals);
  for (uint32_t i = 0; i < module_.elems.size(); ++i) {
    const ElemSegment& elem = module_.elems[i];
    if (elem.type.heap().is_concrete())
      TRY(check_val_type(elem.type, static_cast<uint32_t>(module_.types.size()), i));
    for (const uint32_t func : elem.funcs)
      if (func >= module_.funcs.size()) return fail(ErrorCode::UnknownFunc, kNoPosition, func, i);
    for (const ConstExpr& expr : elem.exprs)
      if (!exprs.check_expr(expr, elem.type, visible)) return std::unexpected(exprs.error());
    if (elem.mode != SegmentMode::Active) {
      TRY(require(Feature::BulkMemory));
      continue;
    }
    if (elem.table >= module_.tables.size())
      return fail(ErrorCode::UnknownTable, elem.offset.offset, elem.table, i);
    const TableType& table = module_.tables[elem.table].type;
    // The elements are what has to fit; a funcref segment of plain indices holds no null.
    const ValType type = elem.uses_exprs ? elem.type : ValType::ref(elem.type.heap(), false);
    if (!context_.is_subtype(type, table.element))
      return fail(ErrorCode::TypeMismatch, elem.offset.offset, i);
    if (!exprs.check_expr(elem.offset, table.limits.is_64 ? ValType::I64 : ValType::I32, visible))
      return std::unexpected(exprs.error());
  }
  return {};
}

Result<void> ModuleValidator::check_datas(FunctionValidator& exprs) {
  const uint32_t visible = static_cast<uint32_t>(
      features_.has(Feature::Gc) ? module_.globals.size() : module_.imported_globals);
  for (uint32_t i = 0; i < module_.datas.size(); ++i) {
    const DataSegment& data = module_.datas[i];
    if (data.mode != SegmentMode::Active) {
      TRY(require(Feature::BulkMemory));
      continue;
    }
    if (data.memory >= module_.memories.size())
      return fail(ErrorCode::UnknownMemory, data.offset.offset, data.memory, i);
    const bool is_64 = module_.memories[data.memory].limits.is_64;
    if (!exprs.check_expr(data.offset, is_64 ? ValType::I64 : ValType::I32, visible))
      return std::unexpected(exprs.error());
  }
  return {};
}

// Start and exports.

Result<void> ModuleValidator::check_start() {
  if (!module_.start) return {};
  if (*module_.start >= module_.funcs.size())
    return fail(ErrorCode::UnknownFunc, kNoPosition, *module_.start);
  const FuncType& type = module_.func_type(*module_.start);
  if (!type.params.empty() || !type.results.empty())
    return fail(ErrorCode::StartFunctionType, kNoPosition, *module_.start);
  return {};
}

Result<void> ModuleValidator::check_exports() {
  const struct {
    size_t count;
    ErrorCode unknown;
  } spaces[] = {
      // By ExternKind.
      {module_.funcs.size(), ErrorCode::UnknownFunc},
      {module_.tables.size(), ErrorCode::UnknownTable},
      {module_.memories.size(), ErrorCode::UnknownMemory},
      {module_.globals.size(), ErrorCode::UnknownGlobal},
      {module_.tags.size(), ErrorCode::UnknownTag},
  };
  std::unordered_set<std::string_view> names;
  names.reserve(module_.exports.size());
  for (uint32_t i = 0; i < module_.exports.size(); ++i) {
    const Export& item = module_.exports[i];
    const auto& space = spaces[static_cast<size_t>(item.kind)];
    if (item.index >= space.count) return fail(space.unknown, kNoPosition, item.index, i);
    if (!names.insert(item.name).second) return fail(ErrorCode::DuplicateExport, kNoPosition, i);
    if (item.kind == ExternKind::Global && module_.globals[item.index].type.is_mutable)
      TRY(require(Feature::MutableGlobal));
  }
  return {};
}

// Funcs that occur outside of bodies and the start section. All indices have been checked.
void ModuleValidator::declare_funcs() {
  std::vector<bool>& declared = context_.declared_funcs_;
  declared.assign(module_.funcs.size(), false);
  const auto declare_in = [&](const ConstExpr& expr) {
    for_each_instr(expr, [&](const Instr& instr) {
      if (instr.op == Op::RefFunc) declared[instr.index] = true;
    });
  };
  for (const Table& table : module_.tables)
    if (table.init) declare_in(*table.init);
  for (size_t i = module_.imported_globals; i < module_.globals.size(); ++i)
    declare_in(module_.globals[i].init);
  for (const Export& item : module_.exports)
    if (item.kind == ExternKind::Func) declared[item.index] = true;
  for (const ElemSegment& elem : module_.elems) {
    for (const uint32_t func : elem.funcs) declared[func] = true;
    for (const ConstExpr& expr : elem.exprs) declare_in(expr);
  }
}

// The decoder has checked it; a module made otherwise has to keep it too, since bodies are found by
// their position.
Result<void> ModuleValidator::check_bodies_present() {
  const size_t defined = module_.funcs.size() - module_.imported_funcs;
  if (defined != module_.bodies.size())
    return fail(ErrorCode::CountMismatch, kNoPosition, defined, module_.bodies.size());
  return {};
}

}  // namespace skerry
