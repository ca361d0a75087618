// How a listing is arranged, with machine code that is made up.
#include "cli/func_listing.h"

#include <gtest/gtest.h>

#include "text/parse.h"

namespace skerry::cli {
namespace {

// Every byte is an instruction; 0xff is none, and 0xca calls func 0.
class FakeDisassembler final : public Disassembler {
 public:
  MachineInstr at(Bytes code, uint32_t offset) override {
    if (code[offset] == 0xff) return {};
    if (code[offset] == 0xca) return {1, "call qword ptr [r13 + 0x60]"};
    return {1, "op " + std::to_string(code[offset])};
  }
};

std::string listing(const std::vector<uint8_t>& bytes, const CodeOrigins& origins) {
  const auto module = text::parse_module("(module (func $f))", Features());
  const ContextLayout layout(**module);
  EXPECT_EQ(layout.func_entry(0), 0x60u);
  const std::vector<text::InstrLine> lines = {{0x10, 0, "block"},
                                              {0x12, 1, "nop"},
                                              {0x13, 1, "call $f"},
                                              {0x15, 0, "end"},
                                              {0x16, 0, "end"}};
  FuncCode code;
  code.code = bytes;
  FakeDisassembler disassembler;
  return FuncListing(**module, layout, lines, code, origins, disassembler).text();
}

TEST(FuncListing, PutsCodeBelowWhatItWasMadeFrom) {
  EXPECT_EQ(listing({1, 2, 0xca, 3},
                    {{0, 0, CodePart::Entry}, {1, 0x12, {}}, {2, 0x14, {}}, {3, 0x16, {}}}),
            "      ; entry\n"
            "                       0:  op 1\n"
            "0x10  block\n"
            "0x12    nop\n"
            "                       1:  op 2\n"
            "0x13    call $f\n"
            "                       2:  call qword ptr [r13 + 0x60]  ; `f`\n"
            "0x15  end\n"
            "0x16  end\n"
            "                       3:  op 3\n");
}

TEST(FuncListing, RepeatsAnInstructionWhoseCodeIsInPieces) {
  EXPECT_EQ(listing({1, 2, 3, 4},
                    {{0, 0x13, {}}, {1, 0x12, {}}, {2, 0x13, {}}, {3, 0x13, CodePart::Poll}}),
            "0x13    call $f\n"
            "                       0:  op 1\n"
            "0x15  end\n"
            "0x16  end\n"
            "0x10  block\n"
            "0x12    nop\n"
            "                       1:  op 2\n"
            "0x13    call $f\n"
            "                       2:  op 3\n"
            "      ; poll: interruption, stack overflow\n"
            "                       3:  op 4\n");
}

TEST(FuncListing, ShowsEveryByte) {
  EXPECT_EQ(listing({1, 0xff, 7, 8}, {{0, 0, CodePart::Unknown}, {2, 0, CodePart::Data}}),
            "      ; origin unknown\n"
            "                       0:  op 1\n"
            "                       1:  .byte 0xff\n"
            "      ; constants and jump tables\n"
            "                       2:  07 08\n"
            "0x10  block\n"
            "0x12    nop\n"
            "0x13    call $f\n"
            "0x15  end\n"
            "0x16  end\n");
}

}  // namespace
}  // namespace skerry::cli
