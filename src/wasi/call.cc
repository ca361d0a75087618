// Guest memory, descriptors and waiting for WASI functions.
#include "wasi/call.h"

#include <algorithm>

#include "platform/clocks.h"
#include "runtime/store.h"

namespace skerry::wasi {
namespace {

// How long a wait may go on before it looks whether somebody wants it to end.
constexpr uint64_t kLookEveryNs = 25'000'000;

// The part of a grant that reading and writing what is open goes by.
policy::Access access_for(Rights rights) {
  using policy::Access;
  return (any_of(rights, Rights::FdRead) ? Access::Read : Access::None) |
         (any_of(rights, Rights::FdWrite) ? Access::Write : Access::None);
}

bool is_taken_back(const Grant& grant, Rights rights) {
  const policy::Access used = access_for(rights);
  return grant.now() == policy::Access::None ||
         (has_all(grant.at_start(), used) && !has_all(grant.now(), used));
}

Result<void> require(const Descriptor& descriptor, Rights rights) {
  if (descriptor.grant && descriptor.grant->is_narrowed() &&
      is_taken_back(*descriptor.grant, rights))
    return fail_with(Errno::Notcapable);
  const Rights missing = without(rights, descriptor.base);
  if (missing == Rights::None) [[likely]]
    return {};
  return fail_with(any_of(missing, Rights::FdRead | Rights::FdWrite) ? Errno::Badf
                                                                     : Errno::Notcapable);
}

}  // namespace

Result<std::string> Call::text(Ptr at, Size length) const {
  if (length > kMaxPathBytes) return fail_with(Errno::Nametoolong);
  const auto found = TRY(bytes(at, length));
  return std::string(found.begin(), found.end());
}

Result<SliceList> Call::slices(Ptr iovs, Size count) const {
  if (count > kMaxSlices) return fail_with(Errno::Inval);
  const auto records = TRY(bytes(iovs, uint64_t{count} * sizeof(IovecRecord)));
  SliceList list;
  list.count_ = count;
  if (count > SliceList::kFew) list.many_.resize(count);
  platform::IoSlice* const slices = list.many_.empty() ? list.few_.data() : list.many_.data();
  uint64_t total = 0;
  for (Size i = 0; i < count; ++i) {
    IovecRecord record;
    std::memcpy(&record, records.data() + i * sizeof(record), sizeof(record));
    const auto data = TRY(bytes(Ptr{record.buf}, record.length));
    slices[i] = {data.data(), data.size()};
    total += record.length;
  }
  if (total > UINT32_MAX) return fail_with(Errno::Inval);
  list.total_bytes_ = total;
  return list;
}

Result<Descriptor*> Call::descriptor(Fd fd, Rights rights) {
  Descriptor* const found = TRY(context_.descriptors().find(fd));
  TRY(require(*found, rights));
  return found;
}

Result<Descriptor*> Call::data(Fd fd, Rights rights) {
  Descriptor* const found = TRY(context_.descriptors().find(fd));
  if (found->directory()) return fail_with(Errno::Isdir);
  TRY(require(*found, rights));
  return found;
}

Result<Descriptor*> Call::seekable(Fd fd, Rights rights) {
  Descriptor* const found = TRY(context_.descriptors().find(fd));
  if (found->directory()) return fail_with(Errno::Isdir);
  if (!found->file() || found->file()->is_stream()) return fail_with(Errno::Spipe);
  TRY(require(*found, rights));
  return found;
}

Result<Descriptor*> Call::directory(Fd fd, Rights rights) {
  Descriptor* const found = TRY(context_.descriptors().find(fd));
  if (!found->directory()) return fail_with(Errno::Notdir);
  TRY(require(*found, rights));
  return found;
}

Result<Descriptor*> Call::socket(Fd fd, Rights rights) {
  Descriptor* const found = TRY(context_.descriptors().find(fd));
  if (!found->file() || !found->file()->is_socket()) return fail_with(Errno::Notsock);
  TRY(require(*found, rights));
  return found;
}

Result<void> Call::may_use(const Descriptor& descriptor, policy::Access needed,
                           std::string_view path) {
  if (!descriptor.grant) return {};
  Gate& gate = *context_.gate();
  if (!gate.is_observed() && has_all(descriptor.grant->now(), needed)) [[likely]]
    return {};
  const Directory* const folder = descriptor.directory();
  const std::string whole =
      folder ? joined_path(folder->guest_path, path) : descriptor.grant->subject();
  return gate.may_use(*descriptor.grant, needed, whole);
}

Result<void> Call::poll_interrupt() {
  if (!store_) return {};
  const Result<void> verdict = store_->poll_interrupt();
  if (!verdict) interruption_ = verdict.error();
  return verdict;
}

Result<size_t> Call::wait(std::span<platform::PollItem> items, uint64_t timeout_ns,
                          const Grant* grant) {
  if (!store_) return platform::poll(items, timeout_ns);
  const uint64_t start = TRY(platform::clock_now_ns(platform::Clock::Monotonic));
  for (;;) {
    TRY(poll_interrupt());
    if (grant && grant->now() == policy::Access::None && grant->is_narrowed())
      return fail_with(Errno::Notcapable);
    uint64_t slice_ns = kLookEveryNs;
    if (timeout_ns != platform::kForever) {
      const uint64_t now = TRY(platform::clock_now_ns(platform::Clock::Monotonic));
      const uint64_t passed = now - start;
      if (passed >= timeout_ns && timeout_ns != 0) return size_t{0};
      slice_ns = std::min(slice_ns, timeout_ns - std::min(passed, timeout_ns));
    }
    const size_t ready = TRY(platform::poll(items, slice_ns));
    if (ready != 0 || timeout_ns == 0) return ready;
  }
}

}  // namespace skerry::wasi
