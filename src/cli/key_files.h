// Files of keys to sign with and to trust: one line each. Not here: the user's own key
// (embed/user_key.h), or what is signed.
#pragma once

#include <string>

#include "base/result.h"
#include "seal/signature.h"

namespace skerry::cli {

// KeyMalformed, KeyExposed, or why the file could not be read.
Result<SigningKey> read_signing_key(const std::string& path);
// A file's name, or the text of the key itself.
Result<PublicKey> read_public_key(const std::string& name_or_text);
// A new key in the file, for its owner alone; the half to be trusted beside it, in FILE.pub.
Result<PublicKey> make_key_files(const std::string& path);

}  // namespace skerry::cli
