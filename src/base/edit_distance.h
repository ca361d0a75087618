// How unlike two words are: for "did you mean" in messages.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace skerry {

// Letters inserted, dropped, replaced or swapped with their neighbour; `limit` if at least that
// many.
size_t edit_distance(std::string_view a, std::string_view b, size_t limit);

// A suggestion must be nearer than this: about a third of the letters may be wrong.
constexpr size_t tolerated_distance(std::string_view word) {
  return std::min<size_t>(word.size() / 3 + 1, 4);
}

}  // namespace skerry
