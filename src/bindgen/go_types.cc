// Of C's types only numbers and structs have names in Go; every pointer is an address.
#include "bindgen/go_types.h"

#include <fmt/format.h>

#include "bindgen/go_names.h"

namespace skerry::bindgen {
namespace {

std::string number(const CType& type) {
  if (type.kind == CType::Kind::Float) return fmt::format("float{}", type.bytes * 8);
  return fmt::format("{}int{}", type.is_signed ? "" : "u", type.bytes * 8);
}

}  // namespace

std::string GoTypes::name(const CType& type) const {
  switch (type.kind) {
    case CType::Kind::Bool: return "bool";
    case CType::Kind::Record: return package_.structs.at(type.name);
    case CType::Kind::Pointer: return "uint32";
    case CType::Kind::Enum:
      if (const auto found = package_.enums.find(type.name); found != package_.enums.end())
        return found->second;
      return number(type);
    default: return number(type);
  }
}

std::string GoTypes::element(const CType& type) const {
  switch (element_of(type)) {
    case Element::Text: return "string";
    case Element::Handle: return "*" + handle(*type.inner);
    default: return name(type);
  }
}

std::string GoTypes::raw(ValType type) {
  switch (type.kind()) {
    case ValType::I64: return "int64";
    case ValType::F32: return "float32";
    case ValType::F64: return "float64";
    default: return "int32";
  }
}

std::string GoTypes::raw(const CType& type) const {
  if (type.kind == CType::Kind::Record) return raw(only_field(type).type);
  if (type.kind == CType::Kind::Float) return number(type);
  if (type.kind == CType::Kind::Pointer || type.kind == CType::Kind::Bool) return "uint32";
  return fmt::format("{}int{}", type.is_signed ? "" : "u", type.bytes == 8 ? 64 : 32);
}

std::string GoTypes::stored(const CType& type) const {
  return type.kind == CType::Kind::Bool ? "uint8" : name(type);
}

std::string GoTypes::to_raw(const std::string& value, const CType& type) const {
  if (type.kind == CType::Kind::Record) {
    const CField& field = only_field(type);
    return to_raw(value + "." + exported_name(field.name), field.type);
  }
  if (type.kind == CType::Kind::Bool) return "scratch.Bool(" + value + ")";
  return converted(value, name(type), raw(type));
}

std::string GoTypes::from_raw(const std::string& value, const CType& type) const {
  if (type.kind == CType::Kind::Record) {
    const CField& field = only_field(type);
    return fmt::format("{}{{{}: {}}}", name(type), exported_name(field.name),
                       from_raw(value, field.type));
  }
  if (type.kind == CType::Kind::Bool) return value + " != 0";
  return converted(value, raw(type), name(type));
}

std::string GoTypes::to_stored(const std::string& value, const CType& type) const {
  return type.kind == CType::Kind::Bool ? "uint8(scratch.Bool(" + value + "))" : value;
}

std::string GoTypes::from_stored(const std::string& value, const CType& type) const {
  return type.kind == CType::Kind::Bool ? value + " != 0" : value;
}

}  // namespace skerry::bindgen
