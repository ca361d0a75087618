// Waiting on Windows. There is no one call for files, pipes and consoles: they are asked in turn,
// more and more rarely, and in between a timer of high resolution runs. Sockets alone are waited
// for.
#include "platform/poll.h"

#include <winsock2.h>

#include <windows.h>

#include <algorithm>
#include <vector>

#include "platform/clocks.h"
#include "platform/console_win.h"
#include "platform/nt_win.h"

namespace skerry::platform {
namespace {

constexpr uint64_t kFirstPauseNs = 200'000;
constexpr uint64_t kLongestPauseNs = 10'000'000;
// What all systems' calls can express.
constexpr uint64_t kLongestWaitNs = 1'000'000'000;

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

// Asks all sockets, waiting up to `timeout_ms` until one is ready.
void ask_sockets(std::span<PollItem> items, int timeout_ms) {
  std::vector<WSAPOLLFD> list;
  std::vector<PollItem*> asked;
  for (PollItem& item : items) {
    if (!item.file->is_socket()) continue;
    const int events = (item.want_read ? POLLRDNORM : 0) | (item.want_write ? POLLWRNORM : 0);
    list.push_back({static_cast<SOCKET>(item.file->native()), static_cast<SHORT>(events), 0});
    asked.push_back(&item);
  }
  if (list.empty()) return;
  const bool failed = WSAPoll(list.data(), static_cast<ULONG>(list.size()), timeout_ms) < 0;
  for (size_t i = 0; i < list.size(); ++i) {
    PollItem& item = *asked[i];
    const int events = failed ? POLLERR : list[i].revents;
    item.is_hung_up = (events & POLLHUP) != 0;
    const bool is_over = (events & (POLLERR | POLLNVAL | POLLHUP)) != 0;
    item.is_readable = item.want_read && (is_over || (events & POLLRDNORM) != 0);
    item.is_writable = item.want_write && (is_over || (events & POLLWRNORM) != 0);
    u_long count = 0;
    if (item.is_readable && item.want_count && ioctlsocket(list[i].fd, FIONREAD, &count) == 0)
      item.readable_bytes = count;
  }
}

bool ask(PollItem& item, const ConsoleState* console) {
  if (item.file->is_socket()) return item.is_readable || item.is_writable;  // asked already
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
  const bool only_sockets = !items.empty() && std::ranges::all_of(items, [](const PollItem& item) {
    return item.file->is_socket();
  });
  uint64_t left = timeout_ns;
  for (;;) {
    const uint64_t longest_ns = only_sockets ? left : 0;
    ask_sockets(items, static_cast<int>(std::min(longest_ns, kLongestWaitNs) / 1'000'000));
    size_t ready = 0;
    for (PollItem& item : items) ready += ask(item, item.file->console()) ? 1 : 0;
    if (ready != 0) return ready;
    const uint64_t passed = TRY(clock_now_ns(Clock::Monotonic)) - start;
    if (timeout_ns != kForever && passed >= timeout_ns) return size_t{0};
    left = timeout_ns == kForever ? kForever : timeout_ns - passed;
    if (only_sockets && left >= 1'000'000) continue;
    sleep_ns(items.empty() ? std::min(left, kLongestWaitNs) : std::min(left, pause_ns));
    pause_ns = std::min(pause_ns * 2, kLongestPauseNs);
  }
}

void yield_thread() { SwitchToThread(); }

}  // namespace skerry::platform
