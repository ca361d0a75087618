// Compiling a module ahead of time, all funcs of it on several threads, into an artifact, and
// sealing that. Not here: files and sections it goes into (code_section.h, cli).
// Invariant: what comes out does not depend on the number of threads.
#pragma once

#include <functional>
#include <optional>

#include "code/artifact.h"
#include "embed/engine.h"
#include "embed/source.h"
#include "seal/digest.h"
#include "seal/signature.h"

namespace skerry::embed {

struct AheadOfTimeOptions {
  unsigned jobs = 0;  // 0: one a processor
  // Called now and then, by one thread at a time, with the share of code that is compiled.
  std::function<void(double share)> progress;
};

struct AheadOfTime {
  ArtifactWriter writer;
  size_t func_count = 0;
  size_t missing_count = 0;  // funcs that hold something no compiler here executes
};

// A module as it is compiled to be a module again: in the binary format and without code.
Reported<ParsedModule> parse_without_code(std::shared_ptr<const Source> source, Features features);

// With the engine's compiler, for the engine's options. LimitExceeded: more than 4 GiB of code.
Result<AheadOfTime> compile_ahead_of_time(const Engine& engine, const LoadedModule& module,
                                          const AheadOfTimeOptions& options = {});

// Of code that the engine makes of a module with this digest.
ArtifactFacts artifact_facts(const Engine& engine, const Digest& module);
// Fills the artifact's seal: under the user's key, with the signature of another, or both.
void seal_artifact(std::vector<uint8_t>& artifact, const std::optional<MacKey>& own,
                   const std::optional<SigningKey>& signer);
// What is signed of an artifact.
std::vector<uint8_t> signed_message(Bytes sealed);
// The MAC that belongs into a seal: of the artifact and of the rest of the seal, so that no bit of
// either changes unnoticed.
Digest artifact_mac(const MacKey& own, Bytes sealed, const ArtifactSeal& seal);

}  // namespace skerry::embed
