// By kind of type; typedefs with a fixed meaning come before what they stand for here.
#include "native/c_types.h"

#include <algorithm>
#include <utility>

namespace skerry::native {
namespace {

constexpr std::pair<std::string_view, std::string_view> kTypedefs[] = {
    {"int8_t", "i8"},     {"uint8_t", "u8"},    {"int16_t", "i16"},     {"uint16_t", "u16"},
    {"int32_t", "i32"},   {"uint32_t", "u32"},  {"int64_t", "i64"},     {"uint64_t", "u64"},
    {"size_t", "size"},   {"ssize_t", "ssize"}, {"ptrdiff_t", "ssize"}, {"intptr_t", "ssize"},
    {"uintptr_t", "size"}};

constexpr std::pair<CXTypeKind, std::string_view> kKinds[] = {
    {CXType_Bool, "bool"},     {CXType_Char_S, "i8"},   {CXType_SChar, "i8"},
    {CXType_Char_U, "u8"},     {CXType_UChar, "u8"},    {CXType_Short, "i16"},
    {CXType_UShort, "u16"},    {CXType_Int, "i32"},     {CXType_UInt, "u32"},
    {CXType_Long, "long"},     {CXType_ULong, "ulong"}, {CXType_LongLong, "i64"},
    {CXType_ULongLong, "u64"}, {CXType_Float, "f32"},   {CXType_Double, "f64"}};

std::string without_const(std::string name) {
  if (name.starts_with("const ")) name.erase(0, 6);
  return name;
}

}  // namespace

auto CTypes::number(CXType type) const -> Word {
  // The nearest typedef that has a meaning of its own.
  for (CXType one = type;;) {
    const std::string name = without_const(spelling(one));
    for (const auto& [known, word] : kTypedefs)
      if (name == known) return std::string(word);
    const CXCursor declared = clang_.clang_getTypeDeclaration(one);
    if (clang_.clang_getCursorKind(declared) != CXCursor_TypedefDecl) break;
    const CXType inner = clang_.clang_getTypedefDeclUnderlyingType(declared);
    if (inner.kind == CXType_Invalid) break;
    one = inner;
  }
  CXType plain = canonical(type);
  if (plain.kind == CXType_Enum)
    plain = canonical(clang_.clang_getEnumDeclIntegerType(clang_.clang_getTypeDeclaration(plain)));
  for (const auto& [kind, word] : kKinds)
    if (plain.kind == kind) return std::string(word);
  return no("`" + spelling(type) + "` is no type that a manifest knows");
}

std::string CTypes::record_name(CXType record) const {
  std::string name = clang_.text(
      clang_.clang_getCursorSpelling(clang_.clang_getTypeDeclaration(canonical(record))));
  // Newer versions spell the place of one without a name.
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (!name.empty() && std::ranges::all_of(name, is_word)) return name;
  name = without_const(spelling(record));
  return std::ranges::all_of(name, is_word) ? name : std::string();
}

bool CTypes::is_handle(CXType record) const {
  const CXCursor declared = clang_.clang_getTypeDeclaration(canonical(record));
  return clang_.clang_Cursor_isNull(clang_.clang_getCursorDefinition(declared)) != 0 ||
         returned_.contains(record_name(record));
}

bool CTypes::is_char(CXType type) const {
  const CXTypeKind kind = canonical(type).kind;
  return kind == CXType_Char_S || kind == CXType_Char_U;
}

void CTypes::note_result(CXType type) {
  const CXType plain = canonical(type);
  if (plain.kind != CXType_Pointer) return;
  const CXType pointee = clang_.clang_getPointeeType(plain);
  if (canonical(pointee).kind == CXType_Record) returned_.insert(record_name(pointee));
}

auto CTypes::parameter(CXType type, const std::string& name) -> Word {
  const CXType plain = canonical(type);
  switch (plain.kind) {
    case CXType_Pointer: return pointer(type, name);
    case CXType_Record: return no("the struct `" + spelling(type) + "` is passed by value");
    case CXType_ConstantArray:
    case CXType_IncompleteArray: return no("an array: how long it is has to be said by hand");
    default: return number(type);
  }
}

auto CTypes::pointer(CXType type, const std::string& name) -> Word {
  CXType pointee = clang_.clang_getPointeeType(type);
  if (pointee.kind == CXType_Invalid) pointee = clang_.clang_getPointeeType(canonical(type));
  const bool is_const = clang_.clang_isConstQualifiedType(pointee) != 0;
  const CXType plain = canonical(pointee);
  if (plain.kind == CXType_FunctionProto) return callback(plain, name);
  if (plain.kind == CXType_Void)
    return no("`" + spelling(type) + "`: what it leads to is not said");
  if (is_char(pointee))
    return is_const ? Word("cstr")
                    : no("`" + spelling(type) +
                         "`: text that is written needs a length: out buffer[...]");
  const std::string one_or_many =
      "`" + spelling(type) +
      "`: whether it leads to one or to many is not said (--single-pointers says: to one)";
  if (plain.kind == CXType_Record) {
    if (is_handle(pointee)) {
      const std::string kind = record_name(pointee);
      if (kind.empty()) return no("`" + spelling(type) + "` has no name");
      needs_.handles.insert(kind);
      return "handle " + kind;
    }
    if (!has_single_pointers_) return no(one_or_many);
    const auto fields = structure(pointee);
    if (!fields) return fields;
    return (is_const ? "in struct " : "inout struct ") + *fields;
  }
  if (plain.kind == CXType_Pointer) {
    const CXType inner = clang_.clang_getPointeeType(plain);
    if (canonical(inner).kind != CXType_Record || !is_handle(inner) || record_name(inner).empty())
      return no("`" + spelling(type) + "` is a pointer to a pointer");
    if (!has_single_pointers_) return no(one_or_many);
    needs_.handles.insert(record_name(inner));
    return (is_const ? "in handle " : "inout handle ") + record_name(inner);
  }
  const auto word = number(pointee);
  if (!word) return word;
  if (!has_single_pointers_) return no(one_or_many);
  return (is_const ? "in " : "inout ") + *word;
}

auto CTypes::result(CXType type) -> Word {
  const CXType plain = canonical(type);
  if (plain.kind == CXType_Void) return "void";
  if (plain.kind != CXType_Pointer) {
    if (plain.kind == CXType_Record) return no("it returns the struct `" + spelling(type) + "`");
    return number(type);
  }
  const CXType pointee = clang_.clang_getPointeeType(plain);
  if (is_char(pointee)) {
    if (clang_.clang_isConstQualifiedType(pointee)) return "cstr";
    return no("it returns `" + spelling(type) + "`: who frees it is not said (freed_by)");
  }
  if (canonical(pointee).kind == CXType_Record && !record_name(pointee).empty()) {
    needs_.handles.insert(record_name(pointee));
    return "handle " + record_name(pointee);
  }
  return no("it returns `" + spelling(type) + "`: what that leads to is not said");
}

auto CTypes::callback_parameter(CXType type) -> Word {
  const CXType plain = canonical(type);
  if (plain.kind != CXType_Pointer) return number(type);
  const CXType pointee = clang_.clang_getPointeeType(plain);
  if (is_char(pointee) && clang_.clang_isConstQualifiedType(pointee)) return "cstr";
  if (canonical(pointee).kind == CXType_Record && is_handle(pointee) &&
      !record_name(pointee).empty()) {
    needs_.handles.insert(record_name(pointee));
    return "handle " + record_name(pointee);
  }
  return no("a callback gets `" + spelling(type) + "`: what that leads to is not said");
}

auto CTypes::callback(CXType function, const std::string& name) -> Word {
  if (clang_.clang_isFunctionTypeVariadic(function))
    return no("a callback takes any number of arguments");
  std::string list;
  for (int i = 0; i < clang_.clang_getNumArgTypes(function); ++i) {
    const auto word =
        callback_parameter(clang_.clang_getArgType(function, static_cast<unsigned>(i)));
    if (!word) return word;
    list += (list.empty() ? "\"" : ", \"") + *word + "\"";
  }
  const CXType gives = clang_.clang_getResultType(function);
  std::string keys = "parameters = [" + list + "]";
  if (canonical(gives).kind != CXType_Void) {
    const auto word = number(gives);
    if (!word) return word;
    keys += ", result = \"" + *word + "\"";
  }
  needs_.callbacks[name] = keys;
  return "callback " + name;
}

auto CTypes::structure(CXType record) -> Word {
  const std::string name = record_name(record);
  if (name.empty()) return no("a struct without a name");
  if (needs_.structs.contains(name)) return name;
  const CXCursor declared = clang_.clang_getTypeDeclaration(canonical(record));
  if (clang_.clang_getCursorKind(declared) != CXCursor_StructDecl)
    return no("`" + name + "` is a union");
  struct Visit {
    CTypes& types;
    std::vector<std::string> fields = {};
    std::string why = {};
  } visit{*this};
  const auto each = [](CXCursor field, CXClientData data) {
    Visit& state = *static_cast<Visit*>(data);
    CTypes& types = state.types;
    const std::string field_name = types.clang_.text(types.clang_.clang_getCursorSpelling(field));
    CXType type = types.clang_.clang_getCursorType(field);
    std::string count;
    if (types.canonical(type).kind == CXType_ConstantArray) {
      const CXType array = types.canonical(type);
      count = "[" + std::to_string(types.clang_.clang_getArraySize(array)) + "]";
      type = types.clang_.clang_getArrayElementType(array);
    }
    Word word;
    const CXType plain = types.canonical(type);
    if (types.clang_.clang_Cursor_isBitField(field))
      word = no("a field of bits");
    else if (plain.kind == CXType_Record)
      word = types.structure(type);
    else if (plain.kind == CXType_Pointer)
      word = types.callback_parameter(type);
    else
      word = types.number(type);
    if (word && plain.kind == CXType_Record) *word = "struct " + *word;
    if (word && *word == "cstr") word = no("a pointer");
    if (!word || field_name.empty()) {
      state.why = "its field `" + field_name + "`: " + (word ? "it has no name" : word.error());
      return CXVisit_Break;
    }
    state.fields.push_back(field_name + ": " + *word + count);
    return CXVisit_Continue;
  };
  clang_.clang_Type_visitFields(canonical(record), each, &visit);
  if (!visit.why.empty()) return no("the struct `" + name + "`: " + visit.why);
  if (visit.fields.empty()) return no("the struct `" + name + "` has no fields");
  needs_.structs[name] = std::move(visit.fields);
  return name;
}

}  // namespace skerry::native
