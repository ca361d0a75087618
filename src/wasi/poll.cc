// poll_oneoff: waits until a clock has come to a time or a descriptor is ready. A subscription that
// makes no sense is answered with an event that carries its errno, at once.
#include "platform/poll.h"

#include <algorithm>
#include <vector>

#include "wasi/clock.h"
#include "wasi/functions.h"

namespace skerry::wasi {
namespace {

using platform::PollItem;

// More than any program has descriptors; bounds what the host allocates for one call.
constexpr Size kMaxSubscriptions = 65536;

// A subscription in the form of preview1, whatever the guest's version.
struct Subscription {
  uint64_t userdata;
  uint8_t tag;
  uint32_t id_or_fd;
  uint64_t timeout;
  uint16_t flags;
};

template <class Record>
Subscription read_record(const uint8_t* at) {
  Record record;
  std::memcpy(&record, at, sizeof(record));
  uint32_t id = 0;
  if constexpr (requires { record.clock_id; }) {
    const bool is_clock = record.tag == static_cast<uint8_t>(EventType::Clock);
    id = is_clock ? record.clock_id : static_cast<uint32_t>(record.identifier);
  } else {
    id = record.id_or_fd;
  }
  return {record.userdata, record.tag, id, record.timeout, record.flags};
}

// One poll_oneoff under way.
class Poll {
 public:
  Poll(Call& call, std::span<uint8_t> events) : call_(call), events_(events) {}

  Result<void> subscribe(const Subscription& subscription);
  // The number of events written.
  Result<Size> run();

 private:
  struct Timer {
    uint64_t userdata;
    uint64_t due_ns;  // of its clock
    platform::Clock clock;
  };
  struct Waiting {
    uint64_t userdata;
    EventType type;
  };

  Result<void> subscribe_clock(const Subscription& subscription);
  Result<void> subscribe_descriptor(const Subscription& subscription, EventType type);
  void add_event(uint64_t userdata, EventType type, Errno error, uint64_t nbytes = 0,
                 uint16_t flags = 0);
  Result<uint64_t> shortest_wait_ns();
  Result<void> add_due_timers();

  Call& call_;
  std::span<uint8_t> events_;
  Size event_count_ = 0;
  std::vector<Timer> timers_;
  std::vector<PollItem> items_;
  std::vector<Waiting> waiting_;  // one for each item
};

void Poll::add_event(uint64_t userdata, EventType type, Errno error, uint64_t nbytes,
                     uint16_t flags) {
  const EventRecord record{.userdata = userdata,
                           .error = static_cast<uint16_t>(error),
                           .type = type,
                           .pad0 = {},
                           .nbytes = nbytes,
                           .flags = flags,
                           .pad1 = {}};
  // At most one event a subscription, so there is room.
  std::memcpy(events_.data() + event_count_ * sizeof(record), &record, sizeof(record));
  ++event_count_;
}

Result<void> Poll::subscribe(const Subscription& subscription) {
  if (subscription.tag > static_cast<uint8_t>(EventType::FdWrite)) return fail_with(Errno::Inval);
  const auto type = static_cast<EventType>(subscription.tag);
  const auto result = type == EventType::Clock ? subscribe_clock(subscription)
                                               : subscribe_descriptor(subscription, type);
  if (result) return {};
  const auto error = errno_of(result.error());
  if (!error) return result;
  add_event(subscription.userdata, type, *error);
  return {};
}

Result<void> Poll::subscribe_clock(const Subscription& subscription) {
  const platform::Clock clock = TRY(clock_of_id(subscription.id_or_fd));
  // A sleeping program uses no CPU time: such a timer would never fire.
  if (clock != platform::Clock::Realtime && clock != platform::Clock::Monotonic)
    return fail_with(Errno::Notsup);
  uint64_t due_ns = subscription.timeout;
  if ((subscription.flags & kClockAbsolute) == 0) {
    const uint64_t now_ns = TRY(call_.context().clock_now_ns(clock));
    due_ns = now_ns + std::min(subscription.timeout, UINT64_MAX - now_ns);
  }
  timers_.push_back({subscription.userdata, due_ns, clock});
  return {};
}

Result<void> Poll::subscribe_descriptor(const Subscription& subscription, EventType type) {
  const bool reads = type == EventType::FdRead;
  const Rights right = reads ? Rights::FdRead : Rights::FdWrite;
  Descriptor* const descriptor =
      TRY(call_.data(Fd{subscription.id_or_fd}, required::poll_oneoff | right));
  const platform::File* const file = descriptor->file();
  if (!file) {  // streams of the embedder wait, if they must, when they are used
    add_event(subscription.userdata, type, Errno::Success, 1);
    return {};
  }
  items_.push_back({.file = file, .want_read = reads, .want_write = !reads, .want_count = reads});
  waiting_.push_back({subscription.userdata, type});
  return {};
}

Result<uint64_t> Poll::shortest_wait_ns() {
  uint64_t shortest = platform::kForever;
  for (const Timer& timer : timers_) {
    const uint64_t now_ns = TRY(call_.context().clock_now_ns(timer.clock));
    shortest = std::min(shortest, timer.due_ns > now_ns ? timer.due_ns - now_ns : 0);
  }
  return shortest;
}

Result<void> Poll::add_due_timers() {
  for (const Timer& timer : timers_)
    if (TRY(call_.context().clock_now_ns(timer.clock)) >= timer.due_ns)
      add_event(timer.userdata, EventType::Clock, Errno::Success);
  return {};
}

Result<Size> Poll::run() {
  // What is known already is told at once, with whatever else is ready by now.
  bool known = event_count_ != 0;
  for (;;) {
    const uint64_t wait_ns = known ? 0 : TRY(shortest_wait_ns());
    const size_t ready = TRY(call_.wait(items_, wait_ns));
    if (ready != 0) {
      for (size_t i = 0; i < items_.size(); ++i) {
        const PollItem& item = items_[i];
        if (!item.is_readable && !item.is_writable) continue;
        add_event(waiting_[i].userdata, waiting_[i].type, Errno::Success, item.readable_bytes,
                  item.is_hung_up ? kEventHangup : 0);
      }
    } else if (wait_ns != platform::kForever) {
      call_.context().move_frozen_clocks(wait_ns);
    }
    TRY(add_due_timers());
    // A signal, or a clock that was set back: go on.
    if (event_count_ != 0) return event_count_;
  }
}

}  // namespace

Result<void> poll_oneoff(Call& call, Ptr subscriptions, Ptr events_out, Size count,
                         Ptr nevents_out) {
  if (count == 0 || count > kMaxSubscriptions) return fail_with(Errno::Inval);
  const bool is_preview1 = call.abi() == Abi::Preview1;
  const size_t record_bytes =
      is_preview1 ? sizeof(SubscriptionRecord) : sizeof(SubscriptionRecordUnstable);
  const auto records = TRY(call.bytes(subscriptions, uint64_t{count} * record_bytes));
  const auto events = TRY(call.bytes(events_out, uint64_t{count} * sizeof(EventRecord)));
  const auto nevents = TRY(call.out<Size>(nevents_out));
  // Copied first: the guest may have put the events where the subscriptions are.
  const std::vector<uint8_t> copy(records.begin(), records.end());
  Poll poll(call, events);
  for (Size i = 0; i < count; ++i) {
    const uint8_t* const at = copy.data() + i * record_bytes;
    TRY(poll.subscribe(is_preview1 ? read_record<SubscriptionRecord>(at)
                                   : read_record<SubscriptionRecordUnstable>(at)));
  }
  nevents.set(TRY(poll.run()));
  return {};
}

}  // namespace skerry::wasi
