// Disassembly: the instructions of a func that the runtime may have to explain. Not here: text.
#pragma once

#include <memory>

#include "code/code.h"
#include "llvm/line_table.h"

namespace llvm {
class TargetMachine;
}

namespace skerry::llvm_tier {

class Disassembly {
 public:
  explicit Disassembly(const llvm::TargetMachine& machine);
  ~Disassembly();
  Disassembly(const Disassembly&) = delete;
  Disassembly& operator=(const Disassembly&) = delete;

  // Every trap instruction, call, and access to memory other than the frame and constants. False:
  // bytes that are no instruction.
  bool find_sites(Bytes code, LineTable& lines, uint32_t body_offset, SiteMap& sites) const;

 private:
  struct Tools;
  std::unique_ptr<Tools> tools_;
};

}  // namespace skerry::llvm_tier
