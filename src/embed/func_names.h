// FuncNames: how the functions of a module are called in messages: after the name section, else
// after an export, else by index.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "binary/name_section.h"
#include "wasm/module.h"

namespace skerry::embed {

class FuncNames {
 public:
  // Reads the whole name section: make one for many questions. The module must outlive it.
  explicit FuncNames(const Module& module) : module_(module), names_(read_name_section(module)) {}

  // Empty if neither the name section nor an export names it.
  std::string_view name(uint32_t func) const;
  // "`main`" or "func 12".
  std::string label(uint32_t func) const;
  // Those that are called so: the one that is exported so, or all that the name section calls so.
  std::vector<uint32_t> find(std::string_view name) const;
  // Every name, of both kinds.
  std::vector<std::string_view> all() const;

 private:
  const Module& module_;
  NameSection names_;
};

// The defined function whose body holds this module offset.
std::optional<uint32_t> func_at(const Module& module, uint64_t position);

}  // namespace skerry::embed
