// Modules in the binary format, put together by hand for tests: header, sections, bodies.
// Not here: anything that checks them. Wrong modules are what tests need most.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "binary/function_writer.h"
#include "binary/sections.h"

namespace skerry::test {

using Buffer = std::vector<uint8_t>;

inline void append(Buffer& out, const Buffer& more) {
  out.insert(out.end(), more.begin(), more.end());
}

inline Buffer concat(std::initializer_list<Buffer> parts) {
  Buffer out;
  for (const Buffer& part : parts) append(out, part);
  return out;
}

// A vector of the binary format: the number of items, then the items.
inline Buffer list_of(std::initializer_list<Buffer> items) {
  Buffer out;
  append_u64_leb(out, items.size());
  append(out, concat(items));
  return out;
}

inline Buffer name_of(std::string_view name) {
  Buffer out;
  append_name(out, name);
  return out;
}

inline Buffer types_of(std::initializer_list<ValType> types) {
  Buffer out;
  append_u64_leb(out, types.size());
  for (const ValType type : types) append_val_type(out, type);
  return out;
}

inline Buffer func_type(std::initializer_list<ValType> params,
                        std::initializer_list<ValType> results) {
  return concat({{0x60}, types_of(params), types_of(results)});
}

// A function body with its size: local groups, then code; the final `end` is added.
inline Buffer body_of(const Buffer& code, const Buffer& locals = {0x00}) {
  Buffer contents = concat({locals, code, {0x0b}});
  Buffer out;
  append_sized(out, contents);
  return out;
}

class ModuleBytes {
 public:
  ModuleBytes() : out_(kModuleHeader.begin(), kModuleHeader.end()) {}

  ModuleBytes& section(SectionId id, const Buffer& contents) {
    out_.push_back(static_cast<uint8_t>(id));
    append_sized(out_, contents);
    return *this;
  }
  ModuleBytes& custom(std::string_view name, const Buffer& contents) {
    return section(SectionId::Custom, concat({name_of(name), contents}));
  }
  const Buffer& bytes() const { return out_; }

 private:
  Buffer out_;
};

// A module of one function of the given type. Tests add what else its code needs as sections
// between the function and the code section.
inline Buffer one_func(const Buffer& type, const Buffer& code, const ModuleBytes& between = {},
                       const Buffer& locals = {0x00}) {
  ModuleBytes module;
  module.section(SectionId::Type, list_of({type})).section(SectionId::Function, {1, 0});
  Buffer out = module.bytes();
  out.insert(out.end(), between.bytes().begin() + kModuleHeader.size(), between.bytes().end());
  ModuleBytes code_section;
  code_section.section(SectionId::Code, list_of({body_of(code, locals)}));
  out.insert(out.end(), code_section.bytes().begin() + kModuleHeader.size(),
             code_section.bytes().end());
  return out;
}

}  // namespace skerry::test
