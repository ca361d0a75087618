// Checks from the cheapest to the dearest; the digest of the module and the MAC over the code are
// most of what a start with machine code costs.
#include "embed/native_code.h"

#include <fmt/format.h>

#include <algorithm>

#include "embed/ahead_of_time.h"
#include "embed/data_image.h"
#include "embed/user_key.h"
#include "platform/code_pages.h"
#include "platform/mapped_file.h"

namespace skerry::embed {
namespace {

// An artifact's bytes, and what keeps them. Of a file that others can change, a copy.
struct ArtifactBytes {
  std::shared_ptr<const platform::MappedFile> file;  // null: not to be mapped
  std::vector<uint8_t> copy;
  Bytes bytes;
  uint64_t offset = 0;  // in the file
};

Result<ArtifactBytes> find_bytes(const ParsedModule& module, const NativeCodeOptions& options) {
  ArtifactBytes found;
  if (options.file) {
    found.file = TRY(platform::MappedFile::open(*options.file));
    found.bytes = found.file->bytes();
    if (!found.file->only_we_can_write()) {
      found.copy.assign(found.bytes.begin(), found.bytes.end());
      found.bytes = found.copy;
      found.file = nullptr;
    }
    return found;
  }
  const auto embedded = find_artifact(*module.module);
  if (!embedded) return fail(ErrorCode::ArtifactMalformed);
  found.file = module.source->file();
  found.bytes = embedded->bytes;
  found.offset = embedded->offset;
  // Another tool may have moved the section.
  if (reinterpret_cast<uintptr_t>(found.bytes.data()) % kArtifactAlignment != 0) {
    found.copy.assign(found.bytes.begin(), found.bytes.end());
    found.bytes = found.copy;
    found.file = nullptr;
  }
  return found;
}

// The code in place, and all that it needs.
struct Placed {
  ArtifactBytes bytes;
  std::shared_ptr<const Source> source;  // that `bytes` may be a part of
  platform::ExecutableMap map;
  platform::CodePages pages;
};

// Mapped, or where that cannot or must not be, copied.
Result<const uint8_t*> place_code(const Artifact& artifact, Placed& placed, bool may_be_mapped) {
  const Bytes code = artifact.code();
  if (code.empty()) return nullptr;
  const uint64_t offset = placed.bytes.offset + artifact.code_at();
  if (may_be_mapped && placed.bytes.file && offset % platform::kExecutableAlignment == 0) {
    if (auto map = placed.bytes.file->executable(offset, code.size())) {
      placed.map = std::move(*map);
      return placed.map.begin();
    }
  }
  placed.pages = TRY(platform::CodePages::reserve(code.size()));
  return placed.pages.append(code);
}

// Absent: the artifact has none. It is laid over memory only from a file that its code may be run
// from; else it is copied, as Placed keeps it.
std::optional<runtime::DataImage> data_of(const Artifact& artifact, const ParsedModule& module,
                                          const ArtifactBytes& bytes) {
  if (artifact.data().bytes.empty()) return std::nullopt;
  runtime::DataImage image;
  image.begin = artifact.data().begin;
  image.bytes = artifact.data().bytes;
  image.file = bytes.file;
  image.offset = bytes.offset + artifact.data_at();
  image.segment_count = module.datas_left_out ? module.datas_left_out->count
                                              : static_cast<uint32_t>(module.module->datas.size());
  return image;
}

Result<void> check_facts(const ArtifactFacts& facts, const CodeTarget& target) {
  if (!target.cpu.includes(facts.cpu))
    return fail(
        ErrorCode::ArtifactCpu, kNoPosition,
        static_cast<uint64_t>(target.cpu.first_missing(facts.cpu).value_or(CpuFeature{UINT8_MAX})));
  // Code that counts, and code that does not, both run everywhere.
  if (facts.options.explicit_bounds != target.options.explicit_bounds ||
      facts.options.fuel != target.options.fuel)
    return fail(ErrorCode::ArtifactOptions);
  if (facts.module != target.module) return fail(ErrorCode::ArtifactOtherModule);
  return {};
}

}  // namespace

Result<void> check_seal(const Artifact& artifact, const NativeCodeOptions& options) {
  if (options.trust_all) return {};
  const ArtifactSeal& seal = artifact.seal();
  if (std::ranges::find(options.trusted, seal.signer) != options.trusted.end() &&
      verify(seal.signer, signed_message(artifact.sealed()), seal.signature))
    return {};
  const auto own = TRY(find_user_key());
  if (own && are_equal(artifact_mac(*own, artifact.sealed(), seal), seal.mac)) return {};
  return fail(ErrorCode::ArtifactUntrusted);
}

Result<NativeCode> load_native_code(const ParsedModule& module, const CodeTarget& target,
                                    const NativeCodeOptions& options) {
  auto placed = std::make_shared<Placed>();
  placed->bytes = TRY(find_bytes(module, options));
  placed->source = module.source;
  const Artifact artifact = TRY(Artifact::read(placed->bytes.bytes));
  TRY(check_facts(artifact.facts(), target));
  TRY(check_seal(artifact, options));
  if (artifact.calls().funcs.size() != target.func_count ||
      (!artifact.data().bytes.empty() && !data_fits(artifact.data(), *module.module)))
    return fail(ErrorCode::ArtifactMalformed);
  const uint8_t* const code = TRY(place_code(artifact, *placed, target.may_be_mapped));
  const size_t calls_bytes = artifact.calls().code.size();
  NativeCode result;
  result.facts = artifact.facts();
  result.image.owner = placed;
  result.image.calls = {artifact.calls().funcs, {code, calls_bytes}};
  result.image.resumptions = {artifact.resumptions().funcs,
                              {code + calls_bytes, artifact.resumptions().code.size()}};
  result.image.sites = artifact.sites();
  result.image.data = data_of(artifact, module, placed->bytes);
  return result;
}

std::string native_code_note(const std::string& name, const Error& error) {
  std::string why = explain(error);
  if (error.code == ErrorCode::ArtifactUntrusted) why += " (see --trust and --trust-native)";
  return printable(fmt::format("note: {}: its machine code is not used: {}", name, why)) + "\n";
}

}  // namespace skerry::embed
