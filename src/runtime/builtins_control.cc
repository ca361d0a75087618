// Builtins for compiling on first call, hot places, polls, and failed host functions.
#include <optional>

#include "runtime/builtins.h"
#include "runtime/store_access.h"
#include "runtime/traps.h"

namespace skerry::runtime::builtin {
namespace {

// Absent: compiled, `code` is set.
std::optional<Error> take_code(const Result<const void*>& compiled, const void*& code) {
  if (compiled) {
    code = *compiled;
    return std::nullopt;
  }
  const Error& error = compiled.error();
  if (error.code == ErrorCode::UnsupportedInstruction)
    return Error{ErrorCode::TrapUnsupported, error.position, error.a, error.b};
  return error;
}

// The func at the instruction that the compiler could not compile, or at its first byte.
Frame frame_of(const Instance& instance, uint32_t func, const Error& failed) {
  const Module& module = instance.module();
  const bool known = failed.position != kNoPosition;
  const uint64_t offset = module.bodies[func - module.imported_funcs].offset;
  return {&instance.module_code(), func, static_cast<uint32_t>(known ? failed.position : offset)};
}

// Why the call must end, if it must. A poll has three reasons, which may meet: the stack is used
// up, an interrupt is pending, or a raised limit was left over from an interrupt already taken.
std::optional<Error> poll(VmContext& context) {
  Store& store = store_of(context);
  InterruptState& interrupt = StoreAccess::interrupt(store);
  if (interrupt.is_pending()) {
    const auto where = calling_frame(context);
    const Result<void> verdict = StoreAccess::take_interrupt(store, where ? &*where : nullptr);
    return verdict ? std::nullopt : std::optional(verdict.error());
  }
  // The limit was compared with what rsp would have become, so rsp itself may still be above it.
  const uint64_t limit = interrupt.limit();
  const bool raised = context.stack_limit.load(std::memory_order_relaxed) == kPollLimit;
  if (!raised || context.exit_rsp < limit) return trap(TrapCode::StackOverflow);
  interrupt.restore();
  return std::nullopt;
}

}  // namespace

const void* SKERRY_SYSV compile_func(VmContext* context, uint32_t func) {
  const void* code = nullptr;
  Instance& instance = instance_of(*context);
  const std::optional<Error> failed = take_code(instance.compile_func(func), code);
  if (failed) {
    const Frame frame = frame_of(instance, func, *failed);
    raise_error(*context, *failed, &frame);
  }
  return code;
}

// Called by the func itself, whose frame stands for it in a backtrace.
const void* SKERRY_SYSV compile_resumption(VmContext* context, uint32_t func) {
  const void* code = nullptr;
  const std::optional<Error> failed =
      take_code(instance_of(*context).compile_resumption(func), code);
  if (failed) raise_error(*context, *failed);
  return code;
}

void SKERRY_SYSV poll_interrupt(VmContext* context) {
  const std::optional<Error> failed = poll(*context);
  if (failed) raise_error(*context, *failed);
}

const void* SKERRY_SYSV hot_place(VmContext* context, uint32_t module_offset) {
  return instance_of(*context).hot(module_offset);
}

void SKERRY_SYSV host_failed(VmContext* context) { raise_host_error(*context); }

}  // namespace skerry::runtime::builtin
