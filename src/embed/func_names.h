// How functions are called in messages: "`main`" after the name section, else an export's name,
// else "func 12".
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "wasm/module.h"

namespace skerry::embed {

// Without quotes; absent if neither the name section nor an export names it.
std::optional<std::string> func_name(const Module& module, uint32_t func);
// "func 12 (`main`)" or "func 12".
std::string func_label(const Module& module, uint32_t func);

// The defined function whose body holds this module offset.
std::optional<uint32_t> func_at(const Module& module, uint64_t position);

}  // namespace skerry::embed
