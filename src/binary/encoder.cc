// encode_module(), the mirror of decoder.cc, type_section.cc and segment_sections.cc.
// Source: WebAssembly 3.0, binary format, "Modules".
#include "binary/encoder.h"

#include <algorithm>
#include <array>

#include "binary/function_writer.h"
#include "binary/sections.h"

namespace skerry {
namespace {

using Buffer = std::vector<uint8_t>;

void put_count(Buffer& out, size_t count) { append_u64_leb(out, count); }

// Types.

void put_val_types(Buffer& out, const std::vector<ValType>& types) {
  put_count(out, types.size());
  for (const ValType type : types) append_val_type(out, type);
}

void put_fields(Buffer& out, const std::vector<FieldType>& fields) {
  for (const FieldType& field : fields) {
    append_val_type(out, field.type);
    out.push_back(field.is_mutable);
  }
}

void put_defined_type(Buffer& out, const DefinedType& type) {
  if (type.supertype || !type.is_final) {
    out.push_back(type.is_final ? 0x4f : 0x50);
    put_count(out, type.supertype ? 1 : 0);
    if (type.supertype) append_u64_leb(out, *type.supertype);
  }
  switch (type.kind) {
    case CompositeKind::Func:
      out.push_back(0x60);
      put_val_types(out, type.func.params);
      put_val_types(out, type.func.results);
      return;
    case CompositeKind::Struct:
      out.push_back(0x5f);
      put_count(out, type.fields.size());
      put_fields(out, type.fields);
      return;
    case CompositeKind::Array:
      out.push_back(0x5e);
      put_fields(out, type.fields);
      return;
  }
}

void put_limits(Buffer& out, const Limits& limits, bool is_shared) {
  out.push_back(
      static_cast<uint8_t>((limits.max ? 1 : 0) | (is_shared ? 2 : 0) | (limits.is_64 ? 4 : 0)));
  append_u64_leb(out, limits.min);
  if (limits.max) append_u64_leb(out, *limits.max);
}

void put_extern_type(Buffer& out, uint32_t func_type) { append_u64_leb(out, func_type); }
void put_extern_type(Buffer& out, const TableType& type) {
  append_val_type(out, type.element);
  put_limits(out, type.limits, false);
}
void put_extern_type(Buffer& out, const MemoryType& type) {
  put_limits(out, type.limits, type.is_shared);
}
void put_extern_type(Buffer& out, const GlobalType& type) {
  append_val_type(out, type.type);
  out.push_back(type.is_mutable);
}
void put_extern_type(Buffer& out, const TagType& type) {
  out.push_back(0);
  append_u64_leb(out, type.type_index);
}

// Sections: each writes its contents, or nothing if the module needs no such section.

void put_types(Buffer& out, const Module& module) {
  if (module.rec_groups.empty()) return;
  put_count(out, module.rec_groups.size());
  for (const RecGroup& group : module.rec_groups) {
    if (group.type_count != 1) {
      out.push_back(0x4e);
      put_count(out, group.type_count);
    }
    for (uint32_t i = 0; i < group.type_count; ++i)
      put_defined_type(out, module.types[group.first_type + i]);
  }
}

void put_imports(Buffer& out, const Module& module) {
  if (module.imports.empty()) return;
  put_count(out, module.imports.size());
  for (const Import& import : module.imports) {
    append_name(out, import.module);
    append_name(out, import.name);
    out.push_back(static_cast<uint8_t>(import.kind()));
    std::visit([&](const auto& type) { put_extern_type(out, type); }, import.type);
  }
}

void put_funcs(Buffer& out, const Module& module) {
  const std::span defined = std::span(module.funcs).subspan(module.imported_funcs);
  if (defined.empty()) return;
  put_count(out, defined.size());
  for (const uint32_t type_index : defined) append_u64_leb(out, type_index);
}

void put_tables(Buffer& out, const Module& module) {
  const std::span defined = std::span(module.tables).subspan(module.imported_tables);
  if (defined.empty()) return;
  put_count(out, defined.size());
  for (const Table& table : defined) {
    if (table.init) out.insert(out.end(), {0x40, 0x00});
    put_extern_type(out, table.type);
    if (table.init) append_bytes(out, table.init->code);
  }
}

void put_memories(Buffer& out, const Module& module) {
  const std::span defined = std::span(module.memories).subspan(module.imported_memories);
  if (defined.empty()) return;
  put_count(out, defined.size());
  for (const MemoryType& memory : defined) put_extern_type(out, memory);
}

void put_tags(Buffer& out, const Module& module) {
  const std::span defined = std::span(module.tags).subspan(module.imported_tags);
  if (defined.empty()) return;
  put_count(out, defined.size());
  for (const TagType& tag : defined) put_extern_type(out, tag);
}

void put_globals(Buffer& out, const Module& module) {
  const std::span defined = std::span(module.globals).subspan(module.imported_globals);
  if (defined.empty()) return;
  put_count(out, defined.size());
  for (const Global& global : defined) {
    put_extern_type(out, global.type);
    append_bytes(out, global.init.code);
  }
}

void put_exports(Buffer& out, const Module& module) {
  if (module.exports.empty()) return;
  put_count(out, module.exports.size());
  for (const Export& item : module.exports) {
    append_name(out, item.name);
    out.push_back(static_cast<uint8_t>(item.kind));
    append_u64_leb(out, item.index);
  }
}

void put_start(Buffer& out, const Module& module) {
  if (module.start) append_u64_leb(out, *module.start);
}

void put_elem(Buffer& out, const ElemSegment& elem) {
  const bool is_active = elem.mode == SegmentMode::Active;
  // The short forms are for table 0 and the type that the form implies.
  const bool names_table =
      is_active && (elem.table != 0 || (elem.uses_exprs && elem.type != ValType::funcref()));
  const bool is_declarative = elem.mode == SegmentMode::Declarative;
  const uint32_t flags = (is_active ? 0u : 1u) | (names_table || is_declarative ? 2u : 0u) |
                         (elem.uses_exprs ? 4u : 0u);
  append_u64_leb(out, flags);
  if (names_table) append_u64_leb(out, elem.table);
  if (is_active) append_bytes(out, elem.offset.code);
  if (flags & 3) {
    if (elem.uses_exprs)
      append_val_type(out, elem.type);
    else
      out.push_back(0);
  }
  put_count(out, elem.size());
  for (const uint32_t func : elem.funcs) append_u64_leb(out, func);
  for (const ConstExpr& expr : elem.exprs) append_bytes(out, expr.code);
}

void put_elems(Buffer& out, const Module& module) {
  if (module.elems.empty()) return;
  put_count(out, module.elems.size());
  for (const ElemSegment& elem : module.elems) put_elem(out, elem);
}

void put_data_count(Buffer& out, const Module& module) {
  if (module.data_count) append_u64_leb(out, *module.data_count);
}

void put_code(Buffer& out, const Module& module) {
  if (module.bodies.empty()) return;
  put_count(out, module.bodies.size());
  for (const FuncBody& body : module.bodies) append_sized(out, body.code);
}

void put_datas(Buffer& out, const Module& module) {
  if (module.datas.empty()) return;
  put_count(out, module.datas.size());
  for (const DataSegment& data : module.datas) {
    const bool names_memory = data.mode == SegmentMode::Active && data.memory != 0;
    append_u64_leb(out, names_memory ? 2 : data.mode == SegmentMode::Active ? 0 : 1);
    if (names_memory) append_u64_leb(out, data.memory);
    if (data.mode == SegmentMode::Active) append_bytes(out, data.offset.code);
    append_sized(out, data.bytes);
  }
}

using PutSection = void (*)(Buffer&, const Module&);

// By section id; custom sections are put between the others.
constexpr std::array<PutSection, kSectionOrder.size() + 1> kPutSections = {
    nullptr,     put_types, put_imports, put_funcs, put_tables, put_memories,   put_globals,
    put_exports, put_start, put_elems,   put_code,  put_datas,  put_data_count, put_tags,
};

void put_section(Buffer& out, SectionId id, const Buffer& contents) {
  out.push_back(static_cast<uint8_t>(id));
  append_sized(out, contents);
}

void put_customs(Buffer& out, const Module& module, SectionId after) {
  Buffer contents;
  for (const CustomSection& custom : module.customs) {
    if (custom.after_section != static_cast<uint8_t>(after)) continue;
    contents.clear();
    append_name(contents, custom.name);
    append_bytes(contents, custom.bytes);
    put_section(out, SectionId::Custom, contents);
  }
}

}  // namespace

std::vector<uint8_t> encode_module(const Module& module) {
  Buffer out(kModuleHeader.begin(), kModuleHeader.end());
  put_customs(out, module, SectionId::Custom);
  Buffer contents;
  for (const SectionId id : kSectionOrder) {
    contents.clear();
    kPutSections[static_cast<size_t>(id)](contents, module);
    if (!contents.empty()) put_section(out, id, contents);
    put_customs(out, module, id);
  }
  return out;
}

}  // namespace skerry
