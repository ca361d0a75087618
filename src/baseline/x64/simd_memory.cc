// v128 loads and stores that do more than move 16 bytes. The instruction that touches memory is
// always the first one emitted after the site is recorded.
#include "baseline/x64/func_compiler.h"
#include "baseline/x64/simd_code.h"

namespace skerry::baseline::x64 {

using namespace Xbyak::util;

void FuncCompiler::emit_simd_load(Op op, RegNumber reg, const Mem& from) {
  const Xmm to = xmm(reg);
  const bool vex = cpu_.avx2;
  switch (op) {
    case Op::V128Load: code_.movups(to, xword[from]); return;
    case Op::V128Load8x8S: code_.pmovsxbw(to, qword[from]); return;
    case Op::V128Load8x8U: code_.pmovzxbw(to, qword[from]); return;
    case Op::V128Load16x4S: code_.pmovsxwd(to, qword[from]); return;
    case Op::V128Load16x4U: code_.pmovzxwd(to, qword[from]); return;
    case Op::V128Load32x2S: code_.pmovsxdq(to, qword[from]); return;
    case Op::V128Load32x2U: code_.pmovzxdq(to, qword[from]); return;
    case Op::V128Load8Splat:
    case Op::V128Load16Splat:
      if (vex) {
        op == Op::V128Load8Splat ? code_.vpbroadcastb(to, byte[from])
                                 : code_.vpbroadcastw(to, word[from]);
        return;
      }
      op == Op::V128Load8Splat ? code_.movzx(r11d, byte[from]) : code_.movzx(r11d, word[from]);
      code_.movd(to, r11d);
      return splat_lowest(op, to);
    case Op::V128Load32Splat:
      if (vex) return code_.vbroadcastss(to, dword[from]);
      code_.movss(to, dword[from]);
      return splat_lowest(op, to);
    case Op::V128Load64Splat: code_.movddup(to, qword[from]); return;
    case Op::V128Load32Zero: code_.movss(to, dword[from]); return;
    default: code_.movsd(to, qword[from]); return;  // v128.load64_zero
  }
}

void FuncCompiler::on_simd_load_lane(const Instr& instr) {
  const Value vector = pop();
  const Value address = pop();
  lock_value(vector);
  lock_value(address);
  const RegNumber source = use(vector);
  const Dest dest = dest_for(true, &vector);
  const bool vex = cpu_.avx2;
  if (!vex) move_reg(dest.reg, source, ValType::V128);
  const Mem at = access_operand(address, instr.mem, 1u << instr.row().width_log2);
  const Xmm to = xmm(dest.reg), from = xmm(source);
  record_site(TrapCode::MemoryOutOfBounds);
  switch (instr.op) {
    case Op::V128Load8Lane:
      vex ? code_.vpinsrb(to, from, byte[at], instr.lane) : code_.pinsrb(to, byte[at], instr.lane);
      break;
    case Op::V128Load16Lane:
      vex ? code_.vpinsrw(to, from, word[at], instr.lane) : code_.pinsrw(to, word[at], instr.lane);
      break;
    case Op::V128Load32Lane:
      vex ? code_.vpinsrd(to, from, dword[at], instr.lane)
          : code_.pinsrd(to, dword[at], instr.lane);
      break;
    default:
      if (instr.lane == 0)
        vex ? code_.vmovlps(to, from, qword[at]) : code_.movlps(to, qword[at]);
      else
        vex ? code_.vmovhps(to, from, qword[at]) : code_.movhps(to, qword[at]);
      break;
  }
  release(vector);
  release(address);
  finish(dest, ValType::V128);
}

void FuncCompiler::on_simd_store_lane(const Instr& instr) {
  const Value vector = pop();
  const Value address = pop();
  lock_value(address);
  const Xmm from = xmm(use(vector));
  const Mem at = access_operand(address, instr.mem, 1u << instr.row().width_log2);
  record_site(TrapCode::MemoryOutOfBounds);
  switch (instr.op) {
    case Op::V128Store8Lane: code_.pextrb(byte[at], from, instr.lane); break;
    case Op::V128Store16Lane: code_.pextrw(word[at], from, instr.lane); break;
    case Op::V128Store32Lane:
      instr.lane == 0 ? code_.movss(dword[at], from) : code_.pextrd(dword[at], from, instr.lane);
      break;
    default: instr.lane == 0 ? code_.movlps(qword[at], from) : code_.movhps(qword[at], from); break;
  }
  release(vector);
  release(address);
}

}  // namespace skerry::baseline::x64
