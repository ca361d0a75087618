// File: an open file, stream or directory of the system, and what can be asked of it.
// Not here: names (directory.h) and paths (beneath.h); a File is made by opening one of those.
// Invariant: an open File owns its handle, except the standard streams, which are borrowed: closing
// such a File leaves the stream open for the rest of the program.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "base/result.h"
#include "platform/io_error.h"

namespace skerry::platform {

enum class FileType : uint8_t {
  Unknown,
  BlockDevice,
  CharacterDevice,
  Directory,
  Regular,
  StreamSocket,
  DatagramSocket,
  Symlink,
  Pipe,
};

struct FileStat {
  uint64_t device = 0;
  uint64_t inode = 0;
  FileType type = FileType::Unknown;
  uint64_t link_count = 0;
  uint64_t size_bytes = 0;
  uint64_t access_ns = 0;  // times since 1970-01-01 UTC
  uint64_t modify_ns = 0;
  uint64_t change_ns = 0;
};

// A piece of memory to read into or write from. Laid out as the system's scatter list is, so that
// lists are handed over as they are.
struct IoSlice {
  uint8_t* data = nullptr;
  size_t size_bytes = 0;
};

enum class Whence : uint8_t { Start, Current, End };
enum class Advice : uint8_t { Normal, Sequential, Random, WillNeed, DontNeed, NoReuse };

struct TimeChange {
  enum Kind : uint8_t { Keep, Now, Set };
  Kind kind = Keep;
  uint64_t time_ns = 0;
};

struct OpenOptions {
  bool read = false;
  bool write = false;
  bool create = false;
  bool exclusive = false;  // with create: fail if the name exists
  bool truncate = false;
  bool directory = false;  // fail unless it is a directory
  bool append = false;
  bool data_sync = false;
  bool full_sync = false;
};

// -1 is no handle. Unix: a file descriptor. Windows: a HANDLE.
using NativeHandle = intptr_t;
inline constexpr NativeHandle kNoHandle = -1;

struct ConsoleState;  // console_win.cc

class File {
 public:
  enum class Ownership : uint8_t { Owned, Borrowed };

  File() = default;
  // Takes an open handle and finds out what it is. An owned handle is closed on failure too.
  static Result<File> adopt(NativeHandle handle, Ownership ownership, bool append = false);
  // Takes an open socket (socket.h makes them).
  static File of_socket(NativeHandle handle, FileType type);
  // A stream that is always at its end, and takes and forgets what is written.
  static Result<File> open_null();
  ~File();
  File(File&& other) noexcept { swap(other); }
  File& operator=(File&& other) noexcept {
    File(std::move(other)).swap(*this);
    return *this;
  }

  bool is_open() const { return handle_ != kNoHandle; }
  NativeHandle native() const { return handle_; }
  FileType type() const { return type_; }
  bool is_socket() const {
    return type_ == FileType::StreamSocket || type_ == FileType::DatagramSocket;
  }
  // Of a Windows console; null for everything else.
  const ConsoleState* console() const { return console_.get(); }
  // Reading or writing may have to wait for somebody else.
  bool is_stream() const {
    return type_ != FileType::Regular && type_ != FileType::BlockDevice &&
           type_ != FileType::Directory;
  }

  // Read and write at the file's position and move it. They never wait on a stream: WouldBlock says
  // that poll() should. Fewer bytes than asked for is success; 0 read is the end. A closed pipe is
  // BrokenPipe, never a signal.
  Result<size_t> read(std::span<const IoSlice> slices) const;
  Result<size_t> write(std::span<const IoSlice> slices) const;
  // Elsewhere in the file; the position stays. NotSeekable on streams.
  Result<size_t> read_at(std::span<const IoSlice> slices, uint64_t offset) const;
  Result<size_t> write_at(std::span<const IoSlice> slices, uint64_t offset) const;
  Result<uint64_t> seek(int64_t offset, Whence whence) const;

  Result<FileStat> stat() const;
  Result<void> set_size(uint64_t size_bytes) const;
  Result<void> set_times(TimeChange access, TimeChange modify) const;
  // Makes sure that there is room for these bytes; the file grows if they lie behind its end.
  Result<void> allocate(uint64_t offset, uint64_t length) const;
  Result<void> advise(uint64_t offset, uint64_t length, Advice advice) const;
  Result<void> sync() const;
  Result<void> data_sync() const;
  // Every write goes to the end. NotSupported on borrowed streams: others share the setting.
  Result<void> set_append(bool append);

 private:
  void swap(File& other) noexcept {
    std::swap(handle_, other.handle_);
    std::swap(type_, other.type_);
    std::swap(ownership_, other.ownership_);
    std::swap(append_, other.append_);
    std::swap(console_, other.console_);
  }

  NativeHandle handle_ = kNoHandle;
  FileType type_ = FileType::Unknown;
  Ownership ownership_ = Ownership::Owned;
  bool append_ = false;
  std::shared_ptr<ConsoleState> console_;  // Windows consoles only
};

enum class StandardStream : uint8_t { Input, Output, Error };
// The program's own stream, borrowed. BadDescriptor if the program was started without it.
Result<File> standard_file(StandardStream stream);

}  // namespace skerry::platform
