// ByteReader: a cursor over bytes that never reads past their end, with the number encodings of the
// binary format (LEB128, little-endian floats). ByteWriter-style encoders append to a vector.
// Not here: anything that knows what the bytes mean.
// Invariant: begin <= pos <= end; a failed read leaves the cursor where the error is.
// Source: WebAssembly 3.0, binary format, "Values".
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace skerry {

using Bytes = std::span<const uint8_t>;
// Of a cryptographic hash.
using Digest = std::array<uint8_t, 32>;

class ByteReader {
 public:
  ByteReader() = default;
  // `origin` is the offset that the first byte of `bytes` has in the module: positions in errors
  // are module offsets.
  explicit ByteReader(Bytes bytes, uint64_t origin = 0)
      : begin_(bytes.data()),
        pos_(bytes.data()),
        end_(bytes.data() + bytes.size()),
        origin_(origin) {}

  uint64_t offset() const { return origin_ + static_cast<uint64_t>(pos_ - begin_); }
  size_t remaining() const { return static_cast<size_t>(end_ - pos_); }
  bool at_end() const { return pos_ == end_; }
  const uint8_t* pos() const { return pos_; }
  void set_pos(const uint8_t* pos) { pos_ = pos; }

  Result<uint8_t> u8() {
    if (pos_ == end_) [[unlikely]]
      return fail(ErrorCode::UnexpectedEnd, offset());
    return *pos_++;
  }
  Result<Bytes> bytes(size_t count) {
    if (count > remaining()) [[unlikely]]
      return fail(ErrorCode::LengthOutOfBounds, offset());
    Bytes result(pos_, count);
    pos_ += count;
    return result;
  }
  Result<uint32_t> u32() {
    if (pos_ != end_ && *pos_ < 0x80) [[likely]]
      return *pos_++;
    return leb<uint32_t, 32, false>();
  }
  Result<uint64_t> u64() {
    if (pos_ != end_ && *pos_ < 0x80) [[likely]]
      return *pos_++;
    return leb<uint64_t, 64, false>();
  }
  Result<int32_t> s32() { return leb<int32_t, 32, true>(); }
  Result<int64_t> s33() { return leb<int64_t, 33, true>(); }
  Result<int64_t> s64() { return leb<int64_t, 64, true>(); }
  Result<uint32_t> fixed_u32() { return fixed<uint32_t>(); }
  Result<uint64_t> fixed_u64() { return fixed<uint64_t>(); }

 private:
  template <class T>
  Result<T> fixed() {
    if (remaining() < sizeof(T)) return fail(ErrorCode::UnexpectedEnd, offset());
    T value;
    std::memcpy(&value, pos_, sizeof(T));  // every supported CPU is little-endian
    pos_ += sizeof(T);
    return value;
  }

  template <class T, unsigned kBits, bool kSigned>
  Result<T> leb() {
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      if (pos_ == end_) [[unlikely]]
        return fail(ErrorCode::UnexpectedEnd, offset());
      const uint8_t byte = *pos_++;
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      const unsigned left = kBits - shift;  // value bits this byte may still carry
      if (left <= 7) {
        if (byte & 0x80) return fail(ErrorCode::IntegerTooLong, offset() - 1);
        if constexpr (kSigned) {
          // Bits above the sign bit must repeat it.
          const uint8_t high = static_cast<uint8_t>((byte & 0x7f) >> (left - 1));
          const uint8_t all = static_cast<uint8_t>(0x7f >> (left - 1));
          if (high != 0 && high != all) return fail(ErrorCode::IntegerTooLarge, offset() - 1);
          if (left < 7 || kBits < 64) {
            const unsigned unused = 64 - kBits;
            value = static_cast<uint64_t>(static_cast<int64_t>(value << unused) >> unused);
          }
        } else if (left < 7 && (byte >> left) != 0) {
          return fail(ErrorCode::IntegerTooLarge, offset() - 1);
        }
        return static_cast<T>(value);
      }
      if (!(byte & 0x80)) {
        if constexpr (kSigned) {
          const unsigned used = shift + 7;
          value = static_cast<uint64_t>(static_cast<int64_t>(value << (64 - used)) >> (64 - used));
        }
        return static_cast<T>(value);
      }
    }
  }

  const uint8_t* begin_ = nullptr;
  const uint8_t* pos_ = nullptr;
  const uint8_t* end_ = nullptr;
  uint64_t origin_ = 0;
};

// Encoders, shortest form.
inline void append_u64_leb(std::vector<uint8_t>& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<uint8_t>(value));
}
inline void append_s64_leb(std::vector<uint8_t>& out, int64_t value) {
  for (;;) {
    const uint8_t low = value & 0x7f;
    value >>= 7;
    if ((value == 0 && !(low & 0x40)) || (value == -1 && (low & 0x40))) {
      out.push_back(low);
      return;
    }
    out.push_back(low | 0x80);
  }
}
template <class T>
void append_fixed(std::vector<uint8_t>& out, T value) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(&value);
  out.insert(out.end(), bytes, bytes + sizeof(T));
}

// True if the bytes are well-formed UTF-8 (no surrogates, no overlong forms).
bool is_utf8(Bytes bytes);

}  // namespace skerry
