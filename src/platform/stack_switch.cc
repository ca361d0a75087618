// What is the same on all systems.
#include "platform/stack_switch.h"

namespace skerry::platform {

static_assert(offsetof(SwitchPoint, host_sp) == 0 && offsetof(SwitchPoint, guest_sp) == 8 &&
                  offsetof(SwitchPoint, top) == 16 && offsetof(SwitchPoint, body) == 24 &&
                  offsetof(SwitchPoint, low) == 32 && offsetof(SwitchPoint, high) == 40,
              "the assembly has these numbers");

}  // namespace skerry::platform
