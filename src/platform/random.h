// Random bytes from the system, fit for keys. Not here: seeded generators.
#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"

namespace skerry::platform {

Result<void> fill_random(std::span<uint8_t> bytes);

}  // namespace skerry::platform
