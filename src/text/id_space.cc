// Identifier look-up for messages.
#include "text/id_space.h"

#include <array>

#include "text/edit_distance.h"

namespace skerry::text {
namespace {

constexpr auto kSpaceNames =
    std::to_array<std::string_view>({"type", "func", "table", "memory", "global", "tag", "elem",
                                     "data", "local", "label", "field"});

}  // namespace

std::string_view space_name(Space space) { return kSpaceNames[static_cast<size_t>(space)]; }

std::string_view IdSpace::nearest(std::string_view id) const {
  std::string_view nearest;
  size_t best = tolerated_distance(id);
  for (const auto& [known, entry] : ids_) {
    const size_t limit = nearest.empty() ? best : best + 1;
    const size_t distance = edit_distance(id, known, limit);
    if (distance == limit) continue;
    // Equally near ones: the first in the alphabet, so that messages do not depend on hashing.
    if (distance < best || known < nearest) {
      best = distance;
      nearest = known;
    }
  }
  return nearest;
}

}  // namespace skerry::text
