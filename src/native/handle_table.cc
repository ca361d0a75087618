// Numbers go up.
#include "native/handle_table.h"

namespace skerry::native {
namespace {

constexpr size_t kMaxHeld = 1 << 20;
constexpr uint32_t kLastNumber = INT32_MAX;

}  // namespace

HandleTable::~HandleTable() {
  for (auto held = held_.rbegin(); held != held_.rend(); ++held)
    if (held->second.is_owned && held->second.kind->free)
      held->second.kind->free(held->second.pointer);
}

Result<uint32_t> HandleTable::give(void* pointer, const HandleKind& kind, bool is_owned) {
  const auto word = reinterpret_cast<uint64_t>(pointer);
  if (word == 0 || word == kind.invalid) return 0u;
  const auto known = numbers_.find({pointer, &kind});
  if (known != numbers_.end()) {
    Held& held = held_.at(known->second);
    held.is_owned = held.is_owned || is_owned;
    return known->second;
  }
  if (held_.size() == kMaxHeld || last_ == kLastNumber) return fail(ErrorCode::LimitExceeded);
  held_.emplace_hint(held_.end(), ++last_, Held{pointer, &kind, is_owned});
  numbers_.emplace(std::pair(pointer, &kind), last_);
  return last_;
}

Result<void*> HandleTable::find(uint32_t number, const HandleKind& kind) const {
  const auto held = held_.find(number);
  if (held == held_.end() || held->second.kind != &kind)
    return fail(ErrorCode::NativeUnknownHandle);
  return held->second.pointer;
}

Result<void*> HandleTable::take(uint32_t number, const HandleKind& kind) {
  const auto held = held_.find(number);
  if (held == held_.end() || held->second.kind != &kind || !held->second.is_owned)
    return fail(ErrorCode::NativeUnknownHandle);
  void* const pointer = held->second.pointer;
  numbers_.erase({pointer, &kind});
  held_.erase(held);
  return pointer;
}

}  // namespace skerry::native
