// GuestView: the only way in which host code reads or writes guest memory. Every access names an
// address and a length and is checked against the memory's size.
// Not here: ownership. A view is good until the guest runs again or its memory grows; take a new
// one from the Caller (or the Memory) then.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

#include "base/result.h"

namespace skerry::runtime {

class GuestView {
 public:
  GuestView() = default;  // no memory: every access of at least one byte fails
  GuestView(uint8_t* base, uint64_t size_bytes) : base_(base), size_bytes_(size_bytes) {}

  uint64_t size_bytes() const { return size_bytes_; }

  // The bytes [address, address + length), or TrapMemoryOutOfBounds (a = address, b = length).
  Result<std::span<uint8_t>> checked(uint64_t address, uint64_t length) const {
    if (address > size_bytes_ || length > size_bytes_ - address) [[unlikely]]
      return fail(ErrorCode::TrapMemoryOutOfBounds, kNoPosition, address, length);
    return std::span<uint8_t>(base_ + address, length);
  }
  Result<std::string_view> text(uint64_t address, uint64_t length) const {
    const auto bytes = checked(address, length);
    if (!bytes) return std::unexpected(bytes.error());
    return std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }

  // Little-endian values at any alignment.
  template <class T>
  Result<T> read(uint64_t address) const {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto bytes = checked(address, sizeof(T));
    if (!bytes) return std::unexpected(bytes.error());
    T value;
    std::memcpy(&value, bytes->data(), sizeof(T));
    return value;
  }
  template <class T>
  Result<void> write(uint64_t address, const T& value) const {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto bytes = checked(address, sizeof(T));
    if (!bytes) return std::unexpected(bytes.error());
    std::memcpy(bytes->data(), &value, sizeof(T));
    return {};
  }

 private:
  uint8_t* base_ = nullptr;
  uint64_t size_bytes_ = 0;
};

}  // namespace skerry::runtime
