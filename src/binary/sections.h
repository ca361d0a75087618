// The sections of the binary format: ids, and the order they must stand in.
// Source: WebAssembly 3.0, binary format, "Modules".
#pragma once

#include <array>
#include <cstdint>

namespace skerry {

enum class SectionId : uint8_t {
  Custom,
  Type,
  Import,
  Function,
  Table,
  Memory,
  Global,
  Export,
  Start,
  Element,
  Code,
  Data,
  DataCount,
  Tag,
};

// Every section but Custom, as they follow each other in a module.
inline constexpr std::array kSectionOrder = {
    SectionId::Type,   SectionId::Import,  SectionId::Function,  SectionId::Table,
    SectionId::Memory, SectionId::Tag,     SectionId::Global,    SectionId::Export,
    SectionId::Start,  SectionId::Element, SectionId::DataCount, SectionId::Code,
    SectionId::Data,
};

inline constexpr std::array<uint8_t, 8> kModuleHeader = {0x00, 'a',  's',  'm',
                                                         0x01, 0x00, 0x00, 0x00};

}  // namespace skerry
