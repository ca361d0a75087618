// Dir: an open directory and what can be done with the names in it. DirReader: listing it.
// Not here: paths (beneath.h).
// Invariant: every name passed in is one component: not empty, no separator, not "." or "..". A
// name that is a symbolic link is never followed. So nothing here can leave the directory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "platform/files.h"

namespace skerry::platform {

#ifdef _WIN32
inline constexpr bool kLinksKnowTheirTarget = true;
#else
inline constexpr bool kLinksKnowTheirTarget = false;
#endif

class Dir {
 public:
  Dir() = default;
  // `file` is an open directory.
  explicit Dir(File file) : file_(std::move(file)) {}
  // By a path of the host: how roots come to be.
  static Result<Dir> open_host(const std::string& path);

  bool is_open() const { return file_.is_open(); }
  const File& file() const { return file_; }
  File take_file() && { return std::move(file_); }

  // Loop if the name is a symbolic link (NotDirectory, with options.directory, on some systems).
  Result<File> open(std::string_view name, const OpenOptions& options) const;
  // Good for finding other names only, not for listing. Loop or NotDirectory if it is a link.
  Result<Dir> open_for_walk(std::string_view name) const;
  // Another handle of the directory itself.
  Result<File> reopen(const OpenOptions& options) const;
  Result<Dir> duplicate() const;

  Result<FileStat> stat(std::string_view name) const;
  Result<void> set_times(std::string_view name, TimeChange access, TimeChange modify) const;
  Result<void> create_directory(std::string_view name) const;
  Result<void> remove_directory(std::string_view name) const;
  Result<void> unlink(std::string_view name) const;  // IsDirectory for directories
  Result<void> rename(std::string_view name, const Dir& to, std::string_view new_name) const;
  Result<void> link(std::string_view name, const Dir& to, std::string_view new_name) const;
  // `target` is relative, with `/` between components on every system. Where links know what they
  // point to (kLinksKnowTheirTarget), `to_directory` says it.
  Result<void> symlink(std::string_view target, std::string_view name, bool to_directory) const;
  // Invalid if the name is not a symbolic link. An absolute target begins with `/`.
  Result<std::string> read_link(std::string_view name) const;

 private:
  File file_;
};

// Is `name` fit to be passed to a Dir? Linux takes any bytes; Windows refuses what it reserves.
Result<void> check_name(std::string_view name);

struct DirEntry {
  std::string_view name;  // valid until the reader is asked again
  uint64_t inode = 0;     // 0 if the system does not say
  FileType type = FileType::Unknown;
  uint64_t next_cookie = 0;  // stands for the place behind this entry
};

class DirReader {
 public:
  // The entry at a place: 0 is the start, and reads the directory anew. Absent: the end. "." and
  // ".." are among the entries. Cookies count entries, since a guest may keep them in 32 bits
  // (telldir); they stay good while entries come and go.
  Result<std::optional<DirEntry>> entry_at(const Dir& dir, uint64_t cookie);

 private:
#ifdef _WIN32
  struct Entry {
    std::string name;
    uint64_t inode;
    FileType type;
  };
  Result<void> read_all(const Dir& dir);
  std::vector<Entry> entries_;
  bool is_read_ = false;
#else
  std::optional<DirEntry> entry_in_buffer(uint64_t cookie);
  Result<bool> fill(const Dir& dir, uint64_t cookie);
  // Where the system finds the entry of each cookie so far.
  std::vector<uint64_t> places_;
  std::vector<uint8_t> buffer_;
  size_t used_bytes_ = 0;      // of buffer_
  uint64_t first_cookie_ = 0;  // of the entry at the buffer's start
  size_t pos_ = 0;             // in buffer_, of the entry of cookie_
  uint64_t cookie_ = 0;
#endif
};

}  // namespace skerry::platform
