// Reading the structs of options that skerry.h has. Not here: what an option means.
#pragma once

#include <algorithm>
#include <cstring>
#include <string_view>

namespace skerry::capi {

// Programs and libraries of different ages: what both know counts, the rest is zero.
template <class Options>
bool read_options(const Options* given, Options& options) {
  options = Options{};
  if (!given) return true;
  if (given->struct_size < sizeof(size_t)) return false;
  std::memcpy(&options, given, std::min(given->struct_size, sizeof(options)));
  return true;
}

inline constexpr std::string_view kNoSize = "struct_size of the options is not set";

}  // namespace skerry::capi
