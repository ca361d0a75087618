// Names from the name section first, then from exports.
#include "embed/func_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "embed/report.h"

namespace skerry::embed {

std::string_view FuncNames::name(uint32_t func) const {
  const std::string_view named = names_.find(NameKind::Func, func);
  if (!named.empty()) return named;
  for (const Export& row : module_.exports)
    if (row.kind == ExternKind::Func && row.index == func) return row.name;
  return {};
}

std::string FuncNames::label(uint32_t func) const {
  const std::string_view named = name(func);
  return named.empty() ? fmt::format("func {}", func) : fmt::format("`{}`", printable(named));
}

std::vector<uint32_t> FuncNames::find(std::string_view name) const {
  for (const Export& row : module_.exports)
    if (row.kind == ExternKind::Func && row.name == name) return {row.index};
  std::vector<uint32_t> found;
  for (const Name& row : names_.of(NameKind::Func))
    if (row.name == name) found.push_back(row.index);
  return found;
}

std::vector<std::string_view> FuncNames::all() const {
  std::vector<std::string_view> names;
  for (const Export& row : module_.exports)
    if (row.kind == ExternKind::Func) names.push_back(row.name);
  for (const Name& row : names_.of(NameKind::Func)) names.push_back(row.name);
  return names;
}

std::optional<uint32_t> func_at(const Module& module, uint64_t position) {
  const auto& bodies = module.bodies;
  auto after = std::upper_bound(bodies.begin(), bodies.end(), position,
                                [](uint64_t at, const FuncBody& body) { return at < body.offset; });
  if (after == bodies.begin()) return std::nullopt;
  --after;
  // One past the end is where an error of a missing `end` is.
  if (position > after->offset + after->code.size()) return std::nullopt;
  return module.imported_funcs + static_cast<uint32_t>(after - bodies.begin());
}

}  // namespace skerry::embed
