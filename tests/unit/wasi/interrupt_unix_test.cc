// A guest that is interrupted while it waits for input. Unix only: pipe(2).
#include <unistd.h>

#include "interrupted_guest.h"

namespace skerry::runtime {
namespace {

TEST_F(WasiInterruptTest, EndsTheGuestThatReads) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  expect_reading_ends(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace skerry::runtime
