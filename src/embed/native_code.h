// Machine code of a module that is there already, in the module or in a file of its own: whether it
// fits and may be run, and putting it in place. Not here: making it (ahead_of_time.h), or which
// code of earlier runs there is (kept_code.h). Invariant: code is only handed out if it fits the
// engine, the processor and the module, and if this user made it, somebody trusted signed it, or
// all code is to be trusted; and nobody else can change it afterwards.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "code/artifact.h"
#include "embed/code_section.h"
#include "embed/source.h"
#include "runtime/code_image.h"
#include "seal/signature.h"

namespace skerry::embed {

struct NativeCodeOptions {
  // A file with the module's code. Absent: code that the module carries.
  std::optional<std::string> file;
  // Whose signatures are taken.
  std::vector<PublicKey> trusted;
  // Takes any code. It can do whatever this process can.
  bool trust_all = false;
};

// What code has to fit.
struct CodeTarget {
  CpuSet cpu;
  CodeOptions options;
  size_t func_count = 0;
  Digest module;
  // False: it is copied into memory of its own. Profilers call what lies in a mapped file by the
  // name of the file.
  bool may_be_mapped = true;
};

struct NativeCode {
  runtime::CodeImage image;
  // Sealed together with the code, so the module is one that was valid with these wasm_features.
  ArtifactFacts facts;
};

// Artifact*, KeyExposed, or why the file could not be read. `module`: the parsed source; its file
// must be one that nobody else can write.
Result<NativeCode> load_native_code(const ParsedModule& module, const CodeTarget& target,
                                    const NativeCodeOptions& options);

// Whether code may be run that was sealed so.
Result<void> check_seal(const Artifact& artifact, const NativeCodeOptions& options);

// "hello.wasm: its machine code is not used: it is damaged", as one line.
std::string native_code_note(const std::string& name, const Error& error);

}  // namespace skerry::embed
