// Reading, writing and the position of descriptors. Data goes between the kernel and guest memory
// directly.
#include "wasi/functions.h"

namespace skerry::wasi {
namespace {

using platform::IoSlice;

Result<size_t> read_from(Call& call, Descriptor& descriptor, std::span<const IoSlice> slices) {
  if (Stream* const stream = descriptor.stream()) return stream->read(slices);
  const platform::File* const file = descriptor.file();
  return call.when_ready(descriptor, {.file = file, .want_read = true}, descriptor.read_timeout_ns,
                         [&] { return file->read(slices); });
}

Result<size_t> write_to(Call& call, Descriptor& descriptor, std::span<const IoSlice> slices) {
  if (Stream* const stream = descriptor.stream()) return stream->write(slices);
  const platform::File* const file = descriptor.file();
  return call.when_ready(descriptor, {.file = file, .want_write = true},
                         descriptor.write_timeout_ns, [&] { return file->write(slices); });
}

Result<platform::Whence> whence_of_id(WhenceId id, Abi abi) {
  using enum platform::Whence;
  constexpr platform::Whence kPreview1[] = {Start, Current, End};
  constexpr platform::Whence kUnstable[] = {Current, End, Start};
  if (id > 2) return fail_with(Errno::Inval);
  return abi == Abi::Preview1 ? kPreview1[id] : kUnstable[id];
}

}  // namespace

Result<void> fd_read(Call& call, Fd fd, Ptr iovs, Size iovs_len, Ptr nread_out) {
  Descriptor* const descriptor = TRY(call.data(fd, required::fd_read));
  const auto nread = TRY(call.out<Size>(nread_out));
  const SliceList slices = TRY(call.slices(iovs, iovs_len));
  nread.set(static_cast<Size>(TRY(read_from(call, *descriptor, slices.span()))));
  return {};
}

Result<void> fd_write(Call& call, Fd fd, Ptr iovs, Size iovs_len, Ptr nwritten_out) {
  Descriptor* const descriptor = TRY(call.data(fd, required::fd_write));
  const auto nwritten = TRY(call.out<Size>(nwritten_out));
  const SliceList slices = TRY(call.slices(iovs, iovs_len));
  nwritten.set(static_cast<Size>(TRY(call.within_quota(*descriptor, slices.total_bytes(), [&] {
    return write_to(call, *descriptor, slices.span());
  }))));
  return {};
}

Result<void> fd_pread(Call& call, Fd fd, Ptr iovs, Size iovs_len, Filesize offset, Ptr nread_out) {
  Descriptor* const descriptor = TRY(call.seekable(fd, required::fd_pread));
  const auto nread = TRY(call.out<Size>(nread_out));
  const SliceList slices = TRY(call.slices(iovs, iovs_len));
  nread.set(static_cast<Size>(TRY(descriptor->file()->read_at(slices.span(), offset))));
  return {};
}

Result<void> fd_pwrite(Call& call, Fd fd, Ptr iovs, Size iovs_len, Filesize offset,
                       Ptr nwritten_out) {
  Descriptor* const descriptor = TRY(call.seekable(fd, required::fd_pwrite));
  const auto nwritten = TRY(call.out<Size>(nwritten_out));
  const SliceList slices = TRY(call.slices(iovs, iovs_len));
  nwritten.set(static_cast<Size>(TRY(call.within_quota(*descriptor, slices.total_bytes(), [&] {
    return descriptor->file()->write_at(slices.span(), offset);
  }))));
  return {};
}

Result<void> fd_seek(Call& call, Fd fd, Filedelta offset, WhenceId whence, Ptr position_out) {
  const platform::Whence from = TRY(whence_of_id(whence, call.abi()));
  const bool only_asks = offset == 0 && from == platform::Whence::Current;
  // fd_seek implies fd_tell; whoever has just fd_tell may ask.
  Descriptor* const descriptor = TRY(call.seekable(fd, Rights::None));
  const Rights one_of = only_asks ? required::fd_seek | Rights::FdTell : required::fd_seek;
  if (!any_of(descriptor->base, one_of)) return fail_with(Errno::Notcapable);
  const auto position = TRY(call.out<Filesize>(position_out));
  position.set(TRY(descriptor->file()->seek(offset, from)));
  return {};
}

Result<void> fd_tell(Call& call, Fd fd, Ptr position_out) {
  Descriptor* const descriptor = TRY(call.seekable(fd, Rights::None));
  if (!any_of(descriptor->base, required::fd_tell | Rights::FdSeek))
    return fail_with(Errno::Notcapable);
  const auto position = TRY(call.out<Filesize>(position_out));
  position.set(TRY(descriptor->file()->seek(0, platform::Whence::Current)));
  return {};
}

Result<void> fd_advise(Call& call, Fd fd, Filesize offset, Filesize len, AdviceId advice) {
  using enum platform::Advice;
  constexpr platform::Advice kAdvice[] = {Normal, Sequential, Random, WillNeed, DontNeed, NoReuse};
  if (advice >= std::size(kAdvice)) return fail_with(Errno::Inval);
  Descriptor* const descriptor = TRY(call.seekable(fd, required::fd_advise));
  return descriptor->file()->advise(offset, len, kAdvice[advice]);
}

Result<void> fd_allocate(Call& call, Fd fd, Filesize offset, Filesize len) {
  Descriptor* const descriptor = TRY(call.seekable(fd, required::fd_allocate));
  TRY(call.within_quota(*descriptor, len, [&]() -> Result<size_t> {
    TRY(descriptor->file()->allocate(offset, len));
    return len;
  }));
  return {};
}

Result<void> fd_sync(Call& call, Fd fd) {
  Descriptor* const descriptor = TRY(call.descriptor(fd, required::fd_sync));
  const platform::File* const handle = descriptor->handle();
  return handle ? handle->sync() : fail_with(Errno::Inval);
}

Result<void> fd_datasync(Call& call, Fd fd) {
  Descriptor* const descriptor = TRY(call.descriptor(fd, required::fd_datasync));
  const platform::File* const handle = descriptor->handle();
  return handle ? handle->data_sync() : fail_with(Errno::Inval);
}

Result<void> fd_close(Call& call, Fd fd) { return call.context().descriptors().close(fd); }

Result<void> fd_renumber(Call& call, Fd from, Fd to) {
  return call.context().descriptors().renumber(from, to);
}

}  // namespace skerry::wasi
