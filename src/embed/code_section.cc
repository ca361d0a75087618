// The section: its id, its size in five bytes, its name, a byte that counts the zeros behind it,
// and the artifact. So its start is known from where its contents are.
#include "embed/code_section.h"

#include <algorithm>

#include "code/artifact.h"
#include "seal/digest.h"

namespace skerry::embed {
namespace {

constexpr uint64_t kSizeBytes = 5;
// Id, size, the name's length, name.
constexpr uint64_t kHeadBytes = 1 + kSizeBytes + 1 + kCodeSection.size();

// Where the section starts if it is one that was written here.
std::optional<uint64_t> section_begin(const Module& module, const CustomSection& section) {
  if (section.offset < kHeadBytes) return std::nullopt;
  const uint64_t begin = section.offset - kHeadBytes;
  if (module.bytes[begin] != 0) return std::nullopt;
  ByteReader in(module.bytes.subspan(begin + 1, kSizeBytes));
  const auto size = in.u32();
  const uint64_t wanted = 1 + kCodeSection.size() + section.bytes.size();
  if (!size || *size != wanted || !in.at_end()) return std::nullopt;
  return begin;
}

}  // namespace

std::optional<EmbeddedArtifact> find_artifact(const Module& module) {
  const CustomSection* const section = module.find_custom(kCodeSection);
  if (section == nullptr || section->bytes.empty()) return std::nullopt;
  const uint64_t skipped = 1 + uint64_t{section->bytes[0]};
  if (module.bytes.empty() || skipped > section->bytes.size() || !section_begin(module, *section))
    return std::nullopt;
  // They are under no seal, and nothing is to be hidden in them.
  const auto is_set = [](uint8_t byte) { return byte != 0; };
  if (std::ranges::any_of(section->bytes.subspan(1, skipped - 1), is_set)) return std::nullopt;
  return EmbeddedArtifact{section->offset + skipped, section->bytes.subspan(skipped)};
}

PlainModule without_code_section(const Module& module, Bytes source) {
  const CustomSection* const section = module.find_custom(kCodeSection);
  if (section == nullptr || module.bytes.empty()) return {source, {}};
  const auto begin = section_begin(module, *section);
  if (!begin) return {source, {}};
  return {source.first(*begin), source.subspan(section->offset + section->bytes.size())};
}

Digest module_digest(const Module& module, Bytes source) {
  const PlainModule plain = without_code_section(module, source);
  return digest({plain.before, plain.after});
}

std::vector<uint8_t> with_code_section(
    const PlainModule& module,
    const std::function<std::vector<uint8_t>(uint64_t offset)>& artifact_at) {
  std::vector<uint8_t> result(module.before.begin(), module.before.end());
  result.insert(result.end(), module.after.begin(), module.after.end());
  const uint64_t behind_head = result.size() + kHeadBytes + 1;
  const uint64_t zeros =
      (kArtifactAlignment - behind_head % kArtifactAlignment) % kArtifactAlignment;
  const std::vector<uint8_t> artifact = artifact_at(behind_head + zeros);
  uint64_t size = 1 + kCodeSection.size() + 1 + zeros + artifact.size();
  result.reserve(result.size() + kHeadBytes + 1 + zeros + artifact.size());
  result.push_back(0);
  for (uint64_t i = 0; i < kSizeBytes; ++i, size >>= 7)
    result.push_back(static_cast<uint8_t>((size & 0x7f) | (i + 1 < kSizeBytes ? 0x80 : 0)));
  result.push_back(static_cast<uint8_t>(kCodeSection.size()));
  result.insert(result.end(), kCodeSection.begin(), kCodeSection.end());
  result.push_back(static_cast<uint8_t>(zeros));
  result.resize(result.size() + zeros);
  result.insert(result.end(), artifact.begin(), artifact.end());
  return result;
}

}  // namespace skerry::embed
