// Asking on a detached thread that shares the state. It is no std::thread: under mingw one that is
// detached at once now and then never runs, and its question stays without an answer.
#include "platform/name_lookup.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "platform/detached_thread.h"
#include "platform/io_error.h"
#include "platform/socket.h"

namespace skerry::platform {

struct NameLookup::State {
  std::mutex mutex;
  std::condition_variable answered;
  std::optional<Result<std::vector<IpAddress>>> answer;

  void set(Result<std::vector<IpAddress>> result) {
    const std::lock_guard lock(mutex);
    answer = std::move(result);
    answered.notify_all();
  }
};

NameLookup::NameLookup(std::string host) : state_(std::make_shared<State>()) {
  const auto started =
      start_detached([state = state_, host = std::move(host)] { state->set(resolve(host)); });
  if (!started) state_->set(fail_io(IoError::WouldBlock));  // no more threads
}

bool NameLookup::wait(uint64_t timeout_ns) {
  std::unique_lock lock(state_->mutex);
  return state_->answered.wait_for(lock, std::chrono::nanoseconds(timeout_ns),
                                   [this] { return state_->answer.has_value(); });
}

Result<std::vector<IpAddress>> NameLookup::take() {
  const std::lock_guard lock(state_->mutex);
  return std::move(*state_->answer);
}

}  // namespace skerry::platform
