// v128 instructions: SSE4.1 with AVX2 where the processor has it.
#include "baseline/x64/func_compiler.h"

namespace skerry::baseline::x64 {

bool FuncCompiler::on_simd(const Instr&) { return false; }

void FuncCompiler::emit_simd_load(Op op, RegNumber reg, const Xbyak::RegExp& from) {
  using namespace Xbyak::util;
  switch (op) {
    case Op::V128Load: code_.movups(xmm(reg), xword[from]); return;
    default: return;
  }
}

}  // namespace skerry::baseline::x64
