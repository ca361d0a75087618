// Presence of sections.
#include "text/sections_present.h"

namespace skerry::text {

bool has_section(const Module& module, SectionId id) {
  switch (id) {
    case SectionId::Custom: return true;
    case SectionId::Type: return !module.rec_groups.empty();
    case SectionId::Import: return !module.imports.empty();
    case SectionId::Function:
    case SectionId::Code: return !module.bodies.empty();
    case SectionId::Table: return module.tables.size() > module.imported_tables;
    case SectionId::Memory: return module.memories.size() > module.imported_memories;
    case SectionId::Global: return module.globals.size() > module.imported_globals;
    case SectionId::Export: return !module.exports.empty();
    case SectionId::Start: return module.start.has_value();
    case SectionId::Element: return !module.elems.empty();
    case SectionId::Data: return !module.datas.empty();
    case SectionId::DataCount: return module.data_count.has_value();
    case SectionId::Tag: return module.tags.size() > module.imported_tags;
  }
  return false;
}

}  // namespace skerry::text
