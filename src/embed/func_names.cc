// Names from the name section first, then from exports.
#include "embed/func_names.h"

#include <fmt/format.h>

#include <algorithm>

namespace skerry::embed {

std::optional<std::string> func_name(const Module& module, uint32_t func) {
  for (const Export& row : module.exports)
    if (row.kind == ExternKind::Func && row.index == func) return std::string(row.name);
  return std::nullopt;
}

std::string func_label(const Module& module, uint32_t func) {
  const auto name = func_name(module, func);
  return name ? fmt::format("func {} (`{}`)", func, *name) : fmt::format("func {}", func);
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
