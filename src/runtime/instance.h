// Instance: a module brought to life in a Store, and how to do that. Its context block is what
// generated code sees of it.
// Not here: compiling (module_code.h) and calling (call.h).
// Invariant: an instance lives as long as its Store, even if its instantiation failed half-way: its
// functions may already be in a shared table.
#pragma once

#include <cstdint>
#include <cstdlib>
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
  bool has_tables() const { return !tables_.empty(); }
  Global* global(uint32_t index) { return globals_[index]; }
  Tag* tag(uint32_t index) { return tags_[index]; }
  // See Caller::memory().
  GuestView host_memory() const { return host_memory_ ? host_memory_->view() : GuestView(); }

  bool host_memory_may_move() const { return host_memory_ && host_memory_->may_move(); }

  VmContext* context() { return context_; }

  // For the runtime itself.

  // Compile threads no longer know the instance. The Store calls it for all before any is
  // destroyed.
  void leave_module();
  // A func has been published: points everything of this instance at it. The module's
  // instances_mutex is held.
  void set_entry_locked(uint32_t func, const void* code);
  void set_resumption_locked(uint32_t func, const void* code);
  // The reference of a func, made on first use. instances_mutex is held.
  VmFuncRef* func_ref_locked(uint32_t index);

  Result<const void*> compile_func(uint32_t func) { return module_->ensure_compiled(func); }
  Result<const void*> compile_resumption(uint32_t func) { return module_->ensure_resumption(func); }
  // See TierUp::hot().
  const void* hot(uint32_t place) { return module_->engine().tier_up().hot(*module_, place); }
  bool data_is_dropped(uint32_t data) const { return data_dropped_[data]; }
  void drop_data(uint32_t data) { data_dropped_[data] = true; }
  bool elem_is_dropped(uint32_t elem) const { return elem_dropped_[elem]; }
  void drop_elem(uint32_t elem);
  // Writes elements [source, source + length) of the segment; the range has been checked.
  void read_elem(uint32_t elem, uint64_t source, std::span<uint64_t> to);

 private:
  friend class Instantiation;

  static Result<std::unique_ptr<Instance>> create(Store& store, std::shared_ptr<ModuleCode> module);
  Instance(Store& store, std::shared_ptr<ModuleCode> module);
  void fill_context_head();
  void join_module();
  // Makes `slot` of another instance call this instance's func, also after it is compiled.
  void import_func_into(VmImport* slot, uint32_t func);
  template <class T>
  T* context_at(uint32_t offset) {
    return reinterpret_cast<T*>(reinterpret_cast<uint8_t*>(context_) + offset);
  }

  struct FreeCalloc {
    void operator()(void* block) const { std::free(block); }
  };
  struct Importer {
    uint32_t func;  // of this instance
    VmImport* slot;
  };

  Store& store_;
  std::shared_ptr<ModuleCode> module_;
  bool in_module_ = false;  // module_ knows this instance
  std::unique_ptr<void, FreeCalloc> context_block_;
  VmContext* context_ = nullptr;  // at the start of the block
  // By defined func; context null: not made yet.
  std::unique_ptr<VmFuncRef[], FreeCalloc> func_refs_;
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
