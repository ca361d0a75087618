// What descriptors say about themselves: type, flags, rights, attributes, preopened paths.
#include "wasi/attributes.h"
#include "wasi/functions.h"

namespace skerry::wasi {

using platform::FileStat;
using platform::TimeChange;

Result<FileStatOut> FileStatOut::at(const Call& call, Ptr at) {
  const size_t size =
      call.abi() == Abi::Preview1 ? sizeof(FileStatRecord) : sizeof(FileStatRecordUnstable);
  return FileStatOut(TRY(call.bytes(at, size)).data(), call.abi());
}

void FileStatOut::set(const FileStat& stat) const {
  const auto fill = [&](auto record) {
    record.dev = stat.device;
    record.ino = stat.inode;
    record.filetype = file_type_id(stat.type);
    record.nlink = static_cast<decltype(record.nlink)>(stat.link_count);
    record.size = stat.size_bytes;
    record.atim = stat.access_ns;
    record.mtim = stat.modify_ns;
    record.ctim = stat.change_ns;
    std::memcpy(at_, &record, sizeof(record));
  };
  if (abi_ == Abi::Preview1)
    fill(FileStatRecord{});
  else
    fill(FileStatRecordUnstable{});
}

Result<std::pair<TimeChange, TimeChange>> time_changes(Timestamp atim, Timestamp mtim,
                                                       FstFlags flags) {
  const auto change = [&](Timestamp time, FstFlags set, FstFlags now) -> Result<TimeChange> {
    if ((flags & set) != 0 && (flags & now) != 0) return fail_with(Errno::Inval);
    if ((flags & set) != 0) return TimeChange{TimeChange::Set, time};
    if ((flags & now) != 0) return TimeChange{TimeChange::Now, 0};
    return TimeChange{};
  };
  if ((flags & ~kFstAll) != 0) return fail_with(Errno::Inval);
  return std::pair(TRY(change(atim, kFstAtim, kFstAtimNow)),
                   TRY(change(mtim, kFstMtim, kFstMtimNow)));
}

Result<void> fd_fdstat_get(Call& call, Fd fd, Ptr stat_out) {
  Descriptor* const descriptor = TRY(call.descriptor(fd, required::fd_fdstat_get));
  const auto out = TRY(call.out<FdStatRecord>(stat_out));
  out.set({.filetype = descriptor->type(),
           .pad0 = 0,
           .flags = static_cast<uint16_t>(descriptor->flags),
           .pad1 = 0,
           .rights_base = bits_of(descriptor->base),
           .rights_inheriting = bits_of(descriptor->inheriting)});
  return {};
}

// Synchronous writing is chosen when a file is opened. As POSIX has it, leaving it out here changes
// nothing; asking for it anew is refused rather than forgotten.
Result<void> fd_fdstat_set_flags(Call& call, Fd fd, FdFlags flags) {
  constexpr FdFlags kSyncFlags = kFdDsync | kFdRsync | kFdSync;
  if ((flags & ~kFdAll) != 0) return fail_with(Errno::Inval);
  Descriptor* const descriptor = TRY(call.descriptor(fd, required::fd_fdstat_set_flags));
  if ((flags & kSyncFlags & ~descriptor->flags) != 0) return fail_with(Errno::Notsup);
  const bool append = (flags & kFdAppend) != 0;
  if (append != ((descriptor->flags & kFdAppend) != 0)) {
    platform::File* const file = descriptor->file();
    if (!file) return fail_with(Errno::Inval);
    TRY(file->set_append(append));
  }
  descriptor->flags = (flags & ~kSyncFlags) | (descriptor->flags & kSyncFlags);
  return {};
}

Result<void> fd_fdstat_set_rights(Call& call, Fd fd, RightsBits base, RightsBits inheriting) {
  Descriptor* const descriptor = TRY(call.descriptor(fd, required::fd_fdstat_set_rights));
  const Rights new_base = rights_of_bits(base), new_inheriting = rights_of_bits(inheriting);
  if (!covers(descriptor->base, new_base) || !covers(descriptor->inheriting, new_inheriting))
    return fail_with(Errno::Notcapable);
  descriptor->base = new_base;
  descriptor->inheriting = new_inheriting;
  return {};
}

Result<void> fd_filestat_get(Call& call, Fd fd, Ptr stat_out) {
  Descriptor* const descriptor = TRY(call.descriptor(fd, required::fd_filestat_get));
  const auto out = TRY(FileStatOut::at(call, stat_out));
  const platform::File* const handle = descriptor->handle();
  out.set(handle ? TRY(handle->stat()) : FileStat{});
  return {};
}

Result<void> fd_filestat_set_size(Call& call, Fd fd, Filesize size) {
  Descriptor* const descriptor = TRY(call.seekable(fd, required::fd_filestat_set_size));
  const platform::File& file = *descriptor->file();
  const uint64_t old_bytes =
      descriptor->quota || call.context().quota() ? TRY(file.stat()).size_bytes : size;
  const uint64_t more_bytes = size - std::min(size, old_bytes);
  TRY(call.within_quota(*descriptor, more_bytes, [&]() -> Result<size_t> {
    TRY(file.set_size(size));
    return more_bytes;
  }));
  return {};
}

Result<void> fd_filestat_set_times(Call& call, Fd fd, Timestamp atim, Timestamp mtim,
                                   FstFlags flags) {
  const auto [access, modify] = TRY(time_changes(atim, mtim, flags));
  Descriptor* const descriptor = TRY(call.descriptor(fd, required::fd_filestat_set_times));
  TRY(call.may_use(*descriptor, policy::Access::Write));
  const platform::File* const handle = descriptor->handle();
  return handle ? handle->set_times(access, modify) : fail_with(Errno::Inval);
}

// Badf ends the search for preopened directories that every C library makes from descriptor 3 on.
Result<void> fd_prestat_get(Call& call, Fd fd, Ptr prestat_out) {
  Descriptor* const descriptor = TRY(call.descriptor(fd, required::fd_prestat_get));
  const auto out = TRY(call.out<PrestatRecord>(prestat_out));
  const Directory* const directory = descriptor->directory();
  if (!directory || !directory->is_preopened) return fail_with(Errno::Badf);
  out.set(
      {.tag = 0, .pad = {}, .name_length = static_cast<uint32_t>(directory->guest_path.size())});
  return {};
}

Result<void> fd_prestat_dir_name(Call& call, Fd fd, Ptr path_out, Size path_len) {
  Descriptor* const descriptor = TRY(call.descriptor(fd, required::fd_prestat_dir_name));
  const Directory* const directory = descriptor->directory();
  if (!directory || !directory->is_preopened) return fail_with(Errno::Notdir);
  const std::string& path = directory->guest_path;
  if (path_len < path.size()) return fail_with(Errno::Nametoolong);
  const auto out = TRY(call.bytes(path_out, path.size()));
  std::copy(path.begin(), path.end(), out.begin());
  return {};
}

}  // namespace skerry::wasi
