// The name section: what functions, locals, types and so on were called in the source.
// Read leniently, as it must never make a module invalid: a subsection that is cut short keeps what
// came before the cut, and names that are not UTF-8 are left out.
// Source: WebAssembly 3.0, "Name Section"; extended-name-section proposal for the newer kinds.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "wasm/module.h"

namespace skerry {

// Ids of the subsections.
enum class NameKind : uint8_t {
  Module,
  Func,
  Local,
  Label,
  Type,
  Table,
  Memory,
  Global,
  Elem,
  Data,
  Field,
  Tag,
};
inline constexpr size_t kNameKindCount = 12;
// Locals and labels belong to a func, fields to a type.
constexpr bool is_indirect(NameKind kind) {
  return kind == NameKind::Local || kind == NameKind::Label || kind == NameKind::Field;
}

struct Name {
  uint32_t index = 0;
  std::string_view name;
  friend bool operator==(const Name&, const Name&) = default;
};
// Sorted by index, no index twice.
using NameMap = std::vector<Name>;

struct IndirectNames {
  uint32_t owner = 0;
  NameMap names;
  friend bool operator==(const IndirectNames&, const IndirectNames&) = default;
};

class NameSection {
 public:
  std::optional<std::string_view> module_name;
  // Kinds that are not indirect; the entry of Module is unused.
  std::array<NameMap, kNameKindCount> names;
  // Local, Label and Field, sorted by owner; the other entries are unused.
  std::array<std::vector<IndirectNames>, kNameKindCount> indirect_names;

  const NameMap& of(NameKind kind) const { return names[static_cast<size_t>(kind)]; }
  NameMap& of(NameKind kind) { return names[static_cast<size_t>(kind)]; }
  const std::vector<IndirectNames>& indirect(NameKind kind) const {
    return indirect_names[static_cast<size_t>(kind)];
  }
  std::vector<IndirectNames>& indirect(NameKind kind) {
    return indirect_names[static_cast<size_t>(kind)];
  }

  // Empty where there is no name.
  std::string_view find(NameKind kind, uint32_t index) const;
  std::string_view find(NameKind kind, uint32_t owner, uint32_t index) const;
  bool empty() const;

  friend bool operator==(const NameSection&, const NameSection&) = default;
};

// Names are views of the section's bytes, which the module keeps alive.
NameSection read_name_section(Bytes section);
// The module's own "name" section; empty if it has none.
NameSection read_name_section(const Module& module);
// Contents of a custom section called "name".
std::vector<uint8_t> encode_name_section(const NameSection& names);

}  // namespace skerry
