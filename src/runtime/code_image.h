// CodeImage: a module's code that somebody has put in place already: mapped from a file, say; and
// perhaps what its data segments come to, ready to be a memory's first contents.
// Not here: reading an artifact (code/artifact.h), or whether the code may be run (embed).
// Invariant: the code of both parts is executable and stays as it is, like the rest, as long as
// `owner` lives.
#pragma once

#include <memory>
#include <optional>

#include "base/bytes.h"
#include "code/artifact.h"

namespace skerry::platform {
class MappedFile;
}

namespace skerry::runtime {

// What the module's data segments, all of them active and inside memory 0, make of that memory,
// which the module defines and does not share. Nor does it import tables: through one, its funcs
// could be called even if instantiation fails before it comes to the data.
struct DataImage {
  uint64_t begin = 0;  // in the memory; it and the size are whole pages, inside its least size
  Bytes bytes;
  // The file that they are from at `offset`, if the memory may be mapped from there.
  std::shared_ptr<const platform::MappedFile> file;
  uint64_t offset = 0;
  uint32_t segment_count = 0;
};

struct CodeImage {
  std::shared_ptr<const void> owner;
  ArtifactPart calls;
  ArtifactPart resumptions;
  Bytes sites;
  // Then the module's data segments are not looked at, and may be missing.
  std::optional<DataImage> data;
};

}  // namespace skerry::runtime
