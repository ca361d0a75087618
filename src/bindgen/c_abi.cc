// A struct that is one number is that number, however deep it lies.
#include "bindgen/c_abi.h"

#include <fmt/format.h>

#include <set>

#include "bindgen/go_names.h"

namespace skerry::bindgen {
namespace {

constexpr uint64_t kMostStructBytes = 65536;
constexpr int kMaxStructDepth = 16;

std::string why_not(const CHeader& header, const std::string& name, int depth) {
  const auto found = header.records.find(name);
  if (name.empty() || found == header.records.end()) return "it has no name";
  const CRecord& record = found->second;
  if (!record.is_complete) return "its fields are not declared";
  if (!record.why_not.empty()) return record.why_not;
  if (record.fields.empty()) return "it has no fields";
  if (record.bytes > kMostStructBytes || depth > kMaxStructDepth) return "it is too large";
  std::set<std::string> names;
  for (const CField& field : record.fields) {
    const CType& type = field.type.kind == CType::Kind::Array ? *field.type.inner : field.type;
    if (!names.insert(exported_name(field.name)).second)
      return fmt::format("its field `{}` would be the second of that name in Go", field.name);
    if (field.type.kind == CType::Kind::Record) {
      const std::string why = why_not(header, type.name, depth + 1);
      if (!why.empty()) return fmt::format("its field `{}`: {}", field.name, why);
    } else if (!(type.is_number() && type.bytes <= 8) && type.kind != CType::Kind::Pointer) {
      return fmt::format("its field `{}` is of type `{}`", field.name, field.type.spelling);
    }
  }
  return {};
}

std::optional<ValType> raw_struct_type(const CHeader& header, const CType& type) {
  const auto found = header.records.find(type.name);
  if (found == header.records.end() || !why_not_copied(header, type.name).empty())
    return std::nullopt;
  const CRecord& record = found->second;
  if (record.fields.size() != 1) return std::nullopt;
  const CType& only = record.fields[0].type;
  // Padding behind it makes it a struct like others.
  if (only.bytes != record.bytes) return std::nullopt;
  return raw_type(header, only);
}

}  // namespace

std::optional<ValType> raw_type(const CHeader& header, const CType& type) {
  switch (type.kind) {
    case CType::Kind::Bool: return ValType::I32;
    case CType::Kind::Int:
    case CType::Kind::Enum:
      if (type.bytes == 0 || type.bytes > 8) return std::nullopt;
      return type.bytes == 8 ? ValType::I64 : ValType::I32;
    case CType::Kind::Float:
      if (type.bytes != 4 && type.bytes != 8) return std::nullopt;
      return type.bytes == 8 ? ValType::F64 : ValType::F32;
    case CType::Kind::Pointer: return ValType::I32;
    case CType::Kind::Record: return raw_struct_type(header, type);
    default: return std::nullopt;
  }
}

std::string why_not_by_value(const CHeader& header, const std::string& name) {
  std::string why = why_not_copied(header, name);
  if (!why.empty()) return why;
  const CRecord& record = header.records.at(name);
  const CType& first = record.fields[0].type;
  if (record.fields.size() > 1) return {};
  // Which clang takes for its element.
  if (first.kind == CType::Kind::Array && first.count == 1) return "it is an array of one";
  return first.kind == CType::Kind::Record ? why_not_by_value(header, first.name) : std::string();
}

std::string why_not_copied(const CHeader& header, const std::string& record) {
  return why_not(header, record, 0);
}

}  // namespace skerry::bindgen
