// Encoder: xbyak, with the forms that nearly all generated code consists of encoded here instead:
// moves, loads, stores and integer arithmetic. They are the same bytes (a unit test compares all
// registers and displacements), made without xbyak's operand objects and its checks of each byte,
// which cost a fifth of the compile time. Mem: the memory operands of generated code.
// Not here: labels and patches (assembler.h). Invariant: every operand given is encodable.
#pragma once

#include <cassert>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "baseline/x64/registers.h"

#define XBYAK_NO_EXCEPTION
#include <xbyak/xbyak.h>

namespace skerry::baseline::x64 {

// [base + index * 2^scale_log2 + displacement]
class Mem {
 public:
  Mem() = default;
  Mem(RegNumber base, uint64_t displacement) : Mem(base, kNoReg, displacement) {}
  Mem(RegNumber base, RegNumber index, uint64_t displacement, uint8_t scale_log2 = 0)
      : displacement_(static_cast<int32_t>(displacement)),
        base_(base),
        index_(index),
        scale_log2_(scale_log2) {
    assert(static_cast<int64_t>(displacement) == displacement_ && index != kRsp);
  }

  RegNumber base() const { return base_; }
  RegNumber index() const { return index_; }
  bool has_index() const { return index_ != kNoReg; }
  uint8_t scale_log2() const { return scale_log2_; }
  int32_t displacement() const { return displacement_; }

  // For the forms that xbyak encodes.
  operator Xbyak::RegExp() const {
    Xbyak::RegExp result{Xbyak::Reg64(base_)};
    if (has_index()) result = result + Xbyak::RegExp(Xbyak::Reg64(index_), 1 << scale_log2_);
    return result + static_cast<size_t>(int64_t{displacement_});
  }

 private:
  int32_t displacement_ = 0;
  RegNumber base_ = kRsp;
  RegNumber index_ = kNoReg;
  uint8_t scale_log2_ = 0;
};

// What of an instruction its operands do not say.
struct Form {
  uint8_t prefix;  // 0: none
  bool is_wide;    // REX.W
  bool is_0f;      // of the two-byte opcodes
  uint8_t opcode;
  bool is_byte = false;  // `reg` is a byte register: 4 to 7 need a REX prefix

  static constexpr Form load(bool wide) { return {0, wide, false, 0x8b}; }
  static constexpr Form store(bool wide) { return {0, wide, false, 0x89}; }
};
inline constexpr Form kStore8{0, false, false, 0x88, true}, kStore16{0x66, false, false, 0x89},
    kMovzx8{0, false, true, 0xb6}, kMovzx16{0, false, true, 0xb7}, kMovsx8{0, false, true, 0xbe},
    kMovsx8Wide{0, true, true, 0xbe}, kMovsx16{0, false, true, 0xbf},
    kMovsx16Wide{0, true, true, 0xbf}, kMovsxd{0, true, false, 0x63},
    kLoadF32{0xf3, false, true, 0x10}, kStoreF32{0xf3, false, true, 0x11},
    kLoadF64{0xf2, false, true, 0x10}, kStoreF64{0xf2, false, true, 0x11},
    kLoadV128{0, false, true, 0x10}, kStoreV128{0, false, true, 0x11};

// Two-operand arithmetic, by its number in the opcodes.
enum class Alu : uint8_t { Add = 0, Or = 1, And = 4, Sub = 5, Xor = 6, Cmp = 7 };
enum class Shift : uint8_t { Left = 4, RightUnsigned = 5, RightSigned = 7 };

// Plain memory for code under construction: it never becomes executable, so no page protection is
// changed, and the heap hands the same blocks out again.
class HeapAllocator final : public Xbyak::Allocator {
 public:
  uint8_t* alloc(size_t bytes) override { return static_cast<uint8_t*>(std::malloc(bytes)); }
  void free(uint8_t* block) override { std::free(block); }
  bool useProtect() const override { return false; }

  static HeapAllocator& instance() {
    static HeapAllocator allocator;
    return allocator;
  }
};

class Encoder : public Xbyak::CodeGenerator {
 public:
  explicit Encoder(size_t size_hint_bytes)
      : Xbyak::CodeGenerator(size_hint_bytes, Xbyak::AutoGrow, &HeapAllocator::instance()) {}

  // The other operand is a register: general, or vector by either way of counting.
  void encode(Form form, RegNumber reg, const Mem& mem) { end(put(begin(), form, reg, mem)); }

  void load(bool wide, RegNumber to, const Mem& from) { encode(Form::load(wide), to, from); }
  void store(bool wide, const Mem& to, RegNumber from) { encode(Form::store(wide), from, to); }
  void store_imm8(const Mem& to, uint8_t value) {
    uint8_t* p = put(begin(), {0, false, false, 0xc6}, 0, to);
    *p++ = value;
    end(p);
  }
  void store_imm16(const Mem& to, uint16_t value) {
    uint8_t* p = put(begin(), {0x66, false, false, 0xc7}, 0, to);
    std::memcpy(p, &value, sizeof(value));
    end(p + sizeof(value));
  }
  // Sign-extended where the store is wide.
  void store_imm(bool wide, const Mem& to, uint32_t value) {
    end(put_u32(put(begin(), {0, wide, false, 0xc7}, 0, to), value));
  }
  void address(bool wide, RegNumber to, const Mem& of) { encode({0, wide, false, 0x8d}, to, of); }

