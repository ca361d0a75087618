// Letters are ASCII's: what lies outside is left out of names, and written by number in texts.
#include "bindgen/go_names.h"

#include <fmt/format.h>

#include <algorithm>

namespace skerry::bindgen {
namespace {

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return is_lower(c) || is_upper(c) || is_digit(c); }

// The language's words, what is declared everywhere, the packages that generated code imports, and
// the names that it uses itself.
constexpr std::string_view kReserved[] = {
    "break",      "case",        "chan",       "const",   "continue", "default", "defer",
    "else",       "fallthrough", "for",        "func",    "go",       "goto",    "if",
    "import",     "interface",   "map",        "package", "range",    "return",  "select",
    "struct",     "switch",      "type",       "var",     "any",      "bool",    "byte",
    "comparable", "complex64",   "complex128", "error",   "float32",  "float64", "int",
    "int8",       "int16",       "int32",      "int64",   "rune",     "string",  "uint",
    "uint8",      "uint16",      "uint32",     "uint64",  "uintptr",  "true",    "false",
    "iota",       "nil",         "append",     "cap",     "clear",    "close",   "complex",
    "copy",       "delete",      "imag",       "len",     "make",     "max",     "min",
    "new",        "panic",       "print",      "println", "real",     "recover", "context",
    "skerry",     "scratch",     "unsafe",     "embed",   "ctx",      "err",     "frame",
    "result",     "l",           "c",          "ok",      "imports",  "h",       "init",
    "main",       "wasm",        "used",       "raw",     "slots",    "answer",  "failed",
    "freed",      "lent",        "kept",       "called",  "i",        "at"};

}  // namespace

bool is_reserved(std::string_view name) {
  return std::ranges::find(kReserved, name) != std::end(kReserved);
}

bool is_exported_name(std::string_view name) {
  return !name.empty() && is_upper(name[0]) &&
         std::ranges::all_of(name, [](char c) { return is_letter(c) || c == '_'; });
}

bool is_package_name(std::string_view name) {
  // `main` is a program's.
  return !name.empty() && is_lower(name[0]) && !is_reserved(name) &&
         std::ranges::all_of(name, [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
}

std::string exported_name(std::string_view name) {
  std::string made;
  bool starts = true;
  for (const char c : name) {
    if (!is_letter(c)) {
      starts = true;
      continue;
    }
    // Between numbers something has to stand.
    if (starts && is_digit(c) && !made.empty() && is_digit(made.back())) made += '_';
    made += starts && is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
    starts = false;
  }
  if (made.empty() || is_digit(made[0])) made.insert(0, "X");
  return made;
}

std::string local_name(std::string_view name) {
  std::string made = exported_name(name);
  // "URLText" is "urlText": of capital letters at the start all but one before a small one.
  size_t count = 0;
  while (count < made.size() && is_upper(made[count])) ++count;
  if (count > 1 && count < made.size() && is_lower(made[count])) --count;
  for (size_t i = 0; i < std::max<size_t>(count, 1); ++i)
    if (is_upper(made[i])) made[i] = static_cast<char>(made[i] - 'A' + 'a');
  if (is_reserved(made)) made += '_';
  return made;
}

std::string package_name(std::string_view name) {
  std::string made;
  for (const char c : name)
    if (is_letter(c)) made += is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  if (made.empty() || is_digit(made[0])) made.insert(0, "lib");
  if (is_reserved(made)) made += "lib";
  return made;
}

std::string quoted(std::string_view text) {
  std::string made = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      made += std::string("\\") + c;
    else if (c >= 0x20 && c < 0x7f)
      made += c;
    else
      made += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return made + "\"";
}

}  // namespace skerry::bindgen
