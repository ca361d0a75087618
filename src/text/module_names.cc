// Encoding and decoding of the name section.
#include "text/module_names.h"

#include "binary/function_writer.h"

namespace skerry::text {
namespace {

// Ids of subsections. Those of items stand beside their index space.
constexpr uint8_t kModuleNames = 0;
constexpr uint8_t kLocalNames = 2;
constexpr uint8_t kLabelNames = 3;
constexpr uint8_t kFieldNames = 10;
struct ItemSubsection {
  uint8_t id;
  Space space;
};
constexpr ItemSubsection kItemNames[] = {
    {1, Space::Func},   {4, Space::Type}, {5, Space::Table}, {6, Space::Memory},
    {7, Space::Global}, {8, Space::Elem}, {9, Space::Data},  {11, Space::Tag},
};

void append_names(std::vector<uint8_t>& out, const NameMap& names) {
  append_u64_leb(out, names.size());
  for (const NamedIndex& entry : names) {
    append_u64_leb(out, entry.index);
    append_name(out, entry.name);
  }
}

void append_subsection(std::vector<uint8_t>& out, uint8_t id, const std::vector<uint8_t>& content) {
  out.push_back(id);
  append_sized(out, content);
}

void append_map(std::vector<uint8_t>& out, uint8_t id, const NameMap& names) {
  if (names.empty()) return;
  std::vector<uint8_t> content;
  append_names(content, names);
  append_subsection(out, id, content);
}

void append_indirect(std::vector<uint8_t>& out, uint8_t id,
                     const std::vector<IndirectNames>& maps) {
  if (maps.empty()) return;
  std::vector<uint8_t> content;
  append_u64_leb(content, maps.size());
  for (const IndirectNames& map : maps) {
    append_u64_leb(content, map.index);
    append_names(content, map.names);
  }
  append_subsection(out, id, content);
}

void append_items(std::vector<uint8_t>& out, const ModuleNames& names, uint8_t first_id,
                  uint8_t last_id) {
  for (const ItemSubsection& row : kItemNames)
    if (row.id >= first_id && row.id <= last_id) append_map(out, row.id, names.of(row.space));
}

Result<std::string_view> read_name(ByteReader& in) {
  const uint32_t size = TRY(in.u32());
  const Bytes bytes = TRY(in.bytes(size));
  if (!is_utf8(bytes)) return fail(ErrorCode::MalformedUtf8, in.offset());
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

Result<NameMap> read_names(ByteReader& in) {
  NameMap names;
  for (uint32_t count = TRY(in.u32()); count > 0; --count) {
    const uint32_t index = TRY(in.u32());
    names.push_back({index, TRY(read_name(in))});
  }
  return names;
}

Result<std::vector<IndirectNames>> read_indirect(ByteReader& in) {
  std::vector<IndirectNames> maps;
  for (uint32_t count = TRY(in.u32()); count > 0; --count) {
    const uint32_t index = TRY(in.u32());
    maps.push_back({index, TRY(read_names(in))});
  }
  return maps;
}

Result<void> read_subsection(uint8_t id, ByteReader& in, ModuleNames& names) {
  switch (id) {
    case kModuleNames: names.module = TRY(read_name(in)); return {};
    case kLocalNames: names.locals = TRY(read_indirect(in)); return {};
    case kLabelNames: names.labels = TRY(read_indirect(in)); return {};
    case kFieldNames: names.fields = TRY(read_indirect(in)); return {};
    default: break;
  }
  for (const ItemSubsection& row : kItemNames)
    if (row.id == id) names.of(row.space) = TRY(read_names(in));
  return {};
}

Result<ModuleNames> read_section(Bytes section) {
  ModuleNames names;
  ByteReader in(section);
  while (!in.at_end()) {
    const uint8_t id = TRY(in.u8());
    const uint32_t size = TRY(in.u32());
    ByteReader content(TRY(in.bytes(size)));
    TRY(read_subsection(id, content, names));
  }
  return names;
}

}  // namespace

// Subsections stand in the order of their ids.
std::vector<uint8_t> encode_names(const ModuleNames& names) {
  std::vector<uint8_t> out;
  if (names.module) {
    std::vector<uint8_t> content;
    append_name(content, *names.module);
    append_subsection(out, kModuleNames, content);
  }
  append_items(out, names, kModuleNames, kLocalNames);
  append_indirect(out, kLocalNames, names.locals);
  append_indirect(out, kLabelNames, names.labels);
  append_items(out, names, kLabelNames, kFieldNames);
  append_indirect(out, kFieldNames, names.fields);
  append_items(out, names, kFieldNames, 0xff);
  return out;
}

std::optional<ModuleNames> decode_names(Bytes section) {
  auto names = read_section(section);
  if (!names) return std::nullopt;
  return *std::move(names);
}

}  // namespace skerry::text
