// Values as people write them: arguments of --invoke, and the results it prints.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/value.h"
#include "wasm/types.h"

namespace skerry::embed {

// A literal of the text format, by the type; v128: a hexadecimal number; references: "null".
std::optional<runtime::Value> parse_value(std::string_view text, ValType type);
// What parse_value() reads back, where the value has a literal. Integers are signed.
std::string to_text(const runtime::Value& value);

}  // namespace skerry::embed
