// What skerry_wasi_t holds, for the linker that takes it.
#pragma once

#include <array>
#include <optional>

#include "skerry.h"
#include "wasi/context.h"

struct skerry_wasi_t {
  skerry::wasi::Config config;
  // Standard streams that a fiber's host does.
  std::array<std::optional<uint64_t>, 3> fiber_streams;
};
