// A guest that is interrupted while it waits for input. Windows only: CreatePipe.
#include <windows.h>

#include "interrupted_guest.h"

namespace skerry::runtime {
namespace {

TEST_F(WasiInterruptTest, EndsTheGuestThatReads) {
  HANDLE reader, writer;
  ASSERT_TRUE(CreatePipe(&reader, &writer, nullptr, 0));
  expect_reading_ends(reinterpret_cast<platform::NativeHandle>(reader));
  CloseHandle(writer);
}

}  // namespace
}  // namespace skerry::runtime
