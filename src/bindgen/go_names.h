// Names of Go from names of C and WebAssembly, and texts as Go writes them. Not here: which names
// are taken (plan.cc).
#pragma once

#include <string>
#include <string_view>

namespace skerry::bindgen {

bool is_exported_name(std::string_view name);  // ASCII, with a capital letter first
bool is_package_name(std::string_view name);
// A word of the language or of the packages that generated code uses.
bool is_reserved(std::string_view name);

// "zlib_get-size" is "ZlibGetSize". Never empty; what Go has no letter for is left out.
std::string exported_name(std::string_view name);
// "dest_len" is "destLen"; with an underscore at the end where it would be reserved.
std::string local_name(std::string_view name);
// "Zlib NG.wasm" is "zlibng".
std::string package_name(std::string_view name);

// In quotation marks, in ASCII.
std::string quoted(std::string_view text);

}  // namespace skerry::bindgen
