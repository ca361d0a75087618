// Instantiation, step by step as the specification has it: match imports, allocate, evaluate
// globals and tables, element segments, then data segments, then the start function. Source:
// WebAssembly 3.0, "Instantiation".
#include <algorithm>
#include <cassert>
#include <cstring>

#include "runtime/call.h"
#include "runtime/const_expr.h"
#include "runtime/instance.h"
#include "runtime/segments.h"
#include "runtime/store_access.h"

namespace skerry::runtime {
namespace {

bool limits_fit(const Limits& actual, const Limits& wanted) {
  if (actual.is_64 != wanted.is_64 || actual.min < wanted.min) return false;
  return !wanted.max || (actual.max && *actual.max <= *wanted.max);
}

bool import_fits(const Store& store, const ModuleCode& module, const ExternType& wanted,
                 const Extern& item) {
  const TypeRegistry& registry = *store.engine().registry();
  const auto type_ids = module.validated().type_ids();
  if (item.index() != wanted.index()) return false;
  switch (kind_of(item)) {
    case ExternKind::Func:
      return registry.is_subtype(std::get<Func>(item).type_id(), type_ids[std::get<0>(wanted)]);
    case ExternKind::Table: {
      const TableType actual = std::get<Table*>(item)->type();
      const TableType& type = std::get<TableType>(wanted);
      return limits_fit(actual.limits, type.limits) &&
             actual.element == with_type_ids(type.element, type_ids);
    }
    case ExternKind::Memory: {
      const MemoryType actual = std::get<Memory*>(item)->type();
      const MemoryType& type = std::get<MemoryType>(wanted);
      return limits_fit(actual.limits, type.limits) && actual.is_shared == type.is_shared;
    }
    case ExternKind::Global: {
      const GlobalType& actual = std::get<Global*>(item)->type();
      const GlobalType& type = std::get<GlobalType>(wanted);
      const ValType value = with_type_ids(type.type, type_ids);
      if (actual.is_mutable != type.is_mutable) return false;
      return type.is_mutable ? actual.type == value : registry.is_subtype(actual.type, value);
    }
    case ExternKind::Tag:
      return std::get<Tag*>(item)->type_id() == type_ids[std::get<TagType>(wanted).type_index];
  }
  return false;
}

}  // namespace

Result<void> match_import(const Store& store, const ModuleCode& module, uint32_t index,
                          const Extern& item) {
  if (import_fits(store, module, module.module().imports[index].type, item)) return {};
  return fail(ErrorCode::IncompatibleImport, kNoPosition, index);
}

// One run of the algorithm. The parts append to the instance's index spaces in order.
class Instantiation {
 public:
  Instantiation(Store& store, std::shared_ptr<ModuleCode> module)
      : store_(store), module_(std::move(module)) {}

  Result<Instance*> run(std::span<const Extern> imports) {
    if (StoreAccess::stack_limit(store_) == 0) StoreAccess::clear_frames(store_);
    TRY(check_imports(imports));
    if (store_.instances().size() >= store_.limits().instances)
      return fail(ErrorCode::InstanceLimitExceeded, kNoPosition, 0, store_.limits().instances);
    auto made = TRY(Instance::create(store_, module_));
    instance_ = made.get();
    store_.instances_.push_back(std::move(made));
    for (size_t i = 0; i < imports.size(); ++i) add_import(imports[i]);
    instance_->join_module();
    TRY(make_memories());
    make_tags();
    TRY(make_globals());
    TRY(make_tables());
    TRY(make_elems());
    make_datas();
    find_host_memory();
    TRY(run_active_elems());
    TRY(run_active_datas());
    if (module().start) TRY(call(store_, instance_->func(*module().start), std::span<uint64_t>()));
    return instance_;
  }

 private:
  const Module& module() const { return module_->module(); }
  const ContextLayout& layout() const { return module_->layout(); }
  ValType with_ids(ValType type) const {
    return with_type_ids(type, module_->validated().type_ids());
  }

  Result<void> check_imports(std::span<const Extern> imports) {
    if (imports.size() < module().imports.size())
      return fail(ErrorCode::UnknownImport, kNoPosition, imports.size());
    for (uint32_t i = 0; i < module().imports.size(); ++i)
      TRY(match_import(store_, *module_, i, imports[i]));
    return {};
  }

  void add_import(const Extern& item) {
    switch (kind_of(item)) {
      case ExternKind::Func: return add_import_func(std::get<Func>(item));
      case ExternKind::Table: return add_table(std::get<Table*>(item));
      case ExternKind::Memory: return add_memory(std::get<Memory*>(item));
      case ExternKind::Global: return add_global(std::get<Global*>(item));
      case ExternKind::Tag: return instance_->tags_.push_back(std::get<Tag*>(item));
    }
  }

  void add_import_func(Func func) {
    const auto index = static_cast<uint32_t>(instance_->import_refs_.size());
    instance_->import_refs_.push_back(func.ref());
    auto* const slot = instance_->context_at<VmImport>(layout().import_func(index));
    if (Instance* exporter = store_.instance_of(func)) {
      exporter->import_func_into(slot, func.ref()->func_index);
    } else {
      slot->code.store(func.ref()->code.load(std::memory_order_relaxed), std::memory_order_relaxed);
      slot->context = func.ref()->context;
    }
  }

