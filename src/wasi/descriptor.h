// Descriptor: one capability of the guest - a file, directory or stream with the rights it has on
// it - and the table that numbers them. There is no other way for a guest to name anything of the
// host. Not here: what functions do with descriptors. Invariant: a directory's rights, grant and
// quota pass to all that is opened through it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "platform/directory.h"
#include "platform/files.h"
#include "platform/poll.h"
#include "wasi/abi.h"
#include "wasi/grant.h"
#include "wasi/rights.h"
#include "wasi/stream.h"

namespace skerry::wasi {

struct Directory {
  platform::Dir dir;
  platform::DirReader reader;
  std::string guest_path;  // as the guest came to it
  bool is_preopened = false;
};

// How much may still be written, shared by all that is opened through one directory.
struct Quota {
  uint64_t left_bytes = 0;
};

struct Descriptor {
  std::variant<platform::File, Directory, std::unique_ptr<Stream>> what;
  Rights base = Rights::None;
  Rights inheriting = Rights::None;
  FdFlags flags = 0;
  // What may be done through it, whatever its rights; null: everything, for ever.
  std::shared_ptr<Grant> grant;
  std::shared_ptr<Quota> quota;  // null: no limit of its own
  // Of sockets: how long reading and writing may wait, and the place among the connections that
  // there may be.
  uint64_t read_timeout_ns = platform::kForever, write_timeout_ns = platform::kForever;
  std::shared_ptr<void> connection;

  policy::Access access() const { return grant ? grant->now() : policy::kAllAccess; }
  platform::File* file() { return std::get_if<platform::File>(&what); }
  Directory* directory() { return std::get_if<Directory>(&what); }
  const Directory* directory() const { return std::get_if<Directory>(&what); }
  Stream* stream() {
    auto* held = std::get_if<std::unique_ptr<Stream>>(&what);
    return held ? held->get() : nullptr;
  }
  // The file behind it: a File's own, or the open directory. Null for streams of the embedder.
  const platform::File* handle();
  FileTypeId type();
};

// What a guest would call `path` below a folder.
std::string joined_path(const std::string& folder, std::string_view path);

FileTypeId file_type_id(platform::FileType type);
// The rights that mean something for an open file of the system.
Rights rights_for(const platform::File& file);

class DescriptorTable {
 public:
  explicit DescriptorTable(uint32_t max_count) : max_count_(max_count) {}

  // Badf if there is none. The pointer is good until the descriptor is closed or renumbered.
  Result<Descriptor*> find(Fd fd);
  // The lowest free number. Mfile if there are too many.
  Result<Fd> insert(Descriptor descriptor);
  Result<void> close(Fd fd);
  Result<void> renumber(Fd from, Fd to);

 private:
  uint32_t max_count_;
  size_t lowest_free_ = 0;  // no free number is below it
  std::vector<std::unique_ptr<Descriptor>> entries_;
};

}  // namespace skerry::wasi
