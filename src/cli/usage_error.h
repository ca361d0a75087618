// UsageError: the command line cannot be carried out as it stands. The message becomes the `error:`
// line, the hint a second line; the program ends with the status for usage errors.
#pragma once

#include <expected>
#include <string>

namespace skerry::cli {

struct UsageError {
  std::string message;
  std::string hint;  // may be empty
};

template <class T>
using Parsed = std::expected<T, UsageError>;

inline std::unexpected<UsageError> usage_error(std::string message, std::string hint = {}) {
  return std::unexpected(UsageError{std::move(message), std::move(hint)});
}

}  // namespace skerry::cli