  void add_table(Table* table) {
    const auto index = static_cast<uint32_t>(instance_->tables_.size());
    instance_->tables_.push_back(table);
    *instance_->context_at<VmTable*>(layout().table(index)) = table->vm();
  }

  void add_memory(Memory* memory) {
    const auto index = static_cast<uint32_t>(instance_->memories_.size());
    instance_->memories_.push_back(memory);
    *instance_->context_at<VmMemory*>(layout().memory(index)) = memory->vm();
    if (index == 0) memory->add_user(instance_->context_);
  }

  void add_global(Global* global) {
    const auto index = static_cast<uint32_t>(instance_->globals_.size());
    instance_->globals_.push_back(global);
    if (layout().is_imported_global(index))
      *instance_->context_at<VmGlobal*>(layout().global(index)) = global->vm();
  }

  Result<void> make_memories() {
    for (size_t i = module().imported_memories; i < module().memories.size(); ++i)
      add_memory(TRY(store_.add_memory(module().memories[i])));
    return {};
  }

  void make_tags() {
    for (size_t i = module().imported_tags; i < module().tags.size(); ++i)
      instance_->tags_.push_back(
          store_.add_tag(module_->validated().type_ids()[module().tags[i].type_index]));
  }

  Result<void> make_globals() {
    for (size_t i = module().imported_globals; i < module().globals.size(); ++i) {
      const skerry::Global& declared = module().globals[i];
      auto* const cell = instance_->context_at<VmGlobal>(layout().global(static_cast<uint32_t>(i)));
      // Only what comes before can be referred to, so the value is there when it is needed.
      *cell = TRY(evaluate(*instance_, declared.init));
      const GlobalType type{with_ids(declared.type.type), declared.type.is_mutable};
      store_.globals_.push_back(std::make_unique<Global>(type, cell));
      add_global(store_.globals_.back().get());
    }
    return {};
  }

  Result<void> make_tables() {
    for (size_t i = module().imported_tables; i < module().tables.size(); ++i) {
      const skerry::Table& declared = module().tables[i];
      VmGlobal initial;
      if (declared.init) initial = TRY(evaluate(*instance_, *declared.init));
      const TableType type{declared.type.limits, with_ids(declared.type.element)};
      store_.tables_.push_back(TRY(Table::create(store_, type, initial.low)));
      add_table(store_.tables_.back().get());
    }
    return {};
  }

  Result<void> make_elems() {
    instance_->elem_dropped_.resize(module().elems.size());
    instance_->elem_values_.resize(module().elems.size());
    for (size_t i = 0; i < module().elems.size(); ++i) {
      const ElemSegment& elem = module().elems[i];
      // Plain function indices become references when they are needed.
      if (!elem.uses_exprs) continue;
      for (const ConstExpr& expr : elem.exprs)
        instance_->elem_values_[i].push_back(TRY(evaluate(*instance_, expr)).low);
    }
    return {};
  }

  // Segments that are in an image may be missing, so they count as dropped from the start. Nobody
  // can call anything before they would be.
  void make_datas() {
    const DataImage* const image = module_->data_image();
    instance_->data_dropped_.resize(image ? image->segment_count : module().datas.size(),
                                    image != nullptr);
  }

  void find_host_memory() {
    if (instance_->memories_.empty()) return;
    const Export* const named = module_->find_export("memory");
    const bool usable = named != nullptr && named->kind == ExternKind::Memory;
    instance_->host_memory_ = instance_->memories_[usable ? named->index : 0];
  }

  // Offsets of 32-bit tables and memories are zero-extended already.
  Result<void> run_active_elems() {
    for (uint32_t i = 0; i < module().elems.size(); ++i) {
      const ElemSegment& elem = module().elems[i];
      if (elem.mode == SegmentMode::Active) {
        const VmGlobal offset = TRY(evaluate(*instance_, elem.offset));
        const TrapCode failed = init_table(*instance_, i, elem.table, offset.low, 0, elem.size());
        if (failed != TrapCode::None) return std::unexpected(trap(failed));
      }
      if (elem.mode != SegmentMode::Passive) instance_->drop_elem(i);
    }
    return {};
  }

  Result<void> run_active_datas() {
    if (const DataImage* const image = module_->data_image())
      return instance_->memory(0)->start_with(*image);
    for (uint32_t i = 0; i < module().datas.size(); ++i) {
      const DataSegment& data = module().datas[i];
      if (data.mode != SegmentMode::Active) continue;
      const VmGlobal offset = TRY(evaluate(*instance_, data.offset));
      const TrapCode failed =
          init_memory(*instance_, i, data.memory, offset.low, 0, data.bytes.size());
      if (failed != TrapCode::None) return std::unexpected(trap(failed));
      instance_->drop_data(i);
    }
    return {};
  }

  Store& store_;
  std::shared_ptr<ModuleCode> module_;
  Instance* instance_ = nullptr;
};

Result<Instance*> instantiate(Store& store, std::shared_ptr<ModuleCode> module,
                              std::span<const Extern> imports) {
  return Instantiation(store, std::move(module)).run(imports);
}

}  // namespace skerry::runtime
