// Types of funcs by letters, as skerry.h has them: "iI:f" is (i32, i64) -> f32.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wasm/types.h"

namespace skerry {

// Nothing if the text is none.
std::optional<FuncType> func_type_of(std::string_view text);
// A type that has no letter is '?'.
std::string func_type_text(const FuncType& type);

}  // namespace skerry
