// TOML to a Manifest: first every key by itself, then what names refer to.
#include <algorithm>
#include <array>

#include "base/nearest_name.h"
#include "native/manifest.h"
#include "native/struct_layout.h"
#include "platform/dynamic_library.h"
#include "policy/value_reader.h"

namespace skerry::native {
namespace {

using policy::DiagnosticCode;
using policy::Place;

constexpr auto kKeys = std::to_array<ManifestKey>({
#define GUEST_KEY(key, member, form, text) {"guest", #key, text},
#define LIBRARY_KEY(key, member, form, text) {"library", #key, text},
#define FUNCTION_KEY(key, member, form, text) {"function", #key, text},
#define HANDLE_KEY(key, member, form, text) {"handle", #key, text},
#define CALLBACK_KEY(key, member, form, text) {"callback", #key, text},
#include "native/manifest_keys.def"
#undef GUEST_KEY
#undef LIBRARY_KEY
#undef FUNCTION_KEY
#undef HANDLE_KEY
#undef CALLBACK_KEY
});

// Sections inside a library.
constexpr std::string_view kParts[] = {"functions", "structs", "handles", "callbacks"};

bool is_identifier(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// Names of files alone: where they lie is said by other keys.
bool is_file_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\\:\0", 4)) == std::string_view::npos;
}

class ManifestReader {
 public:
  ManifestReader(Manifest& manifest, std::vector<policy::Diagnostic>& diagnostics)
      : manifest_(manifest), reader_(manifest.document, diagnostics) {}

  void read(std::string_view text);

 private:
  template <class Target>
  using Row = policy::KeyRow<ManifestReader, Target>;
  static std::span<const Row<Manifest>> rows(const Manifest&);
  static std::span<const Row<Library>> rows(const Library&);
  static std::span<const Row<Function>> rows(const Function&);
  static std::span<const Row<HandleType>> rows(const HandleType&);
  static std::span<const Row<CallbackType>> rows(const CallbackType&);

  // Forms of keys.
  void read_text(const toml::node& node, std::string& target) { reader_.read_text(node, target); }
  void read_flag(const toml::node& node, bool& target) { reader_.read_flag(node, target); }
  void read_texts(const toml::node& node, std::vector<policy::Said<std::string>>& target) {
    reader_.read_texts(node, target);
  }
  void read_integer(const toml::node& node, std::optional<int64_t>& target) {
    target = node.value_exact<int64_t>();
    if (!target) reader_.complain_about_type(node, "a number is needed");
  }
  void read_error(const toml::node& node, ErrorSource& target);
  void read_parameters(const toml::node& node, std::vector<Parameter>& target) {
    read_list(node, target, Spot::Parameter);
  }
  void read_callback_parameters(const toml::node& node, std::vector<Parameter>& target) {
    read_list(node, target, Spot::CallbackParameter);
  }
  void read_result(const toml::node& node, Type& target) { read_one(node, target, Spot::Result); }
  void read_callback_result(const toml::node& node, Type& target) {
    read_one(node, target, Spot::CallbackResult);
  }

  void read_list(const toml::node& node, std::vector<Parameter>& target, Spot spot);
  void read_one(const toml::node& node, Type& target, Spot spot);
  std::optional<Parameter> type_of(const std::string& text, const Place& place, Spot spot);

  template <class Target>
  void read_keys(const toml::node& node, Target& target, std::span<const std::string_view> parts) {
    reader_.read_section(node, rows(target), *this, target, parts);
  }
  template <class Each>
  void each_named(const toml::node& node, std::string_view section, Each each);
  void read_libraries(const toml::node& node);
  void read_library(const std::string& name, const toml::node& node, Place place);
  void read_part(std::string_view part, const toml::node& node, Library& library);

  // The second pass.
  void resolve(Library& library);
  void resolve_list(const Library& library, std::vector<Parameter>& list, const Place& place);
  void resolve_type(const Library& library, const Type& type, const Place& place);
  void resolve_counts(std::vector<Parameter>& list, const Place& place);
  void check_file(const std::string& file, const Place& place);
  void check_imports();
  void complain_name(const Place& place, const std::string& name, const auto& known);

