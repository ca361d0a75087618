// CodeImage: a module's code that somebody has put in place already: mapped from a file, say.
// Not here: reading an artifact (code/artifact.h), or whether the code may be run (embed).
// Invariant: the code of both parts is executable and stays as it is, like the rest, as long as
// `owner` lives.
#pragma once

#include <memory>

#include "base/bytes.h"
#include "code/artifact.h"

namespace skerry::runtime {

struct CodeImage {
  std::shared_ptr<const void> owner;
  ArtifactPart calls;
  ArtifactPart resumptions;
  Bytes sites;
};

}  // namespace skerry::runtime
