// Where the arrays of an instance context lie: small and hot ones first, so that globals are
// reached with one-byte displacements.
#include "code/context.h"

namespace skerry {

ContextLayout::ContextLayout(const Module& module)
    : imported_globals_(module.imported_globals), imported_funcs_(module.imported_funcs) {
  uint64_t at = sizeof(VmContext);
  const auto place = [&at](uint64_t count, uint64_t bytes, uint64_t alignment) {
    at = (at + alignment - 1) / alignment * alignment;
    const uint64_t offset = at;
    at += count * bytes;
    return static_cast<uint32_t>(offset);
  };
  defined_global_ = place(module.globals.size() - imported_globals_, sizeof(VmGlobal), 16);
  imported_global_ = place(imported_globals_, 8, 8);
  memories_ = place(module.memories.size(), 8, 8);
  tables_ = place(module.tables.size(), 8, 8);
  type_ids_ = place(module.types.size(), 4, 4);
  import_funcs_ = place(imported_funcs_, sizeof(VmImport), 16);
  func_entries_ = place(module.funcs.size() - imported_funcs_, 8, 8);
  // Behind all else: pages that are touched only where code counts, or is not called afresh.
  func_counters_ = place(module.funcs.size() - imported_funcs_, 4, 4);
  resumptions_ = place(module.funcs.size() - imported_funcs_, 8, 8);
  at = (at + 15) / 16 * 16;
  // The decoder's limits on each index space keep the sum far below 2 GiB, the reach of a
  // displacement.
  assert(at <= INT32_MAX);
  size_bytes_ = static_cast<uint32_t>(at);
}

}  // namespace skerry
