// The user's own key: what machine code that this user made is told by. A file of 32 random bytes
// among the user's settings that nobody else can read. Not here: keys to sign with (seal).
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "seal/digest.h"

namespace skerry::embed {

// Where it is kept; empty if the system does not say where settings belong.
std::string user_key_path();
// Nothing: there is none yet. KeyExposed, KeyMalformed.
Result<std::optional<MacKey>> find_user_key();
// Made if there is none yet, of several processes at once by one.
Result<MacKey> user_key();

}  // namespace skerry::embed
