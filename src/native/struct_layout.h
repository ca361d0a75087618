// Where the fields of a struct lie, over here and in a module: C's rules for x86-64 and for wasm32,
// where pointers and `long` take four bytes.
#pragma once

#include <string>

#include "native/manifest.h"

namespace skerry::native {

using Structs = std::map<std::string, StructType, std::less<>>;

// A struct is at most so large; the total of nested ones as well.
inline constexpr uint32_t kMaxStructBytes = 1 << 16;

// Fills in the places of this struct and of those that it contains, whose names must be there.
// False if it contains itself or is too large.
bool lay_out(Structs& structs, const std::string& name);

}  // namespace skerry::native
