// Reading and writing of the name section.
#include "binary/name_section.h"

#include <algorithm>

#include "binary/function_writer.h"

namespace skerry {
namespace {

template <class T, class Index>
void sort_and_drop_doubles(std::vector<T>& items, Index T::* index) {
  const auto less = [index](const T& a, const T& b) { return a.*index < b.*index; };
  const auto equal = [index](const T& a, const T& b) { return a.*index == b.*index; };
  // Of several names for one index any will do.
  if (!std::ranges::is_sorted(items, less)) std::ranges::sort(items, less);
  items.erase(std::unique(items.begin(), items.end(), equal), items.end());
}

template <class T, class Index>
const T* find_in(const std::vector<T>& items, Index T::* index, uint32_t wanted) {
  const auto found = std::ranges::lower_bound(items, wanted, {}, index);
  return found != items.end() && *found.*index == wanted ? &*found : nullptr;
}

// A name, absent if it is not UTF-8.
Result<std::optional<std::string_view>> read_name(ByteReader& in) {
  const uint32_t size = TRY(in.u32());
  const Bytes bytes = TRY(in.bytes(size));
  if (!is_utf8(bytes)) return std::nullopt;
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

// The readers below keep in `names` what they read before an error.

Result<void> read_name_map(ByteReader& in, NameMap& names) {
  const uint32_t count = TRY(in.u32());
  names.reserve(std::min<size_t>(count, in.remaining() / 2));
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t index = TRY(in.u32());
    const auto name = TRY(read_name(in));
    if (name) names.push_back({index, *name});
  }
  return {};
}

Result<void> read_indirect(ByteReader& in, std::vector<IndirectNames>& owners) {
  const uint32_t count = TRY(in.u32());
  owners.reserve(std::min<size_t>(count, in.remaining() / 2));
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t owner = TRY(in.u32());
    owners.push_back({owner, {}});
    const Result<void> result = read_name_map(in, owners.back().names);
    sort_and_drop_doubles(owners.back().names, &Name::index);
    TRY(result);
  }
  return {};
}

void read_subsection(NameSection& section, uint8_t id, ByteReader in) {
  if (id >= kNameKindCount) return;
  const auto kind = static_cast<NameKind>(id);
  // An error ends the subsection, and is nobody's business.
  if (kind == NameKind::Module) {
    const auto name = read_name(in);
    if (name && !section.module_name) section.module_name = *name;
  } else if (is_indirect(kind)) {
    (void)read_indirect(in, section.indirect(kind));
    sort_and_drop_doubles(section.indirect(kind), &IndirectNames::owner);
  } else {
    (void)read_name_map(in, section.of(kind));
    sort_and_drop_doubles(section.of(kind), &Name::index);
  }
}

Result<void> read_subsections(ByteReader& in, NameSection& section) {
  while (!in.at_end()) {
    const uint8_t id = TRY(in.u8());
    const uint32_t size = TRY(in.u32());
    read_subsection(section, id, ByteReader(TRY(in.bytes(size))));
  }
  return {};
}

void put_name_map(std::vector<uint8_t>& out, const NameMap& names) {
  append_u64_leb(out, names.size());
  for (const Name& name : names) {
    append_u64_leb(out, name.index);
    append_name(out, name.name);
  }
}

}  // namespace

std::string_view NameSection::find(NameKind kind, uint32_t index) const {
  const Name* found = find_in(of(kind), &Name::index, index);
  return found ? found->name : std::string_view();
}

std::string_view NameSection::find(NameKind kind, uint32_t owner, uint32_t index) const {
  const IndirectNames* names = find_in(indirect(kind), &IndirectNames::owner, owner);
  const Name* found = names ? find_in(names->names, &Name::index, index) : nullptr;
  return found ? found->name : std::string_view();
}

bool NameSection::empty() const {
  return !module_name && std::ranges::all_of(names, &NameMap::empty) &&
         std::ranges::all_of(indirect_names, [](const auto& list) { return list.empty(); });
}

NameSection read_name_section(Bytes section) {
  NameSection result;
  ByteReader in(section);
  (void)read_subsections(in, result);
  return result;
}

NameSection read_name_section(const Module& module) {
  const CustomSection* custom = module.find_custom("name");
  return custom ? read_name_section(custom->bytes) : NameSection();
}

std::vector<uint8_t> encode_name_section(const NameSection& names) {
  std::vector<uint8_t> out;
  std::vector<uint8_t> contents;
  for (uint8_t id = 0; id < kNameKindCount; ++id) {
    const auto kind = static_cast<NameKind>(id);
    contents.clear();
    if (kind == NameKind::Module) {
      if (names.module_name) append_name(contents, *names.module_name);
    } else if (is_indirect(kind) && !names.indirect(kind).empty()) {
      append_u64_leb(contents, names.indirect(kind).size());
      for (const IndirectNames& owner : names.indirect(kind)) {
        append_u64_leb(contents, owner.owner);
        put_name_map(contents, owner.names);
      }
    } else if (!is_indirect(kind) && !names.of(kind).empty()) {
      put_name_map(contents, names.of(kind));
    }
    if (contents.empty()) continue;
    out.push_back(id);
    append_sized(out, contents);
  }
  return out;
}

}  // namespace skerry
