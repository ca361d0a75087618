// CodeOrigin: where a stretch of machine code came from, for listings of it. Not here: the sites
// that the runtime needs to explain a fault or a call (SiteMap); origins are made only for who asks
// (Compiler::compile_with_origins) and are kept by nobody else.
// Invariant: a list of them ascends by code offset, begins at 0 and so covers all of the code; of
// several at one offset the last counts.
#pragma once

#include <cstdint>
#include <vector>

namespace skerry {

// What code is for.
enum class CodePart : uint8_t {
#define CODE_PART(id, text) id,
#include "code/code_parts.def"
#undef CODE_PART
};
// In a listing; empty for Instruction.
const char* to_string(CodePart part);

// Of what begins at `code_offset` and ends where the next begins.
struct CodeOrigin {
  uint32_t code_offset = 0;
  // Of any byte of the Wasm instruction that it was made from; 0: of none.
  uint32_t module_offset = 0;
  CodePart part = CodePart::Instruction;
};

using CodeOrigins = std::vector<CodeOrigin>;

}  // namespace skerry
