// Splitting of --dir values; the rules are in the header and in docs/guide/cli.md.
#include "cli/dir_mapping.h"

#include <algorithm>
#include <filesystem>

namespace skerry::cli {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// True if the colon at `colon` belongs to a drive letter that starts at `begin`.
bool is_drive_colon(std::string_view text, size_t begin, size_t colon, PathStyle style) {
  if (colon != begin + 1 || !is_letter(text[begin])) return false;
  const bool ends = colon + 1 == text.size();
  if (ends) return style == PathStyle::Windows;
  const char next = text[colon + 1];
  return next == '\\' || (next == '/' && style == PathStyle::Windows);
}

bool has_drive(std::string_view path, PathStyle style) {
  return path.size() >= 2 && path[1] == ':' && is_drive_colon(path, 0, 1, style);
}

// Programs inside know only `/`: C:\data is C:/data there. `.` becomes the root: C programs find a
// relative path below either, Go programs only below the root, since Go makes paths absolute.
std::string guest_name(std::string_view path, PathStyle style) {
  if (path == "." || path == "./" || path == ".\\") return "/";
  std::string result(path);
  if (style == PathStyle::Windows || has_drive(path, style) || path.starts_with("\\\\"))
    std::replace(result.begin(), result.end(), '\\', '/');
  return result;
}

// Offset of the colon that separates two paths, or npos.
size_t find_separator(std::string_view text, PathStyle style) {
  for (size_t i = 0; i < text.size(); ++i)
    if (text[i] == ':' && !is_drive_colon(text, 0, i, style)) return i;
  return std::string_view::npos;
}

}  // namespace

PathStyle native_path_style() {
  return std::filesystem::path::preferred_separator == '\\' ? PathStyle::Windows : PathStyle::Unix;
}

Parsed<DirMapping> parse_dir_mapping(std::string_view text, PathStyle style) {
  constexpr std::string_view kReadonly = ":readonly";
  const auto bad = [&](const char* why) {
    return usage_error("`--dir " + std::string(text) + "`: " + why,
                       "write DIR, HOST::GUEST or GUEST:HOST, each with an optional :readonly");
  };
  DirMapping result;
  std::string_view rest = text;
  if (rest.ends_with(kReadonly)) {
    result.is_readonly = true;
    rest.remove_suffix(kReadonly.size());
  }
  if (rest.empty()) return bad("the folder is missing");

  std::string_view host = rest, guest = rest;
  if (const size_t colon = find_separator(rest, style); colon != std::string_view::npos) {
    const bool is_double = colon + 1 < rest.size() && rest[colon + 1] == ':';
    const std::string_view first = rest.substr(0, colon);
    const std::string_view second = rest.substr(colon + (is_double ? 2 : 1));
    if (first.empty() || second.empty()) return bad("a folder is missing beside the colon");
    host = is_double ? first : second;
    guest = is_double ? second : first;
    if (find_separator(second, style) != std::string_view::npos)
      return bad("there are more colons than it can have");
  }
  result.host = host;
  result.guest = guest_name(guest, style);
  return result;
}

}  // namespace skerry::cli
