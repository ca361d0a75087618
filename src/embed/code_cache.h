// CodeCache: a folder of entries, each the machine code of one module in one file, that are dropped
// when they were not used for longest and all together are too large.
// Not here: what is kept under which name, and whether an entry fits and is to be trusted
// (kept_code.h).
// Invariant: an entry is there as a whole or not at all, for any number of processes that do
// anything here at once. Whoever has opened one keeps it. Files with other names are left alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace skerry::platform {
class Dir;
}

namespace skerry::embed {

inline constexpr uint64_t kDefaultCacheBytes = uint64_t{1} << 30;

class CodeCache {
 public:
  CodeCache(std::string folder, uint64_t limit_bytes)
      : folder_(std::move(folder)), limit_bytes_(limit_bytes) {}
  // Among this user's caches; null if the system does not say where those belong.
  static std::shared_ptr<const CodeCache> of_user(uint64_t limit_bytes = kDefaultCacheBytes);

  const std::string& folder() const { return folder_; }
  std::string path_of(const Digest& key) const;

  // Takes the place of the entry that has the key, if there is one; then what is too much goes.
  // LimitExceeded: it is larger than all together may be.
  Result<void> put(const Digest& key, Bytes entry) const;
  // The entry was used just now.
  void touch(const Digest& key) const;
  void drop(const Digest& key) const;

  struct Entry {
    std::string file;  // a name in the folder
    uint64_t size_bytes = 0;
    uint64_t last_use_ns = 0;  // since 1970-01-01 UTC
  };
  // Most recently used first. None if there is no folder.
  Result<std::vector<Entry>> entries() const;
  // Drops all; the number and size of what went. What somebody runs may stay on Windows.
  struct Dropped {
    uint64_t entries = 0;
    uint64_t bytes = 0;
  };
  Result<Dropped> clear() const;

 private:
  static std::vector<Entry> find(const platform::Dir& folder, bool are_abandoned);
  Result<void> replace(const std::string& name, Bytes entry) const;
  void trim() const;

  std::string folder_;
  uint64_t limit_bytes_;
};

}  // namespace skerry::embed
