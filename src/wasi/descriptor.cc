// The descriptor table, and how kinds of files look to a guest.
#include "wasi/descriptor.h"

#include "wasi/errno.h"

namespace skerry::wasi {

using platform::FileType;

const platform::File* Descriptor::handle() {
  if (Directory* held = directory()) return &held->dir.file();
  return file();
}

FileTypeId Descriptor::type() {
  if (const platform::File* open = handle()) return file_type_id(open->type());
  return FileTypeId::Unknown;
}

std::string joined_path(const std::string& folder, std::string_view path) {
  if (path.empty() || path == ".") return folder;
  return folder + (folder.ends_with('/') ? "" : "/") + std::string(path);
}

FileTypeId file_type_id(FileType type) {
  switch (type) {
    case FileType::BlockDevice: return FileTypeId::BlockDevice;
    case FileType::CharacterDevice: return FileTypeId::CharacterDevice;
    case FileType::Directory: return FileTypeId::Directory;
    case FileType::Regular: return FileTypeId::RegularFile;
    case FileType::StreamSocket: return FileTypeId::SocketStream;
    case FileType::DatagramSocket: return FileTypeId::SocketDgram;
    case FileType::Symlink: return FileTypeId::SymbolicLink;
    case FileType::Pipe:  // WASI has no word for pipes
    case FileType::Unknown: return FileTypeId::Unknown;
  }
  return FileTypeId::Unknown;
}

Rights rights_for(const platform::File& file) {
  switch (file.type()) {
    case FileType::Regular:
    case FileType::BlockDevice: return kFileRights;
    case FileType::Directory: return kDirectoryRights;
    case FileType::StreamSocket:
    case FileType::DatagramSocket: return kSocketRights;
    default: return kStreamRights;
  }
}

Result<Descriptor*> DescriptorTable::find(Fd fd) {
  const auto index = static_cast<size_t>(fd);
  if (index >= entries_.size() || !entries_[index]) return fail_with(Errno::Badf);
  return entries_[index].get();
}

Result<Fd> DescriptorTable::insert(Descriptor descriptor) {
  while (lowest_free_ < entries_.size() && entries_[lowest_free_]) ++lowest_free_;
  if (lowest_free_ >= max_count_) return fail_with(Errno::Mfile);
  auto entry = std::make_unique<Descriptor>(std::move(descriptor));
  if (lowest_free_ == entries_.size()) entries_.emplace_back();
  entries_[lowest_free_] = std::move(entry);
  return static_cast<Fd>(lowest_free_++);
}

Result<void> DescriptorTable::close(Fd fd) {
  TRY(find(fd));
  const auto index = static_cast<size_t>(fd);
  entries_[index].reset();
  lowest_free_ = std::min(lowest_free_, index);
  return {};
}

Result<void> DescriptorTable::renumber(Fd from, Fd to) {
  TRY(find(from));
  TRY(find(to));
  if (from == to) return {};
  entries_[static_cast<size_t>(to)] = std::move(entries_[static_cast<size_t>(from)]);
  lowest_free_ = std::min(lowest_free_, static_cast<size_t>(from));
  return {};
}

}  // namespace skerry::wasi
