// From a C header to a manifest. Not here: what a manifest means (manifest.h).
// Invariant: nothing is guessed. A function with a type that a header alone does not explain is
// left out, and the manifest says why; what is written is a manifest that read_manifest() takes.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::native {

struct HeaderOptions {
  std::string header;
  std::string library;               // its name in the manifest and in its files
  std::vector<std::string> only;     // names or globs of functions; none: all
  std::vector<std::string> folders;  // of included headers
  // A pointer to a number, handle or struct is to one of them.
  bool has_single_pointers = false;
};

struct BoundHeader {
  std::string manifest;
  size_t bound = 0, left_out = 0;
};

// The error is what libclang says of the header, or that there is no libclang: lines of text.
std::expected<BoundHeader, std::string> bind_header(const HeaderOptions& options);

// `*` is any text, `?` any character.
bool matches_glob(std::string_view glob, std::string_view name);

}  // namespace skerry::native
