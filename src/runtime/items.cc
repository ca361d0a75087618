// Table and Global: storage, growth and typed access.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "runtime/items.h"
#include "runtime/store_access.h"

namespace skerry::runtime {
namespace {

constexpr uint64_t kMaxElements32 = UINT32_MAX;

}  // namespace

Result<std::unique_ptr<Table>> Table::create(Store& store, const TableType& type,
                                             uint64_t initial) {
  std::unique_ptr<Table> table(new Table(store, type));
  if (!table->grow(type.limits.min, initial))
    return fail(ErrorCode::TableLimitExceeded, kNoPosition, type.limits.min,
                store.limits().table_elements);
  return table;
}

Table::~Table() {
  StoreAccess::give_back_elements(store_, vm_.size);
  std::free(vm_.elements);
}

TableType Table::type() const {
  TableType result = type_;
  result.limits.min = vm_.size;
  return result;
}

std::optional<uint64_t> Table::grow(uint64_t delta, uint64_t initial) {
  const uint64_t old_size = vm_.size;
  const uint64_t max = std::min(type_.limits.max.value_or(UINT64_MAX),
                                type_.limits.is_64 ? UINT64_MAX : kMaxElements32);
  if (old_size > max || delta > max - old_size) return std::nullopt;
  if (!StoreAccess::take_elements(store_, delta)) return std::nullopt;
  const uint64_t size = old_size + delta;
  if (size > capacity_) {
    // The first allocation is exact: most tables never grow.
    const uint64_t capacity = capacity_ == 0 ? size : std::max(size, capacity_ + capacity_ / 2);
    void* const elements = capacity <= SIZE_MAX / sizeof(uint64_t)
                               ? std::realloc(vm_.elements, capacity * sizeof(uint64_t))
                               : nullptr;
    if (elements == nullptr) {
      StoreAccess::give_back_elements(store_, delta);
      return std::nullopt;
    }
    vm_.elements = static_cast<uint64_t*>(elements);
    capacity_ = capacity;
  }
  std::fill_n(vm_.elements + old_size, delta, initial);
  vm_.size = size;
  return old_size;
}

Result<Value> Table::get(uint64_t index) const {
  if (index >= vm_.size) return fail(ErrorCode::TrapTableOutOfBounds, kNoPosition, index);
  return Value{type_.element, vm_.elements[index], 0};
}

Result<void> Table::set(uint64_t index, Value value) {
  if (index >= vm_.size) return fail(ErrorCode::TrapTableOutOfBounds, kNoPosition, index);
  if (!value_fits(*store_.engine().registry(), value, type_.element))
    return fail(ErrorCode::ArgumentMismatch);
  vm_.elements[index] = value.low;
  return {};
}

Result<void> Global::set(const Store& store, Value value) {
  if (!type_.is_mutable) return fail(ErrorCode::GlobalImmutable);
  if (!value_fits(*store.engine().registry(), value, type_.type))
    return fail(ErrorCode::ArgumentMismatch);
  cell_->low = value.low;
  cell_->high = value.high;
  return {};
}

}  // namespace skerry::runtime
