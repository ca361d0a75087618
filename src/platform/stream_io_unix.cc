// Streams without waiting: preadv2/pwritev2 with RWF_NOWAIT where the kernel knows it for this kind
// of file, otherwise poll() and then a call that cannot wait. O_NONBLOCK is never touched: the open
// file may be shared with the program that started us.
// Without SIGPIPE: RWF_NOSIGNAL (Linux 6.18), otherwise the signal is held back for the call.
#include "platform/stream_io_unix.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "platform/held_signal_unix.h"
#include "platform/io_error_unix.h"

namespace skerry::platform {
namespace {

// Kernel ABI; older headers lack them.
constexpr int kNoWait = 0x8;      // RWF_NOWAIT
constexpr int kNoSignal = 0x100;  // RWF_NOSIGNAL
constexpr off_t kCurrentPosition = -1;
// A pipe that poll() calls writable takes this much without waiting.
constexpr size_t kPipeAtomicBytes = 4096;

bool is_unknown_flag(int number) {
  return number == EOPNOTSUPP || number == EINVAL || number == ENOSYS;
}

// What has happened of `events`, or WouldBlock.
Result<short> require_ready(int fd, short events) {
  pollfd item{fd, events, 0};
  const int count = retry_interrupted([&] { return ::poll(&item, 1, 0); });
  if (count < 0) return fail_errno(errno);
  if (count == 0) return fail_io(IoError::WouldBlock, EAGAIN);
  return item.revents;
}

// Asked once, of a pipe of our own: for a strange file an error could mean something else.
bool kernel_knows_no_signal() {
  static const bool knows = [] {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    char byte = 0;
    const iovec slice{&byte, 1};
    const bool ok = pwritev2(ends[1], &slice, 1, kCurrentPosition, kNoSignal) == 1;
    close(ends[0]);
    close(ends[1]);
    return ok;
  }();
  return knows;
}

ssize_t write_silently(int fd, const iovec* list, int count, int flags) {
  if (kernel_knows_no_signal()) {
    const ssize_t written = retry_interrupted(
        [&] { return pwritev2(fd, list, count, kCurrentPosition, flags | kNoSignal); });
    // A file that is written through its driver may know no flags at all; it raises no SIGPIPE.
    if (written >= 0 || flags != 0 || !is_unknown_flag(errno)) return written;
  }
  const HeldSignal held(SIGPIPE, EPIPE);
  return retry_interrupted([&] {
    return flags == 0 ? writev(fd, list, count)
                      : pwritev2(fd, list, count, kCurrentPosition, flags);
  });
}

}  // namespace

FileType socket_type(int fd) {
  int type = 0;
  socklen_t length = sizeof(type);
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_DGRAM)
    return FileType::DatagramSocket;
  return FileType::StreamSocket;
}

Result<size_t> read_stream(int fd, FileType type, std::span<const IoSlice> slices) {
  const auto* list = reinterpret_cast<const iovec*>(slices.data());
  const int count = static_cast<int>(slices.size());
  const bool asks_for_bytes = std::any_of(
      slices.begin(), slices.end(), [](const IoSlice& slice) { return slice.size_bytes != 0; });
  for (;;) {
    const ssize_t read =
        retry_interrupted([&] { return preadv2(fd, list, count, kCurrentPosition, kNoWait); });
    if (read < 0 && is_unknown_flag(errno)) break;
    if (read != 0 || type != FileType::Pipe || !asks_for_bytes) return counted(read);
    // Either the writers have gone, or there has not been one yet. Only the former is the end; and
    // one may have come since.
    if ((TRY(require_ready(fd, POLLIN)) & POLLIN) == 0) return size_t{0};
  }
  TRY(require_ready(fd, POLLIN));
  return counted(retry_interrupted([&] { return readv(fd, list, count); }));
}

Result<size_t> write_stream(int fd, FileType type, std::span<const IoSlice> slices) {
  const auto* list = reinterpret_cast<const iovec*>(slices.data());
  const int count = static_cast<int>(slices.size());
  const ssize_t written = write_silently(fd, list, count, kNoWait);
  if (written >= 0 || !is_unknown_flag(errno)) return counted(written);

  TRY(require_ready(fd, POLLOUT));
  if (type != FileType::Pipe) return counted(write_silently(fd, list, count, 0));
  // Only as much as surely fits: the first slice that is not empty, up to the atomic size.
  const auto first = std::find_if(slices.begin(), slices.end(),
                                  [](const IoSlice& slice) { return slice.size_bytes != 0; });
  if (first == slices.end()) return size_t{0};
  const iovec part{first->data, std::min(first->size_bytes, kPipeAtomicBytes)};
  return counted(write_silently(fd, &part, 1, 0));
}

}  // namespace skerry::platform
