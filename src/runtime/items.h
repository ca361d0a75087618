// Memory, Table, Global, Tag: the things besides functions that instances share. Made by a Store
// (for hosts) or by instantiation, owned by the Store. Not here: instructions on them
// (builtins_memory.cc, builtins_table.cc). Invariant: the VmMemory/VmTable/VmGlobal that generated
// code reads is always up to date; its address never changes. Types hold engine-wide ids in
// concrete heap types.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "code/context.h"
#include "platform/memory_map.h"
#include "runtime/guest_view.h"
#include "runtime/value.h"
#include "wasm/types.h"

namespace skerry::runtime {

class Store;
struct DataImage;

class Memory {
 public:
  static Result<std::unique_ptr<Memory>> create(Store& store, const MemoryType& type);
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  // The declared type, its minimum being the current size (as import matching wants it).
  MemoryType type() const;
  uint64_t size_bytes() const { return vm_.size_bytes; }
  uint64_t size_pages() const { return vm_.size_bytes / kWasmPageBytes; }
  GuestView view() const { return GuestView(vm_.base, vm_.size_bytes); }

  // Could its bytes be somewhere else after it has grown?
  bool may_move() const { return !guarded_ && !type_.is_shared; }

  // The old size in pages; absent if a limit or the system refuses.
  std::optional<uint64_t> grow(uint64_t delta_pages);

  VmMemory* vm() { return &vm_; }
  // What a new memory, not written to so far, starts with. The image must fit.
  Result<void> start_with(const DataImage& image);
  // `context` has this memory as its memory 0: its base is kept up to date there.
  void add_user(VmContext* context);
  // True if a fault at this address is an access beyond the memory's end (or before its start) that
  // generated code leaves to the guard pages. Safe in a fault handler.
  bool guards(uintptr_t address) const {
    return guarded_ && address - reinterpret_cast<uintptr_t>(map_.base()) < map_.size_bytes() &&
           address - reinterpret_cast<uintptr_t>(vm_.base) >= vm_.size_bytes;
  }

 private:
  Memory(Store& store, const MemoryType& type) : store_(store), type_(type) {}
  Result<void> reserve(uint64_t size_bytes);
  Result<void> resize(uint64_t size_bytes);
  bool move_and_grow(uint64_t size_bytes);

  Store& store_;
  MemoryType type_;
  bool guarded_ = false;
  uint64_t max_pages_ = 0;
  platform::MemoryMap map_;
  uint64_t guard_before_bytes_ = 0;  // in map_, before the memory
  VmMemory vm_;
  std::vector<VmContext*> users_;
};

class Table {
 public:
  static Result<std::unique_ptr<Table>> create(Store& store, const TableType& type,
                                               uint64_t initial);
  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  TableType type() const;
  uint64_t size() const { return vm_.size; }
  // Reference words, null being 0. The caller has checked the element's type.
  std::span<uint64_t> elements() const { return {vm_.elements, vm_.size}; }
  Result<Value> get(uint64_t index) const;
  Result<void> set(uint64_t index, Value value);
  std::optional<uint64_t> grow(uint64_t delta, uint64_t initial);

  VmTable* vm() { return &vm_; }

 private:
  Table(Store& store, const TableType& type) : store_(store), type_(type) {}

  Store& store_;
  TableType type_;
  uint64_t capacity_ = 0;
  VmTable vm_;
};

class Global {
 public:
  // A global of an instance: `cell` is in its context. Null: the Global has its own cell.
  Global(const GlobalType& type, VmGlobal* cell) : type_(type), cell_(cell ? cell : &own_) {}
  Global(const Global&) = delete;
  Global& operator=(const Global&) = delete;

  const GlobalType& type() const { return type_; }
  Value get() const { return {type_.type, cell_->low, cell_->high}; }
  // GlobalImmutable or ArgumentMismatch if it may not take the value.
  Result<void> set(const Store& store, Value value);

  VmGlobal* vm() { return cell_; }

 private:
  GlobalType type_;
  VmGlobal own_;
  VmGlobal* cell_;
};

class Tag {
 public:
  explicit Tag(uint32_t type_id) : type_id_(type_id) {}
  uint32_t type_id() const { return type_id_; }

 private:
  uint32_t type_id_;
};

}  // namespace skerry::runtime
