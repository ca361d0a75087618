// ModuleDecoder: the sections of one module, read into it. Private to src/binary: decoder.cc drives
// it, type_section.cc and segment_sections.cc hold the longer sections.
// Invariant: no count read from the input makes us allocate more than the rest of its section could
// fill.
#pragma once

#include <algorithm>

#include "binary/const_expr_reader.h"
#include "binary/decoder.h"
#include "binary/function_reader.h"
#include "binary/sections.h"
#include "wasm/module.h"

namespace skerry {

class ModuleDecoder {
 public:
  ModuleDecoder(Module& module, Features features) : module_(module), features_(features) {}

  Result<void> decode();
  // Before decode(): it notes the data section instead of reading it.
  void leave_out_datas(std::optional<DataSection>& left_out) { left_out_ = &left_out; }
  Result<void> decode_datas(const DataSection& datas);

 private:
  struct SectionRow;
  static const SectionRow kSections[];

  Result<void> read_section(uint8_t id, ByteReader& in, uint64_t id_position);
  Result<void> check_section_pairs(uint64_t end);

  Result<void> read_custom(ByteReader& in);
  Result<void> read_types(ByteReader& in);
  Result<void> read_imports(ByteReader& in);
  Result<void> read_funcs(ByteReader& in);
  Result<void> read_tables(ByteReader& in);
  Result<void> read_memories(ByteReader& in);
  Result<void> read_tags(ByteReader& in);
  Result<void> read_globals(ByteReader& in);
  Result<void> read_exports(ByteReader& in);
  Result<void> read_start(ByteReader& in);
  Result<void> read_elems(ByteReader& in);
  Result<void> read_data_count(ByteReader& in);
  Result<void> read_code(ByteReader& in);
  Result<void> read_datas(ByteReader& in);

  Result<void> read_rec_group(ByteReader& in);
  Result<void> read_defined_type(ByteReader& in);
  Result<void> read_func_type(ByteReader& in, DefinedType& type);
  Result<void> read_struct_type(ByteReader& in, DefinedType& type);
  Result<FieldType> read_field(ByteReader& in);
  Result<std::vector<ValType>> read_val_types(ByteReader& in, uint32_t limit);

  Result<void> read_import(ByteReader& in);
  Result<Table> read_table(ByteReader& in);
  Result<TableType> read_table_type(ByteReader& in);
  Result<MemoryType> read_memory_type(ByteReader& in);
  Result<GlobalType> read_global_type(ByteReader& in);
  Result<TagType> read_tag_type(ByteReader& in);
  Result<Limits> read_limits(ByteReader& in, bool* is_shared);
  Result<ElemSegment> read_elem(ByteReader& in);
  Result<void> read_data(ByteReader& in, DataSegment& data);
  Result<std::string_view> read_name(ByteReader& in);

  // A count of items, at most `limit`; reserve_for() says how many of them it is safe to make room
  // for: each takes at least a byte.
  Result<uint32_t> read_count(ByteReader& in, uint32_t limit);
  static size_t reserve_for(const ByteReader& in, uint32_t count) {
    return std::min<size_t>(count, in.remaining());
  }
  Result<void> require(Feature feature, uint64_t position) const {
    if (!features_.has(feature))
      return fail(ErrorCode::FeatureDisabled, position, static_cast<uint64_t>(feature));
    return {};
  }

  Module& module_;
  Features features_;
  uint8_t last_section_ = 0;  // id of the last non-custom section
  uint32_t declared_funcs_ = 0;
  std::optional<DataSection>* left_out_ = nullptr;
};

}  // namespace skerry
