// Identifiers of one index space, and the names collected for the name section.
// Not here: which index an item gets (the parser counts), or parsing.
// Invariant: the string_views point into the source or into the parser's storage of unescaped
// names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "text/token.h"

namespace skerry::text {

enum class Space : uint8_t {
  Type,
  Func,
  Table,
  Memory,
  Global,
  Tag,
  Elem,
  Data,
  Local,
  Label,
  Field,
};
// As messages name it: "func", "local".
std::string_view space_name(Space space);

class IdSpace {
 public:
  struct Entry {
    uint32_t index = 0;
    Token token;  // where the identifier was defined
  };

  // Null, or the definition that already has this name.
  const Entry* define(std::string_view id, uint32_t index, const Token& token) {
    const auto [place, is_new] = ids_.try_emplace(id, Entry{index, token});
    return is_new ? nullptr : &place->second;
  }
  std::optional<uint32_t> find(std::string_view id) const {
    const auto place = ids_.find(id);
    return place == ids_.end() ? std::nullopt : std::optional(place->second.index);
  }
  // The defined identifier most like this one; empty if none is.
  std::string_view nearest(std::string_view id) const;

 private:
  std::unordered_map<std::string_view, Entry> ids_;
};

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

}  // namespace skerry::text
