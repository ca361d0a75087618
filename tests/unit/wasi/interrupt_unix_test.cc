// A guest that is interrupted while it waits for input, or for somebody to read what it is about to
// write. Unix only: pipe(2), mkfifo(3), socketpair(2).
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../platform/temp_dir.h"
#include "interrupted_guest.h"
#include "platform/threads.h"
#include "policy/reader.h"
#include "wasi/errno.h"

namespace skerry::runtime {
namespace {

TEST_F(WasiInterruptTest, EndsTheGuestThatReads) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  expect_reading_ends(ends[0]);
  close(ends[1]);
}

TEST_F(WasiInterruptTest, EndsTheGuestThatReadsFromASocket) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  expect_reading_ends(ends[0]);
  close(ends[1]);
}

TEST_F(WasiInterruptTest, EndsTheGuestThatOpensAPipeNobodyReads) {
  TempDir temp;
  ASSERT_EQ(mkfifo(temp.path("fifo").c_str(), 0600), 0);
  wasi::Config config;
  ASSERT_TRUE(config.add_directory("/", temp.path()));
  Instance& instance = guest_that_interrupts_itself(std::move(config));
  EXPECT_EQ(error(instance, "open"), ErrorCode::TrapInterrupted);
}

// A policy that takes the folder back also ends a wait that has begun (or is about to).
TEST_F(WasiInterruptTest, APolicyEndsTheWaitForWhatItTakesBack) {
  TempDir temp;
  ASSERT_EQ(mkfifo(temp.path("fifo").c_str(), 0600), 0);
  wasi::Config config;
  auto policy =
      policy::read_policy("[directories.\"/\"]\nhost = \"x\"\nallow = [\"write\"]\n", "test");
  ASSERT_TRUE(policy);
  config.policy = std::make_shared<policy::Policy>(*policy);
  ASSERT_TRUE(config.add_directory("/", temp.path(), policy::Access::Write));
  std::shared_ptr<wasi::Gate> gate;
  Instance& instance =
      guest([](Caller&, std::span<uint64_t>) { return Result<void>(); }, std::move(config), &gate);
  auto thread = platform::Thread::start([&] {
    usleep(50'000);
    gate->set_policy(nullptr);
  });
  ASSERT_TRUE(thread);
  EXPECT_EQ(i32(instance, "open"), static_cast<int32_t>(wasi::Errno::Notcapable));
  thread->join();
}

}  // namespace
}  // namespace skerry::runtime
