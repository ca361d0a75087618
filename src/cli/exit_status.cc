// Errors to exit statuses: by error code where it has its own, else by phase.
#include "cli/exit_status.h"

#include <array>

#include "runtime/interrupt.h"

namespace skerry::cli {
namespace {

constexpr auto kStatuses = std::to_array<ExitStatusInfo>({
#define STATUS(id, number, text) {ExitStatus::id, text},
#include "cli/exit_status.def"
#undef STATUS
});

struct CodeStatus {
  ErrorCode code;
  ExitStatus status;
};
constexpr auto kCodeStatuses = std::to_array<CodeStatus>({
    {ErrorCode::FileNotFound, ExitStatus::NotFound},
    {ErrorCode::TrapIntegerDivideByZero, ExitStatus::Arithmetic},
    {ErrorCode::TrapIntegerOverflow, ExitStatus::Arithmetic},
    {ErrorCode::TrapMemoryOutOfBounds, ExitStatus::Memory},
    {ErrorCode::TrapStackOverflow, ExitStatus::Memory},
    {ErrorCode::TrapInterrupted, ExitStatus::Interrupt},
    {ErrorCode::TrapOutOfFuel, ExitStatus::FuelLimit},
    {ErrorCode::PolicyDenied, ExitStatus::Denied},
});

}  // namespace

std::span<const ExitStatusInfo> all_exit_statuses() { return kStatuses; }

int run_status(const Error& error) {
  if (error.code == ErrorCode::ProgramExit) return static_cast<int>(error.a);
  if (error.code == ErrorCode::TrapInterrupted &&
      error.a & static_cast<uint64_t>(runtime::InterruptReason::Deadline))
    return number(ExitStatus::TimeLimit);
  for (const CodeStatus& row : kCodeStatuses)
    if (row.code == error.code) return number(row.status);
  switch (error_phase(error.code)) {
    case Phase::Trap: return number(ExitStatus::Abort);
    case Phase::Internal: return number(ExitStatus::Internal);
    default: return number(ExitStatus::NotRunnable);
  }
}

}  // namespace skerry::cli
