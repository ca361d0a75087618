// The nearest of a list, by the text format's measure of likeness.
#include "base/nearest_name.h"

#include <algorithm>

#include "base/edit_distance.h"

namespace skerry {

std::optional<std::string_view> nearest_name(std::string_view word,
                                             std::span<const std::string_view> candidates) {
  std::optional<std::string_view> best;
  size_t limit = (word.size() + 2) / 3 + 1;
  for (std::string_view candidate : candidates) {
    const size_t distance = edit_distance(word, candidate, limit);
    // With half of the letters wrong it is another word: `-x` does not mean `-W`.
    if (2 * distance >= std::max(word.size(), candidate.size())) continue;
    if (distance < limit) best = candidate, limit = distance;
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  const auto nearest = nearest_name(word, candidates);
  return nearest ? "; did you mean `" + std::string(*nearest) + "`?" : std::string();
}

}  // namespace skerry
