// Which error ends the process with which status.
#include "cli/exit_status.h"

#include <gtest/gtest.h>

namespace skerry::cli {
namespace {

int status_of(ErrorCode code, uint64_t a = 0) { return run_status(Error{code, kNoPosition, a}); }

TEST(ExitStatus, ProgramsOwn) {
  EXPECT_EQ(status_of(ErrorCode::ProgramExit, 0), 0);
  EXPECT_EQ(status_of(ErrorCode::ProgramExit, 42), 42);
}

TEST(ExitStatus, TrapsAre128PlusSignal) {
  EXPECT_EQ(status_of(ErrorCode::TrapUnreachable), 134);
  EXPECT_EQ(status_of(ErrorCode::TrapBadSignature), 134);
  EXPECT_EQ(status_of(ErrorCode::TrapIntegerDivideByZero), 136);
  EXPECT_EQ(status_of(ErrorCode::TrapMemoryOutOfBounds), 139);
  EXPECT_EQ(status_of(ErrorCode::TrapStackOverflow), 139);
  EXPECT_EQ(status_of(ErrorCode::TrapOutOfFuel), 152);
  EXPECT_EQ(status_of(ErrorCode::TrapInterrupted, 1), 130);
  EXPECT_EQ(status_of(ErrorCode::TrapInterrupted, 2), 142);
}

TEST(ExitStatus, WhatCannotRun) {
  EXPECT_EQ(status_of(ErrorCode::FileNotFound), 127);
  EXPECT_EQ(status_of(ErrorCode::BadMagic), 126);
  EXPECT_EQ(status_of(ErrorCode::TypeMismatch), 126);
  EXPECT_EQ(status_of(ErrorCode::UnknownImport), 126);
  EXPECT_EQ(status_of(ErrorCode::InternalError), 70);
}

}  // namespace
}  // namespace skerry::cli
