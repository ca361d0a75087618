// Artifact: the machine code of a module in a file: a header, rows of funcs, site maps, code, what
// memory 0 starts with, and a seal over all of it. ArtifactWriter makes one, Artifact reads one in
// place: rows, sites, code and data are used where they lie, so the file may be mapped.
// Not here: who made it and whether that one is trusted (trust), or where it is kept (embed).
// Invariant: the same code gives the same bytes. A reader hands out nothing that lies outside the
// bytes it was given, whatever they are.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "code/code.h"
#include "code/cpu.h"

namespace skerry {

// What is said of the code as a whole.
struct ArtifactFacts {
  uint64_t code_abi = 0;  // code_abi_id() of the maker
  CpuSet cpu;             // features the code may use
  CodeOptions options;
  uint32_t wasm_features = 0;  // Features::bits() that the module was validated with
  std::string compiler;        // its name, at most 15 characters
  std::string label;           // what people call the module, at most 47 bytes; may be empty
  Digest module{};             // of the module it was made from
};

// A defined func, as it lies in the file.
struct ArtifactFunc {
  uint32_t code_offset = 0;  // in its part's code; ascending, also over funcs without code
  uint32_t code_bytes = 0;   // 0: there is no code for this func
  uint32_t frame_bytes = 0;
  uint32_t sites_offset = 0;  // in the site maps
  uint32_t site_bytes = 0;
};
static_assert(sizeof(ArtifactFunc) == 20);

// A row for each defined func, and what their code_offset is in.
struct ArtifactPart {
  std::span<const ArtifactFunc> funcs;
  Bytes code;
};

// What all data segments of the module together make of memory 0. Whole pages; the memory is zero
// elsewhere.
struct ArtifactData {
  uint64_t begin = 0;  // in the memory
  Bytes bytes;         // empty: the segments are to be read
};

// A func's code where it lies: in a FuncCode, or where it runs.
struct CodeView {
  CodeView() = default;
  explicit CodeView(const FuncCode& code)
      : code(code.code),
        alignment(code.alignment),
        frame_bytes(code.frame_bytes),
        sites(code.sites.bytes()) {}

  Bytes code;  // empty: there is none
  uint32_t alignment = 16;
  uint32_t frame_bytes = 0;
  Bytes sites;
};

// Proof of origin over everything before it. What is not used is zero.
struct ArtifactSeal {
  Digest mac{};     // under the maker's own key, over the other two as well
  Digest signer{};  // public key
  std::array<uint8_t, 64> signature{};
};
static_assert(sizeof(ArtifactSeal) == 128);

// Where code starts in a file, so that every system can map it.
inline constexpr uint64_t kArtifactCodeAlignment = 64 << 10;
// What the start of an artifact has to be a multiple of, in a file and in memory.
inline constexpr uint64_t kArtifactAlignment = 8;
// What the bounds of data are multiples of, in a file and in the memory.
inline constexpr uint64_t kArtifactDataAlignment = 4096;

class ArtifactWriter {
 public:
  explicit ArtifactWriter(ArtifactFacts facts) : facts_(std::move(facts)) {}
  // Makes room for so much that will be added.
  void reserve(size_t funcs, uint64_t code_bytes, uint64_t resumption_bytes, uint64_t site_bytes);
  // Defined funcs in order. `resumption`: see Compiler::compile_resumption. LimitExceeded: more
  // code than an artifact can hold (4 GiB).
  Result<void> add(const CodeView& code, const CodeView& resumption = {});
  // LimitExceeded: more than an artifact can hold (4 GiB).
  Result<void> set_data(uint64_t begin, std::vector<uint8_t> bytes);
  // The artifact for this place in a file, its seal still empty.
  std::vector<uint8_t> finish(uint64_t file_offset = 0) const;

 private:
  struct Part {
    std::vector<ArtifactFunc> funcs;
    std::vector<uint8_t> code;
  };
  Result<void> add_to(Part& part, const CodeView& code);

  ArtifactFacts facts_;
  Part calls_, resumptions_;
  std::vector<uint8_t> sites_;
  uint64_t data_begin_ = 0;
  std::vector<uint8_t> data_;
};

class Artifact {
 public:
  // ArtifactMalformed, or ArtifactVersion: another format, code ABI or processor family.
  // `bytes` must stay where they are, at a multiple of kArtifactAlignment.
  static Result<Artifact> read(Bytes bytes);

  const ArtifactFacts& facts() const { return facts_; }
  // What calls go to.
  const ArtifactPart& calls() const { return calls_; }
  // What calls that those pass on go to.
  const ArtifactPart& resumptions() const { return resumptions_; }
  Bytes sites() const { return sites_; }
  // Of both parts, and where it is in the artifact.
  Bytes code() const { return code_; }
  uint64_t code_at() const { return code_at_; }
  // The same of the data.
  const ArtifactData& data() const { return data_; }
  uint64_t data_at() const { return data_at_; }
  // What the seal stands for.
  Bytes sealed() const { return sealed_; }
  const ArtifactSeal& seal() const { return seal_; }

 private:
  ArtifactFacts facts_;
  ArtifactPart calls_, resumptions_;
  Bytes sites_, code_, sealed_;
  ArtifactData data_;
  uint64_t code_at_ = 0, data_at_ = 0;
  ArtifactSeal seal_;
};

// The seal's place in a finished artifact; the bytes before it are what it covers.
std::span<uint8_t> seal_of(std::vector<uint8_t>& artifact);

}  // namespace skerry
