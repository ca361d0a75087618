// Pipes, sockets and terminals: never waiting, no SIGPIPE, readiness. Unix only: it makes them
// itself.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "platform/clocks.h"
#include "platform/files.h"
#include "platform/poll.h"

namespace skerry::platform {
namespace {

int sigpipe_count = 0;

Result<size_t> write(const File& file, std::string text) {
  const IoSlice slice{reinterpret_cast<uint8_t*>(text.data()), text.size()};
  return file.write(std::span(&slice, 1));
}
Result<size_t> read(const File& file, size_t size = 64) {
  std::string text(size, '\0');
  const IoSlice slice{reinterpret_cast<uint8_t*>(text.data()), size};
  return file.read(std::span(&slice, 1));
}
template <class T>
IoError why(const Result<T>& result) {
  EXPECT_FALSE(result.has_value());
  return result ? IoError::Io : io_error(result.error());
}

struct Pipe {
  Pipe() {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    reader = *File::adopt(ends[0], File::Ownership::Owned);
    writer = *File::adopt(ends[1], File::Ownership::Owned);
  }
  File reader, writer;
};

TEST(Streams, PipesNeverWait) {
  Pipe pipe;
  EXPECT_EQ(pipe.reader.type(), FileType::Pipe);
  EXPECT_EQ(why(read(pipe.reader)), IoError::WouldBlock);
  EXPECT_EQ(write(pipe.writer, "abc"), 3u);
  EXPECT_EQ(read(pipe.reader), 3u);
  size_t taken = 0;
  for (;;) {
    const auto count = write(pipe.writer, std::string(100000, 'x'));
    if (!count) {
      EXPECT_EQ(io_error(count.error()), IoError::WouldBlock);
      break;
    }
    taken += *count;
  }
  EXPECT_GE(taken, 4096u);
  size_t given = 0;
  while (const auto count = read(pipe.reader, 10000)) given += *count;
  EXPECT_EQ(given, taken);
  pipe.writer = File();
  EXPECT_EQ(read(pipe.reader), 0u);
  EXPECT_EQ(why(pipe.reader.seek(0, Whence::Current)), IoError::NotSeekable);
}

TEST(Streams, ClosedPipeIsAnErrorAndNoSignal) {
  struct sigaction counting{}, before;
  counting.sa_handler = [](int) { ++sigpipe_count; };
  sigaction(SIGPIPE, &counting, &before);
  sigpipe_count = 0;
  Pipe pipe;
  pipe.reader = File();
  EXPECT_EQ(why(write(pipe.writer, "x")), IoError::BrokenPipe);
  EXPECT_EQ(why(write(pipe.writer, "x")), IoError::BrokenPipe);
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  close(ends[0]);
  const File socket = *File::adopt(ends[1], File::Ownership::Owned);
  EXPECT_EQ(socket.type(), FileType::StreamSocket);
  EXPECT_EQ(why(write(socket, "x")), IoError::BrokenPipe);
  EXPECT_EQ(sigpipe_count, 0);
  sigset_t pending;
  sigpending(&pending);
  EXPECT_EQ(sigismember(&pending, SIGPIPE), 0);
  sigaction(SIGPIPE, &before, nullptr);
}

TEST(Streams, SocketTypes) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
  const File a = *File::adopt(ends[0], File::Ownership::Owned);
  const File b = *File::adopt(ends[1], File::Ownership::Owned);
  EXPECT_EQ(a.type(), FileType::DatagramSocket);
  EXPECT_EQ(a.stat()->type, FileType::DatagramSocket);
  EXPECT_EQ(why(read(a)), IoError::WouldBlock);
  EXPECT_EQ(write(b, "datagram"), 8u);
  EXPECT_EQ(read(a), 8u);
}

TEST(Streams, TerminalsNeverWait) {
  const int control = posix_openpt(O_RDWR | O_NOCTTY);
  if (control < 0) GTEST_SKIP() << "no pseudo-terminals here";
  const File master = *File::adopt(control, File::Ownership::Owned);
  ASSERT_EQ(grantpt(control), 0);
  ASSERT_EQ(unlockpt(control), 0);
  const File terminal =
      *File::adopt(open(ptsname(control), O_RDWR | O_NOCTTY), File::Ownership::Owned);
  EXPECT_EQ(terminal.type(), FileType::CharacterDevice);
  EXPECT_EQ(why(read(terminal)), IoError::WouldBlock);
  EXPECT_EQ(write(master, "line\n"), 5u);
  EXPECT_EQ(read(terminal), 5u);
  EXPECT_EQ(write(terminal, "out"), 3u);
  EXPECT_EQ(why(terminal.seek(0, Whence::Current)), IoError::NotSeekable);
}

TEST(Streams, BorrowedHandlesStayOpen) {
  Pipe pipe;
  {
    const File borrowed = *File::adopt(pipe.reader.native(), File::Ownership::Borrowed);
  }
  EXPECT_EQ(write(pipe.writer, "x"), 1u);
  EXPECT_EQ(read(pipe.reader), 1u);
  EXPECT_EQ(why(File::adopt(9999, File::Ownership::Borrowed)), IoError::BadDescriptor);
}

TEST(Poll, TellsWhoIsReady) {
  Pipe a, b;
  PollItem items[3] = {{.file = &a.reader, .want_read = true},
                       {.file = &b.reader, .want_read = true, .want_count = true},
                       {.file = &b.writer, .want_write = true}};
  EXPECT_EQ(poll(std::span(items, 2), 0), 0u);
  EXPECT_EQ(poll(items, kForever), 1u);
  EXPECT_TRUE(items[2].is_writable);
  ASSERT_TRUE(write(b.writer, "12345"));
  EXPECT_EQ(poll(std::span(items, 2), kForever), 1u);
  EXPECT_FALSE(items[0].is_readable);
  EXPECT_TRUE(items[1].is_readable);
  EXPECT_EQ(items[1].readable_bytes, 5u);
  PollItem without_count{.file = &b.reader, .want_read = true};
  EXPECT_EQ(poll(std::span(&without_count, 1), kForever), 1u);
  EXPECT_EQ(without_count.readable_bytes, 0u);
  a.writer = File();
  EXPECT_EQ(poll(std::span(items, 1), kForever), 1u);
  EXPECT_TRUE(items[0].is_readable);
  EXPECT_TRUE(items[0].is_hung_up);
  b.reader = File();
  EXPECT_EQ(poll(std::span(items + 2, 1), kForever), 1u);
  EXPECT_TRUE(items[2].is_writable);
}

TEST(Poll, SleepsAtLeastAsLongAsAsked) {
  for (uint64_t time_ns : {uint64_t{0}, uint64_t{100'000}, uint64_t{20'000'000}}) {
    const uint64_t start = *clock_now_ns(Clock::Monotonic);
    EXPECT_EQ(poll({}, time_ns), 0u);
    EXPECT_GE(*clock_now_ns(Clock::Monotonic) - start, time_ns);
  }
}

}  // namespace
}  // namespace skerry::platform
