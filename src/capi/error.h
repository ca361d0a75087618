// Errors as skerry.h gives them. Making one never throws: without memory there is one that is never
// deleted.
#pragma once

#include <string>

#include "base/result.h"
#include "capi/boundary.h"
#include "capi/store.h"
#include "embed/report.h"
#include "skerry.h"

struct skerry_error_t {
  skerry::Error error;
  std::string message;
};

namespace skerry::capi {

// The caller's to delete, as C has it.
skerry_error_t* new_error(const Error& error, std::string_view message) noexcept;
skerry_error_t* new_error(const embed::Report& report) noexcept;
skerry_error_t* new_error(const Error& error) noexcept;  // with the error's own words
// A misuse of the interface.
skerry_error_t* misuse(std::string_view message) noexcept;
skerry_error_t* no_memory_error() noexcept;
// What a host function, of either header, gave away when it failed with `error`: it is taken out of
// the store. Null: the failure is the engine's own.
skerry_error_t* take_error_in_flight(StoreState& store, const Error& error) noexcept;
// Of a call that failed: that, or the engine's.
skerry_error_t* error_of_failure(StoreState& store, const Error& error) noexcept;

// Runs `body`, which answers an error or null; an exception is the error without memory.
template <class Body>
skerry_error_t* answered(Body&& body) noexcept {
  return guarded(no_memory_error(), std::forward<Body>(body));
}

}  // namespace skerry::capi
