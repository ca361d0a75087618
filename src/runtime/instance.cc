// An instance's context block, its function references, and what publishing code does to them.
#include "runtime/instance.h"

#include <cassert>
#include <cstdlib>
#include <new>

#include "runtime/engine_code.h"
#include "runtime/store_access.h"

namespace skerry::runtime {

Result<std::unique_ptr<Instance>> Instance::create(Store& store,
                                                   std::shared_ptr<ModuleCode> module) {
  std::unique_ptr<Instance> instance(new Instance(store, std::move(module)));
  const size_t defined = instance->module().funcs.size() - instance->module().imported_funcs;
  // Zero pages from the system: what is never touched costs nothing.
  instance->context_block_.reset(std::calloc(1, instance->module_->layout().size_bytes()));
  instance->func_refs_.reset(static_cast<VmFuncRef*>(std::calloc(defined + 1, sizeof(VmFuncRef))));
  if (!instance->context_block_ || !instance->func_refs_) return fail(ErrorCode::OutOfMemory);
  instance->context_ = new (instance->context_block_.get()) VmContext;
  instance->fill_context_head();
  return instance;
}

Instance::Instance(Store& store, std::shared_ptr<ModuleCode> module)
    : store_(store), module_(std::move(module)) {}

Instance::~Instance() { leave_module(); }

void Instance::leave_module() {
  if (std::exchange(in_module_, false)) module_->remove_instance(this);
}

void Instance::join_module() {
  module_->add_instance(this);
  in_module_ = true;
  StoreAccess::interrupt(store_).add_context(context_);
}

void Instance::fill_context_head() {
  context_->builtins = store_.engine().code().builtins();
  context_->fuel_left = StoreAccess::fuel(store_);
  context_->values = module_->needs_value_buffer() ? StoreAccess::values(store_) : nullptr;
  context_->instance = this;
  context_->store = &store_;
  const auto type_ids = module_->validated().type_ids();
  for (uint32_t i = 0; i < type_ids.size(); ++i)
    *context_at<uint32_t>(module_->layout().type_id(i)) = type_ids[i];
}

std::optional<Extern> Instance::find_export(std::string_view name) {
  const Export* const found = module_->find_export(name);
  if (found == nullptr) return std::nullopt;
  return item(found->kind, found->index);
}

Extern Instance::item(ExternKind kind, uint32_t index) {
  switch (kind) {
    case ExternKind::Func: return func(index);
    case ExternKind::Table: return table(index);
    case ExternKind::Memory: return memory(index);
    case ExternKind::Global: return global(index);
    case ExternKind::Tag: return tag(index);
  }
  __builtin_unreachable();
}

Func Instance::func(uint32_t index) {
  const std::lock_guard lock(module_->instances_mutex());
  return Func(func_ref_locked(index));
}

VmFuncRef* Instance::func_ref_locked(uint32_t index) {
  const uint32_t imported = module().imported_funcs;
  if (index < imported) return import_refs_[index];
  VmFuncRef& ref = func_refs_[index - imported];
  if (ref.context == nullptr) {
    ref.type_id = module_->validated().type_ids()[module().funcs[index]];
    ref.func_index = index;
    ref.code.store(module_->current_entry(index), std::memory_order_relaxed);
    ref.context = context_;
  }
  return &ref;
}

void Instance::set_entry_locked(uint32_t func, const void* code) {
  // Generated code reads these words at any time.
  std::atomic_ref<const void*> entry(*context_at<const void*>(module_->layout().func_entry(func)));
  entry.store(code, std::memory_order_release);
  VmFuncRef& ref = func_refs_[func - module().imported_funcs];
  if (ref.context != nullptr) ref.code.store(code, std::memory_order_release);
  for (const Importer& importer : importers_)
    if (importer.func == func) importer.slot->code.store(code, std::memory_order_release);
}

void Instance::set_resumption_locked(uint32_t func, const void* code) {
  std::atomic_ref<const void*> word(*context_at<const void*>(module_->layout().resumption(func)));
  word.store(code, std::memory_order_release);
}

void Instance::import_func_into(VmImport* slot, uint32_t func) {
  const std::lock_guard lock(module_->instances_mutex());
  slot->code.store(module_->current_entry(func), std::memory_order_release);
  slot->context = context_;
  importers_.push_back({func, slot});
}

}  // namespace skerry::runtime
