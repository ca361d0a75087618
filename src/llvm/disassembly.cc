// LLVM's disassembler, its instruction descriptions, and what they say about memory.
#include "llvm/disassembly.h"

#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCDisassembler/MCDisassembler.h>
#include <llvm/MC/MCInst.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>

#include <cassert>

namespace skerry::llvm_tier {

struct Disassembly::Tools {
  explicit Tools(const llvm::TargetMachine& machine)
      : context(machine.getTargetTriple(), machine.getMCAsmInfo(), machine.getMCRegisterInfo(),
                machine.getMCSubtargetInfo()),
        disassembler(
            machine.getTarget().createMCDisassembler(*machine.getMCSubtargetInfo(), context)),
        instructions(*machine.getMCInstrInfo()) {
    const llvm::MCRegisterInfo& registers = *machine.getMCRegisterInfo();
    for (unsigned i = 1; i < registers.getNumRegs(); ++i) {
      const std::string_view name = registers.getName(i);
      if (name == "RSP") rsp = i;
      if (name == "RIP") rip = i;
    }
    for (unsigned i = 0; i < instructions.getNumOpcodes(); ++i)
      if (instructions.getName(i) == "UD1Lm") trap_opcode = i;
    assert(rsp != 0 && rip != 0 && trap_opcode != 0);
  }

  // The first of an instruction's operands that make up its address; -1 without one.
  int memory_operand(const llvm::MCInstrDesc& description) const {
    for (unsigned i = 0; i < description.getNumOperands(); ++i)
      if (description.operands()[i].OperandType == llvm::MCOI::OPERAND_MEMORY)
        return static_cast<int>(i);
    return -1;
  }

  mutable llvm::MCContext context;
  std::unique_ptr<llvm::MCDisassembler> disassembler;
  const llvm::MCInstrInfo& instructions;
  unsigned rsp = 0, rip = 0, trap_opcode = 0;
};

Disassembly::Disassembly(const llvm::TargetMachine& machine)
    : tools_(std::make_unique<Tools>(machine)) {}
Disassembly::~Disassembly() = default;

bool Disassembly::find_sites(Bytes code, LineTable& lines, uint32_t body_offset,
                             SiteMap& sites) const {
  constexpr unsigned kDisplacement = 3;  // base, scale, index, displacement, segment
  llvm::MCInst instr;
  uint64_t bytes = 0;
  for (uint64_t at = 0; at < code.size(); at += bytes) {
    instr.clear();
    const llvm::ArrayRef<uint8_t> rest(code.data() + at, code.size() - at);
    if (tools_->disassembler->getInstruction(instr, bytes, rest, at, llvm::nulls()) !=
        llvm::MCDisassembler::Success)
      return false;
    const llvm::MCInstrDesc& description = tools_->instructions.get(instr.getOpcode());
    const int memory = tools_->memory_operand(description);
    CodeSite site;
    site.code_offset = static_cast<uint32_t>(at);
    if (description.isCall()) {
      site.code_offset = static_cast<uint32_t>(at + bytes);
    } else if (instr.getOpcode() == tools_->trap_opcode) {
      site.trap = static_cast<TrapCode>(
          instr.getOperand(static_cast<unsigned>(memory) + kDisplacement).getImm());
    } else if (memory >= 0 && (description.mayLoad() || description.mayStore())) {
      const auto base = instr.getOperand(static_cast<unsigned>(memory)).getReg();
      if (base == tools_->rsp || base == tools_->rip) continue;
      site.trap = TrapCode::MemoryOutOfBounds;
    } else {
      continue;
    }
    const LineTable::Place place = lines.at(static_cast<uint32_t>(at));
    site.module_offset = place.module_offset != 0 ? place.module_offset : body_offset;
    site.in_place = place.in_place;
    sites.append(site);
  }
  return true;
}

}  // namespace skerry::llvm_tier
