// FixedTables: which of a module's tables hold for ever what its elem segments put there, so that
// a call through one needs no look at its size and, where all entries agree, none at the callee's
// instance or type. Of the entries in Go's tables the instance is the same, the type is not. Not
// here: what is at an index, which may be nothing.
// Invariant: nothing but the module's own segments ever writes to a table that is listed.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "wasm/module.h"

namespace skerry::llvm_tier {

class FixedTables {
 public:
  // Reads all bodies once.
  explicit FixedTables(const ValidatedModule& module);

  struct Table {
    uint64_t size = 0;
    // What all entries have in common; none if they differ.
    std::optional<uint32_t> type_id = std::nullopt;  // of the registry
    bool are_all_defined = true;                     // no entry is an imported func
  };
  // Null: the table may change.
  const Table* find(uint32_t table) const { return tables_[table] ? &*tables_[table] : nullptr; }

 private:
  std::vector<std::optional<Table>> tables_;
};

// Those of the modules that were asked for last. Thread-safe.
class FixedTablesCache {
 public:
  std::shared_ptr<const FixedTables> of(const ValidatedModule& module);

 private:
  struct Entry {
    std::weak_ptr<const Module> module;
    std::shared_ptr<const FixedTables> tables;
  };
  std::mutex mutex_;
  std::vector<Entry> entries_;  // the latest at the end
};

}  // namespace skerry::llvm_tier
