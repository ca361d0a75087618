// Values between C and the engine: a wasm_val_t or a reference on one side, a slot on the other.
// Not here: v128 and references that the interface has no kind for. They have no slot.
// Invariant: what becomes a slot fits the type it was made for and belongs to the store.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <string_view>

#include "capi/store.h"
#include "wasm.h"
#include "wasm/types.h"

namespace skerry::capi {

enum class Misfit : uint8_t { Kind, Null, Reference, Store, Inexpressible };
std::string_view text_of(Misfit misfit);
template <class T>
using Fitting = std::expected<T, Misfit>;

// They throw std::bad_alloc. References are borrowed.
Fitting<uint64_t> slot_of(StoreState& store, const wasm_val_t& value, ValType type);
Fitting<uint64_t> slot_of(StoreState& store, const wasm_ref_t* ref, ValType type);

// Owned by the caller. It throws std::bad_alloc.
wasm_val_t val_of(StoreState& store, uint64_t slot, ValType type);
wasm_ref_t* ref_of(StoreState& store, uint64_t slot, ValType type);
// Zero or null. Of an inexpressible type, too.
wasm_val_t zero_of(const StoreState& store, ValType type);

// As many elements as a call has, of which there are few.
template <class T>
class FewOf {
 public:
  explicit FewOf(size_t size) : size_(size) {
    if (size > few_.size()) many_ = std::make_unique<T[]>(size);
  }
  T* data() { return many_ ? many_.get() : few_.data(); }
  size_t size() const { return size_; }
  T& operator[](size_t i) { return data()[i]; }

 private:
  size_t size_;
  std::array<T, 8> few_{};
  std::unique_ptr<T[]> many_;
};

// Values that are owned.
class Vals : public FewOf<wasm_val_t> {
 public:
  using FewOf::FewOf;
  Vals(const Vals&) = delete;
  Vals& operator=(const Vals&) = delete;
  ~Vals() {
    for (size_t i = 0; i < size(); ++i) wasm_val_delete(&(*this)[i]);
  }
  // The element's owner is somebody else now.
  wasm_val_t give(size_t i) { return std::exchange((*this)[i], wasm_val_t{}); }
};

}  // namespace skerry::capi
