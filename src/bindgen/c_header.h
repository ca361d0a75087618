// CHeader: what a C header declares, with the layouts that its types have in a wasm32 module.
// Not here: what becomes of it (plan.h). Invariant: sizes and offsets are libclang's, for wasm32.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace skerry::bindgen {

struct CFunction;

struct CType {
  enum class Kind : uint8_t {
    Void,
    Bool,
    Int,
    Float,
    Enum,
    Record,
    Pointer,
    Function,
    Array,
    Other
  };
  Kind kind = Kind::Void;
  uint32_t bytes = 0;  // of Int, Enum, Float
  bool is_signed = false;
  bool is_char = false;  // plain `char`
  bool is_const = false;
  std::string name;                           // of an Enum or Record; empty if it has none
  std::string spelling;                       // as C has it
  uint64_t count = 0;                         // of an Array
  std::shared_ptr<const CType> inner;         // of a Pointer or Array
  std::shared_ptr<const CFunction> function;  // of a Function

  bool is_number() const {
    return kind == Kind::Bool || kind == Kind::Int || kind == Kind::Float || kind == Kind::Enum;
  }
  bool is_pointer_to(Kind what) const { return kind == Kind::Pointer && inner->kind == what; }
};

struct CField {
  std::string name;
  CType type;
  uint64_t offset_bytes = 0;
};

struct CRecord {
  bool is_complete = false;
  uint64_t bytes = 0;
  std::vector<CField> fields;
  std::string why_not;  // it cannot be copied field by field
};

struct CParameter {
  std::string name;  // may be empty
  CType type;
};

struct CFunction {
  std::string name;  // of a type: empty
  std::vector<CParameter> parameters;
  CType result;
  bool is_variadic = false;
  bool has_prototype = true;
};

struct CConstant {
  std::string name;
  int64_t value = 0;
  bool is_unsigned = false;  // then `value` is the bits of a uint64_t
};

struct CEnum {
  std::string name;  // empty: constants alone
  CType type;
  std::vector<CConstant> values;
};

struct CHeader {
  std::vector<CFunction> functions;  // in the header's order
  std::map<std::string, CRecord> records;
  std::vector<CEnum> enums;
  std::vector<CConstant> macros;

  const CFunction* find(const std::string& name) const;
};

struct HeaderSource {
  std::string file;
  std::vector<std::string> folders, definitions;  // -I and -D
};

// The error is what libclang says of the header, or that there is no libclang: lines of text.
std::expected<CHeader, std::string> read_header(const HeaderSource& source);

}  // namespace skerry::bindgen
