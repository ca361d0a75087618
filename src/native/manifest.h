// Manifest: which imports of modules are functions of native libraries, as values. Pure: nothing
// here loads a library. Not here: the file format (manifest_keys.def;
// docs/guide/native-libraries.md). Invariant: in a Manifest that read_manifest() made, every name
// that a type mentions is there, and each import has one function.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "native/types.h"
#include "policy/reader.h"

namespace skerry::native {

inline constexpr size_t kMaxParameters = 16;

enum class ErrorSource : uint8_t { None, Errno, LastError };

// A number, handle or token in a struct, over here and in the module's memory.
struct FieldPlace {
  Type type;
  uint32_t native_offset = 0, guest_offset = 0;
};
struct StructType {
  std::vector<Parameter> fields;
  policy::Place place;
  // By C's rules for either side.
  std::vector<FieldPlace> flat;
  uint32_t native_bytes = 0, native_align = 1, guest_bytes = 0, guest_align = 1;
};

struct HandleType {
  std::string freed_by;  // empty: nothing has to be freed
  std::optional<int64_t> invalid;
};

struct CallbackType {
  std::vector<Parameter> parameters;
  Type result;
  bool is_kept = false;
  policy::Place place;

  FuncType func_type() const;
};

struct Function {
  std::string module, name, symbol;
  std::vector<Parameter> parameters;
  Type result;
  ErrorSource error = ErrorSource::None;
  std::string freed_by;
  bool is_blocking = false;
  policy::Place place;

  FuncType func_type() const;
};

struct Library {
  std::string name, file, linux_file, windows_file, module;
  bool is_system = false;
  std::vector<policy::Said<std::string>> directories;
  std::map<std::string, StructType, std::less<>> structs;
  std::map<std::string, HandleType, std::less<>> handles;
  std::map<std::string, CallbackType, std::less<>> callbacks;
  std::vector<Function> functions;
  policy::Place place;

  // On the system that this is; empty: none.
  const std::string& file_here() const;
};

struct Manifest {
  std::string document;
  std::string allocate = "malloc", release = "free";
  std::vector<Library> libraries;
};

// Never fails on bad input but by diagnostics; `document` is what places call the text.
std::expected<Manifest, std::vector<policy::Diagnostic>> read_manifest(std::string_view text,
                                                                       std::string document);

struct ManifestKey {
  std::string_view of, key, text;  // of: "guest", "library", ...
};
std::span<const ManifestKey> all_manifest_keys();

}  // namespace skerry::native