  Manifest& manifest_;
  policy::ValueReader reader_;
};

#define READ(Target, key, member, form)                                       \
  {#key, [](ManifestReader& reader, const toml::node& node, Target& target) { \
     reader.read_##form(node, target.member);                                 \
   }},
#define SKIP(...)
#define ROWS(Target)                                                                 \
  std::span<const ManifestReader::Row<Target>> ManifestReader::rows(const Target&) { \
    static constexpr auto kRows = std::to_array<Row<Target>>({
#define END     \
  });           \
  return kRows; \
  }
// clang-format off
#define LIBRARY_KEY SKIP
#define FUNCTION_KEY SKIP
#define HANDLE_KEY SKIP
#define CALLBACK_KEY SKIP
#define GUEST_KEY(key, member, form, text) READ(Manifest, key, member, form)
ROWS(Manifest)
#include "native/manifest_keys.def"
END
#undef GUEST_KEY
#undef LIBRARY_KEY
#define GUEST_KEY SKIP
#define LIBRARY_KEY(key, member, form, text) READ(Library, key, member, form)
ROWS(Library)
#include "native/manifest_keys.def"
END
#undef LIBRARY_KEY
#undef FUNCTION_KEY
#define LIBRARY_KEY SKIP
#define FUNCTION_KEY(key, member, form, text) READ(Function, key, member, form)
ROWS(Function)
#include "native/manifest_keys.def"
END
#undef FUNCTION_KEY
#undef HANDLE_KEY
#define FUNCTION_KEY SKIP
#define HANDLE_KEY(key, member, form, text) READ(HandleType, key, member, form)
ROWS(HandleType)
#include "native/manifest_keys.def"
END
#undef HANDLE_KEY
#undef CALLBACK_KEY
#define HANDLE_KEY SKIP
#define CALLBACK_KEY(key, member, form, text) READ(CallbackType, key, member, form)
ROWS(CallbackType)
#include "native/manifest_keys.def"
END
// clang-format on
#undef GUEST_KEY
#undef LIBRARY_KEY
#undef FUNCTION_KEY
#undef HANDLE_KEY
#undef CALLBACK_KEY
#undef READ
#undef SKIP
#undef ROWS
#undef END

void ManifestReader::read(std::string_view text) {
  const toml::parse_result parsed = toml::parse(text, manifest_.document);
  if (!parsed)
    return reader_.complain(DiagnosticCode::BadToml, reader_.place_of(parsed.error().source()),
                            parsed.error().description());
  for (auto&& [key, node] : parsed.table()) {
    static constexpr std::string_view kSections[] = {"libraries", "guest"};
    if (key.str() == "libraries")
      read_libraries(node);
    else if (key.str() == "guest")
      read_keys(node, manifest_, {});
    else
      reader_.complain_about_key(key, kSections);
  }
  for (Library& library : manifest_.libraries) resolve(library);
  check_imports();
  // Sizes are of structs whose fields are all right.
  if (reader_.has_complained()) return;
  for (Library& library : manifest_.libraries)
    for (auto& [name, type] : library.structs)
      if (!lay_out(library.structs, name))
        reader_.complain(DiagnosticCode::EndlessStruct, type.place, name,
                         "or it is larger than the 64 KiB that a struct may have");
}

template <class Each>
void ManifestReader::each_named(const toml::node& node, std::string_view section, Each each) {
  const toml::table* const table = node.as_table();
  if (table == nullptr)
    return reader_.complain(DiagnosticCode::WrongType, reader_.place_of(node.source()), section,
                            "a section for each: [" + std::string(section) + ".NAME]");
  for (auto&& [key, value] : *table) {
    const Place place = reader_.place_of(key.source());
    if (key.str().empty() || key.str().find('\0') != std::string_view::npos)
      reader_.complain(DiagnosticCode::NotAnIdentifier, place, key.str());
    else
      each(std::string(key.str()), value, place);
  }
}

void ManifestReader::read_libraries(const toml::node& node) {
  each_named(node, "libraries", [&](std::string name, const toml::node& value, Place place) {
    read_library(name, value, std::move(place));
  });
}

void ManifestReader::read_library(const std::string& name, const toml::node& node, Place place) {
  Library library;
  library.name = library.module = name;
  library.place = place;
  read_keys(node, library, kParts);
  if (library.file.empty() && library.linux_file.empty() && library.windows_file.empty())
    reader_.complain(DiagnosticCode::MissingKey, place, "file", "the name of the library's file");
  for (const std::string& file : {library.file, library.linux_file, library.windows_file})
    check_file(file, place);
  if (const toml::table* const table = node.as_table())
    for (const std::string_view part : kParts)
      if (const toml::node* const inner = table->get(part)) read_part(part, *inner, library);
  manifest_.libraries.push_back(std::move(library));
}

void ManifestReader::read_part(std::string_view part, const toml::node& node, Library& library) {
  each_named(node, part, [&](const std::string& name, const toml::node& value, const Place& place) {
    if (part == "functions") {
      Function function{.module = library.module,
                        .name = name,
                        .symbol = name,
                        .parameters = {},
                        .result = {},
                        .freed_by = {},
                        .place = place};
      read_keys(value, function, {});
      library.functions.push_back(std::move(function));
      return;
    }
    if (!is_identifier(name))
      return reader_.complain(DiagnosticCode::NotAnIdentifier, place, name,
                              "a name is made of letters, digits and _");
    if (part == "structs") {
      StructType type;
      type.place = place;
      read_list(value, type.fields, Spot::Field);
      if (value.is_array() && value.as_array()->empty())
        reader_.complain(DiagnosticCode::MissingKey, place, name, "a struct has fields");
      library.structs.emplace(name, std::move(type));
    } else if (part == "handles") {
      HandleType type;
      read_keys(value, type, {});
      library.handles.emplace(name, std::move(type));
    } else {
      CallbackType type;
      type.place = place;
      read_keys(value, type, {});
      library.callbacks.emplace(name, std::move(type));
    }
  });
}

void ManifestReader::read_error(const toml::node& node, ErrorSource& target) {
  const auto text = reader_.string(node);
  if (!text) return;
  if (*text == "errno")
    target = ErrorSource::Errno;
  else if (*text == "last_error")
    target = ErrorSource::LastError;
  else
    reader_.complain(DiagnosticCode::NotAChoice, reader_.place_of(node.source()), *text,
                     "one of \"errno\" \"last_error\"");
}

std::optional<Parameter> ManifestReader::type_of(const std::string& text, const Place& place,
                                                 Spot spot) {
  auto parameter = read_parameter(text, spot);
  if (parameter) return std::move(*parameter);
  reader_.complain(DiagnosticCode::NotAType, place, parameter.error().subject,
                   parameter.error().hint);
  return std::nullopt;
}

void ManifestReader::read_list(const toml::node& node, std::vector<Parameter>& target, Spot spot) {
  std::vector<policy::Said<std::string>> texts;
  reader_.read_texts(node, texts);
  for (const auto& [text, place] : texts)
    if (auto parameter = type_of(text, place, spot)) target.push_back(std::move(*parameter));
  if (spot != Spot::Field && target.size() > kMaxParameters)
    reader_.complain(DiagnosticCode::TooMany, reader_.place_of(node.source()), "parameters",
                     "at most " + std::to_string(kMaxParameters));
}

void ManifestReader::read_one(const toml::node& node, Type& target, Spot spot) {
  const auto text = reader_.string(node);
  if (!text) return;
  if (auto parameter = type_of(*text, reader_.place_of(node.source()), spot))
    target = std::move(parameter->type);
}

void ManifestReader::complain_name(const Place& place, const std::string& name, const auto& known) {
  std::vector<std::string_view> names;
  for (const auto& [one, type] : known) names.push_back(one);
  std::string hint = did_you_mean(name, names);
  reader_.complain(DiagnosticCode::UnknownName, place, name,
                   hint.empty() ? "the library's [structs], [handles] and [callbacks] name them"
                                : hint.substr(2));
}

void ManifestReader::resolve_type(const Library& library, const Type& type, const Place& place) {
  if (type.kind == Kind::Handle && !type.name.empty() && !library.handles.contains(type.name))
    complain_name(place, type.name, library.handles);
  if (type.kind == Kind::Struct && !library.structs.contains(type.name))
    complain_name(place, type.name, library.structs);
  if (type.kind == Kind::Callback && !library.callbacks.contains(type.name))
    complain_name(place, type.name, library.callbacks);
}

void ManifestReader::resolve_counts(std::vector<Parameter>& list, const Place& place) {
  for (Parameter& one : list) {
    const std::string& wanted = one.type.count_name;
    if (wanted.empty()) continue;
    const auto found = std::ranges::find(list, wanted, &Parameter::name);
    const bool is_count = found != list.end() && found->type.kind == Kind::Number &&
                          !info(found->type.scalar).is_float &&
                          (!found->type.is_pointer() || has_in(found->type.way));
    if (is_count)
      one.count_index = static_cast<int>(found - list.begin());
    else
      reader_.complain(DiagnosticCode::UnknownName, place, wanted,
                       found == list.end() ? "a parameter is named so: \"" + wanted + ": size\""
                                           : "a count is a whole number, or `inout` of one");
  }
}

void ManifestReader::resolve_list(const Library& library, std::vector<Parameter>& list,
                                  const Place& place) {
  for (const Parameter& one : list) {
    resolve_type(library, one.type, place);
    if (!one.name.empty() &&
        std::ranges::count(list, std::string_view(one.name), &Parameter::name) > 1 &&
        &*std::ranges::find(list, std::string_view(one.name), &Parameter::name) == &one)
      reader_.complain(DiagnosticCode::GivenTwice, place, one.name);
  }
  resolve_counts(list, place);
}

void ManifestReader::resolve(Library& library) {
  for (auto& [name, type] : library.structs) resolve_list(library, type.fields, type.place);
  for (auto& [name, type] : library.callbacks) {
    resolve_list(library, type.parameters, type.place);
    resolve_type(library, type.result, type.place);
  }
  for (Function& function : library.functions) {
    resolve_list(library, function.parameters, function.place);
    resolve_type(library, function.result, function.place);
    const bool is_text =
        function.result.kind == Kind::CString || function.result.kind == Kind::WString;
    if (!function.freed_by.empty() && !is_text)
      reader_.complain(DiagnosticCode::WrongType, function.place, "freed_by",
                       "it is for functions whose result is `cstr` or `wstr`; handles have it in "
                       "[handles]");
  }
}

void ManifestReader::check_file(const std::string& file, const Place& place) {
  if (!file.empty() && !is_file_name(file))
    reader_.complain(DiagnosticCode::NotAFile, place, file,
                     "a name without folders; `directories` says where to look");
}

void ManifestReader::check_imports() {
  std::map<std::pair<std::string_view, std::string_view>, const Function*> known;
  for (const Library& library : manifest_.libraries)
    for (const Function& function : library.functions)
      if (!known.try_emplace({function.module, function.name}, &function).second)
        reader_.complain(DiagnosticCode::GivenTwice, function.place,
                         function.module + "." + function.name, "an import has one function");
}

FuncType type_of_func(const std::vector<Parameter>& parameters, const Type& result) {
  FuncType type;
  for (const Parameter& one : parameters) type.params.push_back(value_type(one.type));
  if (result.kind != Kind::Nothing) type.results.push_back(value_type(result));
  return type;
}

}  // namespace

FuncType Function::func_type() const { return type_of_func(parameters, result); }
FuncType CallbackType::func_type() const { return type_of_func(parameters, result); }

const std::string& Library::file_here() const {
  const std::string& own = platform::DynamicLibrary::is_windows() ? windows_file : linux_file;
  return own.empty() ? file : own;
}

std::expected<Manifest, std::vector<policy::Diagnostic>> read_manifest(std::string_view text,
                                                                       std::string document) {
  Manifest manifest;
  manifest.document = std::move(document);
  std::vector<policy::Diagnostic> diagnostics;
  ManifestReader(manifest, diagnostics).read(text);
  if (diagnostics.empty()) return manifest;
  policy::sort_by_place(diagnostics);
  return std::unexpected(std::move(diagnostics));
}

std::span<const ManifestKey> all_manifest_keys() { return kKeys; }

}  // namespace skerry::native
