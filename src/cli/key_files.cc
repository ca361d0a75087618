// Reading and writing them whole.
#include "cli/key_files.h"

#include "platform/mapped_file.h"
#include "platform/random.h"
#include "platform/whole_file.h"

namespace skerry::cli {
namespace {

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace

Result<SigningKey> read_signing_key(const std::string& path) {
  const std::vector<uint8_t> bytes = TRY(platform::read_private_file(path));
  const auto key = parse_signing_key(text_of(bytes));
  if (!key) return fail(ErrorCode::KeyMalformed);
  return *key;
}

Result<PublicKey> read_public_key(const std::string& name_or_text) {
  if (const auto key = parse_public_key(name_or_text)) return *key;
  const auto file = TRY(platform::MappedFile::open(name_or_text));
  const auto key = parse_public_key(text_of(file->bytes()));
  if (!key) return fail(ErrorCode::KeyMalformed);
  return *key;
}

Result<PublicKey> make_key_files(const std::string& path) {
  SigningKey key;
  TRY(platform::fill_random(key.seed));
  TRY(platform::create_private_file(path, bytes_of(to_text(key))));
  const PublicKey public_key = key.public_key();
  const std::string text = to_text(public_key);
  const Bytes parts[] = {bytes_of(text)};
  TRY(platform::write_file(path + ".pub", parts));
  return public_key;
}

}  // namespace skerry::cli
