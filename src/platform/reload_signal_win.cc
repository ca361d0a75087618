// There is no such signal.
#include "platform/reload_signal.h"

namespace skerry::platform {

void note_reload_signal() {}
bool take_reload_signal() { return false; }

}  // namespace skerry::platform
