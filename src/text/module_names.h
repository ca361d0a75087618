// The content of the name section as values, in both directions: what the parser collects and what
// the printer shows. Every subsection of the extended name section is known.
// Invariant: the string_views point into storage that whoever fills it keeps alive.
// Source: WebAssembly 3.0, appendix "Custom Sections"; the extended name section proposal.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "text/id_space.h"

namespace skerry::text {

// Names of items, in order of their index.
struct NamedIndex {
  uint32_t index = 0;
  std::string_view name;
};
using NameMap = std::vector<NamedIndex>;
struct IndirectNames {
  uint32_t index = 0;  // of the func or type
  NameMap names;
};

// What the name section says, subsection by subsection.
struct ModuleNames {
  std::optional<std::string_view> module;
  NameMap items[8];  // by Space, Type to Data
  std::vector<IndirectNames> locals;
  std::vector<IndirectNames> labels;
  std::vector<IndirectNames> fields;

  NameMap& of(Space space) { return items[static_cast<size_t>(space)]; }
  const NameMap& of(Space space) const { return items[static_cast<size_t>(space)]; }
};

// The content of the name section; empty if there are no names.
std::vector<uint8_t> encode_names(const ModuleNames& names);

// The names in a name section's content, pointing into it; absent if it is malformed. Subsections
// that are not known are left out.
std::optional<ModuleNames> decode_names(Bytes section);

}  // namespace skerry::text