  void move(bool wide, RegNumber to, RegNumber from) { end(put(begin(), wide, 0x89, from, to)); }
  // Leaves the flags as they are.
  void move_imm32(RegNumber to, uint32_t value) {
    uint8_t* p = begin();
    if (to >= 8) *p++ = 0x41;
    *p++ = static_cast<uint8_t>(0xb8 | (to & 7));
    end(put_u32(p, value));
  }

  void alu(Alu op, bool wide, RegNumber to, RegNumber from) {
    end(put(begin(), wide, static_cast<uint8_t>(number(op) << 3 | 1), from, to));
  }
  void alu(Alu op, bool wide, RegNumber to, const Mem& from) {
    encode({0, wide, false, static_cast<uint8_t>(number(op) << 3 | 3)}, to, from);
  }
  // Sign-extended where the operation is wide.
  void alu_imm(Alu op, bool wide, RegNumber to, uint32_t value) {
    const auto as_signed = static_cast<int32_t>(value);
    if (as_signed == static_cast<int8_t>(as_signed)) {
      uint8_t* p = put(begin(), wide, 0x83, number(op), to);
      *p++ = static_cast<uint8_t>(value);
      return end(p);
    }
    uint8_t* p = begin();
    if (to == kRax) {
      if (wide) *p++ = 0x48;
      *p++ = static_cast<uint8_t>(number(op) << 3 | 5);
    } else {
      p = put(p, wide, 0x81, number(op), to);
    }
    end(put_u32(p, value));
  }
  void test_zero(bool wide, RegNumber reg) { end(put(begin(), wide, 0x85, reg, reg)); }
  void shift_imm(Shift op, bool wide, RegNumber to, uint8_t count) {
    uint8_t* p = put(begin(), wide, count == 1 ? 0xd1 : 0xc1, static_cast<RegNumber>(op), to);
    if (count != 1) *p++ = count;
    end(p);
  }

  void call_at(const Mem& code) { encode({0, false, false, 0xff}, 2, code); }
  void jump_at(const Mem& code) { encode({0, false, false, 0xff}, 4, code); }

 protected:
  // Room for one instruction; end() says where it stopped.
  uint8_t* begin() {
    constexpr size_t kLongest = 16;
    if (size_ + kLongest > maxSize_) [[unlikely]]
      growMemory();
    return top_ + size_;
  }
  void end(const uint8_t* p) { size_ = static_cast<size_t>(p - top_); }

  static uint8_t* put_u32(uint8_t* p, uint32_t value) {
    std::memcpy(p, &value, sizeof(value));
    return p + sizeof(value);
  }

 private:
  static constexpr uint8_t number(Alu op) { return static_cast<uint8_t>(op); }

  // One-byte opcode, two registers.
  static uint8_t* put(uint8_t* p, bool wide, uint8_t opcode, RegNumber reg, RegNumber rm) {
    const unsigned rex = (wide ? 8 : 0) | (reg >> 3 & 1) << 2 | (rm >> 3 & 1);
    if (rex != 0) *p++ = static_cast<uint8_t>(0x40 | rex);
    *p++ = opcode;
    *p++ = static_cast<uint8_t>(0xc0 | (reg & 7) << 3 | (rm & 7));
    return p;
  }

  static uint8_t* put(uint8_t* p, Form form, RegNumber reg, const Mem& mem) {
    if (form.prefix != 0) *p++ = form.prefix;
    const unsigned index_bit = mem.has_index() ? mem.index() >> 3 & 1 : 0;
    const unsigned rex =
        (form.is_wide ? 8 : 0) | (reg >> 3 & 1) << 2 | index_bit << 1 | (mem.base() >> 3 & 1);
    if (rex != 0 || (form.is_byte && reg >= 4)) *p++ = static_cast<uint8_t>(0x40 | rex);
    if (form.is_0f) *p++ = 0x0f;
    *p++ = form.opcode;
    return put_operand(p, static_cast<unsigned>(reg & 7) << 3, mem);
  }

  // ModRM, SIB and displacement.
  static uint8_t* put_operand(uint8_t* p, unsigned reg_bits, const Mem& mem) {
    const int32_t displacement = mem.displacement();
    const unsigned base = mem.base() & 7;
    const bool is_short = displacement == static_cast<int8_t>(displacement);
    // rbp and r13 have no form without a displacement, rsp and r12 none without an index byte.
    const unsigned mod = displacement == 0 && base != kRbp ? 0x00 : is_short ? 0x40 : 0x80;
    if (mem.has_index() || base == kRsp) {
      const unsigned index = mem.has_index() ? mem.index() & 7 : kRsp;
      *p++ = static_cast<uint8_t>(mod | reg_bits | 4);
      *p++ = static_cast<uint8_t>(mem.scale_log2() << 6 | index << 3 | base);
    } else {
      *p++ = static_cast<uint8_t>(mod | reg_bits | base);
    }
    if (mod == 0x40) *p++ = static_cast<uint8_t>(displacement);
    return mod == 0x80 ? put_u32(p, static_cast<uint32_t>(displacement)) : p;
  }
};

}  // namespace skerry::baseline::x64
