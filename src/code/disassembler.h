// Disassembler: machine code as text, in Intel's syntax. Not here: where the code came from
// (code_origin.h), or how a listing looks (cli). It comes from the library that the optimising
// compiler is in (compiler_library.h), as it is LLVM's.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace skerry {

struct MachineInstr {
  uint32_t bytes = 0;  // 0: these bytes are no instruction
  std::string text;    // "add eax, dword ptr [rsp + 8]"; goals of jumps are offsets in the code
};

class Disassembler {
 public:
  virtual ~Disassembler() = default;
  // The instruction at this offset. One thread at a time.
  virtual MachineInstr at(Bytes code, uint32_t offset) = 0;
};

}  // namespace skerry
