// The list that GDB reads, and the function it has a breakpoint in. Both are found by their names,
// also in a program that is stripped: they are exported.
#include "platform/debugger.h"

#include <mutex>

namespace {

// As GDB's manual declares them.
struct JitCodeEntry {
  JitCodeEntry* next;
  JitCodeEntry* previous;
  const uint8_t* file;
  uint64_t file_bytes;
};
struct JitDescriptor {
  uint32_t version;
  uint32_t action;
  JitCodeEntry* relevant;
  JitCodeEntry* first;
};
constexpr uint32_t kRegister = 1, kUnregister = 2;

}  // namespace

// NOLINTBEGIN(readability-identifier-naming): GDB looks for these names.
extern "C" {
__attribute__((visibility("default"), used)) JitDescriptor __jit_debug_descriptor = {1, 0, nullptr,
                                                                                     nullptr};
__attribute__((visibility("default"), used, noinline)) void __jit_debug_register_code() {
  asm volatile("" ::: "memory");
}
}
// NOLINTEND(readability-identifier-naming)

namespace skerry::platform {
namespace {

std::mutex mutex;  // guards the list

void tell(uint32_t action, JitCodeEntry& entry) {
  __jit_debug_descriptor.action = action;
  __jit_debug_descriptor.relevant = &entry;
  __jit_debug_register_code();
}

}  // namespace

struct DebuggerObject::Entry {
  JitCodeEntry links;
  std::vector<uint8_t> file;
};

Result<DebuggerObject> DebuggerObject::announce(std::vector<uint8_t> file) {
  auto* const entry = new Entry{{}, std::move(file)};
  const std::lock_guard lock(mutex);
  JitCodeEntry*& first = __jit_debug_descriptor.first;
  entry->links = {first, nullptr, entry->file.data(), entry->file.size()};
  if (first != nullptr) first->previous = &entry->links;
  first = &entry->links;
  tell(kRegister, entry->links);
  return DebuggerObject(entry);
}

void DebuggerObject::Withdraw::operator()(Entry* entry) const {
  {
    const std::lock_guard lock(mutex);
    const JitCodeEntry& links = entry->links;
    (links.previous != nullptr ? links.previous->next : __jit_debug_descriptor.first) = links.next;
    if (links.next != nullptr) links.next->previous = links.previous;
    tell(kUnregister, entry->links);
  }
  delete entry;
}

bool has_debugger_interface() { return true; }

}  // namespace skerry::platform
