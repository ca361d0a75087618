// Instance: a module brought to life in a Store, and how to do that. Its context block is what
// generated code sees of it.
// Not here: compiling (module_code.h) and calling (call.h).
// Invariant: an instance lives as long as its Store, even if its instantiation failed half-way: its
// functions may already be in a shared table.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "code/context.h"
#include "runtime/items.h"
#include "runtime/module_code.h"
#include "runtime/store.h"
#include "runtime/value.h"

namespace skerry::runtime {

// Makes an instance: matches imports (in the module's order), allocates, evaluates initialisers,
// writes active segments, runs the start function. Errors: UnknownImport or IncompatibleImport (a =
// import index), LimitExceeded, OutOfMemory, UnsupportedInstruction, or the trap of a segment or
// the start function.
Result<Instance*> instantiate(Store& store, std::shared_ptr<ModuleCode> module,
                              std::span<const Extern> imports);
// What instantiate checks first, alone: does `item` fit import number `index`?
Result<void> match_import(const Store& store, const ModuleCode& module, uint32_t index,
                          const Extern& item);

class Instance {
 public:
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  Store& store() const { return store_; }
  const ModuleCode& module_code() const { return *module_; }
  const Module& module() const { return module_->module(); }

  std::optional<Extern> find_export(std::string_view name);
  Extern item(ExternKind kind, uint32_t index);

  // By index space, imported items first.
  Func func(uint32_t index);
  Memory* memory(uint32_t index) { return memories_[index]; }
  Table* table(uint32_t index) { return tables_[index]; }
  Global* global(uint32_t index) { return globals_[index]; }
  Tag* tag(uint32_t index) { return tags_[index]; }
  // See Caller::memory().
  GuestView host_memory() const { return host_memory_ ? host_memory_->view() : GuestView(); }

  VmContext* context() { return context_; }

 private:
  friend class Instantiation;
  friend class ModuleCode;
  friend struct SegmentAccess;

  Instance(Store& store, std::shared_ptr<ModuleCode> module);
  void fill_context_head();
  template <class T>
  T* context_at(uint32_t offset) {
    return reinterpret_cast<T*>(reinterpret_cast<uint8_t*>(context_) + offset);
  }
  // The reference of a func, made on first use; the module's instances_mutex is held.
  VmFuncRef* func_ref_locked(uint32_t index);
  // A func has been published: point everything of this instance at it. instances_mutex is held.
  void set_entry_locked(uint32_t func, const void* code);

  struct Importer {
    uint32_t func;  // of this instance
    VmImport* slot;
  };

  Store& store_;
  std::shared_ptr<ModuleCode> module_;
  VmContext* context_ = nullptr;
  std::unique_ptr<VmFuncRef[], void (*)(void*)> func_refs_;  // by func; context null: not made yet
  std::vector<VmFuncRef*> import_refs_;
  std::vector<Importer> importers_;  // slots of other instances that hold our entries
  std::vector<Memory*> memories_;
  std::vector<Table*> tables_;
  std::vector<Global*> globals_;
  std::vector<Tag*> tags_;
  Memory* host_memory_ = nullptr;
  std::vector<bool> elem_dropped_;
  std::vector<bool> data_dropped_;
  std::vector<std::vector<uint64_t>> elem_values_;  // segments made of expressions, evaluated
};

}  // namespace skerry::runtime
