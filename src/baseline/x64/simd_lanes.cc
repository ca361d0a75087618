// Moving lanes: splats, single lanes in and out, shuffles. The shuffles that compilers make of
// loops are mostly one instruction of the ISA; emit_shuffle() recognises those by their bytes.
#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include "baseline/x64/func_compiler.h"
#include "baseline/x64/simd_code.h"

namespace skerry::baseline::x64 {

using namespace Xbyak::util;

namespace {

using Lanes = std::array<uint8_t, 16>;  // for each byte of the result: 0-15 of a, 16-31 of b

Lanes swapped(Lanes lanes) {
  for (uint8_t& lane : lanes) lane ^= 16;
  return lanes;
}

Vector vector_of(const Lanes& bytes) {
  Vector value;
  std::memcpy(&value.low, bytes.data(), 8);
  std::memcpy(&value.high, bytes.data() + 8, 8);
  return value;
}

// The shuffle in lanes of `bytes` bytes, if it moves these whole.
std::optional<Lanes> in_lanes_of(const Lanes& lanes, unsigned bytes) {
  Lanes wide{};
  for (unsigned i = 0; i < 16; ++i) {
    if (lanes[i] % bytes != i % bytes || lanes[i] / bytes != lanes[i - i % bytes] / bytes)
      return std::nullopt;
    wide[i / bytes] = static_cast<uint8_t>(lanes[i] / bytes);
  }
  return wide;
}

// Four lane numbers below 4 as an immediate.
uint8_t pack_four(const uint8_t* lanes) {
  return static_cast<uint8_t>((lanes[0] & 3) | (lanes[1] & 3) << 2 | (lanes[2] & 3) << 4 |
                              (lanes[3] & 3) << 6);
}

void shuffle_one(VectorCode& v, const Xmm& dest, const Xmm& source, const Lanes& lanes) {
  Assembler& c = v.assembler();
  Lanes identity;
  std::iota(identity.begin(), identity.end(), uint8_t{0});
  if (lanes == identity) return v.move(dest, source);
  if (const auto dwords = in_lanes_of(lanes, 4)) {
    const uint8_t imm = pack_four(dwords->data());
    v.vex() ? c.vpshufd(dest, source, imm) : c.pshufd(dest, source, imm);
    return;
  }
  if (const auto words = in_lanes_of(lanes, 2)) {
    const bool low_moves = !std::equal(words->begin(), words->begin() + 4, identity.begin());
    const bool high_moves =
        !std::equal(words->begin() + 4, words->begin() + 8, identity.begin() + 4);
    const auto is_low = [](uint8_t lane) { return lane < 4; };
    if (!high_moves && std::all_of(words->begin(), words->begin() + 4, is_low)) {
      const uint8_t imm = pack_four(words->data());
      v.vex() ? c.vpshuflw(dest, source, imm) : c.pshuflw(dest, source, imm);
      return;
    }
    if (!low_moves && std::none_of(words->begin() + 4, words->begin() + 8, is_low)) {
      const uint8_t imm = pack_four(words->data() + 4);
      v.vex() ? c.vpshufhw(dest, source, imm) : c.pshufhw(dest, source, imm);
      return;
    }
  }
  v.op(SIMD_BINARY(pshufb), dest, source, vector_of(lanes));
}

struct Interleaving {
  uint8_t lane_bytes;
  bool high;
  BinaryForm form;
};
constexpr auto kInterleavings = std::to_array<Interleaving>({
    {1, false, SIMD_BINARY(punpcklbw)},
    {1, true, SIMD_BINARY(punpckhbw)},
    {2, false, SIMD_BINARY(punpcklwd)},
    {2, true, SIMD_BINARY(punpckhwd)},
    {4, false, SIMD_BINARY(punpckldq)},
    {4, true, SIMD_BINARY(punpckhdq)},
    {8, false, SIMD_BINARY(punpcklqdq)},
    {8, true, SIMD_BINARY(punpckhqdq)},
});

bool is_interleaving(const Lanes& lanes, const Interleaving& kind) {
  for (unsigned i = 0; i < 16; ++i) {
    const unsigned lane = i / kind.lane_bytes;
    const unsigned from = lane / 2 * kind.lane_bytes + i % kind.lane_bytes + (kind.high ? 8u : 0u) +
                          (lane % 2 != 0 ? 16u : 0u);
    if (lanes[i] != from) return false;
  }
  return true;
}

// One instruction with a as its first operand; false if there is none.
bool shuffle_two(VectorCode& v, const Xmm& dest, const Xmm& a, const Xmm& b, const Lanes& lanes) {
  Assembler& c = v.assembler();
  for (const Interleaving& kind : kInterleavings) {
    if (!is_interleaving(lanes, kind)) continue;
    if (v.vex())
      kind.form.vex(c, dest, a, b);
    else
      kind.form.sse(c, dest, v.arrange(dest, a, b));  // both are evaluated before the instruction
    return true;
  }
  const auto words = in_lanes_of(lanes, 2);
  if (words) {
    unsigned from_b = 0;
    bool in_place = true;
    for (unsigned i = 0; i < 8; ++i) {
      in_place &= (*words)[i] % 8 == i;
      if ((*words)[i] >= 8) from_b |= 1u << i;
    }
    if (in_place) {
      const auto imm = static_cast<uint8_t>(from_b);
      v.vex() ? c.vpblendw(dest, a, b, imm) : c.pblendw(dest, v.arrange(dest, a, b), imm);
      return true;
    }
  }
  const auto dwords = in_lanes_of(lanes, 4);
  if (dwords && (*dwords)[0] < 4 && (*dwords)[1] < 4 && (*dwords)[2] >= 4 && (*dwords)[3] >= 4) {
    const uint8_t imm = pack_four(dwords->data());
    v.vex() ? c.vshufps(dest, a, b, imm) : c.shufps(dest, v.arrange(dest, a, b), imm);
    return true;
  }
  // A window over both: palignr's first operand is the upper part.
  const unsigned first = lanes[0] ^ 16u;
  bool is_window = true;
  for (unsigned i = 0; i < 16; ++i) is_window &= (lanes[i] ^ 16u) == (first + i) % 32;
  if (is_window && first < 16) {
    const auto imm = static_cast<uint8_t>(first);
    v.vex() ? c.vpalignr(dest, a, b, imm) : c.palignr(dest, v.arrange(dest, a, b), imm);
    return true;
  }
  return false;
}

}  // namespace

void emit_shuffle(VectorCode& v, const Xmm& dest, const Xmm& a, const Xmm& b,
                  const uint8_t* bytes) {
  Lanes lanes;
  std::copy_n(bytes, 16, lanes.begin());
  if (a == b)
    for (uint8_t& lane : lanes) lane &= 15;
  const auto from_b = [](uint8_t lane) { return lane >= 16; };
  if (std::ranges::none_of(lanes, from_b)) return shuffle_one(v, dest, a, lanes);
  if (std::ranges::all_of(lanes, from_b)) return shuffle_one(v, dest, b, swapped(lanes));
  if (shuffle_two(v, dest, a, b, lanes) || shuffle_two(v, dest, b, a, swapped(lanes))) return;
  // pshufb makes zero of lanes with the highest bit.
  Lanes of_a, of_b;
  for (unsigned i = 0; i < 16; ++i) {
    of_a[i] = from_b(lanes[i]) ? 0x80 : lanes[i];
    of_b[i] = from_b(lanes[i]) ? lanes[i] & 15 : 0x80;
  }
  v.op(SIMD_BINARY(pshufb), kVector1, b, vector_of(of_b));
  v.op(SIMD_BINARY(pshufb), dest, a, vector_of(of_a));
  v.op(SIMD_BINARY(por), dest, dest, kVector1);
}

// --- Instructions ------------------------------------------------------------------------------

void FuncCompiler::on_simd_shuffle(const Instr& instr) {
  const Value b = pop();
  const Value a = pop();
  lock_value(a);
  lock_value(b);
  const RegNumber left = use(a), right = use(b);
  const Dest dest = dest_for(true, &a, &b);
  VectorCode v = vector_code();
  emit_shuffle(v, xmm(dest.reg), xmm(left), xmm(right), instr.operand);
  release(a);
  release(b);
  finish(dest, ValType::V128);
}

// Indices from 16 on select zero; pshufb does that from 128 on.
void FuncCompiler::on_simd_swizzle() {
  const Value indices = pop();
  const Value a = pop();
  lock_value(a);
  lock_value(indices);
  const RegNumber source = use(a);
  const RegNumber index = indices.is_const() ? kNoReg : use(indices);
  const Dest dest = dest_for(true, &a);
  VectorCode v = vector_code();
  if (indices.is_const()) {
    Lanes lanes;
    std::memcpy(lanes.data(), &indices.low, 8);
    std::memcpy(lanes.data() + 8, &indices.high, 8);
    for (uint8_t& lane : lanes)
      if (lane >= 16) lane = 0x80;
    v.op(SIMD_BINARY(pshufb), xmm(dest.reg), xmm(source), vector_of(lanes));
  } else {
    v.op(SIMD_BINARY(paddusb), kVector1, xmm(index), splat8(0x70));
    v.op(SIMD_BINARY(pshufb), xmm(dest.reg), xmm(source), kVector1);
  }
  release(a);
  release(indices);
  finish(dest, ValType::V128);
}

namespace {

// The constant that a splat of a constant is; `low` is zero-extended.
Vector splat_of(Op op, uint64_t low) {
  switch (op) {
    case Op::I8x16Splat: return splat8(static_cast<uint8_t>(low));
    case Op::I16x8Splat: return splat16(static_cast<uint16_t>(low));
    case Op::I32x4Splat:
    case Op::F32x4Splat: return splat32(static_cast<uint32_t>(low));
    default: return splat64(low);
  }
}

}  // namespace

void FuncCompiler::on_simd_splat(const Instr& instr) {
  const Value a = pop();
  if (a.is_const()) {
    const Vector value = splat_of(instr.op, a.low);
    return push_const(value.low, ValType::V128, value.high);
  }
  lock_value(a);
  const RegNumber from = use(a);
  const Dest dest = dest_for(true, &a);
  const Xmm to = xmm(dest.reg);
  const bool vex = cpu_.avx2;
  if (a.is_float()) {
    if (instr.op == Op::F32x4Splat)
      vex ? code_.vbroadcastss(to, xmm(from)) : code_.pshufd(to, xmm(from), 0);
    else
      vex ? code_.vmovddup(to, xmm(from)) : code_.movddup(to, xmm(from));
  } else {
    a.is_wide() ? code_.movq(to, r64(from)) : code_.movd(to, r32(from));
    splat_lowest(instr.op, to);
  }
  release(a);
  finish(dest, ValType::V128);
}

void FuncCompiler::splat_lowest(Op op, const Xmm& reg) {
  const bool vex = cpu_.avx2;
  switch (op) {
    case Op::I8x16Splat:
    case Op::V128Load8Splat:
      if (vex) return code_.vpbroadcastb(reg, reg);
      code_.pxor(kVector1, kVector1);
      code_.pshufb(reg, kVector1);
      return;
    case Op::I16x8Splat:
    case Op::V128Load16Splat:
      if (vex) return code_.vpbroadcastw(reg, reg);
      code_.pshuflw(reg, reg, 0);
      code_.pshufd(reg, reg, 0);
      return;
    case Op::I32x4Splat:
    case Op::V128Load32Splat:
      vex ? code_.vpbroadcastd(reg, reg) : code_.pshufd(reg, reg, 0);
      return;
    default: vex ? code_.vpbroadcastq(reg, reg) : code_.punpcklqdq(reg, reg); return;
  }
}

void FuncCompiler::on_simd_extract_lane(const Instr& instr) {
  const Value a = pop();
  lock_value(a);
  const RegNumber source = use(a);
  const uint8_t lane = instr.lane;
  const Xmm from = xmm(source);
  if (results(instr.row()) == "f" || results(instr.row()) == "F") {
    const bool is_double = instr.op == Op::F64x2ExtractLane;
    const Dest dest = dest_for(true, &a);
    VectorCode v = vector_code();
    if (lane == 0)
      v.move(xmm(dest.reg), from);
    else if (is_double)
      v.upper_half(xmm(dest.reg), from);
    else
      cpu_.avx2 ? code_.vpshufd(xmm(dest.reg), from, lane)
                : code_.pshufd(xmm(dest.reg), from, lane);
    release(a);
    return finish(dest, is_double ? ValType::F64 : ValType::F32);
  }
  const Dest dest = dest_for(false);
  const auto to = r32(dest.reg);
  switch (instr.op) {
    case Op::I8x16ExtractLaneS:
    case Op::I8x16ExtractLaneU:
      code_.pextrb(to, from, lane);
      if (instr.op == Op::I8x16ExtractLaneS) code_.movsx(to, Xbyak::Reg8(dest.reg, dest.reg >= 4));
      break;
    case Op::I16x8ExtractLaneS:
    case Op::I16x8ExtractLaneU:
      code_.pextrw(to, from, lane);
      if (instr.op == Op::I16x8ExtractLaneS) code_.movsx(to, Xbyak::Reg16(dest.reg));
      break;
    case Op::I32x4ExtractLane:
      lane == 0 ? code_.movd(to, from) : code_.pextrd(to, from, lane);
      break;
    default:
      lane == 0 ? code_.movq(r64(dest.reg), from) : code_.pextrq(r64(dest.reg), from, lane);
      break;
  }
  release(a);
  finish(dest, instr.op == Op::I64x2ExtractLane ? ValType::I64 : ValType::I32);
}

void FuncCompiler::on_simd_replace_lane(const Instr& instr) {
  const Value lane_value = pop();
  const Value a = pop();
  lock_value(a);
  lock_value(lane_value);
  const RegNumber source = use(a), with = use(lane_value);
  const Dest dest = dest_for(true, &a);
  const Xmm to = xmm(dest.reg), from = xmm(source);
  const uint8_t lane = instr.lane;
  const bool vex = cpu_.avx2;
  if (!vex) move_reg(dest.reg, source, ValType::V128);
  switch (instr.op) {
    case Op::I8x16ReplaceLane:
      vex ? code_.vpinsrb(to, from, r32(with), lane) : code_.pinsrb(to, r32(with), lane);
      break;
    case Op::I16x8ReplaceLane:
      vex ? code_.vpinsrw(to, from, r32(with), lane) : code_.pinsrw(to, r32(with), lane);
      break;
    case Op::I32x4ReplaceLane:
      vex ? code_.vpinsrd(to, from, r32(with), lane) : code_.pinsrd(to, r32(with), lane);
      break;
    case Op::I64x2ReplaceLane:
      vex ? code_.vpinsrq(to, from, r64(with), lane) : code_.pinsrq(to, r64(with), lane);
      break;
    case Op::F32x4ReplaceLane: {
      const auto imm = static_cast<uint8_t>(lane << 4);
      vex ? code_.vinsertps(to, from, xmm(with), imm) : code_.insertps(to, xmm(with), imm);
      break;
    }
    default:
      if (lane == 0)
        vex ? code_.vmovsd(to, from, xmm(with)) : code_.movsd(to, xmm(with));
      else
        vex ? code_.vmovlhps(to, from, xmm(with)) : code_.movlhps(to, xmm(with));
      break;
  }
  release(a);
  release(lane_value);
  finish(dest, ValType::V128);
}

}  // namespace skerry::baseline::x64
