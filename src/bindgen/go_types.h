// GoTypes: types of a package as Go writes them, and conversions between what Go has, what is
// passed to the module (raw), and what lies in its memory (stored). Structs have a raw type only if
// they are passed as the number that they are.
#pragma once

#include "bindgen/plan.h"

namespace skerry::bindgen {

class GoTypes {
 public:
  explicit GoTypes(const Package& package) : package_(package) {}

  std::string name(const CType& type) const;  // of a number; of a Record; of an address: uint32
  // Of what lies behind a pointer: texts and handles are no addresses there.
  std::string element(const CType& type) const;
  const std::string& handle(const CType& record) const {
    return package_.handles.at(record.name).name;
  }
  uint64_t bytes(const CType& record) const { return package_.records.at(record.name).bytes; }
  std::string raw(const CType& type) const;
  static std::string raw(ValType type);
  std::string stored(const CType& type) const;

  std::string to_raw(const std::string& value, const CType& type) const;
  std::string from_raw(const std::string& value, const CType& type) const;
  std::string to_stored(const std::string& value, const CType& type) const;
  std::string from_stored(const std::string& value, const CType& type) const;

  static std::string converted(const std::string& value, const std::string& from,
                               const std::string& to) {
    return from == to ? value : to + "(" + value + ")";
  }

 private:
  // Of a struct that is one number.
  const CField& only_field(const CType& record) const {
    return package_.records.at(record.name).fields[0];
  }

  const Package& package_;
};

}  // namespace skerry::bindgen
