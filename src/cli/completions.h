// Completion scripts for shells, made from the tables.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace skerry::cli {

std::span<const std::string_view> all_shells();
// nullopt: no such shell.
std::optional<std::string> completion_script(std::string_view shell);

}  // namespace skerry::cli
