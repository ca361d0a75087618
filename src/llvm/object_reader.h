// ObjectReader: an ELF object with one func in it, as FuncCode: its code with the constants and
// jump tables it refers to behind it, relocations resolved, the frame size, and the sites. Not
// here: a linker for anything else; whatever it does not expect is an InternalError. Invariant: the
// code refers to nothing outside itself.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "code/code.h"

namespace llvm {
class TargetMachine;
}

namespace skerry::llvm_tier {

class Disassembly;

class ObjectReader {
 public:
  explicit ObjectReader(const llvm::TargetMachine& machine);
  ~ObjectReader();

  // `body_offset`: of the func's body in the module; the place of what has no other. `origins`:
  // null, or where to say what the code was made from.
  Result<FuncCode> read(std::string_view object, uint32_t body_offset, CodeOrigins* origins) const;

 private:
  std::unique_ptr<Disassembly> disassembly_;
};

}  // namespace skerry::llvm_tier
