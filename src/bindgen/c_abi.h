// How values of C are passed in wasm32, as clang does it: numbers and pointers as values of
// WebAssembly, so are structs that are one number; other structs by a pointer to a copy, which the
// caller makes room for also where one is returned (tool-conventions, BasicCABI.md).
// Not here: what they are in Go.
#pragma once

#include <optional>

#include "bindgen/c_header.h"
#include "wasm/types.h"

namespace skerry::bindgen {

// Nothing if the type is no single value: a struct that is passed by a pointer, or none at all.
std::optional<ValType> raw_type(const CHeader& header, const CType& type);

// Why the struct cannot be passed by value; empty if it can.
std::string why_not_by_value(const CHeader& header, const std::string& record);
// Why values of the struct cannot be copied field by field; empty if they can.
std::string why_not_copied(const CHeader& header, const std::string& record);

}  // namespace skerry::bindgen
