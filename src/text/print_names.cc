// Names for the printer.
#include "text/print_names.h"

#include <cassert>
#include <iterator>
#include <type_traits>

#include "text/quote.h"

namespace skerry::text {

PrintNames::PrintNames(const Module& module, const CustomSection* section) {
  if (!section) return;
  const NameSection names = read_name_section(section->bytes);
  module_ = names.module_name;
  const size_t counts[] = {module.types.size(),    module.funcs.size(),   module.tables.size(),
                           module.memories.size(), module.globals.size(), module.tags.size(),
                           module.elems.size(),    module.datas.size()};
  static_assert(std::size(counts) == std::extent_v<decltype(items_)>);
  for (size_t space = 0; space < std::size(items_); ++space)
    items_[space] = index_names(names.of(name_kind(static_cast<Space>(space))), counts[space]);
  locals_ = index_indirect(names.indirect(NameKind::Local));
  labels_ = index_indirect(names.indirect(NameKind::Label));
  for (const IndirectNames& map : names.indirect(NameKind::Field))
    if (map.owner < module.types.size())
      fields_.try_emplace(map.owner, index_names(map.names, module.types[map.owner].fields.size()));
}

PrintNames::Names PrintNames::index_names(const NameMap& map, size_t item_count) {
  Names names;
  std::unordered_set<std::string_view> ids;
  for (const Name& entry : map) {
    if (entry.index >= item_count || names.contains(entry.index)) continue;
    const bool is_id = !entry.name.empty() && ids.insert(entry.name).second;
    names.emplace(entry.index, Usable{entry.name, is_id});
  }
  return names;
}

PrintNames::IndirectMap PrintNames::index_indirect(const std::vector<IndirectNames>& maps) {
  IndirectMap result;
  for (const IndirectNames& map : maps)
    result.try_emplace(map.owner, index_names(map.names, ~size_t{0}));
  return result;
}

const PrintNames::Usable* PrintNames::find(const Names& names, uint32_t index) {
  const auto place = names.find(index);
  return place == names.end() ? nullptr : &place->second;
}

const PrintNames::Usable* PrintNames::find(const IndirectMap& maps, uint32_t outer,
                                           uint32_t index) {
  const auto place = maps.find(outer);
  return place == maps.end() ? nullptr : find(place->second, index);
}

std::string PrintNames::declaration(const Usable& name) {
  if (name.is_id) return " " + id_text(name.name);
  return " (@name " + quoted_name(name.name) + ")";
}

std::string PrintNames::reference(const Usable* name, uint32_t index) {
  return name && name->is_id ? id_text(name->name) : std::to_string(index);
}

void PrintNames::note(NameKind kind, uint32_t owner, uint32_t index, std::string_view name) {
  std::vector<IndirectNames>& maps = written_.indirect(kind);
  if (maps.empty() || maps.back().owner != owner) maps.push_back({owner, {}});
  maps.back().names.push_back({index, name});
}

std::string PrintNames::declare_module() {
  written_.module_name = module_;
  return module_ ? declaration({*module_, !module_->empty()}) : "";
}

std::string PrintNames::declare(Space space, uint32_t index) {
  const Usable* name = find(items_[static_cast<size_t>(space)], index);
  if (!name) return "";
  written_.of(name_kind(space)).push_back({index, name->name});
  return declaration(*name);
}

std::string PrintNames::declare_local(uint32_t func, uint32_t local) {
  const Usable* name = find(locals_, func, local);
  if (!name) return "";
  note(NameKind::Local, func, local, name->name);
  return declaration(*name);
}

std::string PrintNames::declare_field(uint32_t type, uint32_t field) {
  const Usable* name = find(fields_, type, field);
  if (!name) return "";
  note(NameKind::Field, type, field, name->name);
  return declaration(*name);
}

std::string PrintNames::declare_label(uint32_t func, uint32_t number) {
  const Usable* name = find(labels_, func, number);
  if (!name) return "";
  note(NameKind::Label, func, number, name->name);
  // Labels are scoped: an inner one may have the name of an outer one.
  return declaration({name->name, !name->name.empty()});
}

std::string PrintNames::refer(Space space, uint32_t index) const {
  return reference(find(items_[static_cast<size_t>(space)], index), index);
}

std::string PrintNames::refer_local(uint32_t func, uint32_t local) const {
  return reference(find(locals_, func, local), local);
}

std::string PrintNames::refer_field(uint32_t type, uint32_t field) const {
  return reference(find(fields_, type, field), field);
}

std::optional<std::string_view> PrintNames::label(uint32_t func, uint32_t number) const {
  const Usable* name = find(labels_, func, number);
  if (!name || name->name.empty()) return std::nullopt;
  return name->name;
}

}  // namespace skerry::text
