// Reading the key, and making it on first use.
#include "embed/user_key.h"

#include <algorithm>

#include "platform/io_error.h"
#include "platform/random.h"
#include "platform/user_folders.h"
#include "platform/whole_file.h"

namespace skerry::embed {

std::string user_key_path() {
  const std::string folder = platform::user_config_folder();
  return folder.empty() ? std::string() : folder + "/key";
}

Result<std::optional<MacKey>> find_user_key() {
  const std::string path = user_key_path();
  if (path.empty()) return std::nullopt;
  const auto bytes = platform::read_private_file(path);
  if (!bytes && bytes.error().code == ErrorCode::FileNotFound) return std::nullopt;
  if (!bytes) return std::unexpected(bytes.error());
  MacKey key;
  if (bytes->size() != key.size()) return fail(ErrorCode::KeyMalformed);
  std::ranges::copy(*bytes, key.begin());
  return key;
}

Result<MacKey> user_key() {
  if (const auto found = TRY(find_user_key())) return *found;
  const std::string path = user_key_path();
  if (path.empty()) return fail(ErrorCode::FileNotFound);
  TRY(platform::make_private_folder(platform::user_config_folder()));
  MacKey key;
  TRY(platform::fill_random(key));
  const auto created = platform::create_private_file(path, key);
  if (created) return key;
  // Another process may have been quicker; then its key counts.
  const auto theirs = TRY(find_user_key());
  if (!theirs) return std::unexpected(created.error());
  return *theirs;
}

}  // namespace skerry::embed
