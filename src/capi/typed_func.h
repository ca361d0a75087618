// What skerry_func_t holds, and its call, for those who make many. Not here: how it is looked up.
#pragma once

#include <memory>
#include <string>

#include "capi/store.h"
#include "runtime/call.h"
#include "skerry.h"

struct skerry_func_t {
  skerry::runtime::PreparedFunc func;
  size_t slot_count;
  std::shared_ptr<skerry::capi::StoreState> store;  // keeps what `func` is of
  std::string type;
  skerry_fiber_switch_t start;
};

namespace skerry::capi {

// Apart, so that calls that succeed need no room for an Error.
skerry_error_t* error_of_call(const skerry_func_t& func);
// Where a call goes that is not outermost; so does every call of a store that is lent.
[[gnu::cold]] bool call_unless_lent(const skerry_func_t& func, uint64_t* slots);

// `limit`: none, or that of PreparedFunc::try_call.
template <class... Limit>
[[gnu::always_inline]] inline skerry_error_t* call_typed(const skerry_func_t& func, uint64_t* slots,
                                                         Limit... limit) {
  const auto otherwise = [&func](uint64_t* given) { return call_unless_lent(func, given); };
  if (func.func.try_call(slots, limit..., otherwise)) [[likely]]
    return nullptr;
  return error_of_call(func);
}

}  // namespace skerry::capi
