// Looking at the file a few times a second: there is no one way to be told on every system and file
// system.
#include "cli/policy_watch.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "platform/reload_signal.h"

namespace skerry::cli {
namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(200);

}  // namespace

PolicyWatch::Stamp PolicyWatch::Stamp::of(const std::string& path) {
  const auto file = std::filesystem::u8path(path);
  std::error_code none;
  return {std::filesystem::last_write_time(file, none), std::filesystem::file_size(file, none)};
}

Result<std::unique_ptr<PolicyWatch>> PolicyWatch::start(std::string path, policy::Values values,
                                                        std::shared_ptr<wasi::Gate> gate) {
  std::unique_ptr<PolicyWatch> watch(
      new PolicyWatch(std::move(path), std::move(values), std::move(gate)));
  platform::note_reload_signal();
  watch->thread_ = TRY(platform::Thread::start([raw = watch.get()] { raw->run(); }));
  return watch;
}

PolicyWatch::~PolicyWatch() {
  {
    const std::lock_guard lock(mutex_);
    has_ended_ = true;
  }
  ended_.notify_all();
  if (thread_.is_running()) thread_.join();
}

void PolicyWatch::run() {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, kLookEvery, [this] { return has_ended_; })) {
    const Stamp now = Stamp::of(path_);
    const bool is_asked = platform::take_reload_signal();
    if (now == last_ && !is_asked) continue;
    last_ = now;
    reload();
  }
}

void PolicyWatch::reload() {
  const auto file = load_policy(path_, values_);
  if (!file) {
    std::fputs(file.error().text.c_str(), stderr);
    fmt::print(stderr, "note: {}: the policy that is in force stays\n", embed::printable(path_));
    return;
  }
  gate_->set_policy(std::make_shared<policy::Policy>(file->policy));
  fmt::print(stderr, "note: {}: in force as it is now\n", embed::printable(path_));
}

}  // namespace skerry::cli
