// What is the same on all systems.
#include "platform/stack_switch.h"

namespace skerry::platform {

static_assert(offsetof(SwitchPoint, host_sp) == 0 && offsetof(SwitchPoint, guest_sp) == 8 &&
                  offsetof(SwitchPoint, top) == 16 && offsetof(SwitchPoint, body) == 24 &&
                  offsetof(SwitchPoint, low) == 32 && offsetof(SwitchPoint, high) == 40,
              "the assembly has these numbers");

Result<SwitchableStack> SwitchableStack::create(uint64_t bytes) {
  const uint64_t usable_bytes = round_up_to_page(bytes + kRoomAboveBytes);
  MemoryMap map = TRY(MemoryMap::reserve(page_bytes() + usable_bytes));
  TRY(map.commit(page_bytes(), usable_bytes));
  return SwitchableStack(std::move(map));
}

}  // namespace skerry::platform
