// What follows the fields: name section, order of custom sections, data count, storage.
#include <algorithm>

#include "text/module_parser.h"
#include "text/sections_present.h"

namespace skerry::text {
namespace {

constexpr size_t kChunkBytes = 64 * 1024;

}  // namespace

void ModuleParser::finish() {
  // Bodies that name data segments can only be validated in one pass if the count comes before
  // them.
  if (uses_data_index_) module_->data_count = static_cast<uint32_t>(module_->datas.size());
  add_name_section();
  place_customs();
}

void ModuleParser::add_name_section() {
  for (const PlacedCustom& custom : customs_)
    if (custom.section.name == "name") return;  // the text brings its own
  if (names_.empty()) return;
  const std::vector<uint8_t> content = encode_name_section(names_);
  CustomSection section;
  section.name = "name";
  section.bytes = store(content);
  customs_.push_back({kNameRank, section});
}

void ModuleParser::place_customs() {
  std::stable_sort(customs_.begin(), customs_.end(),
                   [](const auto& a, const auto& b) { return a.rank < b.rank; });
  for (PlacedCustom& custom : customs_) {
    for (size_t place = 0; place < kSectionOrder.size(); ++place)
      if (kRankStep * (place + 1) <= custom.rank && has_section(*module_, kSectionOrder[place]))
        custom.section.after_section = static_cast<uint8_t>(kSectionOrder[place]);
    module_->customs.push_back(custom.section);
  }
}

Bytes ModuleParser::store(Bytes bytes) {
  std::deque<std::vector<uint8_t>>& owned = module_->owned;
  if (owned.empty() || owned.back().capacity() - owned.back().size() < bytes.size())
    owned.emplace_back().reserve(std::max(kChunkBytes, bytes.size()));
  std::vector<uint8_t>& chunk = owned.back();
  const size_t begin = chunk.size();
  chunk.insert(chunk.end(), bytes.begin(), bytes.end());  // within its capacity: nothing moves
  return Bytes(chunk).subspan(begin);
}

std::string_view ModuleParser::store_name(std::string_view name) {
  const Bytes bytes = store(Bytes(reinterpret_cast<const uint8_t*>(name.data()), name.size()));
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace skerry::text
