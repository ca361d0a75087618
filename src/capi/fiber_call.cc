// The quick way onto a fiber: outermost calls of one type of func, by a thunk that switches stacks
// itself. Not here: what it does (Compiler::fiber_thunk), nor any other call: skerry_fiber_call.
#include <cstddef>

#include "capi/error.h"
#include "capi/fiber.h"
#include "capi/typed_func.h"
#include "platform/code_pages.h"

namespace skerry::capi {

using runtime::InterruptWords;
using runtime::OutermostCall;
using runtime::PreparedFunc;

namespace {

void unwound(Fiber* fiber) {
  fiber->error = error_of_failure(*fiber->store, fiber->outermost.fail());
}

FiberThunkPlaces places(int32_t thread_word) {
  constexpr size_t kOutermost = sizeof(skerry_fiber_t);
  FiberThunkPlaces at;
  at.host_rsp = offsetof(platform::SwitchPoint, host_sp);
  at.top = offsetof(platform::SwitchPoint, top);
  at.func = offsetof(skerry_fiber_t, func);
  at.slots = offsetof(skerry_fiber_t, slots);
  at.error = offsetof(skerry_fiber_t, error);
  at.store = kOutermost + offsetof(OutermostCall, store);
  at.words = kOutermost + offsetof(OutermostCall, interrupt);
  at.activation = kOutermost + offsetof(OutermostCall, activation);
  at.limit = kOutermost + offsetof(OutermostCall, limit);
  at.frames_seen = kOutermost + offsetof(OutermostCall, frames_seen);
  at.func_store = offsetof(skerry_func_t, func) + PreparedFunc::store_offset();
  at.func_ref = offsetof(skerry_func_t, func) + PreparedFunc::ref_offset();
  at.word_pending = offsetof(InterruptWords, pending);
  at.word_limit = offsetof(InterruptWords, limit);
  at.thread_word = thread_word;
  at.between_calls = runtime::kBetweenCalls;
  at.fiber_above_top = kFiberAboveTop;
  at.otherwise = reinterpret_cast<const void*>(&platform::skerry_stack_start);
  at.unwound = reinterpret_cast<const void*>(&unwound);
  return at;
}

}  // namespace

Result<skerry_fiber_switch_t> fiber_start(const PreparedFunc& func) {
  const auto slow = reinterpret_cast<skerry_fiber_switch_t>(&platform::skerry_stack_start);
  static const auto kThreadWord = platform::thread_word_from_fs();
  // On Windows, where entering a stack takes more (platform/stack_switch_win.cc).
  if (!kThreadWord) return slow;
  static const FiberThunkPlaces kPlaces = places(*kThreadWord);
  const void* const thunk = TRY(func.fiber_thunk(kPlaces));
  return thunk ? reinterpret_cast<skerry_fiber_switch_t>(const_cast<void*>(thunk)) : slow;
}

}  // namespace skerry::capi

void skerry_place_code_near(const void* address) {
  skerry::platform::place_code_near(
      address ? address : reinterpret_cast<const void*>(&skerry_place_code_near));
}
