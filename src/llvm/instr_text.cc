// Decoding and printing by LLVM's machine-code layer; no compiler is made for it.
#include "llvm/instr_text.h"

#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCDisassembler/MCDisassembler.h>
#include <llvm/MC/MCInst.h>
#include <llvm/MC/MCInstPrinter.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/MCTargetOptions.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/TargetParser/Triple.h>

#include <algorithm>

#include "llvm/llvm_version.h"
#include "llvm/target.h"

namespace skerry::llvm_tier {
namespace {

constexpr unsigned kIntelSyntax = 1;

class LlvmDisassembler final : public Disassembler {
 public:
  LlvmDisassembler()
      : triple_(kTriple),
        registers_(target().createMCRegInfo(as_argument(triple_))),
        assembly_(target().createMCAsmInfo(*registers_, as_argument(triple_), {})),
        processor_(target().createMCSubtargetInfo(as_argument(triple_), "x86-64", "")),
        instructions_(target().createMCInstrInfo()),
        context_(triple_, assembly_.get(), registers_.get(), processor_.get()),
        decoder_(target().createMCDisassembler(*processor_, context_)),
        printer_(target().createMCInstPrinter(triple_, kIntelSyntax, *assembly_, *instructions_,
                                              *registers_)) {
    printer_->setPrintImmHex(true);
    printer_->setPrintBranchImmAsAddress(true);
  }

  MachineInstr at(Bytes code, uint32_t offset) override {
    llvm::MCInst instr;
    uint64_t bytes = 0;
    const llvm::ArrayRef<uint8_t> rest(code.data() + offset, code.size() - offset);
    if (decoder_->getInstruction(instr, bytes, rest, offset, llvm::nulls()) !=
        llvm::MCDisassembler::Success)
      return {};
    MachineInstr result;
    result.bytes = static_cast<uint32_t>(bytes);
    llvm::raw_string_ostream out(result.text);
    // Jumps count from behind the instruction.
    printer_->printInst(&instr, offset + bytes, "", *processor_, out);
    out.flush();
    // LLVM lays words out with tabs.
    result.text.erase(0, result.text.find_first_not_of(" \t"));
    std::ranges::replace(result.text, '\t', ' ');
    return result;
  }

 private:
  const llvm::Triple triple_;
  const std::unique_ptr<llvm::MCRegisterInfo> registers_;
  const std::unique_ptr<llvm::MCAsmInfo> assembly_;
  const std::unique_ptr<llvm::MCSubtargetInfo> processor_;
  const std::unique_ptr<llvm::MCInstrInfo> instructions_;
  llvm::MCContext context_;
  const std::unique_ptr<llvm::MCDisassembler> decoder_;
  const std::unique_ptr<llvm::MCInstPrinter> printer_;
};

}  // namespace

std::unique_ptr<Disassembler> make_disassembler() { return std::make_unique<LlvmDisassembler>(); }

}  // namespace skerry::llvm_tier
