// The custom section that carries an artifact in a module, and the digest that a module has without
// it. Not here: what an artifact is (code/artifact.h).
// Invariant: a module with the section is as valid as without, and has the same digest.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "wasm/module.h"

namespace skerry::embed {

inline constexpr std::string_view kCodeSection = "skerry.code";

// The section's artifact: where it starts in the module's bytes, and its bytes. Nothing if there is
// no such section, or not in the form it is written here, to the last bit of what is in front of
// it.
struct EmbeddedArtifact {
  uint64_t offset = 0;
  Bytes bytes;
};
std::optional<EmbeddedArtifact> find_artifact(const Module& module);

// The module's bytes but for the section; for modules made from text, the text.
struct PlainModule {
  Bytes before, after;
};
PlainModule without_code_section(const Module& module, Bytes source);
Digest module_digest(const Module& module, Bytes source);

// The module with an artifact in a section at its end. `artifact_at` makes it for an offset in the
// file.
std::vector<uint8_t> with_code_section(
    const PlainModule& module,
    const std::function<std::vector<uint8_t>(uint64_t offset)>& artifact_at);

}  // namespace skerry::embed
