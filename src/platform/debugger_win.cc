// Debuggers of Windows have no such interface.
#include "platform/debugger.h"

namespace skerry::platform {

struct DebuggerObject::Entry {};

Result<DebuggerObject> DebuggerObject::announce(std::vector<uint8_t>) {
  return fail(ErrorCode::DebuggerUnavailable);
}

void DebuggerObject::Withdraw::operator()(Entry* entry) const { delete entry; }

bool has_debugger_interface() { return false; }

}  // namespace skerry::platform
