// Finding the module's allocator, and telling threads apart.
#include "native/session.h"

#include <cstring>

#include "runtime/call.h"
#include "runtime/instance.h"

namespace skerry::native {
namespace {

// Its address is the thread's.
const void* this_thread() {
  thread_local char mark;
  return &mark;
}

std::optional<runtime::Func> find_func(runtime::Caller& caller, const std::string& name,
                                       size_t results) {
  if (!caller.instance()) return std::nullopt;
  const auto item = caller.instance()->find_export(name);
  if (!item || runtime::kind_of(*item) != ExternKind::Func) return std::nullopt;
  const auto func = std::get<runtime::Func>(*item);
  const FuncType& type = caller.store().func_type(func);
  const bool fits = type.params.size() == 1 && type.params[0] == ValType::I32 &&
                    type.results.size() == results &&
                    (results == 0 || type.results[0] == ValType::I32);
  return fits ? std::optional(func) : std::nullopt;
}

}  // namespace

CallInProgress* Session::current() const {
  return thread_.load(std::memory_order_relaxed) == this_thread() ? innermost_ : nullptr;
}

void Session::enter(CallInProgress& call) {
  call.outer = innermost_;
  innermost_ = &call;
  thread_.store(this_thread(), std::memory_order_relaxed);
}

void Session::leave(CallInProgress& call) {
  innermost_ = call.outer;
  if (!innermost_) thread_.store(nullptr, std::memory_order_relaxed);
  const ErrorCode late = late_.exchange(kNone, std::memory_order_relaxed);
  if (late != kNone && !call.failure) call.failure = Error{late};
}

Result<uint32_t> Session::allocate(runtime::Caller& caller, uint64_t bytes) {
  const auto func = find_func(caller, allocate_, 1);
  if (!func || bytes > UINT32_MAX) return fail(ErrorCode::NativeNoAllocator);
  uint64_t slot = bytes;
  TRY(runtime::call(caller.store(), *func, std::span(&slot, 1)));
  const auto address = static_cast<uint32_t>(slot);
  if (address == 0) return fail(ErrorCode::NativeNoAllocator);
  TRY(caller.memory().checked(address, bytes));
  return address;
}

Result<uint32_t> Session::give_text(runtime::Caller& caller, std::string_view text) {
  const uint32_t address = TRY(allocate(caller, text.size() + 1));
  const auto bytes = TRY(caller.memory().checked(address, text.size() + 1));
  std::memcpy(bytes.data(), text.data(), text.size());
  bytes[text.size()] = 0;
  return address;
}

Result<void> Session::release(runtime::Caller& caller, uint32_t address) {
  const auto func = find_func(caller, release_, 0);
  if (!func) return {};  // a module whose allocator never takes anything back
  uint64_t slot = address;
  return runtime::call(caller.store(), *func, std::span(&slot, 1));
}

}  // namespace skerry::native
