// What a module's data segments together make of its memory, made ahead of time, so that a start
// neither decodes nor copies them: Go's linker makes 30,000 of what prints a line.
// Not here: its place in an artifact (code/artifact.h), or laying it over a memory (runtime).
// Invariant: a memory that starts from the image is the one that instantiation would have filled,
// and instantiation would not have trapped.
#pragma once

#include <optional>
#include <vector>

#include "code/artifact.h"
#include "embed/engine.h"
#include "wasm/module.h"

namespace skerry::embed {

// Less is copied as soon as it is mapped.
inline constexpr uint64_t kMinDataImageBytes = 64 << 10;

struct MadeDataImage {
  uint64_t begin = 0;
  std::vector<uint8_t> bytes;
};

// Of a valid module. Nothing if segments are passive, of another memory than one that the module
// defines for itself, at places that only an instance knows, or too few or too far apart to gain by
// it.
std::optional<MadeDataImage> make_data_image(const Module& module);

// Gives the writer the image that the module came with, or a new one, if there is to be one.
Result<void> add_data_image(ArtifactWriter& writer, const LoadedModule& module);

// Whether the module has a memory that can start with this. The module need not be valid yet.
bool data_fits(const ArtifactData& data, const Module& module);

}  // namespace skerry::embed
