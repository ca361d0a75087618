// The boundary between C and the engine: no C++ exception crosses it.
// Not here: what a failure is answered with, which each function says for itself.
#pragma once

#include <exception>
#include <type_traits>
#include <utility>

namespace skerry::capi {

// What `body` returns, or `otherwise` if it throws: that memory is exhausted is all that throws.
template <class T, class Body>
T guarded(T otherwise, Body&& body) noexcept {
  try {
    return std::forward<Body>(body)();
  } catch (const std::exception&) {
    return otherwise;
  }
}

// The same where there is nothing to answer with but what is in place already.
template <class Body>
void guarded(Body&& body) noexcept {
  try {
    std::forward<Body>(body)();
  } catch (const std::exception&) {
  }
}

// Of allocations behind a C pointer: null if memory is exhausted.
template <class Body>
auto made(Body&& body) noexcept {
  using Pointer = std::invoke_result_t<Body>;
  return guarded(static_cast<Pointer>(nullptr), std::forward<Body>(body));
}

}  // namespace skerry::capi
