// Waiting on Windows. There is no one call for files, pipes and consoles: they are asked in turn,
// more and more rarely, and in between a timer of high resolution runs.
#include "platform/poll.h"

#include <windows.h>

#include <algorithm>

#include "platform/clocks.h"
#include "platform/console_win.h"
#include "platform/nt_win.h"

namespace skerry::platform {
namespace {

constexpr uint64_t kFirstPauseNs = 200'000;
constexpr uint64_t kLongestPauseNs = 10'000'000;

// CREATE_WAITABLE_TIMER_HIGH_RESOLUTION: since Windows 10 1803; unknown to older headers and
// systems.
constexpr DWORD kHighResolution = 2;

void sleep_ns(uint64_t time_ns) {
  static thread_local const HANDLE timer = [] {
    HANDLE made = CreateWaitableTimerExW(nullptr, nullptr, kHighResolution, TIMER_ALL_ACCESS);
    if (!made) made = CreateWaitableTimerExW(nullptr, nullptr, 0, TIMER_ALL_ACCESS);
    return made;
  }();
  LARGE_INTEGER due;
  due.QuadPart = -static_cast<int64_t>(std::min<uint64_t>(time_ns, INT64_MAX) / 100 + 1);
  if (timer && SetWaitableTimer(timer, &due, 0, nullptr, nullptr, FALSE))
    WaitForSingleObject(timer, INFINITE);
  else
    Sleep(static_cast<DWORD>(std::min<uint64_t>(time_ns / 1'000'000 + 1, 1000)));
}

bool ask(PollItem& item, const ConsoleState* console) {
  const HANDLE handle = to_handle(item.file->native());
  item.is_writable = item.want_write;
  item.is_readable = item.want_read;
  if (item.want_read && item.file->type() == FileType::Pipe) {
    DWORD available = 0;
    if (PeekNamedPipe(handle, nullptr, 0, nullptr, &available, nullptr)) {
      item.is_readable = available != 0;
      item.readable_bytes = available;
    } else {
      item.is_hung_up = GetLastError() == ERROR_BROKEN_PIPE;  // otherwise reading says what it is
    }
  } else if (item.want_read && console) {
    item.is_readable = console_has_input(handle, *console);
  } else if (item.want_read && item.file->type() == FileType::Regular) {
    const auto stat = item.file->stat();
    const auto position = item.file->seek(0, Whence::Current);
    if (stat && position && *position < stat->size_bytes)
      item.readable_bytes = stat->size_bytes - *position;
  }
  return item.is_readable || item.is_writable;
}

}  // namespace

Result<size_t> poll(std::span<PollItem> items, uint64_t timeout_ns) {
  const uint64_t start = TRY(clock_now_ns(Clock::Monotonic));
  uint64_t pause_ns = kFirstPauseNs;
  for (;;) {
    size_t ready = 0;
    for (PollItem& item : items) ready += ask(item, item.file->console()) ? 1 : 0;
    if (ready != 0) return ready;
    const uint64_t passed = TRY(clock_now_ns(Clock::Monotonic)) - start;
    if (timeout_ns != kForever && passed >= timeout_ns) return size_t{0};
    const uint64_t left = timeout_ns == kForever ? kLongestPauseNs : timeout_ns - passed;
    sleep_ns(items.empty() ? left : std::min(left, pause_ns));
    pause_ns = std::min(pause_ns * 2, kLongestPauseNs);
  }
}

void yield_thread() { SwitchToThread(); }

}  // namespace skerry::platform
