// DebuggerObject: an object file in memory that says what generated code is, for debuggers that are
// attached to this process or come later: GDB's JIT interface ("JIT Compilation Interface" in GDB's
// manual), which LLDB knows too. Not here: what is in the file.
// Invariant: a debugger is told of it as long as it lives, and the bytes stay where they are.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"

namespace skerry::platform {

class DebuggerObject {
 public:
  // DebuggerUnavailable: no debugger of this system would see it. Thread-safe, as is its end.
  static Result<DebuggerObject> announce(std::vector<uint8_t> file);

 private:
  struct Entry;
  struct Withdraw {
    void operator()(Entry* entry) const;
  };
  explicit DebuggerObject(Entry* entry) : entry_(entry) {}

  std::unique_ptr<Entry, Withdraw> entry_;
};

// Whether announce() can do what it is for.
bool has_debugger_interface();

}  // namespace skerry::platform
