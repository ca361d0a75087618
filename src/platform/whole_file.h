// Writing whole files so that nobody ever sees half of one, and small files that only their owner
// may read. Not here: reading large files (mapped_file.h), or files of the guest (files.h).
// Invariant: at any moment a name stands for the old file, the new one, or none.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace skerry::platform {

enum class Access : uint8_t {
  Private,  // its owner's alone
  Usual,    // what the user's settings say
};

// Takes the place of the file that has the name, if there is one. Its folder must exist.
Result<void> write_file(const std::string& path, std::span<const Bytes> parts,
                        Access access = Access::Usual);
// A private file. IoError::Exists if there is one already, of two at once for one of them.
Result<void> create_private_file(const std::string& path, Bytes bytes);
// At most 64 KiB. KeyExposed: others can read or change it.
Result<std::vector<uint8_t>> read_private_file(const std::string& path);
// Makes the folder with all it is in, new ones private. It is no error that it exists.
Result<void> make_private_folder(const std::string& path);

}  // namespace skerry::platform
