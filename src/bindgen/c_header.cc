// Declarations by libclang. The values of macros come from a second text, in which each is the
// value of an enumerator: lines that are wrong there are macros that are no constants.
#include "bindgen/c_header.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "native/libclang.h"

namespace skerry::bindgen {
namespace {

using native::Libclang;

bool is_identifier(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// A translation unit with what it was made from.
class Unit {
 public:
  Unit(const Libclang& clang, const std::vector<std::string>& words, const std::string& file,
       const std::string* text, unsigned options)
      : clang_(clang), index_(clang.clang_createIndex(0, 0)) {
    std::vector<const char*> arguments;
    for (const std::string& word : words) arguments.push_back(word.c_str());
    CXUnsavedFile unsaved{file.c_str(), text ? text->c_str() : nullptr, 0};
    // libclang counts in unsigned long, which is of 32 bits on Windows.
    unsaved.Length = text ? static_cast<unsigned long>(text->size()) : 0;
    if (clang.clang_parseTranslationUnit2(index_, file.c_str(), arguments.data(),
                                          static_cast<int>(arguments.size()), &unsaved,
                                          text ? 1 : 0, options, &unit_) != CXError_Success)
      unit_ = nullptr;
  }
  Unit(const Unit&) = delete;
  Unit& operator=(const Unit&) = delete;
  ~Unit() {
    if (unit_) clang_.clang_disposeTranslationUnit(unit_);
    clang_.clang_disposeIndex(index_);
  }

  explicit operator bool() const { return unit_ != nullptr; }
  CXCursor cursor() const { return clang_.clang_getTranslationUnitCursor(unit_); }

  template <class Each>
  void each_error(Each each) const {
    for (unsigned i = 0; i < clang_.clang_getNumDiagnostics(unit_); ++i) {
      const CXDiagnostic one = clang_.clang_getDiagnostic(unit_, i);
      if (clang_.clang_getDiagnosticSeverity(one) >= CXDiagnostic_Error) each(one);
      clang_.clang_disposeDiagnostic(one);
    }
  }

 private:
  const Libclang& clang_;
  CXIndex index_;
  CXTranslationUnit unit_ = nullptr;
};

class HeaderReader {
 public:
  explicit HeaderReader(const Libclang& clang) : clang_(clang) {}

  void read(CXCursor root) {
    visit(root, [&](CXCursor cursor) { declaration(cursor); });
  }
  CHeader header;
  std::vector<std::string> macro_names;

  template <class Each>
  void visit(CXCursor cursor, Each each) const {
    clang_.clang_visitChildren(
        cursor,
        [](CXCursor child, CXCursor, CXClientData data) {
          (*static_cast<Each*>(data))(child);
          return CXChildVisit_Continue;
        },
        &each);
  }
  std::string name_of(CXCursor cursor) const {
    return clang_.text(clang_.clang_getCursorSpelling(cursor));
  }
  // Of this enumeration.
  CConstant constant(CXCursor cursor, CXCursor of) const {
    const CXType type = clang_.clang_getCanonicalType(clang_.clang_getEnumDeclIntegerType(of));
    const bool is_unsigned = type.kind == CXType_ULongLong;
    return {name_of(cursor), clang_.clang_getEnumConstantDeclValue(cursor), is_unsigned};
  }

 private:
  void declaration(CXCursor cursor);
  void function(CXCursor cursor);
  CFunction signature(CXType type);  // without names
  // What the parameters of a pointer to a function are called.
  void name_callback(CType& type, CXCursor parameter) const;
  void enumeration(CXCursor cursor);
  CType type_of(CXType type);
  std::string record_name(CXType type) const;
  void record(const std::string& name, CXType type);

  const Libclang& clang_;
  std::set<std::string> seen_;
};

void HeaderReader::declaration(CXCursor cursor) {
  if (!clang_.clang_Location_isFromMainFile(clang_.clang_getCursorLocation(cursor))) return;
  switch (clang_.clang_getCursorKind(cursor)) {
    case CXCursor_FunctionDecl: return function(cursor);
    case CXCursor_EnumDecl: return enumeration(cursor);
    case CXCursor_MacroDefinition:
      if (!clang_.clang_Cursor_isMacroFunctionLike(cursor)) macro_names.push_back(name_of(cursor));
      return;
    default: return;
  }
}

void HeaderReader::function(CXCursor cursor) {
  if (clang_.clang_Cursor_getStorageClass(cursor) == CX_SC_Static ||
      clang_.clang_Cursor_isFunctionInlined(cursor))
    return;
  const std::string name = name_of(cursor);
  if (!seen_.insert(name).second) return;
  CFunction made = signature(clang_.clang_getCursorType(cursor));
  made.name = name;
  for (size_t i = 0; i < made.parameters.size(); ++i) {
    const CXCursor parameter = clang_.clang_Cursor_getArgument(cursor, static_cast<unsigned>(i));
    made.parameters[i].name = name_of(parameter);
    name_callback(made.parameters[i].type, parameter);
  }
  header.functions.push_back(std::move(made));
}

CFunction HeaderReader::signature(CXType type) {
  CFunction made;
  const CXType plain = clang_.clang_getCanonicalType(type);
  made.has_prototype = plain.kind == CXType_FunctionProto;
  made.is_variadic = clang_.clang_isFunctionTypeVariadic(type) != 0;
  made.result = type_of(clang_.clang_getResultType(type));
  for (int i = 0; i < clang_.clang_getNumArgTypes(type); ++i)
    made.parameters.push_back(
        {{}, type_of(clang_.clang_getArgType(type, static_cast<unsigned>(i)))});
  return made;
}

void HeaderReader::name_callback(CType& type, CXCursor parameter) const {
  if (!type.is_pointer_to(CType::Kind::Function)) return;
  const CXType own = clang_.clang_getCursorType(parameter);
  // Names are not the type's: they stand where it is written, here or in a typedef.
  std::vector<std::string> names;
  for (const CXCursor from : {parameter, clang_.clang_getTypeDeclaration(own),
                              clang_.clang_getTypeDeclaration(clang_.clang_getPointeeType(own))}) {
    if (names.empty())
      visit(from, [&](CXCursor child) {
        if (clang_.clang_getCursorKind(child) == CXCursor_ParmDecl) names.push_back(name_of(child));
      });
  }
  CFunction named = *type.inner->function;
  if (names.size() != named.parameters.size()) return;
  for (size_t i = 0; i < names.size(); ++i) named.parameters[i].name = names[i];
  CType inner = *type.inner;
  inner.function = std::make_shared<const CFunction>(std::move(named));
  type.inner = std::make_shared<const CType>(std::move(inner));
}

void HeaderReader::enumeration(CXCursor cursor) {
  CEnum made;
  made.type = type_of(clang_.clang_getCursorType(cursor));
  made.name = made.type.name;
  if (!made.name.empty() && !seen_.insert("enum " + made.name).second) return;
  visit(cursor, [&](CXCursor child) {
    if (clang_.clang_getCursorKind(child) == CXCursor_EnumConstantDecl)
      made.values.push_back(constant(child, cursor));
  });
  header.enums.push_back(std::move(made));
}

std::string HeaderReader::record_name(CXType type) const {
  std::string name = name_of(clang_.clang_getTypeDeclaration(clang_.clang_getCanonicalType(type)));
  if (is_identifier(name)) return name;
  // One that only a typedef names.
  name = clang_.text(clang_.clang_getTypeSpelling(type));
  for (const char* const word : {"const ", "enum ", "struct "})
    if (name.starts_with(word)) name = name.substr(std::string_view(word).size());
  return is_identifier(name) ? name : std::string();
}

CType HeaderReader::type_of(CXType type) {
  using Kind = CType::Kind;
  const CXType plain = clang_.clang_getCanonicalType(type);
  CType made;
  made.spelling = clang_.text(clang_.clang_getTypeSpelling(type));
  made.is_const = clang_.clang_isConstQualifiedType(plain) != 0;
  const auto size = clang_.clang_Type_getSizeOf(plain);
  made.bytes = size > 0 && size <= UINT32_MAX ? static_cast<uint32_t>(size) : 0;
  switch (plain.kind) {
    case CXType_Void: made.kind = Kind::Void; break;
    case CXType_Bool: made.kind = Kind::Bool; break;
    case CXType_Char_S: made.is_char = true; [[fallthrough]];
    case CXType_SChar:
    case CXType_Short:
    case CXType_Int:
    case CXType_Long:
    case CXType_LongLong: made.kind = Kind::Int, made.is_signed = true; break;
    case CXType_Char_U: made.is_char = true; [[fallthrough]];
    case CXType_UChar:
    case CXType_UShort:
    case CXType_UInt:
    case CXType_ULong:
    case CXType_ULongLong: made.kind = Kind::Int; break;
    case CXType_Float:
    case CXType_Double: made.kind = Kind::Float; break;
    case CXType_Enum: {
      const CXType of = clang_.clang_getCanonicalType(
          clang_.clang_getEnumDeclIntegerType(clang_.clang_getTypeDeclaration(plain)));
      made.kind = Kind::Enum;
      made.is_signed = of.kind == CXType_Int || of.kind == CXType_Long ||
                       of.kind == CXType_LongLong || of.kind == CXType_Short ||
                       of.kind == CXType_SChar;
      made.name = record_name(type);
      break;
    }
    case CXType_Record:
      made.kind = Kind::Record;
      made.name = record_name(type);
      if (!made.name.empty()) record(made.name, plain);
      break;
    case CXType_Pointer: {
      CXType pointee = clang_.clang_getPointeeType(type);
      if (pointee.kind == CXType_Invalid) pointee = clang_.clang_getPointeeType(plain);
      made.kind = Kind::Pointer;
      made.inner = std::make_shared<const CType>(type_of(pointee));
      break;
    }
    case CXType_FunctionProto:
    case CXType_FunctionNoProto:
      made.kind = Kind::Function;
      made.function = std::make_shared<const CFunction>(signature(type));
      break;
    case CXType_ConstantArray:
      made.kind = Kind::Array;
      made.count = static_cast<uint64_t>(clang_.clang_getArraySize(plain));
      made.inner = std::make_shared<const CType>(type_of(clang_.clang_getArrayElementType(plain)));
      break;
    default: made.kind = Kind::Other; break;
  }
  return made;
}

void HeaderReader::record(const std::string& name, CXType type) {
  // Also while its own fields are read, which may lead back to it.
  if (header.records.contains(name)) return;
  header.records[name] = {};
  const CXCursor declared = clang_.clang_getTypeDeclaration(type);
  CRecord made;
  made.is_complete = !clang_.clang_Cursor_isNull(clang_.clang_getCursorDefinition(declared));
  if (clang_.clang_getCursorKind(declared) == CXCursor_UnionDecl) made.why_not = "it is a union";
  if (made.is_complete) {
    made.bytes = static_cast<uint64_t>(clang_.clang_Type_getSizeOf(type));
    struct Visit {
      HeaderReader& reader;
      CRecord& made;
    } visit{*this, made};
    clang_.clang_Type_visitFields(
        type,
        [](CXCursor field, CXClientData data) {
          auto& [reader, into] = *static_cast<Visit*>(data);
          const Libclang& clang = reader.clang_;
          const std::string field_name = reader.name_of(field);
          if (clang.clang_Cursor_isBitField(field)) into.why_not = "it has a field of bits";
          if (!is_identifier(field_name)) into.why_not = "it has a field without a name";
          const auto bits = clang.clang_Cursor_getOffsetOfField(field);
          into.fields.push_back({field_name, reader.type_of(clang.clang_getCursorType(field)),
                                 static_cast<uint64_t>(bits < 0 ? 0 : bits) / 8});
          return CXVisit_Continue;
        },
        &visit);
  }
  header.records[name] = std::move(made);
}

// Values of those macros that are constants.
std::vector<CConstant> macro_values(const Libclang& clang, const HeaderReader& names,
                                    std::vector<std::string> words, const std::string& file) {
  std::string text;
  for (const std::string& name : names.macro_names)
    text += "enum { skerry_value_" + name + " = (" + name + ") };\n";
  words.push_back("-include");
  words.push_back(file);
  const Unit unit(clang, words, "skerry-values.c", &text, CXTranslationUnit_SkipFunctionBodies);
  std::vector<CConstant> found;
  if (!unit) return found;
  std::set<unsigned> wrong;
  unit.each_error([&](CXDiagnostic one) {
    unsigned line = 0;
    clang.clang_getExpansionLocation(clang.clang_getDiagnosticLocation(one), nullptr, &line,
                                     nullptr, nullptr);
    wrong.insert(line);
  });
  constexpr std::string_view kStart = "skerry_value_";
  names.visit(unit.cursor(), [&](CXCursor declared) {
    if (clang.clang_getCursorKind(declared) != CXCursor_EnumDecl ||
        !clang.clang_Location_isFromMainFile(clang.clang_getCursorLocation(declared)))
      return;
    unsigned line = 0;
    clang.clang_getExpansionLocation(clang.clang_getCursorLocation(declared), nullptr, &line,
                                     nullptr, nullptr);
    if (wrong.contains(line)) return;
    names.visit(declared, [&](CXCursor value) {
      CConstant one = names.constant(value, declared);
      if (!one.name.starts_with(kStart)) return;
      one.name = one.name.substr(kStart.size());
      found.push_back(std::move(one));
    });
  });
  return found;
}

}  // namespace

const CFunction* CHeader::find(const std::string& name) const {
  const auto found = std::ranges::find(functions, name, &CFunction::name);
  return found == functions.end() ? nullptr : &*found;
}

std::expected<CHeader, std::string> read_header(const HeaderSource& source) {
  const auto clang = Libclang::load();
  if (!clang)
    return std::unexpected(
        "there is no libclang here: apt-get install libclang1-22 libclang-common-22-dev (or "
        "another version), on Windows LLVM's installer\n");
  const auto full = std::filesystem::absolute(std::filesystem::u8path(source.file)).u8string();
  std::vector<std::string> words = {"-x", "c", "--target=wasm32-wasi", "-Wno-deprecated",
                                    "-ferror-limit=0"};
  if (!clang->resource_folder.empty()) {
    words.push_back("-resource-dir");
    words.push_back(clang->resource_folder);
  }
  for (const std::string& folder : source.folders) words.push_back("-I" + folder);
  for (const std::string& one : source.definitions) words.push_back("-D" + one);
  const Unit unit(
      *clang, words, source.file, nullptr,
      CXTranslationUnit_SkipFunctionBodies | CXTranslationUnit_DetailedPreprocessingRecord);
  if (!unit) return std::unexpected("libclang cannot read it\n");
  std::string errors;
  unit.each_error([&](CXDiagnostic one) {
    errors += clang->text(clang->clang_formatDiagnostic(
                  one, clang->clang_defaultDiagnosticDisplayOptions())) +
              "\n";
  });
  if (!errors.empty()) return std::unexpected(errors);
  HeaderReader reader(*clang);
  reader.read(unit.cursor());
  reader.header.macros = macro_values(*clang, reader, words, std::string(full.begin(), full.end()));
  return std::move(reader.header);
}

}  // namespace skerry::bindgen
