// Encoder's own forms are the bytes that xbyak makes of the same instruction, for every register
// and each kind of memory operand.
#include "baseline/x64/encoder.h"

#include <gtest/gtest.h>

#include <vector>

namespace skerry::baseline::x64 {
namespace {

using namespace Xbyak::util;
using Xbyak::Reg16, Xbyak::Reg32, Xbyak::Reg32e, Xbyak::Reg64, Xbyak::Reg8, Xbyak::Xmm;
using Code = std::vector<uint8_t>;

// What `emit` emits by xbyak alone, or with our forms.
template <class Generator, class Emit>
Code code_of(Emit emit) {
  Generator code(4096);
  emit(code);
  EXPECT_EQ(Xbyak::GetError(), static_cast<int>(Xbyak::ERR_NONE));
  Xbyak::ClearError();
  return {code.getCode(), code.getCode() + code.getSize()};
}
template <class Own, class Theirs>
void expect_same(Own own, Theirs theirs) {
  EXPECT_EQ(code_of<Encoder>(own), code_of<Xbyak::CodeGenerator>(theirs));
}

Reg32e gp(RegNumber reg, bool wide) { return Reg32e(reg, wide ? 64 : 32); }

std::vector<Mem> operands() {
  std::vector<Mem> result;
  for (const int64_t displacement : {0L, 1L, 127L, 128L, -1L, -128L, -129L, 0x7fffffffL}) {
    const auto bits = static_cast<uint64_t>(displacement);
    for (RegNumber base = 0; base < 16; ++base) {
      result.push_back(Mem(base, bits));
      for (RegNumber index = 0; index < 16; ++index)
        if (index != kRsp) result.push_back(Mem(base, index, bits, index & 3));
    }
  }
  return result;
}

TEST(Encoder, MemoryOperandsAreXbyaks) {
  for (const Mem& mem : operands()) {
    for (const RegNumber reg : {RegNumber{0}, RegNumber{5}, RegNumber{12}}) {
      for (const bool wide : {false, true})
        expect_same([&](Encoder& e) { e.load(wide, reg, mem); },
                    [&](auto& x) { x.mov(gp(reg, wide), ptr[mem]); });
    }
  }
}

TEST(Encoder, LoadsAndStoresAreXbyaks) {
  for (const Mem& mem : {Mem(14, kRax, 8), Mem(kRsp, 0x80), Mem(14, 12, 0), Mem(13, 0)}) {
    for (RegNumber reg = 0; reg < 16; ++reg) {
      const Xmm vector(reg);
      const RegNumber numbered = xmm_number(reg);
      const auto encodes = [&](Form form, RegNumber number, auto theirs) {
        expect_same([&](Encoder& e) { e.encode(form, number, mem); }, theirs);
      };
      for (const bool wide : {false, true}) {
        expect_same([&](Encoder& e) { e.store(wide, mem, reg); },
                    [&](auto& x) { x.mov(ptr[mem], gp(reg, wide)); });
        expect_same([&](Encoder& e) { e.address(wide, reg, mem); },
                    [&](auto& x) { x.lea(gp(reg, wide), ptr[mem]); });
      }
      encodes(kStore8, reg, [&](auto& x) { x.mov(byte[mem], Reg8(reg, reg >= 4)); });
      encodes(kStore16, reg, [&](auto& x) { x.mov(word[mem], Reg16(reg)); });
      encodes(kMovzx8, reg, [&](auto& x) { x.movzx(Reg32(reg), byte[mem]); });
      encodes(kMovzx16, reg, [&](auto& x) { x.movzx(Reg32(reg), word[mem]); });
      encodes(kMovsx8, reg, [&](auto& x) { x.movsx(Reg32(reg), byte[mem]); });
      encodes(kMovsx8Wide, reg, [&](auto& x) { x.movsx(Reg64(reg), byte[mem]); });
      encodes(kMovsx16, reg, [&](auto& x) { x.movsx(Reg32(reg), word[mem]); });
      encodes(kMovsx16Wide, reg, [&](auto& x) { x.movsx(Reg64(reg), word[mem]); });
      encodes(kMovsxd, reg, [&](auto& x) { x.movsxd(Reg64(reg), dword[mem]); });
      encodes(kLoadF32, numbered, [&](auto& x) { x.movss(vector, dword[mem]); });
      encodes(kStoreF32, numbered, [&](auto& x) { x.movss(dword[mem], vector); });
      encodes(kLoadF64, numbered, [&](auto& x) { x.movsd(vector, qword[mem]); });
      encodes(kStoreF64, numbered, [&](auto& x) { x.movsd(qword[mem], vector); });
      encodes(kLoadV128, numbered, [&](auto& x) { x.movups(vector, xword[mem]); });
      encodes(kStoreV128, numbered, [&](auto& x) { x.movups(xword[mem], vector); });
    }
    for (const uint32_t value : {0u, 0x7fu, 0x80u, 0x1234u}) {
      expect_same([&](Encoder& e) { e.store_imm8(mem, static_cast<uint8_t>(value)); },
                  [&](auto& x) { x.mov(byte[mem], value & 0xff); });
      expect_same([&](Encoder& e) { e.store_imm16(mem, static_cast<uint16_t>(value)); },
                  [&](auto& x) { x.mov(word[mem], value); });
      expect_same([&](Encoder& e) { e.store_imm(false, mem, value); },
                  [&](auto& x) { x.mov(dword[mem], value); });
      expect_same([&](Encoder& e) { e.store_imm(true, mem, value); },
                  [&](auto& x) { x.mov(qword[mem], value); });
    }
    expect_same([&](Encoder& e) { e.call_at(mem); }, [&](auto& x) { x.call(qword[mem]); });
    expect_same([&](Encoder& e) { e.jump_at(mem); }, [&](auto& x) { x.jmp(qword[mem]); });
  }
}

TEST(Encoder, RegisterFormsAreXbyaks) {
  for (RegNumber a = 0; a < 16; ++a) {
    for (const bool wide : {false, true}) {
      const Reg32e to = gp(a, wide);
      for (RegNumber b = 0; b < 16; ++b) {
        const Reg32e from = gp(b, wide);
        expect_same([&](Encoder& e) { e.move(wide, a, b); }, [&](auto& x) { x.mov(to, from); });
        expect_same([&](Encoder& e) { e.alu(Alu::Add, wide, a, b); },
                    [&](auto& x) { x.add(to, from); });
        expect_same([&](Encoder& e) { e.alu(Alu::Cmp, wide, a, b); },
                    [&](auto& x) { x.cmp(to, from); });
        const Mem mem(b, 16);
        const auto own = [&](Encoder& e) { e.alu(Alu::Sub, wide, a, mem); };
        expect_same(own, [&](auto& x) { x.sub(to, ptr[mem]); });
      }
      expect_same([&](Encoder& e) { e.test_zero(wide, a); }, [&](auto& x) { x.test(to, to); });
      for (const uint32_t value : {0u, 1u, 0x7fu, 0x80u, 0xffffff80u, 0xffffff7fu, 0x12345678u}) {
        const auto expect_alu = [&](Alu op, auto theirs) {
          expect_same([&](Encoder& e) { e.alu_imm(op, wide, a, value); }, theirs);
        };
        expect_alu(Alu::Add, [&](auto& x) { x.add(to, value); });
        expect_alu(Alu::Or, [&](auto& x) { x.or_(to, value); });
        expect_alu(Alu::And, [&](auto& x) { x.and_(to, value); });
        expect_alu(Alu::Sub, [&](auto& x) { x.sub(to, value); });
        expect_alu(Alu::Xor, [&](auto& x) { x.xor_(to, value); });
        expect_alu(Alu::Cmp, [&](auto& x) { x.cmp(to, value); });
        expect_same([&](Encoder& e) { e.move_imm32(a, value); },
                    [&](auto& x) { x.mov(Reg32(a), value); });
      }
      for (const uint8_t count : {uint8_t{0}, uint8_t{1}, uint8_t{31}}) {
        expect_same([&](Encoder& e) { e.shift_imm(Shift::Left, wide, a, count); },
                    [&](auto& x) { x.shl(to, count); });
        expect_same([&](Encoder& e) { e.shift_imm(Shift::RightUnsigned, wide, a, count); },
                    [&](auto& x) { x.shr(to, count); });
        expect_same([&](Encoder& e) { e.shift_imm(Shift::RightSigned, wide, a, count); },
                    [&](auto& x) { x.sar(to, count); });
      }
    }
  }
}

TEST(Encoder, GrowsItsBuffer) {
  Encoder code(16);
  for (int i = 0; i < 10'000; ++i) code.load(true, kRax, Mem(kRsp, 0x1000));
  EXPECT_EQ(code.getSize(), size_t{80'000});
}

}  // namespace
}  // namespace skerry::baseline::x64
