// Listing directories. A record that does not fit whole is cut, and the buffer then is full: that
// is how the guest sees that there is more.
#include <algorithm>

#include "wasi/functions.h"

namespace skerry::wasi {
namespace {

// Copies as much as still fits.
void append(std::span<uint8_t> buffer, size_t& used, const void* data, size_t size) {
  const size_t count = std::min(size, buffer.size() - used);
  if (count != 0) std::memcpy(buffer.data() + used, data, count);
  used += count;
}

}  // namespace

Result<void> fd_readdir(Call& call, Fd fd, Ptr buf_out, Size buf_len, DirCookie cookie,
                        Ptr used_out) {
  Descriptor* const descriptor = TRY(call.directory(fd, required::fd_readdir));
  TRY(call.may_use(*descriptor, policy::Access::Read));
  const auto used_bytes = TRY(call.out<Size>(used_out));
  const auto buffer = TRY(call.bytes(buf_out, buf_len));
  Directory& directory = *descriptor->directory();
  size_t used = 0;
  while (used < buffer.size()) {
    const auto entry = TRY(directory.reader.entry_at(directory.dir, cookie));
    if (!entry) break;
    // What is above the directory may be outside: not even its number is told.
    const bool is_parent = entry->name == "..";
    const DirentRecord record{.next = entry->next_cookie,
                              .ino = is_parent ? 0 : entry->inode,
                              .name_length = static_cast<uint32_t>(entry->name.size()),
                              .filetype = file_type_id(entry->type),
                              .pad = {}};
    append(buffer, used, &record, sizeof(record));
    append(buffer, used, entry->name.data(), entry->name.size());
    cookie = entry->next_cookie;
  }
  used_bytes.set(static_cast<Size>(used));
  return {};
}

}  // namespace skerry::wasi
