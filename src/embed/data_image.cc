// The segments, copied in their order to where they go.
#include "embed/data_image.h"

#include <algorithm>
#include <cstring>

#include "binary/const_expr_reader.h"

namespace skerry::embed {
namespace {

// An image may be so much larger than the bytes in it: it is hashed at every start.
constexpr uint64_t kMostBytesPerByte = 4;

// Memory 0 is the module's own, and nobody can look at it, or at its segments, before it is filled.
bool has_memory_for_image(const Module& module) {
  return !module.memories.empty() && module.imported_memories == 0 && module.imported_tables == 0 &&
         !module.memories[0].is_shared;
}

// The place that an active segment has in any instance.
std::optional<uint64_t> constant_offset(const DataSegment& data) {
  if (data.mode != SegmentMode::Active || data.memory != 0) return std::nullopt;
  const auto constant = single_int_const(data.offset);
  return constant ? std::optional(constant->value) : std::nullopt;
}

bool is_inside(uint64_t end, const MemoryType& memory) {
  return (end + kWasmPageBytes - 1) / kWasmPageBytes <= memory.limits.min;
}

// Where the segments' bytes start and end in the memory; nothing if there is to be no image.
struct Extent {
  uint64_t begin = UINT64_MAX, end = 0;
};
std::optional<Extent> extent_of(const Module& module) {
  Extent extent;
  uint64_t bytes = 0;
  for (const DataSegment& data : module.datas) {
    const auto offset = constant_offset(data);
    // No artifact holds what is beyond 4 GiB.
    if (!offset || *offset > UINT32_MAX ||
        !is_inside(*offset + data.bytes.size(), module.memories[0]))
      return std::nullopt;
    if (data.bytes.empty()) continue;
    extent.begin = std::min(extent.begin, *offset);
    extent.end = std::max(extent.end, *offset + data.bytes.size());
    bytes += data.bytes.size();
  }
  if (bytes < kMinDataImageBytes || (extent.end - extent.begin) / kMostBytesPerByte > bytes)
    return std::nullopt;
  constexpr uint64_t kPage = kArtifactDataAlignment;
  return Extent{extent.begin / kPage * kPage, (extent.end + kPage - 1) / kPage * kPage};
}

}  // namespace

std::optional<MadeDataImage> make_data_image(const Module& module) {
  if (!has_memory_for_image(module)) return std::nullopt;
  const auto extent = extent_of(module);
  if (!extent) return std::nullopt;
  MadeDataImage image{extent->begin, std::vector<uint8_t>(extent->end - extent->begin)};
  for (const DataSegment& data : module.datas)
    if (!data.bytes.empty())
      std::memcpy(image.bytes.data() + (*constant_offset(data) - image.begin), data.bytes.data(),
                  data.bytes.size());
  return image;
}

Result<void> add_data_image(ArtifactWriter& writer, const LoadedModule& module) {
  if (const runtime::DataImage* const known = module.code->data_image())
    return writer.set_data(known->begin, {known->bytes.begin(), known->bytes.end()});
  auto made = make_data_image(*module.parsed.module);
  if (!made) return {};
  return writer.set_data(made->begin, std::move(made->bytes));
}

bool data_fits(const ArtifactData& data, const Module& module) {
  return has_memory_for_image(module) &&
         is_inside(data.begin + data.bytes.size(), module.memories[0]);
}

}  // namespace skerry::embed
