// Descriptors on pipes: waiting, not waiting, and the other end going away. Unix only: pipe(2).
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <thread>

#include "guest.h"
#include "platform/clocks.h"

namespace skerry::wasi {
namespace {

using platform::File;

class PipeTest : public testing::Test {
 protected:
  PipeTest() {
    int in[2], out[2];
    EXPECT_EQ(pipe(in), 0);
    EXPECT_EQ(pipe(out), 0);
    to_guest_ = in[1];
    from_guest_ = out[0];
    Config config;
    config.standard_input = Stdio::of(*File::adopt(in[0], File::Ownership::Owned));
    config.standard_output = Stdio::of(*File::adopt(out[1], File::Ownership::Owned));
    guest_.emplace(std::move(config));
  }
  ~PipeTest() override {
    close(to_guest_);
    close(from_guest_);
  }

  int to_guest_, from_guest_;
  std::optional<Guest> guest_;
};

TEST_F(PipeTest, ReadingWaitsForData) {
  std::thread writer([&] {
    usleep(20'000);
    EXPECT_EQ(write(to_guest_, "late", 4), 4);
  });
  EXPECT_EQ(guest_->read(0), "late");
  writer.join();
  close(to_guest_);
  to_guest_ = -1;
  EXPECT_EQ(guest_->read(0), "");
}

TEST_F(PipeTest, WritingWaitsForRoom) {
  constexpr size_t kBytes = 500'000;  // more than a pipe holds
  std::string received;
  std::thread reader([&] {
    char buffer[10'000];
    while (received.size() < kBytes) {
      const ssize_t count = read(from_guest_, buffer, sizeof(buffer));
      if (count <= 0) break;
      received.append(buffer, static_cast<size_t>(count));
    }
  });
  const uint32_t buf = guest_->put(std::string(kBytes, 'z')), out = guest_->room(4);
  uint32_t sent = 0;
  while (sent < kBytes) {
    ASSERT_EQ(guest_->call("fd_write", 1u, guest_->iovec(buf + sent, kBytes - sent), 1u, out),
              Errno::Success);
    ASSERT_NE(guest_->get<uint32_t>(out), 0u);
    sent += guest_->get<uint32_t>(out);
  }
  reader.join();
  EXPECT_EQ(received.size(), kBytes);
}

TEST_F(PipeTest, NonBlockingSaysAgain) {
  EXPECT_EQ(guest_->call("fd_fdstat_set_flags", 0u, kFdNonblock), Errno::Success);
  EXPECT_EQ(guest_->call("fd_fdstat_set_flags", 1u, kFdNonblock), Errno::Success);
  EXPECT_EQ(guest_->read(0), "error: again");
  EXPECT_EQ(write(to_guest_, "now", 3), 3);
  EXPECT_EQ(guest_->read(0), "now");
  Errno error = Errno::Success;
  for (int i = 0; i < 100 && error == Errno::Success; ++i) {
    guest_->reset();
    error = guest_->write(1, std::string(50'000, 'x'));
  }
  EXPECT_EQ(error, Errno::Again);
}

TEST_F(PipeTest, ReaderGoneIsAnErrno) {
  close(from_guest_);
  from_guest_ = -1;
  EXPECT_EQ(guest_->write(1, "x"), Errno::Pipe);
  EXPECT_EQ(guest_->write(1, "x"), Errno::Pipe);
}

TEST_F(PipeTest, PollWakesWhenDataComes) {
  SubscriptionRecord records[2] = {};
  records[0].userdata = 1;
  records[0].tag = static_cast<uint8_t>(EventType::FdRead);
  records[0].id_or_fd = 0;
  records[1].userdata = 2;
  records[1].tag = 0;
  records[1].id_or_fd = 1;
  records[1].timeout = 3'600'000'000'000;
  const uint32_t in = guest_->room(sizeof(records)), out = guest_->room(64), n = guest_->room(4);
  guest_->set(in, records[0]);
  guest_->set(in + static_cast<uint32_t>(sizeof(SubscriptionRecord)), records[1]);
  std::thread writer([&] {
    usleep(10'000);
    EXPECT_EQ(write(to_guest_, "abc", 3), 3);
  });
  ASSERT_EQ(guest_->call("poll_oneoff", in, out, 2u, n), Errno::Success);
  writer.join();
  ASSERT_EQ(guest_->get<uint32_t>(n), 1u);
  EXPECT_EQ(guest_->get<EventRecord>(out).userdata, 1u);
  EXPECT_EQ(guest_->get<EventRecord>(out).nbytes, 3u);
  EXPECT_EQ(guest_->get<EventRecord>(out).flags, 0);
  close(to_guest_);
  to_guest_ = -1;
  guest_->read(0);
  ASSERT_EQ(guest_->call("poll_oneoff", in, out, 2u, n), Errno::Success);
  EXPECT_EQ(guest_->get<EventRecord>(out).flags, kEventHangup);
}

// A pipe in the file system, opened through WASI.
TEST(Fifo, OpensWithoutWaitingIfAskedTo) {
  TempDir temp;
  ASSERT_EQ(mkfifo(temp.path("fifo").c_str(), 0600), 0);
  Config config;
  ASSERT_TRUE(config.add_directory("/", temp.path()));
  Guest guest(std::move(config));
  const auto reader = guest.open("fifo", 0, Guest::kRead, 0, kFdNonblock);
  ASSERT_EQ(reader.error, Errno::Success);
  const auto writer = guest.open("fifo", 0, Guest::kWrite, 0, kFdNonblock);
  ASSERT_EQ(writer.error, Errno::Success);
  EXPECT_EQ(guest.read(reader.fd), "error: again");
  EXPECT_EQ(guest.write(writer.fd, "through"), Errno::Success);
  EXPECT_EQ(guest.read(reader.fd), "through");
  EXPECT_EQ(guest.fdstat(reader.fd).filetype, FileTypeId::Unknown);
  EXPECT_EQ(guest.call("fd_seek", reader.fd, int64_t{0}, 1u, guest.room(8)), Errno::Spipe);
}

// Opening one does not hold the guest where nobody could interrupt it: reading waits for a writer.
TEST(Fifo, ReadingWaitsForAWriterAndThenForItsEnd) {
  TempDir temp;
  ASSERT_EQ(mkfifo(temp.path("fifo").c_str(), 0600), 0);
  Config config;
  ASSERT_TRUE(config.add_directory("/", temp.path()));
  Guest guest(std::move(config));
  const auto reader = guest.open("fifo");
  ASSERT_EQ(reader.error, Errno::Success);
  EXPECT_EQ(guest.read(reader.fd, 0), "");
  std::thread writer([&] {
    const int fd = open(temp.path("fifo").c_str(), O_WRONLY);
    EXPECT_EQ(write(fd, "late", 4), 4);
    close(fd);
  });
  EXPECT_EQ(guest.read(reader.fd), "late");
  writer.join();
  EXPECT_EQ(guest.read(reader.fd), "");
}

TEST(Fifo, OpeningForWritingWaitsForAReader) {
  TempDir temp;
  ASSERT_EQ(mkfifo(temp.path("fifo").c_str(), 0600), 0);
  Config config;
  ASSERT_TRUE(config.add_directory("/", temp.path()));
  Guest guest(std::move(config));
  EXPECT_EQ(guest.open("fifo", 0, Guest::kWrite, 0, kFdNonblock).error, Errno::Nxio);
  std::string received(4, ' ');
  std::thread reader([&] {
    const int fd = open(temp.path("fifo").c_str(), O_RDONLY);
    EXPECT_EQ(read(fd, received.data(), 4), 4);
    close(fd);
  });
  const auto writer = guest.open("fifo", 0, Guest::kWrite);
  EXPECT_EQ(writer.error, Errno::Success);
  EXPECT_EQ(guest.write(writer.fd, "text"), Errno::Success);
  reader.join();
  EXPECT_EQ(received, "text");
}

}  // namespace
}  // namespace skerry::wasi
