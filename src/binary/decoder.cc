// decode_module(): the header, the order of the sections, and the short ones.
// Source: WebAssembly 3.0, binary format, "Modules".
#include "binary/decoder.h"

#include <array>

#include "binary/module_decoder.h"
#include "wasm/implementation_limits.h"

namespace skerry {

struct ModuleDecoder::SectionRow {
  Feature feature;  // without it the id is unknown
  Result<void> (ModuleDecoder::*read)(ByteReader&);
};

// By section id.
const ModuleDecoder::SectionRow ModuleDecoder::kSections[] = {
    {Feature::Mvp, &ModuleDecoder::read_custom},
    {Feature::Mvp, &ModuleDecoder::read_types},
    {Feature::Mvp, &ModuleDecoder::read_imports},
    {Feature::Mvp, &ModuleDecoder::read_funcs},
    {Feature::Mvp, &ModuleDecoder::read_tables},
    {Feature::Mvp, &ModuleDecoder::read_memories},
    {Feature::Mvp, &ModuleDecoder::read_globals},
    {Feature::Mvp, &ModuleDecoder::read_exports},
    {Feature::Mvp, &ModuleDecoder::read_start},
    {Feature::Mvp, &ModuleDecoder::read_elems},
    {Feature::Mvp, &ModuleDecoder::read_code},
    {Feature::Mvp, &ModuleDecoder::read_datas},
    {Feature::BulkMemory, &ModuleDecoder::read_data_count},
    {Feature::Exceptions, &ModuleDecoder::read_tags},
};

namespace {

// Place of each section in a module, by id; 0 for custom sections, which stand anywhere.
constexpr auto kPlaces = [] {
  std::array<uint8_t, kSectionOrder.size() + 1> places{};
  for (size_t i = 0; i < kSectionOrder.size(); ++i)
    places[static_cast<size_t>(kSectionOrder[i])] = static_cast<uint8_t>(i + 1);
  return places;
}();

}  // namespace

Result<void> ModuleDecoder::decode() {
  ByteReader in(module_.bytes);
  const Bytes magic = Bytes(kModuleHeader).first(4);
  const Bytes version = Bytes(kModuleHeader).subspan(4);
  for (const auto& [expected, error] :
       {std::pair(magic, ErrorCode::BadMagic), std::pair(version, ErrorCode::UnknownVersion)}) {
    const uint64_t position = in.offset();
    if (in.remaining() < expected.size())
      return fail(ErrorCode::UnexpectedEnd, module_.bytes.size());
    if (!std::ranges::equal(TRY(in.bytes(expected.size())), expected)) return fail(error, position);
  }
  while (!in.at_end()) {
    const uint64_t position = in.offset();
    const uint8_t id = TRY(in.u8());
    if (id >= std::size(kSections) || !features_.has(kSections[id].feature))
      return fail(ErrorCode::MalformedSectionId, position, id);
    const uint32_t size = TRY(in.u32());
    const uint64_t begin = in.offset();
    ByteReader section(TRY(in.bytes(size)), begin);
    TRY(read_section(id, section, position));
  }
  return check_section_pairs(in.offset());
}

Result<void> ModuleDecoder::read_section(uint8_t id, ByteReader& in, uint64_t id_position) {
  if (id == 0) return read_custom(in);
  if (kPlaces[id] <= kPlaces[last_section_])
    return fail(ErrorCode::UnexpectedSection, id_position, id);
  last_section_ = id;
  const auto read = kSections[id].read;
  TRY((this->*read)(in));
  if (!in.at_end()) return fail(ErrorCode::SectionSizeMismatch, in.offset(), id);
  return {};
}

// Sections that must agree with another one, which may be missing.
Result<void> ModuleDecoder::check_section_pairs(uint64_t end) {
  if (declared_funcs_ != module_.bodies.size())
    return fail(ErrorCode::CountMismatch, end, declared_funcs_, module_.bodies.size());
  if (left_out_ != nullptr && *left_out_) return {};  // compared where it was found
  if (module_.data_count && *module_.data_count != module_.datas.size())
    return fail(ErrorCode::DataCountMismatch, end, module_.datas.size(), *module_.data_count);
  return {};
}

Result<uint32_t> ModuleDecoder::read_count(ByteReader& in, uint32_t limit) {
  const uint64_t position = in.offset();
  const uint32_t count = TRY(in.u32());
  // A count that the section cannot hold is malformed, whatever our limits are.
  if (count > limit && count <= in.remaining())
    return fail(ErrorCode::ImplementationLimit, position, count, limit);
  return count;
}

Result<std::string_view> ModuleDecoder::read_name(ByteReader& in) {
  const uint32_t size = TRY(in.u32());
  const uint64_t position = in.offset();
  const Bytes bytes = TRY(in.bytes(size));
  if (!is_utf8(bytes)) return fail(ErrorCode::MalformedUtf8, position);
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

Result<void> ModuleDecoder::read_custom(ByteReader& in) {
  const std::string_view name = TRY(read_name(in));
  module_.customs.push_back({.name = name,
                             .bytes = Bytes(in.pos(), in.remaining()),
                             .offset = in.offset(),
                             .after_section = last_section_});
  return {};
}

Result<void> ModuleDecoder::read_imports(ByteReader& in) {
  const uint32_t count = TRY(read_count(in, kMaxImports));
  module_.imports.reserve(reserve_for(in, count) / 4);
  for (uint32_t i = 0; i < count; ++i) TRY(read_import(in));
  module_.imported_funcs = static_cast<uint32_t>(module_.funcs.size());
  module_.imported_tables = static_cast<uint32_t>(module_.tables.size());
  module_.imported_memories = static_cast<uint32_t>(module_.memories.size());
  module_.imported_globals = static_cast<uint32_t>(module_.globals.size());
  module_.imported_tags = static_cast<uint32_t>(module_.tags.size());
  return {};
}

Result<void> ModuleDecoder::read_import(ByteReader& in) {
  Import import;
  import.module = TRY(read_name(in));
  import.name = TRY(read_name(in));
  const uint64_t position = in.offset();
  const uint8_t kind = TRY(in.u8());
  if (kind > static_cast<uint8_t>(ExternKind::Tag) ||
      (kind == static_cast<uint8_t>(ExternKind::Tag) && !features_.has(Feature::Exceptions)))
    return fail(ErrorCode::MalformedImportKind, position);
  switch (static_cast<ExternKind>(kind)) {
    case ExternKind::Func:
      import.type.emplace<0>(TRY(in.u32()));
      module_.funcs.push_back(std::get<0>(import.type));
      break;
    case ExternKind::Table:
      import.type = TRY(read_table_type(in));
      module_.tables.push_back({std::get<TableType>(import.type), std::nullopt});
      break;
    case ExternKind::Memory:
      import.type = TRY(read_memory_type(in));
      module_.memories.push_back(std::get<MemoryType>(import.type));
      break;
    case ExternKind::Global:
      import.type = TRY(read_global_type(in));
      module_.globals.push_back({std::get<GlobalType>(import.type), {}});
      break;
    case ExternKind::Tag:
      import.type = TRY(read_tag_type(in));
      module_.tags.push_back(std::get<TagType>(import.type));
      break;
  }
  module_.imports.push_back(import);
  return {};
}

// Flags: bit 0 has a maximum, bit 1 shared, bit 2 indexed by i64. `is_shared` is null where sharing
// is not possible.
Result<Limits> ModuleDecoder::read_limits(ByteReader& in, bool* is_shared) {
  const uint64_t position = in.offset();
  const uint8_t flags = TRY(in.u8());
  const bool shared = flags & 2;
  Limits limits;
  limits.is_64 = flags & 4;
  if (flags > 7 || (shared && (!is_shared || !features_.has(Feature::Threads))) ||
      (limits.is_64 && !features_.has(Feature::Memory64))) {
    if (features_.has(Feature::Memory64) || features_.has(Feature::Threads))
      return fail(ErrorCode::MalformedLimitsFlags, position, flags);
    // The older formats read the flag as a number of one bit.
    return fail(flags >= 0x80 ? ErrorCode::IntegerTooLong : ErrorCode::IntegerTooLarge, position,
                flags);
  }
  if (shared) *is_shared = true;
  // 3.0 reads 64-bit numbers for every kind of limits; whether they fit is a matter of validation.
  const bool wide = features_.has(Feature::Memory64);
  limits.min = wide ? TRY(in.u64()) : TRY(in.u32());
  if (flags & 1) limits.max = wide ? TRY(in.u64()) : TRY(in.u32());
  return limits;
}

Result<TableType> ModuleDecoder::read_table_type(ByteReader& in) {
  TableType type;
  type.element = TRY(read_ref_type(in, features_));
  type.limits = TRY(read_limits(in, nullptr));
  return type;
}

Result<MemoryType> ModuleDecoder::read_memory_type(ByteReader& in) {
  MemoryType type;
  type.limits = TRY(read_limits(in, &type.is_shared));
  return type;
}

Result<GlobalType> ModuleDecoder::read_global_type(ByteReader& in) {
  GlobalType type;
  type.type = TRY(read_val_type(in, features_));
  const uint8_t flag = TRY(in.u8());
  if (flag > 1) return fail(ErrorCode::MalformedMutability, in.offset() - 1);
  type.is_mutable = flag == 1;
  return type;
}

Result<TagType> ModuleDecoder::read_tag_type(ByteReader& in) {
  if (TRY(in.u8()) != 0) return fail(ErrorCode::MalformedTag, in.offset() - 1);
  return TagType{TRY(in.u32())};
}

Result<void> ModuleDecoder::read_funcs(ByteReader& in) {
  declared_funcs_ = TRY(read_count(in, kMaxFuncs));
  module_.funcs.reserve(module_.funcs.size() + reserve_for(in, declared_funcs_));
  for (uint32_t i = 0; i < declared_funcs_; ++i) module_.funcs.push_back(TRY(in.u32()));
  return {};
}

Result<void> ModuleDecoder::read_tables(ByteReader& in) {
  const uint32_t count = TRY(read_count(in, kMaxTables));
  for (uint32_t i = 0; i < count; ++i) module_.tables.push_back(TRY(read_table(in)));
  return {};
}

Result<Table> ModuleDecoder::read_table(ByteReader& in) {
  constexpr uint8_t kHasInit = 0x40;
  Table table;
  if (in.at_end() || *in.pos() != kHasInit) {
    table.type = TRY(read_table_type(in));
    return table;
  }
  TRY(require(Feature::FunctionReferences, in.offset()));
  TRY(in.u8());
  if (TRY(in.u8()) != 0) return fail(ErrorCode::MalformedTable, in.offset() - 1);
  table.type = TRY(read_table_type(in));
  table.init = TRY(read_const_expr(in, features_));
  return table;
}

Result<void> ModuleDecoder::read_memories(ByteReader& in) {
  const uint32_t count = TRY(read_count(in, kMaxMemories));
  for (uint32_t i = 0; i < count; ++i) module_.memories.push_back(TRY(read_memory_type(in)));
  return {};
}

Result<void> ModuleDecoder::read_tags(ByteReader& in) {
  const uint32_t count = TRY(read_count(in, kMaxTags));
  for (uint32_t i = 0; i < count; ++i) module_.tags.push_back(TRY(read_tag_type(in)));
  return {};
}

Result<void> ModuleDecoder::read_globals(ByteReader& in) {
  const uint32_t count = TRY(read_count(in, kMaxGlobals));
  for (uint32_t i = 0; i < count; ++i) {
    const GlobalType type = TRY(read_global_type(in));
    module_.globals.push_back({type, TRY(read_const_expr(in, features_))});
  }
  return {};
}

Result<void> ModuleDecoder::read_exports(ByteReader& in) {
  const uint32_t count = TRY(read_count(in, kMaxExports));
  module_.exports.reserve(reserve_for(in, count) / 3);
  for (uint32_t i = 0; i < count; ++i) {
    Export item;
    item.name = TRY(read_name(in));
    const uint64_t position = in.offset();
    const uint8_t kind = TRY(in.u8());
    if (kind > static_cast<uint8_t>(ExternKind::Tag))
      return fail(ErrorCode::MalformedExportKind, position);
    item.kind = static_cast<ExternKind>(kind);
    item.index = TRY(in.u32());
    module_.exports.push_back(item);
  }
  return {};
}

Result<void> ModuleDecoder::read_start(ByteReader& in) {
  module_.start = TRY(in.u32());
  return {};
}

Result<void> ModuleDecoder::read_code(ByteReader& in) {
  const uint32_t count = TRY(read_count(in, kMaxFuncs));
  module_.bodies.reserve(std::min<size_t>(reserve_for(in, count), declared_funcs_));
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t size = TRY(in.u32());
    if (size > kMaxBodyBytes && size <= in.remaining())
      return fail(ErrorCode::ImplementationLimit, in.offset(), size, kMaxBodyBytes);
    const uint64_t begin = in.offset();
    module_.bodies.push_back({.code = TRY(in.bytes(size)), .offset = begin});
  }
  return {};
}

Result<std::shared_ptr<const Module>> decode_module(Bytes bytes, std::shared_ptr<const void> owner,
                                                    Features features) {
  auto module = std::make_shared<Module>();
  module->bytes = bytes;
  module->bytes_owner = std::move(owner);
  TRY(ModuleDecoder(*module, features).decode());
  return module;
}

Result<ModuleWithoutDatas> decode_module_without_datas(Bytes bytes,
                                                       std::shared_ptr<const void> owner,
                                                       Features features) {
  ModuleWithoutDatas result{std::make_shared<Module>(), std::nullopt};
  result.module->bytes = bytes;
  result.module->bytes_owner = std::move(owner);
  ModuleDecoder decoder(*result.module, features);
  decoder.leave_out_datas(result.datas);
  TRY(decoder.decode());
  return result;
}

Result<void> decode_datas(Module& module, const DataSection& datas, Features features) {
  return ModuleDecoder(module, features).decode_datas(datas);
}

}  // namespace skerry
