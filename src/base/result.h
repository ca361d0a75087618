// Result<T>: a value or an Error. An Error is a code, a position and up to two numbers: small and
// trivially copied, so that the hot paths which may fail stay cheap. It carries no text: the edge
// (CLI, C API) makes the message with error_text(). A trap is an Error value too, never an
// exception.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace skerry {

// Who is at fault. Internal always means a bug in Skerry; it is what the fuzzers look for.
enum class Phase : uint8_t {
  Malformed,    // the bytes or the text are not a module
  Invalid,      // a module, but not a valid one
  Unsupported,  // valid, but uses a feature this build or configuration does not execute
  Link,         // imports or instantiation do not fit
  Trap,         // the program trapped
  Exit,         // the program asked to stop; a = exit status
  Denied,       // the policy said no
  Host,         // the operating system or the embedder failed; a = OS error number
  Internal,
};

enum class ErrorCode : uint16_t {
#define ERR(name, phase, text) name,
#include "base/errors.def"
#undef ERR
};

inline constexpr uint64_t kNoPosition = ~uint64_t{0};

struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::InternalError;
  // Byte offset in the module, or in the text source; kNoPosition where there is none.
  uint64_t position = kNoPosition;
  // What the code's row says: an index, a limit, an exit status, an OS error number.
  uint64_t a = 0;
  uint64_t b = 0;

  friend bool operator==(const Error&, const Error&) = default;
};
static_assert(std::is_trivially_copyable_v<Error>);

Phase error_phase(ErrorCode code);
// The row's text, in the specification's words where it has words for it.
std::string_view error_text(ErrorCode code);
std::string_view error_name(ErrorCode code);

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorCode code, uint64_t position = kNoPosition, uint64_t a = 0,
                                   uint64_t b = 0) {
  return std::unexpected(Error{code, position, a, b});
}

namespace detail {
template <class T>
T take(Result<T>&& result) {
  return std::move(*result);
}
inline void take(Result<void>&&) {}
}  // namespace detail

}  // namespace skerry

// TRY(expr): the value of a Result expression, or return its error from this function.
#define TRY(expr)                                   \
  __extension__({                                   \
    auto try_result_ = (expr);                      \
    if (!try_result_) [[unlikely]]                  \
      return std::unexpected(try_result_.error());  \
    ::skerry::detail::take(std::move(try_result_)); \
  })
