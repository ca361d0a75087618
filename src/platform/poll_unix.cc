// Waiting through ppoll(2), which takes nanoseconds.
#include "platform/poll.h"

#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <ctime>
#include <memory>

#include "platform/io_error_unix.h"

namespace skerry::platform {
namespace {

constexpr size_t kInlineItems = 16;

uint64_t readable_bytes_of(const File& file) {
  const int fd = static_cast<int>(file.native());
  if (file.type() == FileType::Regular) {
    const auto stat = file.stat();
    const auto position = file.seek(0, Whence::Current);
    if (!stat || !position || *position > stat->size_bytes) return 0;
    return stat->size_bytes - *position;
  }
  int count = 0;
  return ioctl(fd, FIONREAD, &count) == 0 && count > 0 ? static_cast<uint64_t>(count) : 0;
}

void take_answer(PollItem& item, short events) {
  const bool trouble = (events & (POLLERR | POLLNVAL)) != 0;
  item.is_hung_up = (events & (POLLHUP | POLLRDHUP)) != 0;
  item.is_readable = item.want_read && (trouble || (events & (POLLIN | POLLHUP)) != 0);
  item.is_writable = item.want_write && (trouble || (events & (POLLOUT | POLLHUP)) != 0);
  if (item.is_readable && item.want_count) item.readable_bytes = readable_bytes_of(*item.file);
}

}  // namespace

Result<size_t> poll(std::span<PollItem> items, uint64_t timeout_ns) {
  pollfd few[kInlineItems];
  std::unique_ptr<pollfd[]> many;
  if (items.size() > kInlineItems) many = std::make_unique<pollfd[]>(items.size());
  pollfd* const list = many ? many.get() : few;
  for (size_t i = 0; i < items.size(); ++i) {
    const PollItem& item = items[i];
    list[i] = {static_cast<int>(item.file->native()),
               static_cast<short>((item.want_read ? POLLIN | POLLRDHUP : 0) |
                                  (item.want_write ? POLLOUT : 0)),
               0};
  }

  const timespec timeout{static_cast<time_t>(timeout_ns / 1'000'000'000),
                         static_cast<long>(timeout_ns % 1'000'000'000)};
  const int count = ppoll(list, items.size(), timeout_ns == kForever ? nullptr : &timeout, nullptr);
  if (count < 0 && errno != EINTR) return fail_errno(errno);
  if (count <= 0) return size_t{0};
  for (size_t i = 0; i < items.size(); ++i) take_answer(items[i], list[i].revents);
  return static_cast<size_t>(count);
}

void yield_thread() { sched_yield(); }

}  // namespace skerry::platform
