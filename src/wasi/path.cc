// Operations on paths: rights and read-only roots are decided here, the path itself is resolved by
// platform::Beneath, which nothing gets out of.
#include <algorithm>

#include "wasi/attributes.h"
#include "wasi/functions.h"

namespace skerry::wasi {
namespace {

using platform::LastLink;
using policy::Access;

Result<LastLink> last_link(LookupFlags lookup) {
  if ((lookup & ~kLookupSymlinkFollow) != 0) return fail_with(Errno::Inval);
  return (lookup & kLookupSymlinkFollow) != 0 ? LastLink::Follow : LastLink::Keep;
}

// What path_open has been asked for, before a path is looked at.
struct OpenRequest {
  platform::OpenOptions options;
  Rights base = Rights::None;
  Rights inheriting = Rights::None;
  FdFlags flags = 0;
};

// Inval, or Notcapable if the directory does not allow it.
Result<OpenRequest> open_request(const Descriptor& directory, OpenFlags oflags, RightsBits base,
                                 RightsBits inheriting, FdFlags fdflags) {
  if ((oflags & ~kOpenAll) != 0 || (fdflags & ~kFdAll) != 0) return fail_with(Errno::Inval);
  OpenRequest request;
  request.base = rights_of_bits(base);
  request.inheriting = rights_of_bits(inheriting);
  request.flags = fdflags;
  auto& options = request.options;
  options.read = any_of(request.base, Rights::FdRead);
  options.write = any_of(request.base, Rights::FdWrite);
  options.create = (oflags & kOpenCreate) != 0;
  options.exclusive = (oflags & kOpenExclusive) != 0;
  options.truncate = (oflags & kOpenTruncate) != 0;
  options.directory = (oflags & kOpenDirectory) != 0;
  options.append = (fdflags & kFdAppend) != 0;
  options.data_sync = (fdflags & kFdDsync) != 0;
  options.full_sync = (fdflags & (kFdRsync | kFdSync)) != 0;

  Rights needed = required::path_open;
  if (options.create) needed = needed | Rights::PathCreateFile;
  // Whoever may open a file and set its size may do both at once. (Go asks for directories without
  // the right to truncate, and truncates.)
  if (options.truncate && !any_of(directory.inheriting, Rights::FdFilestatSetSize))
    needed = needed | Rights::PathFilestatSetSize;
  Rights needed_inheriting = request.base | request.inheriting;
  if (options.data_sync) needed_inheriting = needed_inheriting | Rights::FdDatasync;
  if (options.full_sync) needed_inheriting = needed_inheriting | Rights::FdSync;
  if (!covers(directory.base, needed) || !covers(directory.inheriting, needed_inheriting))
    return fail_with(Errno::Notcapable);
  // The system truncates only what it opens for writing; the descriptor still has no right to
  // write.
  if (options.truncate && !options.write) {
    options.write = true;
    options.read = true;
  }
  return request;
}

// Opens where not everything may be done, or somebody wants to know what is. Where nothing may come
// to be, what is there may still be opened with the wish to create it.
Result<platform::File> open_asking(Call& call, const Descriptor& directory,
                                   const platform::Beneath& beneath, std::string_view path,
                                   LastLink last, platform::OpenOptions options) {
  const Access needed = (options.write || options.truncate ? Access::Write : Access::None) |
                        (options.read && !options.directory ? Access::Read : Access::None);
  TRY(call.may_use(directory, needed, path));
  if (!options.create) return beneath.open(path, last, options);
  platform::OpenOptions without_creating = options;
  without_creating.create = false;
  auto file = beneath.open(path, last, without_creating);
  if (file && options.exclusive) return fail_with(Errno::Exist);
  if (file || !platform::is_io_error(file.error(), platform::IoError::NotFound)) return file;
  TRY(call.may_use(directory, Access::Create, path));
  return beneath.open(path, last, options);
}

// How often a pipe without a reader is looked at again.
constexpr uint64_t kLookAgainNs = 10'000'000;

// Opens; waits for the other end of a pipe in the file system that nobody reads yet, but so that
// the guest can be interrupted. (Whoever opens one for reading waits when reading.)
Result<platform::File> open_when_read(Call& call, const Descriptor& directory,
                                      const platform::Beneath& beneath, std::string_view path,
                                      LastLink last, const OpenRequest& request) {
  for (;;) {
    const bool may_do_all = !call.context().gate()->is_observed() &&
                            (!directory.grant || directory.grant->now() == policy::kAllAccess);
    auto file = may_do_all ? beneath.open(path, last, request.options)
                           : open_asking(call, directory, beneath, path, last, request.options);
    if (file || (request.flags & kFdNonblock) != 0 ||
        !platform::is_io_error(file.error(), platform::IoError::NoSuchDevice))
      return file;
    const auto stat = beneath.stat(path, last);
    if (!stat || stat->type != platform::FileType::Pipe) return file;
    TRY(call.wait({}, kLookAgainNs));
  }
}

}  // namespace

Result<void> path_open(Call& call, Fd fd, LookupFlags lookup, Ptr path, Size path_len,
                       OpenFlags oflags, RightsBits base, RightsBits inheriting, FdFlags fdflags,
                       Ptr fd_out) {
  Descriptor* const directory = TRY(call.directory(fd, Rights::None));
  const LastLink last = TRY(last_link(lookup));
  const OpenRequest request = TRY(open_request(*directory, oflags, base, inheriting, fdflags));
  const auto out = TRY(call.out<Fd>(fd_out));
  const std::string text = TRY(call.text(path, path_len));
  const platform::Beneath beneath = call.beneath(*directory);
  platform::File file = TRY(open_when_read(call, *directory, beneath, text, last, request));
  Descriptor opened;
  opened.base = request.base & rights_for(file);
  opened.inheriting = request.inheriting;
  opened.flags = request.flags;
  opened.grant = directory->grant;
  opened.quota = directory->quota;
  if (file.type() == platform::FileType::Directory)
    opened.what = Directory{
        platform::Dir(std::move(file)), {}, joined_path(directory->directory()->guest_path, text)};
  else
    opened.what = std::move(file);
  out.set(TRY(call.context().descriptors().insert(std::move(opened))));
  return {};
}

Result<void> path_create_directory(Call& call, Fd fd, Ptr path, Size path_len) {
  Descriptor* const directory = TRY(call.directory(fd, required::path_create_directory));
  const std::string text = TRY(call.text(path, path_len));
  TRY(call.may_use(*directory, Access::Create, text));
  return call.beneath(*directory).create_directory(text);
}

Result<void> path_filestat_get(Call& call, Fd fd, LookupFlags lookup, Ptr path, Size path_len,
                               Ptr stat_out) {
  Descriptor* const directory = TRY(call.directory(fd, required::path_filestat_get));
  const LastLink last = TRY(last_link(lookup));
  const auto out = TRY(FileStatOut::at(call, stat_out));
  const std::string text = TRY(call.text(path, path_len));
  TRY(call.may_use(*directory, Access::None, text));
  out.set(TRY(call.beneath(*directory).stat(text, last)));
  return {};
}

Result<void> path_filestat_set_times(Call& call, Fd fd, LookupFlags lookup, Ptr path, Size path_len,
                                     Timestamp atim, Timestamp mtim, FstFlags flags) {
  Descriptor* const directory = TRY(call.directory(fd, required::path_filestat_set_times));
  const LastLink last = TRY(last_link(lookup));
  const auto [access, modify] = TRY(time_changes(atim, mtim, flags));
  const std::string text = TRY(call.text(path, path_len));
  TRY(call.may_use(*directory, Access::Write, text));
  return call.beneath(*directory).set_times(text, last, access, modify);
}

Result<void> path_link(Call& call, Fd old_fd, LookupFlags old_lookup, Ptr old_path,
                       Size old_path_len, Fd new_fd, Ptr new_path, Size new_path_len) {
  constexpr Rights kSource = Rights::PathLinkSource, kTarget = Rights::PathLinkTarget;
  static_assert((kSource | kTarget) == required::path_link);
  // What may be done through the new name must be allowed through the old one.
  Descriptor* const from = TRY(call.directory(old_fd, kSource));
  Descriptor* const to = TRY(call.directory(new_fd, kTarget));
  if (TRY(last_link(old_lookup)) == LastLink::Follow) return fail_with(Errno::Inval);
  const std::string old_text = TRY(call.text(old_path, old_path_len));
  const std::string new_text = TRY(call.text(new_path, new_path_len));
  TRY(call.may_use(*from, to->access(), old_text));
  TRY(call.may_use(*to, Access::Create, new_text));
  return call.beneath(*from).link(old_text, call.beneath(*to), new_text);
}

Result<void> path_readlink(Call& call, Fd fd, Ptr path, Size path_len, Ptr buf_out, Size buf_len,
                           Ptr used_out) {
  Descriptor* const directory = TRY(call.directory(fd, required::path_readlink));
  const auto used = TRY(call.out<Size>(used_out));
  const auto buffer = TRY(call.bytes(buf_out, buf_len));
  const std::string text = TRY(call.text(path, path_len));
  TRY(call.may_use(*directory, Access::Read, text));
  const std::string target = TRY(call.beneath(*directory).read_link(text));
  // As much as fits, as readlink(2).
  const size_t count = std::min(target.size(), buffer.size());
  std::copy_n(target.begin(), count, buffer.begin());
  used.set(static_cast<Size>(count));
  return {};
}

Result<void> path_remove_directory(Call& call, Fd fd, Ptr path, Size path_len) {
  Descriptor* const directory = TRY(call.directory(fd, required::path_remove_directory));
  const std::string text = TRY(call.text(path, path_len));
  TRY(call.may_use(*directory, Access::Delete, text));
  return call.beneath(*directory).remove_directory(text);
}

Result<void> path_rename(Call& call, Fd fd, Ptr old_path, Size old_path_len, Fd new_fd,
                         Ptr new_path, Size new_path_len) {
  constexpr Rights kSource = Rights::PathRenameSource, kTarget = Rights::PathRenameTarget;
  static_assert((kSource | kTarget) == required::path_rename);
  // What is moved must not be open to more than it was, and may replace what is there.
  Descriptor* const from = TRY(call.directory(fd, kSource));
  Descriptor* const to = TRY(call.directory(new_fd, kTarget));
  const std::string old_text = TRY(call.text(old_path, old_path_len));
  const std::string new_text = TRY(call.text(new_path, new_path_len));
  TRY(call.may_use(*from, Access::Delete | to->access(), old_text));
  TRY(call.may_use(*to, Access::Create | Access::Delete, new_text));
  return call.beneath(*from).rename(old_text, call.beneath(*to), new_text);
}

Result<void> path_symlink(Call& call, Ptr old_path, Size old_path_len, Fd fd, Ptr new_path,
                          Size new_path_len) {
  Descriptor* const directory = TRY(call.directory(fd, required::path_symlink));
  const std::string target = TRY(call.text(old_path, old_path_len));
  const std::string text = TRY(call.text(new_path, new_path_len));
  TRY(call.may_use(*directory, Access::Create, text));
  return call.beneath(*directory).symlink(target, text);
}

Result<void> path_unlink_file(Call& call, Fd fd, Ptr path, Size path_len) {
  Descriptor* const directory = TRY(call.directory(fd, required::path_unlink_file));
  const std::string text = TRY(call.text(path, path_len));
  TRY(call.may_use(*directory, Access::Delete, text));
  return call.beneath(*directory).unlink(text);
}

}  // namespace skerry::wasi
