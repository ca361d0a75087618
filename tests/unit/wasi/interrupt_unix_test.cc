// A guest that is interrupted while it waits for input, or for somebody to read what it is about to
// write. Unix only: pipe(2), mkfifo(3), socketpair(2).
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../platform/temp_dir.h"
#include "interrupted_guest.h"

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

}  // namespace
}  // namespace skerry::runtime
