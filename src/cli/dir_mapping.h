// DirMapping: one --dir option. Understands WasmEdge's order (GUEST:HOST), wasmtime's (HOST::GUEST)
// and a lone DIR, each with an optional suffix :readonly, and does not take a Windows drive letter
// for a separator. Not here: whether the folder exists (wasi opens it).
#pragma once

#include <string>
#include <string_view>

#include "cli/usage_error.h"

namespace skerry::cli {

struct DirMapping {
  std::string host;   // as the operating system understands it
  std::string guest;  // with `/` between components
  bool is_readonly = false;
  friend bool operator==(const DirMapping&, const DirMapping&) = default;
};

enum class PathStyle { Unix, Windows };
PathStyle native_path_style();

// On Windows `X:` before a slash or backslash is a drive; elsewhere only before a backslash, since
// d:/srv means GUEST:HOST there.
Parsed<DirMapping> parse_dir_mapping(std::string_view text, PathStyle style = native_path_style());

}  // namespace skerry::cli
