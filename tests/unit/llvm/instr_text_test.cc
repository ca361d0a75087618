// Machine code as text, and where the compiler says that its code came from.
#include "llvm/instr_text.h"

#include <gtest/gtest.h>

#include "../support/code_origins.h"
#include "llvm/compiler.h"

namespace skerry::llvm_tier {
namespace {

TEST(InstrText, IsIntelsSyntax) {
  const std::vector<uint8_t> code = {
      0x41, 0xff, 0x55, 0x48,                          // 0
      0x0f, 0x84, 0x02, 0x00, 0x00, 0x00,              // 4, behind it 10
      0xc5, 0xfb, 0x59, 0x05, 0x10, 0x00, 0x00, 0x00,  // 10
      0xc3,                                            // 18
      0x06,                                            // 19: none in 64-bit code
  };
  const auto disassembler = make_disassembler();
  const auto expect = [&](uint32_t at, uint32_t bytes, std::string_view text) {
    const MachineInstr instr = disassembler->at(code, at);
    EXPECT_EQ(instr.bytes, bytes);
    EXPECT_EQ(instr.text, text);
  };
  expect(0, 4, "call qword ptr [r13 + 0x48]");
  expect(4, 6, "je 0xc");
  expect(10, 8, "vmulsd xmm0, xmm0, qword ptr [rip + 0x10]");
  expect(18, 1, "ret");
  expect(19, 0, "");
}

TEST(LlvmOrigins, CoverTheSameCode) {
  for (const Optimization effort : {Optimization::O1, Optimization::O2}) {
    CompilerOptions options;
    options.optimization = effort;
    test::expect_origins(*make_compiler(options), {});
  }
}

}  // namespace
}  // namespace skerry::llvm_tier
