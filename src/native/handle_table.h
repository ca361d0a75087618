// HandleTable: pointers of native libraries that a module holds by number. Not here: which
// functions give and free them (call_plan.cc). Invariant: a number is never used again, 0 is null;
// a pointer of one kind has one number while it is held.
#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>

#include "base/result.h"

namespace skerry::native {

// What tells handles of one kind from all others; its address is the kind.
struct HandleKind {
  void (*free)(void*) = nullptr;  // null: nothing has to be freed
  uint64_t invalid = 0;           // a second null
};

class HandleTable {
 public:
  HandleTable() = default;
  HandleTable(const HandleTable&) = delete;
  HandleTable& operator=(const HandleTable&) = delete;
  // Frees what is the module's and still held, the youngest first.
  ~HandleTable();

  // The number of a pointer. LimitExceeded if the module holds too many.
  Result<uint32_t> give(void* pointer, const HandleKind& kind, bool is_owned);
  // Absent if it is none of this kind.
  Result<void*> find(uint32_t number, const HandleKind& kind) const;
  // The same for one that is going to be freed: it must be the module's own.
  Result<void*> take(uint32_t number, const HandleKind& kind);

 private:
  struct Held {
    void* pointer;
    const HandleKind* kind;
    bool is_owned;
  };
  struct Hash {
    size_t operator()(const std::pair<void*, const HandleKind*>& key) const {
      return std::hash<void*>()(key.first) ^ (std::hash<const void*>()(key.second) << 1);
    }
  };
  std::map<uint32_t, Held> held_;
  std::unordered_map<std::pair<void*, const HandleKind*>, uint32_t, Hash> numbers_;
  uint32_t last_ = 0;
};

}  // namespace skerry::native
