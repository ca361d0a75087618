// Functions of a header, one after another, and the text of the manifest.
#include "native/header_binding.h"

#include <algorithm>
#include <filesystem>

#include "native/c_types.h"
#include "native/manifest.h"

namespace skerry::native {
namespace {

class HeaderBinder {
 public:
  HeaderBinder(const Libclang& clang, const HeaderOptions& options)
      : clang_(clang), options_(options), types_(clang, options.has_single_pointers) {}

  BoundHeader bind(CXTranslationUnit unit);

 private:
  static CXChildVisitResult seen(CXCursor cursor, CXCursor, CXClientData self) {
    static_cast<HeaderBinder*>(self)->add(cursor);
    return CXChildVisit_Continue;
  }
  void add(CXCursor cursor);
  void bind_function(CXCursor cursor);
  // The keys of a function, or why it has none.
  CTypes::Word keys_of(CXCursor cursor, const std::string& name);
  std::string name_of(CXCursor cursor) const {
    return clang_.text(clang_.clang_getCursorSpelling(cursor));
  }
  std::string text() const;

  const Libclang& clang_;
  const HeaderOptions& options_;
  CTypes types_;
  std::vector<CXCursor> functions_;
  std::set<std::string> names_;
  CTypes::Needs needs_;
  std::string rows_, left_out_;
  size_t bound_count_ = 0, left_out_count_ = 0;
};

void HeaderBinder::add(CXCursor cursor) {
  if (clang_.clang_getCursorKind(cursor) != CXCursor_FunctionDecl) return;
  if (!clang_.clang_Location_isFromMainFile(clang_.clang_getCursorLocation(cursor))) return;
  // These are no exports of the library.
  if (clang_.clang_Cursor_getStorageClass(cursor) == CX_SC_Static ||
      clang_.clang_Cursor_isFunctionInlined(cursor))
    return;
  const std::string name = name_of(cursor);
  const auto fits = [&](const std::string& glob) { return matches_glob(glob, name); };
  types_.note_result(clang_.clang_getResultType(clang_.clang_getCursorType(cursor)));
  if (!options_.only.empty() && std::ranges::none_of(options_.only, fits)) return;
  if (names_.insert(name).second) functions_.push_back(cursor);
}

CTypes::Word HeaderBinder::keys_of(CXCursor cursor, const std::string& name) {
  const CXType type = clang_.clang_getCursorType(cursor);
  if (clang_.clang_isFunctionTypeVariadic(type))
    return std::unexpected("it takes any number of arguments");
  const int count = clang_.clang_getNumArgTypes(type);
  if (count < 0) return std::unexpected("its parameters are not said");
  if (static_cast<size_t>(count) > kMaxParameters)
    return std::unexpected("it has more than " + std::to_string(kMaxParameters) + " parameters");
  std::string list;
  for (int i = 0; i < count; ++i) {
    const std::string own =
        name_of(clang_.clang_Cursor_getArgument(cursor, static_cast<unsigned>(i)));
    const std::string callback = name + "_" + (own.empty() ? std::to_string(i + 1) : own);
    const auto word =
        types_.parameter(clang_.clang_getArgType(type, static_cast<unsigned>(i)), callback);
    if (!word)
      return std::unexpected(
          (own.empty() ? "parameter " + std::to_string(i + 1) : "`" + own + "`") + ": " +
          word.error());
    list += (list.empty() ? "\"" : ", \"") + (own.empty() ? "" : own + ": ") + *word + "\"";
  }
  const auto result = types_.result(clang_.clang_getResultType(type));
  if (!result) return result;
  std::string keys = list.empty() ? "" : "parameters = [" + list + "]";
  if (*result != "void") keys += (keys.empty() ? "result = \"" : ", result = \"") + *result + "\"";
  return keys.empty() ? "{}" : "{ " + keys + " }";
}

void HeaderBinder::bind_function(CXCursor cursor) {
  const std::string name = name_of(cursor);
  const auto keys = keys_of(cursor, name);
  CTypes::Needs needs = types_.take_needs();
  if (!keys) {
    ++left_out_count_;
    left_out_ += "# " + name + ": " + keys.error() + "\n";
    return;
  }
  ++bound_count_;
  rows_ += name + " = " + *keys + "\n";
  needs_.handles.merge(needs.handles);
  needs_.structs.merge(needs.structs);
  needs_.callbacks.merge(needs.callbacks);
}

std::string HeaderBinder::text() const {
  const std::string section = "[libraries." + options_.library;
  const auto header = std::filesystem::u8path(options_.header).filename().u8string();
  std::string out = "# Functions of " + std::string(header.begin(), header.end()) +
                    ", made by `skerry bind`. Compare it with the library's documentation.\n" +
                    section + "]\nlinux = \"lib" + options_.library + ".so\"\nwindows = \"" +
                    options_.library + ".dll\"\n";
  if (!rows_.empty()) out += "\n" + section + ".functions]\n" + rows_;
  if (!needs_.handles.empty()) {
    out += "\n# Say `freed_by` where the module owns what it gets.\n" + section + ".handles]\n";
    for (const std::string& name : needs_.handles) out += name + " = {}\n";
  }
  if (!needs_.structs.empty()) {
    out += "\n" + section + ".structs]\n";
    for (const auto& [name, fields] : needs_.structs) {
      out += name + " = [";
      for (size_t i = 0; i < fields.size(); ++i) out += (i ? ", \"" : "\"") + fields[i] + "\"";
      out += "]\n";
    }
  }
  if (!needs_.callbacks.empty()) {
    out += "\n" + section + ".callbacks]\n";
    for (const auto& [name, keys] : needs_.callbacks) out += name + " = { " + keys + " }\n";
  }
  if (!left_out_.empty())
    out += "\n# Left out, since the header alone does not say enough:\n" + left_out_;
  return out;
}

BoundHeader HeaderBinder::bind(CXTranslationUnit unit) {
  clang_.clang_visitChildren(clang_.clang_getTranslationUnitCursor(unit), seen, this);
  for (const CXCursor& function : functions_) bind_function(function);
  return {text(), bound_count_, left_out_count_};
}

// Errors of the header, a line each.
std::string complaints(const Libclang& clang, CXTranslationUnit unit) {
  std::string lines;
  for (unsigned i = 0; i < clang.clang_getNumDiagnostics(unit); ++i) {
    const CXDiagnostic one = clang.clang_getDiagnostic(unit, i);
    if (clang.clang_getDiagnosticSeverity(one) >= CXDiagnostic_Error)
      lines += clang.text(clang.clang_formatDiagnostic(
                   one, clang.clang_defaultDiagnosticDisplayOptions())) +
               "\n";
    clang.clang_disposeDiagnostic(one);
  }
  return lines;
}

}  // namespace

bool matches_glob(std::string_view glob, std::string_view name) {
  // Where the last star was, and what it has taken so far.
  size_t g = 0, n = 0, star = std::string_view::npos, taken = 0;
  while (n < name.size()) {
    if (g < glob.size() && (glob[g] == '?' || (glob[g] == name[n] && glob[g] != '*'))) {
      ++g, ++n;
    } else if (g < glob.size() && glob[g] == '*') {
      star = g++;
      taken = n;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      n = ++taken;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

std::expected<BoundHeader, std::string> bind_header(const HeaderOptions& options) {
  const auto clang = Libclang::load();
  if (!clang)
    return std::unexpected(
        "there is no libclang here: apt-get install libclang1-22 libclang-common-22-dev (or "
        "another "
        "version), on Windows LLVM's installer\n");
  std::vector<std::string> words = {"-x", "c"};
  for (const std::string& folder : options.folders) words.push_back("-I" + folder);
  std::vector<const char*> arguments;
  for (const std::string& word : words) arguments.push_back(word.c_str());
  const CXIndex index = clang->clang_createIndex(0, 0);
  CXTranslationUnit unit = nullptr;
  const CXErrorCode failed = clang->clang_parseTranslationUnit2(
      index, options.header.c_str(), arguments.data(), static_cast<int>(arguments.size()), nullptr,
      0, CXTranslationUnit_SkipFunctionBodies, &unit);
  std::expected<BoundHeader, std::string> result;
  if (failed != CXError_Success || !unit) {
    result = std::unexpected("libclang cannot read it\n");
  } else if (const std::string lines = complaints(*clang, unit); !lines.empty()) {
    result = std::unexpected(lines);
  } else {
    result = HeaderBinder(*clang, options).bind(unit);
  }
  if (unit) clang->clang_disposeTranslationUnit(unit);
  clang->clang_disposeIndex(index);
  return result;
}

}  // namespace skerry::native
