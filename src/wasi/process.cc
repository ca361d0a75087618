// The program's end, signals, and giving way to other threads.
#include <array>
#include <string_view>

#include "wasi/functions.h"

namespace skerry::wasi {
namespace {

// What a signal does to a program that has no handlers (WASI knows none).
enum class SignalEffect : uint8_t { Nothing, Ends, Unsupported };
struct SignalRow {
  std::string_view name;
  SignalEffect effect;
};
using enum SignalEffect;
constexpr std::array kSignals = std::to_array<SignalRow>({
    {"none", Nothing},     {"hup", Ends},         {"int", Ends},         {"quit", Ends},
    {"ill", Ends},         {"trap", Ends},        {"abrt", Ends},        {"bus", Ends},
    {"fpe", Ends},         {"kill", Ends},        {"usr1", Ends},        {"segv", Ends},
    {"usr2", Ends},        {"pipe", Ends},        {"alrm", Ends},        {"term", Ends},
    {"chld", Nothing},     {"cont", Nothing},     {"stop", Unsupported}, {"tstp", Unsupported},
    {"ttin", Unsupported}, {"ttou", Unsupported}, {"urg", Nothing},      {"xcpu", Ends},
    {"xfsz", Ends},        {"vtalrm", Ends},      {"prof", Ends},        {"winch", Nothing},
    {"poll", Ends},        {"pwr", Ends},         {"sys", Ends},
});
constexpr uint32_t kSignalStatusBase = 128;  // as shells show a program ended by a signal

}  // namespace

// Who may not end itself is stopped: there is nothing that could be returned.
Result<void> proc_exit(Call& call, ExitCode code) {
  if (!call.context().gate()->may_exit()) return fail(ErrorCode::PolicyDenied);
  return fail(ErrorCode::ProgramExit, kNoPosition, code);
}

Result<void> proc_raise(Call& call, SignalId signal) {
  if (signal >= kSignals.size()) return fail_with(Errno::Inval);
  if (!call.context().gate()->may_exit()) return fail_with(Errno::Perm);
  switch (kSignals[signal].effect) {
    case Nothing: return {};
    case Ends: return fail(ErrorCode::ProgramExit, kNoPosition, kSignalStatusBase + signal);
    case Unsupported: break;
  }
  return fail_with(Errno::Notsup);
}

Result<void> sched_yield(Call&) {
  platform::yield_thread();
  return {};
}

}  // namespace skerry::wasi
