// Segment contents: data straight from the module's bytes, references made on the way.
#include "runtime/segments.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "runtime/instance.h"

namespace skerry::runtime {

TrapCode init_memory(Instance& instance, uint32_t data, uint32_t memory, uint64_t dest,
                     uint64_t source, uint64_t length) {
  const Bytes bytes =
      instance.data_is_dropped(data) ? Bytes() : instance.module().datas[data].bytes;
  const VmMemory& to = *instance.memory(memory)->vm();
  if (!range_fits(source, length, bytes.size()) || !range_fits(dest, length, to.size_bytes))
    return TrapCode::MemoryOutOfBounds;
  if (length != 0) std::memcpy(to.base + dest, bytes.data() + source, length);
  return TrapCode::None;
}

TrapCode init_table(Instance& instance, uint32_t elem, uint32_t table, uint64_t dest,
                    uint64_t source, uint64_t length) {
  const uint64_t size = instance.elem_is_dropped(elem) ? 0 : instance.module().elems[elem].size();
  const std::span<uint64_t> to = instance.table(table)->elements();
  if (!range_fits(source, length, size) || !range_fits(dest, length, to.size()))
    return TrapCode::TableOutOfBounds;
  if (length != 0) instance.read_elem(elem, source, to.subspan(dest, length));
  return TrapCode::None;
}

void Instance::read_elem(uint32_t elem, uint64_t source, std::span<uint64_t> to) {
  const ElemSegment& segment = module().elems[elem];
  assert(!elem_dropped_[elem] && source + to.size() <= segment.size());
  if (segment.uses_exprs) {
    std::copy_n(elem_values_[elem].begin() + static_cast<ptrdiff_t>(source), to.size(), to.begin());
    return;
  }
  const std::lock_guard lock(module_->instances_mutex());
  for (size_t i = 0; i < to.size(); ++i)
    to[i] = reinterpret_cast<uint64_t>(func_ref_locked(segment.funcs[source + i]));
}

void Instance::drop_elem(uint32_t elem) {
  elem_dropped_[elem] = true;
  std::vector<uint64_t>().swap(elem_values_[elem]);
}

}  // namespace skerry::runtime
