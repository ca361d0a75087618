// Identifiers of one index space.
// Not here: which index an item gets (the parser counts), or parsing.
// Invariant: the string_views point into the source or into the parser's storage of unescaped
// names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "binary/name_section.h"
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
// Where the name section keeps the names of the space's items.
NameKind name_kind(Space space);

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

}  // namespace skerry::text
