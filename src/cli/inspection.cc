// Gathering the facts.
#include "cli/inspection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "binary/sections.h"
#include "embed/func_names.h"
#include "embed/linker.h"

namespace skerry::cli {
namespace {

constexpr size_t kLargestFuncs = 10;

struct SectionName {
  SectionId id;
  const char* name;
};
constexpr auto kSectionNames = std::to_array<SectionName>({
    {SectionId::Custom, "custom"},
    {SectionId::Type, "type"},
    {SectionId::Import, "import"},
    {SectionId::Function, "function"},
    {SectionId::Table, "table"},
    {SectionId::Memory, "memory"},
    {SectionId::Global, "global"},
    {SectionId::Export, "export"},
    {SectionId::Start, "start"},
    {SectionId::Element, "element"},
    {SectionId::Code, "code"},
    {SectionId::Data, "data"},
    {SectionId::DataCount, "data count"},
    {SectionId::Tag, "tag"},
});

constexpr const char* kKindNames[] = {"func", "table", "memory", "global", "tag"};

const char* kind_name(ExternKind kind) { return kKindNames[static_cast<size_t>(kind)]; }

// The module has been decoded before: reading cannot fail, and stops quietly if it does.
Result<SectionFacts> read_section(ByteReader& in) {
  const uint8_t id = TRY(in.u8());
  const uint32_t size = TRY(in.u32());
  SectionFacts facts;
  facts.offset = in.offset();
  facts.size_bytes = size;
  ByteReader content(TRY(in.bytes(size)), facts.offset);
  for (const SectionName& row : kSectionNames)
    if (static_cast<uint8_t>(row.id) == id) facts.name = row.name;
  facts.is_custom = id == static_cast<uint8_t>(SectionId::Custom);
  if (facts.is_custom) {
    const uint32_t length = TRY(content.u32());
    const Bytes name = TRY(content.bytes(length));
    facts.name.assign(name.begin(), name.end());
  } else if (id == static_cast<uint8_t>(SectionId::Start)) {
    facts.count = 1;
  } else {
    facts.count = TRY(content.u32());
  }
  return facts;
}

std::vector<SectionFacts> read_sections(Bytes binary) {
  std::vector<SectionFacts> sections;
  if (binary.size() < kModuleHeader.size()) return sections;
  ByteReader in(binary.subspan(kModuleHeader.size()), kModuleHeader.size());
  while (!in.at_end()) {
    auto section = read_section(in);
    if (!section) break;
    sections.push_back(std::move(*section));
  }
  return sections;
}

ItemFacts item(const Module& module, ExternKind kind, uint32_t index) {
  ItemFacts facts;
  facts.kind = kind_name(kind);
  facts.index = index;
  ExternType type;
  switch (kind) {
    case ExternKind::Func: type = module.funcs[index]; break;
    case ExternKind::Table: type = module.tables[index].type; break;
    case ExternKind::Memory: type = module.memories[index]; break;
    case ExternKind::Global: type = module.globals[index].type; break;
    case ExternKind::Tag: type = module.tags[index]; break;
  }
  facts.type = embed::describe_import(module, type);
  return facts;
}

template <class Items>
std::vector<ItemFacts> items(const Module& module, ExternKind kind, const Items& space) {
  std::vector<ItemFacts> result;
  result.reserve(space.size());
  for (uint32_t i = 0; i < space.size(); ++i) result.push_back(item(module, kind, i));
  return result;
}

size_t space_size(const Module& module, ExternKind kind) {
  switch (kind) {
    case ExternKind::Func: return module.funcs.size();
    case ExternKind::Table: return module.tables.size();
    case ExternKind::Memory: return module.memories.size();
    case ExternKind::Global: return module.globals.size();
    case ExternKind::Tag: return module.tags.size();
  }
  return 0;
}

std::vector<ItemFacts> imports_of(const Module& module) {
  std::array<uint32_t, 5> next{};  // index of the next import of each kind
  std::vector<ItemFacts> result;
  for (const Import& import : module.imports) {
    ItemFacts facts;
    facts.kind = kind_name(import.kind());
    facts.type = embed::describe_import(module, import.type);
    facts.index = next[static_cast<size_t>(import.kind())]++;
    facts.module = import.module;
    facts.name = import.name;
    result.push_back(std::move(facts));
  }
  return result;
}

std::vector<ItemFacts> exports_of(const Module& module) {
  std::vector<ItemFacts> result;
  for (const Export& row : module.exports) {
    // The module may be invalid: an export of nothing has no type.
    ItemFacts facts;
    if (row.index < space_size(module, row.kind))
      facts = item(module, row.kind, row.index);
    else
      facts.kind = kind_name(row.kind), facts.index = row.index, facts.type = "missing";
    facts.name = row.name;
    result.push_back(std::move(facts));
  }
  return result;
}

std::vector<FuncFacts> largest_funcs(const Module& module) {
  std::vector<FuncFacts> all;
  all.reserve(module.bodies.size());
  for (uint32_t i = 0; i < module.bodies.size(); ++i)
    all.push_back({module.imported_funcs + i, {}, module.bodies[i].code.size()});
  const size_t kept = std::min(all.size(), kLargestFuncs);
  std::partial_sort(all.begin(), all.begin() + static_cast<ptrdiff_t>(kept), all.end(),
                    [](const FuncFacts& a, const FuncFacts& b) {
                      return a.size_bytes != b.size_bytes ? a.size_bytes > b.size_bytes
                                                          : a.index < b.index;
                    });
  all.resize(kept);
  const embed::FuncNames names(module);
  for (FuncFacts& func : all) func.name = names.name(func.index);
  return all;
}

}  // namespace

Inspection inspect(const Module& module, Bytes binary) {
  Inspection facts;
  facts.size_bytes = binary.size();
  facts.sections = read_sections(binary);
  facts.imports = imports_of(module);
  facts.exports = exports_of(module);
  facts.memories = items(module, ExternKind::Memory, module.memories);
  facts.tables = items(module, ExternKind::Table, module.tables);
  facts.globals = items(module, ExternKind::Global, module.globals);
  facts.types = module.types.size();
  facts.imported_funcs = module.imported_funcs;
  facts.defined_funcs = module.bodies.size();
  for (const FuncBody& body : module.bodies) facts.code_bytes += body.code.size();
  for (const DataSegment& data : module.datas) facts.data_bytes += data.bytes.size();
  facts.largest_funcs = largest_funcs(module);
  facts.features = features_used(module);
  return facts;
}

}  // namespace skerry::cli
