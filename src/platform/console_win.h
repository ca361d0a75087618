// Windows consoles speak UTF-16, programs here UTF-8. Not for rooms other than platform: File
// chooses this for handles that are consoles.
#pragma once

#include <memory>
#include <span>

#include "platform/files.h"

namespace skerry::platform {

bool is_console(void* handle);
std::shared_ptr<ConsoleState> make_console_state();
// Waits for a line: a console cannot be asked whether there is one.
Result<size_t> read_console(void* handle, ConsoleState& state, std::span<const IoSlice> slices);
Result<size_t> write_console(void* handle, ConsoleState& state, std::span<const IoSlice> slices);
// Has a key been pressed, or is there text left over?
bool console_has_input(void* handle, const ConsoleState& state);

}  // namespace skerry::platform
