// Fault handlers on Windows: one vectored exception handler, asked before frame-based handlers.
// What it does not know goes on its way, so that other handlers and debuggers see it.
#include <windows.h>

#include <cassert>
#include <mutex>

#include "platform/fault_handlers.h"

namespace skerry::platform {
namespace {

FaultClient fault_client = nullptr;

bool describe(const EXCEPTION_RECORD& record, Fault& fault) {
  switch (record.ExceptionCode) {
    case EXCEPTION_ACCESS_VIOLATION:
    case EXCEPTION_IN_PAGE_ERROR:
      fault.kind = Fault::Memory;
      fault.address = record.NumberParameters >= 2 ? record.ExceptionInformation[1] : 0;
      return true;
    case EXCEPTION_ILLEGAL_INSTRUCTION: fault.kind = Fault::IllegalInstruction; return true;
    case EXCEPTION_INT_DIVIDE_BY_ZERO:
    case EXCEPTION_INT_OVERFLOW: fault.kind = Fault::Arithmetic; return true;
    default: return false;
  }
}

LONG CALLBACK on_exception(EXCEPTION_POINTERS* pointers) {
  Fault fault;
  if (!describe(*pointers->ExceptionRecord, fault)) return EXCEPTION_CONTINUE_SEARCH;
  fault.pc = pointers->ContextRecord->Rip;
  fault.sp = pointers->ContextRecord->Rsp;
  const DWORD last_error = GetLastError();
  const bool handled = fault_client(fault);
  SetLastError(last_error);
  if (!handled) return EXCEPTION_CONTINUE_SEARCH;
  pointers->ContextRecord->Rip = fault.pc;
  pointers->ContextRecord->Rsp = fault.sp;
  return EXCEPTION_CONTINUE_EXECUTION;
}

}  // namespace

Result<void> install_fault_handlers(FaultClient client) {
  static std::once_flag once;
  static Result<void> outcome;
  std::call_once(once, [&] {
    fault_client = client;
    if (AddVectoredExceptionHandler(1, on_exception) == nullptr)
      outcome = fail(ErrorCode::OsError, kNoPosition, GetLastError());
  });
  assert(fault_client == client);
  return outcome;
}

}  // namespace skerry::platform
