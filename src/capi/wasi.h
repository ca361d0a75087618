// What skerry_wasi_t holds, for the linker that takes it.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "skerry.h"
#include "wasi/context.h"

namespace skerry::capi {

// Where handles of a gate find it once there is one.
class GateCell {
 public:
  // What was set before goes to it.
  void set_gate(std::shared_ptr<wasi::Gate> gate);
  void set_policy(wasi::Gate::PolicyPtr policy);

 private:
  std::mutex mutex_;
  std::shared_ptr<wasi::Gate> gate_;
  wasi::Gate::PolicyPtr policy_;
};

}  // namespace skerry::capi

struct skerry_gate_t {
  std::shared_ptr<skerry::capi::GateCell> cell;
};

struct skerry_wasi_t {
  skerry::wasi::Config config;
  std::vector<skerry::policy::Directory> folders;  // as they were added
  std::shared_ptr<skerry::capi::GateCell> gate = std::make_shared<skerry::capi::GateCell>();
  // Standard streams that a fiber's host does.
  std::array<std::optional<uint64_t>, 3> fiber_streams;
};
