// PrintNames: how the printer calls things: by identifier where the name section has a usable name,
// by index otherwise. Remembers which names were written, so that the printer can tell whether the
// text says all that the name section said. Invariant: an identifier it gives out is unique in its
// index space.
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>

#include "binary/name_section.h"
#include "text/id_space.h"
#include "wasm/module.h"

namespace skerry::text {

class PrintNames {
 public:
  // Without a section, or with one that is malformed: indices everywhere.
  // Names of items that the module does not have are ignored.
  PrintNames(const Module& module, const CustomSection* section);

  // What follows an item's keyword: " $id", " (@name \"...\")" or nothing. An item is declared
  // once, in order of index.
  std::string declare_module();
  std::string declare(Space space, uint32_t index);
  std::string declare_local(uint32_t func, uint32_t local);
  std::string declare_field(uint32_t type, uint32_t field);
  // The func's n-th block.
  std::string declare_label(uint32_t func, uint32_t number);

  // "$id" or the index.
  std::string refer(Space space, uint32_t index) const;
  std::string refer_local(uint32_t func, uint32_t local) const;
  std::string refer_field(uint32_t type, uint32_t field) const;

  // The identifier of the func's n-th block without `$`; absent if it has none.
  std::optional<std::string_view> label(uint32_t func, uint32_t number) const;

  // The name section that the text written so far parses to.
  std::vector<uint8_t> written() const { return encode_name_section(written_); }

 private:
  struct Usable {
    std::string_view name;
    bool is_id = false;  // false: given to an earlier item too, or empty
  };
  using Names = std::unordered_map<uint32_t, Usable>;
  using IndirectMap = std::unordered_map<uint32_t, Names>;

  static Names index_names(const NameMap& map, size_t item_count);
  static IndirectMap index_indirect(const std::vector<IndirectNames>& maps);
  static const Usable* find(const Names& names, uint32_t index);
  static const Usable* find(const IndirectMap& maps, uint32_t outer, uint32_t index);
  static std::string declaration(const Usable& name);
  static std::string reference(const Usable* name, uint32_t index);
  void note(NameKind kind, uint32_t owner, uint32_t index, std::string_view name);

  std::optional<std::string_view> module_;
  Names items_[8];  // by Space, Type to Data
  IndirectMap locals_;
  IndirectMap labels_;
  IndirectMap fields_;
  NameSection written_;
};

}  // namespace skerry::text
