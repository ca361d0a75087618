// Reading the structs of options that skerry.h has. Not here: what an option means.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace skerry::capi {

inline constexpr std::string_view kNoSize = "struct_size of the options is not set";
inline constexpr std::string_view kUnknownOption =
    "the options say something that this library is too old for";

// Programs and libraries of different ages: what the program does not know is zero, and what the
// library does not know has to be. What is wrong with the struct; "" if nothing.
template <class Options>
std::string_view read_options(const Options* given, Options& options) {
  // More than any will ever have: a size that was never set.
  constexpr size_t kMostBytes = 4096;
  options = Options{};
  if (!given) return "";
  const size_t size = given->struct_size;
  if (size < sizeof(size_t) || size > kMostBytes) return kNoSize;
  std::memcpy(&options, given, std::min(size, sizeof(options)));
  const auto* const bytes = reinterpret_cast<const uint8_t*>(given);
  const auto is_set = [](uint8_t byte) { return byte != 0; };
  if (size > sizeof(options) && std::any_of(bytes + sizeof(options), bytes + size, is_set))
    return kUnknownOption;
  return "";
}

}  // namespace skerry::capi
