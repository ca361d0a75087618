// The signal by which a person asks a running program to read its settings again: SIGHUP. Windows
// has none; there it never comes.
#pragma once

namespace skerry::platform {

// From now on the signal is noted instead of ending the program.
void note_reload_signal();
// Has it come since this was asked last? From any thread.
bool take_reload_signal();

}  // namespace skerry::platform
