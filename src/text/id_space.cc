// Identifier look-up for messages, and the name section's encoding.
// Source: WebAssembly 3.0, appendix "Custom Sections", and the extended name section proposal.
#include "text/id_space.h"

#include <array>

#include "base/bytes.h"
#include "binary/function_writer.h"
#include "text/edit_distance.h"

namespace skerry::text {
namespace {

constexpr auto kSpaceNames =
    std::to_array<std::string_view>({"type", "func", "table", "memory", "global", "tag", "elem",
                                     "data", "local", "label", "field"});

void append_names(std::vector<uint8_t>& out, const NameMap& names) {
  append_u64_leb(out, names.size());
  for (const NamedIndex& entry : names) {
    append_u64_leb(out, entry.index);
    append_name(out, entry.name);
  }
}

void append_subsection(std::vector<uint8_t>& out, uint8_t id, const std::vector<uint8_t>& content) {
  out.push_back(id);
  append_sized(out, content);
}

void append_map(std::vector<uint8_t>& out, uint8_t id, const NameMap& names) {
  if (names.empty()) return;
  std::vector<uint8_t> content;
  append_names(content, names);
  append_subsection(out, id, content);
}

void append_indirect(std::vector<uint8_t>& out, uint8_t id,
                     const std::vector<IndirectNames>& maps) {
  if (maps.empty()) return;
  std::vector<uint8_t> content;
  append_u64_leb(content, maps.size());
  for (const IndirectNames& map : maps) {
    append_u64_leb(content, map.index);
    append_names(content, map.names);
  }
  append_subsection(out, id, content);
}

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

std::vector<uint8_t> encode_names(const ModuleNames& names) {
  std::vector<uint8_t> out;
  if (names.module) {
    std::vector<uint8_t> content;
    append_name(content, *names.module);
    append_subsection(out, 0, content);
  }
  append_map(out, 1, names.of(Space::Func));
  append_indirect(out, 2, names.locals);
  append_indirect(out, 3, names.labels);
  append_map(out, 4, names.of(Space::Type));
  append_map(out, 5, names.of(Space::Table));
  append_map(out, 6, names.of(Space::Memory));
  append_map(out, 7, names.of(Space::Global));
  append_map(out, 8, names.of(Space::Elem));
  append_map(out, 9, names.of(Space::Data));
  append_indirect(out, 10, names.fields);
  append_map(out, 11, names.of(Space::Tag));
  return out;
}

}  // namespace skerry::text
