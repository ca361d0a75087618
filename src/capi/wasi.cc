// Filling in what a program of WASI is given.
#include "capi/wasi.h"

#include <fmt/format.h>

#include "capi/boundary.h"
#include "capi/error.h"
#include "capi/policy_text.h"

namespace skerry::capi {
namespace {

class CallbackStream : public wasi::Stream {
 public:
  CallbackStream(skerry_stream_t stream, std::shared_ptr<HostInfo> env)
      : stream_(stream), env_(std::move(env)) {}
  Result<size_t> read(std::span<const platform::IoSlice> slices) override { return move(slices); }
  Result<size_t> write(std::span<const platform::IoSlice> slices) override { return move(slices); }

 private:
  Result<size_t> move(std::span<const platform::IoSlice> slices) {
    return wasi::move_one_by_one(slices, [&](const platform::IoSlice& slice) -> Result<size_t> {
      return stream_(env_->get(), slice.data, slice.size_bytes);
    });
  }

  skerry_stream_t stream_;
  std::shared_ptr<HostInfo> env_;
};

}  // namespace

void GateCell::set_gate(std::shared_ptr<wasi::Gate> gate) {
  const std::lock_guard lock(mutex_);
  gate_ = std::move(gate);
  if (policy_) gate_->set_policy(std::move(policy_));
}

void GateCell::set_policy(wasi::Gate::PolicyPtr policy) {
  const std::lock_guard lock(mutex_);
  if (gate_)
    gate_->set_policy(std::move(policy));
  else
    policy_ = std::move(policy);
}

}  // namespace skerry::capi

using namespace skerry;
using namespace skerry::capi;

skerry_wasi_t* skerry_wasi_new(void) {
  return made([] { return new skerry_wasi_t; });
}
void skerry_wasi_delete(skerry_wasi_t* wasi) { delete wasi; }

skerry_error_t* skerry_wasi_add_argument(skerry_wasi_t* wasi, const char* text) {
  return answered([&]() -> skerry_error_t* {
    if (!wasi || !text) return misuse("an argument is null");
    wasi->config.args.emplace_back(text);
    return nullptr;
  });
}

skerry_error_t* skerry_wasi_add_variable(skerry_wasi_t* wasi, const char* name, const char* value) {
  return answered([&]() -> skerry_error_t* {
    if (!wasi || !name || !value) return misuse("an argument is null");
    if (*name == 0 || std::string_view(name).find('=') != std::string_view::npos)
      return misuse(fmt::format("`{}` is no name of a variable", embed::printable(name)));
    wasi->config.env.push_back(fmt::format("{}={}", name, value));
    return nullptr;
  });
}

skerry_error_t* skerry_wasi_add_folder(skerry_wasi_t* wasi, const char* guest_path,
                                       const char* host_path, uint32_t access) {
  return answered([&]() -> skerry_error_t* {
    if (!wasi || !guest_path || !host_path) return misuse("an argument is null");
    if ((access & ~uint32_t{SKERRY_ACCESS_ALL}) != 0) return misuse("there is no such access");
    static_assert(static_cast<uint32_t>(policy::kAllAccess) == SKERRY_ACCESS_ALL &&
                  static_cast<uint32_t>(policy::Access::Read) == SKERRY_ACCESS_READ);
    const auto added =
        wasi->config.add_directory(guest_path, host_path, static_cast<policy::Access>(access));
    if (added) {
      wasi->folders.push_back({guest_path, host_path, static_cast<policy::Access>(access), {}, {}});
      return nullptr;
    }
    return new_error(added.error(), fmt::format("the folder {}: {}", embed::printable(host_path),
                                                embed::explain(added.error())));
  });
}

skerry_error_t* skerry_wasi_set_policy(skerry_wasi_t* wasi, const char* toml) {
  return answered([&]() -> skerry_error_t* {
    if (!wasi || !toml) return misuse("an argument is null");
    auto policy = policy_of(toml);
    if (!policy) return new_error(policy.error());
    wasi->config.policy = std::move(*policy);
    return nullptr;
  });
}

skerry_gate_t* skerry_wasi_gate_new(const skerry_wasi_t* wasi) {
  return wasi ? made([&] { return new skerry_gate_t{wasi->gate}; }) : nullptr;
}
void skerry_gate_delete(skerry_gate_t* gate) { delete gate; }

skerry_error_t* skerry_gate_set_policy(const skerry_gate_t* gate, const char* toml) {
  return answered([&]() -> skerry_error_t* {
    if (!gate || !toml) return misuse("an argument is null");
    auto policy = policy_of(toml);
    if (!policy) return new_error(policy.error());
    gate->cell->set_policy(std::move(*policy));
    return nullptr;
  });
}

skerry_error_t* skerry_wasi_set_stream(skerry_wasi_t* wasi, uint32_t which, skerry_stream_t stream,
                                       void* env, void (*finalizer)(void*)) {
  return answered([&]() -> skerry_error_t* {
    // Given over now, whatever comes.
    const auto own = std::make_shared<HostInfo>();
    own->set(env, finalizer);
    if (!wasi || !stream) return misuse("an argument is null");
    if (which >= wasi->fiber_streams.size()) return misuse("there is no such stream");
    wasi::Stdio* const streams[] = {&wasi->config.standard_input, &wasi->config.standard_output,
                                    &wasi->config.standard_error};
    *streams[which] = wasi::Stdio::of(std::make_unique<CallbackStream>(stream, own));
    wasi->fiber_streams[which].reset();
    return nullptr;
  });
}

skerry_error_t* skerry_wasi_set_fiber_stream(skerry_wasi_t* wasi, uint32_t stream,
                                             uint64_t host_function) {
  return answered([&]() -> skerry_error_t* {
    if (!wasi) return misuse("an argument is null");
    if (stream >= wasi->fiber_streams.size()) return misuse("there is no such stream");
    wasi->fiber_streams[stream] = host_function;
    return nullptr;
  });
}

void skerry_wasi_inherit_stdio(skerry_wasi_t* wasi, bool input, bool output, bool error) {
  if (!wasi) return;
  const auto stream = [](bool inherit) {
    return inherit ? wasi::Stdio::inherit() : wasi::Stdio::null();
  };
  wasi->config.standard_input = stream(input);
  wasi->config.standard_output = stream(output);
  wasi->config.standard_error = stream(error);
}
