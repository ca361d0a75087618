// Values of .wast scripts: arguments as the runtime's values, results compared with patterns.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "runtime/store.h"
#include "runtime/value.h"
#include "text/script.h"

namespace skerry::cli {

// Absent: a kind of reference that the host cannot make.
std::optional<runtime::Value> script_argument(const text::ScriptValue& value);

bool matches(const runtime::Value& value, const text::ResultPattern& pattern);

// "i32 5 (0x5)", "f32 nan:0x400000", "v128 0x...", "funcref"; "f64 nan:canonical" of a pattern.
std::string describe(const runtime::Value& value);
std::string describe(const text::ResultPattern& pattern);

}  // namespace skerry::cli
