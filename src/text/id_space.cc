// Identifier look-up for messages.
#include "text/id_space.h"

#include <array>

#include "base/edit_distance.h"

namespace skerry::text {
namespace {

struct SpaceRow {
  std::string_view name;
  NameKind kind;
};
constexpr auto kSpaces = std::to_array<SpaceRow>({
    {"type", NameKind::Type},
    {"func", NameKind::Func},
    {"table", NameKind::Table},
    {"memory", NameKind::Memory},
    {"global", NameKind::Global},
    {"tag", NameKind::Tag},
    {"elem", NameKind::Elem},
    {"data", NameKind::Data},
    {"local", NameKind::Local},
    {"label", NameKind::Label},
    {"field", NameKind::Field},
});
static_assert(kSpaces.size() == static_cast<size_t>(Space::Field) + 1);

}  // namespace

std::string_view space_name(Space space) { return kSpaces[static_cast<size_t>(space)].name; }
NameKind name_kind(Space space) { return kSpaces[static_cast<size_t>(space)].kind; }

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
