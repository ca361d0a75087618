// Call: what a WASI function has at hand while it runs - the guest's memory, through checked views,
// its descriptors, and how to wait. Not here: dispatch (functions.h).
// Invariant: what is checked is not read again from guest memory: strings and lists are copied
// first. (The data of reads and writes is not copied at all.)
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "platform/io_error.h"
#include "platform/poll.h"
#include "runtime/guest_view.h"
#include "wasi/abi.h"
#include "wasi/context.h"
#include "wasi/errno.h"

namespace skerry::runtime {
class Store;
}

namespace skerry::wasi {

// A place in guest memory for a result: checked before the function does anything.
template <class T>
class Out {
 public:
  explicit Out(uint8_t* at) : at_(at) {}
  void set(const T& value) const { std::memcpy(at_, &value, sizeof(T)); }

 private:
  uint8_t* at_;
};

// Data in guest memory, as a list that the system takes. Short lists need no allocation.
class SliceList {
 public:
  uint64_t total_bytes() const { return total_bytes_; }
  std::span<const platform::IoSlice> span() const {
    return many_.empty() ? std::span(few_.data(), count_) : std::span(many_);
  }

 private:
  friend class Call;
  static constexpr size_t kFew = 16;
  std::array<platform::IoSlice, kFew> few_;
  std::vector<platform::IoSlice> many_;
  size_t count_ = 0;
  uint64_t total_bytes_ = 0;
};

// As POSIX's IOV_MAX.
inline constexpr Size kMaxSlices = 1024;
inline constexpr Size kMaxPathBytes = 65536;

class Call {
 public:
  // `store`: asked for interruption while waiting; null: nothing interrupts.
  Call(Context& context, runtime::GuestView memory, Abi abi, runtime::Store* store)
      : context_(context), memory_(memory), abi_(abi), store_(store) {}

  Context& context() { return context_; }
  Abi abi() const { return abi_; }

  // Guest memory. Fault if out of bounds.
  template <class T>
  Result<Out<T>> out(Ptr at) const {
    return Out<T>(TRY(bytes(at, sizeof(T))).data());
  }
  Result<std::span<uint8_t>> bytes(Ptr at, uint64_t length) const {
    return memory_.checked(static_cast<uint32_t>(at), length);
  }
  Result<std::string> text(Ptr at, Size length) const;
  // Inval for more than kMaxSlices, or more bytes in all than a Size can count.
  Result<SliceList> slices(Ptr iovs, Size count) const;

  // Descriptors. Badf; Notcapable if its grant was taken back; then Isdir, Notdir if it is the
  // wrong kind; then Notcapable (Badf for reading and writing, as POSIX) if it lacks a right.
  Result<Descriptor*> descriptor(Fd fd, Rights rights);
  Result<Descriptor*> data(Fd fd, Rights rights);       // anything but a directory
  Result<Descriptor*> seekable(Fd fd, Rights rights);   // a file; Spipe for streams
  Result<Descriptor*> directory(Fd fd, Rights rights);  // a directory
  Result<Descriptor*> socket(Fd fd, Rights rights);     // Notsock for everything else
  // May this be done with what the descriptor, a folder, leads to by `path`? (Gate::may_use)
  Result<void> may_use(const Descriptor& descriptor, policy::Access needed,
                       std::string_view path = {});
  platform::Beneath beneath(Descriptor& directory) {
    return platform::Beneath(directory.directory()->dir, context_.resolver());
  }

  // Runs `write`, which writes up to `bytes` through the descriptor and says how many it wrote,
  // within the limits of both. Dquot if there is no room for all of them.
  template <class Write>
  Result<size_t> within_quota(const Descriptor& descriptor, uint64_t bytes, Write write) {
    Quota* const whole = context_.quota().get();
    Quota* const own = descriptor.quota.get();
    if (whole == nullptr && own == nullptr) [[likely]]
      return write();
    for (const Quota* quota : {whole, own})
      if (quota != nullptr && quota->left_bytes < bytes) {
        context_.gate()->limit_reached(quota == whole ? "limits.written" : "max_bytes");
        return fail_with(Errno::Dquot);
      }
    const size_t written = TRY(write());
    for (Quota* quota : {whole, own})
      if (quota != nullptr) quota->left_bytes -= std::min<uint64_t>(written, quota->left_bytes);
    return written;
  }

  // Runs an operation on a stream until it need not wait, waiting in between, up to `timeout_ns` at
  // a time, unless the descriptor is non-blocking.
  template <class Operation>
  auto when_ready(const Descriptor& descriptor, platform::PollItem item, uint64_t timeout_ns,
                  Operation operation) -> decltype(operation()) {
    for (;;) {
      auto result = operation();
      if (result || !platform::is_io_error(result.error(), platform::IoError::WouldBlock) ||
          (descriptor.flags & kFdNonblock) != 0)
        return result;
      const size_t ready = TRY(wait(std::span(&item, 1), timeout_ns, descriptor.grant.get()));
      if (ready == 0 && timeout_ns != platform::kForever) return result;
    }
  }

  // Waits until an item is ready (their number) or the time has come (0). An Error if the guest is
  // to be interrupted: the call ends with it, whatever its code. Notcapable once `grant`, if there
  // is one, is taken back.
  Result<size_t> wait(std::span<platform::PollItem> items, uint64_t timeout_ns,
                      const Grant* grant = nullptr);
  // The same for work that takes long, between two pieces of it.
  Result<void> poll_interrupt();
  const std::optional<Error>& interruption() const { return interruption_; }

 private:
  Context& context_;
  runtime::GuestView memory_;
  Abi abi_;
  runtime::Store* store_;
  std::optional<Error> interruption_;
};

}  // namespace skerry::wasi
