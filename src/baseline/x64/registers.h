// Which x86-64 registers do what inside generated code. The calling convention itself is
// code/abi.h.
//
//   rsp            frame: locals' homes, saved registers, spilled operands; constant within a body
//   r13, r14       instance context, memory 0
//   r11, xmm14/15  scratch within the code of one Wasm instruction
//   pinnable       may hold one local for a whole body:
//                    rbx rbp r12 r15 (preserved by calls), r8 r9 r10 and xmm6-13 (saved around
//                    calls)
//   the rest       operands
#pragma once

#include <bit>
#include <cstdint>
#include <initializer_list>

namespace skerry::baseline::x64 {

// A general or vector register as one number: 0-15 general (in encoding order), 16-31 xmm.
using RegNumber = uint8_t;
inline constexpr RegNumber kNoReg = 0xff;
inline constexpr RegNumber kRax = 0, kRcx = 1, kRdx = 2, kRbx = 3, kRsp = 4, kRbp = 5, kRsi = 6,
                           kRdi = 7;
inline constexpr RegNumber kContext = 13, kMemory = 14, kScratch = 11;
inline constexpr RegNumber kFirstXmm = 16;
inline constexpr RegNumber xmm_number(unsigned index) {
  return static_cast<RegNumber>(kFirstXmm + index);
}
inline constexpr RegNumber kXmmScratch = xmm_number(15), kXmmScratch2 = xmm_number(14);

inline constexpr bool is_xmm(RegNumber reg) { return reg >= kFirstXmm && reg != kNoReg; }

// A set of registers.
class RegSet {
 public:
  constexpr RegSet() = default;
  constexpr RegSet(std::initializer_list<RegNumber> regs) {
    for (RegNumber reg : regs) bits_ |= bit(reg);
  }
  constexpr bool has(RegNumber reg) const { return bits_ & bit(reg); }
  constexpr void add(RegNumber reg) { bits_ |= bit(reg); }
  constexpr void remove(RegNumber reg) { bits_ &= ~bit(reg); }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr RegNumber first() const { return static_cast<RegNumber>(std::countr_zero(bits_)); }
  constexpr RegSet operator|(RegSet other) const { return RegSet(bits_ | other.bits_); }
  constexpr RegSet operator&(RegSet other) const { return RegSet(bits_ & other.bits_); }
  constexpr RegSet operator-(RegSet other) const { return RegSet(bits_ & ~other.bits_); }
  template <class F>
  void for_each(F&& f) const {
    for (uint32_t bits = bits_; bits != 0; bits &= bits - 1)
      f(static_cast<RegNumber>(std::countr_zero(bits)));
  }

 private:
  constexpr explicit RegSet(uint32_t bits) : bits_(bits) {}
  static constexpr uint32_t bit(RegNumber reg) { return uint32_t{1} << reg; }
  uint32_t bits_ = 0;
};

inline constexpr RegSet kSavedPins = {kRbx, kRbp, 12, 15};
inline constexpr RegSet kIntCallPins = {8, 9, 10};
inline constexpr RegSet kFloatCallPins = {xmm_number(6),  xmm_number(7),  xmm_number(8),
                                          xmm_number(9),  xmm_number(10), xmm_number(11),
                                          xmm_number(12), xmm_number(13)};
inline constexpr RegSet kIntOperands = {kRax, kRcx, kRdx, kRsi, kRdi};
inline constexpr RegSet kFloatOperands = {xmm_number(0), xmm_number(1), xmm_number(2),
                                          xmm_number(3), xmm_number(4), xmm_number(5)};
// Parameter registers in order (code/abi.h).
inline constexpr RegNumber kIntParamOrder[] = {kRdi, kRsi, kRdx, kRcx, 8, 9};

}  // namespace skerry::baseline::x64
