// Making a Context: descriptors 0 to 2 are the standard streams, preopened directories follow.
#include "wasi/context.h"

#include <algorithm>
#include <cstring>

#include "platform/io_error.h"
#include "platform/random.h"
#include "platform/socket.h"
#include "wasi/errno.h"

namespace skerry::wasi {
namespace {

using platform::IoError;

Result<StringTable> string_table(const std::vector<std::string>& strings) {
  StringTable table;
  for (const std::string& text : strings) {
    if (text.find('\0') != text.npos) return platform::fail_io(IoError::Invalid);
    if (table.bytes.size() + text.size() + 1 > UINT32_MAX)
      return platform::fail_io(IoError::Invalid);
    table.offsets.push_back(static_cast<uint32_t>(table.bytes.size()));
    table.bytes.append(text).push_back('\0');
  }
  return table;
}

std::shared_ptr<Quota> quota_of(std::optional<uint64_t> max_bytes) {
  return max_bytes ? std::make_shared<Quota>(*max_bytes) : nullptr;
}

// As systemd tells services of their sockets (sd_listen_fds), but that others come first.
void add_listener_variables(Config& config) {
  if (config.listeners.empty()) return;
  std::string names;
  for (const Listener& listener : config.listeners)
    names += (names.empty() ? "" : ":") + listener.name;
  const auto set = [&](std::string_view name, const std::string& value) {
    const std::string start = std::string(name) + "=";
    const auto sets = [&](const std::string& one) { return one.starts_with(start); };
    if (std::ranges::none_of(config.env, sets)) config.env.push_back(start + value);
  };
  constexpr size_t kStandardStreams = 3;
  set("LISTEN_FDS", std::to_string(config.listeners.size()));
  set("LISTEN_FDNAMES", names);
  set("LISTEN_FDS_START", std::to_string(kStandardStreams + config.preopens.size()));
}

constexpr uint64_t kNsPerMs = 1'000'000, kNsPerSecond = 1'000'000'000;

}  // namespace

Result<void> Config::add_directory(std::string guest_path, const std::string& host_path,
                                   policy::Access access,
                                   std::optional<uint64_t> max_written_bytes) {
  platform::Dir dir = TRY(platform::Dir::open_host(host_path));
  preopens.push_back({std::move(guest_path), std::move(dir), access, max_written_bytes});
  return {};
}

Result<void> Context::add_stdio(Stdio stdio, platform::StandardStream which) {
  const Rights direction =
      which == platform::StandardStream::Input ? Rights::FdRead : Rights::FdWrite;
  const Rights other = direction == Rights::FdRead ? Rights::FdWrite : Rights::FdRead;
  Descriptor descriptor;
  if (stdio.kind == Stdio::FromStream) {
    descriptor.what = std::move(stdio.stream);
    descriptor.base = descriptor.inheriting = without(kStreamRights, other);
  } else {
    auto file = stdio.kind == Stdio::FromFile  ? Result<platform::File>(std::move(stdio.file))
                : stdio.kind == Stdio::Inherit ? platform::standard_file(which)
                                               : platform::File::open_null();
    // Programs started without one of them get an empty one, so that the numbers fit.
    if (!file && platform::is_io_error(file.error(), IoError::BadDescriptor))
      file = platform::File::open_null();
    if (!file) return std::unexpected(file.error());
    descriptor.base = descriptor.inheriting = without(rights_for(*file), other);
    descriptor.what = std::move(*file);
  }
  TRY(descriptors_.insert(std::move(descriptor)));
  return {};
}

Result<std::unique_ptr<Context>> Context::create(Config config) {
  std::unique_ptr<Context> context(
      new Context(config.max_descriptors,
                  std::make_shared<Gate>(std::move(config.policy), std::move(config.observer))));
  add_listener_variables(config);
  context->args_ = TRY(string_table(config.args));
  context->env_ = TRY(string_table(config.env));
  context->resolver_ = platform::available_resolver(config.resolver);
  context->clocks_ = config.clocks;
  context->random_ = config.random;
  context->quota_ = quota_of(config.max_written_bytes);
  using platform::StandardStream;
  TRY(context->add_stdio(std::move(config.standard_input), StandardStream::Input));
  TRY(context->add_stdio(std::move(config.standard_output), StandardStream::Output));
  TRY(context->add_stdio(std::move(config.standard_error), StandardStream::Error));
  for (Preopen& preopen : config.preopens) {
    Descriptor descriptor;
    descriptor.base = kDirectoryRights;
    descriptor.inheriting = kAllRights;
    descriptor.grant = context->gate_->add_folder(preopen.guest_path, preopen.access);
    descriptor.what = Directory{std::move(preopen.dir), {}, std::move(preopen.guest_path), true};
    descriptor.quota = quota_of(preopen.max_written_bytes);
    TRY(context->descriptors_.insert(std::move(descriptor)));
  }
  for (Listener& listener : config.listeners) {
    Descriptor descriptor;
    if (const auto at = platform::local_address(listener.socket))
      descriptor.grant = context->gate_->listener_grant(*at);
    descriptor.what = std::move(listener.socket);
    // As wasmtime has it, and Go's os.NewFile needs: it would wait in accept with all goroutines.
    descriptor.flags = kFdNonblock;
    descriptor.base = descriptor.inheriting = kSocketRights;
    TRY(context->descriptors_.insert(std::move(descriptor)));
  }
  return context;
}

Result<uint64_t> Context::clock_now_ns(platform::Clock clock) const {
  if (has_frozen_clocks()) {
    // Go takes a monotonic clock at zero for a broken one.
    const bool has_date = clock == platform::Clock::Realtime;
    return waited_ns_ + (has_date ? clocks_.frozen_at_s * kNsPerSecond : kNsPerSecond);
  }
  const uint64_t now_ns = TRY(platform::clock_now_ns(clock));
  if (clocks_.access == policy::ClockAccess::Real) return now_ns;
  return now_ns - now_ns % TRY(clock_resolution_ns(clock));
}

Result<uint64_t> Context::clock_resolution_ns(platform::Clock clock) const {
  if (clocks_.access == policy::ClockAccess::Real) return platform::clock_resolution_ns(clock);
  return std::max<uint64_t>(clocks_.resolution_ms, 1) * kNsPerMs;
}

// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators).
Result<void> Context::fill_random(std::span<uint8_t> bytes) {
  if (random_.source == policy::RandomSource::System) return platform::fill_random(bytes);
  while (!bytes.empty()) {
    random_.seed += 0x9e3779b97f4a7c15;
    uint64_t word = random_.seed;
    word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9;
    word = (word ^ word >> 27) * 0x94d049bb133111eb;
    word ^= word >> 31;
    const size_t count = std::min(bytes.size(), sizeof(word));
    std::memcpy(bytes.data(), &word, count);
    bytes = bytes.subspan(count);
  }
  return {};
}

}  // namespace skerry::wasi
