// The small parts of a policy that those who enforce it keep: what may be done in a folder, which
// clocks and random bytes a program sees. Not here: the whole (policy.h).
#pragma once

#include <cstdint>

namespace skerry::policy {

enum class Access : uint8_t { None = 0, Read = 1, Write = 2, Create = 4, Delete = 8 };
constexpr Access operator|(Access a, Access b) {
  return static_cast<Access>(static_cast<uint8_t>(a) | static_cast<uint8_t>(b));
}
constexpr bool has_any(Access set, Access some) {
  return (static_cast<uint8_t>(set) & static_cast<uint8_t>(some)) != 0;
}
constexpr bool has_all(Access set, Access some) {
  return (static_cast<uint8_t>(some) & ~static_cast<uint8_t>(set)) == 0;
}
inline constexpr Access kChanges = Access::Write | Access::Create | Access::Delete;
inline constexpr Access kAllAccess = Access::Read | kChanges;

// Frozen clocks stand still, but that waiting moves them by the time that was asked for.
enum class ClockAccess : uint8_t { Real, Coarse, Frozen };
struct Clocks {
  ClockAccess access = ClockAccess::Real;
  uint64_t resolution_ms = 100;  // of coarse clocks
  uint64_t frozen_at_s = 0;      // since 1970, of frozen clocks
};

// Seeded bytes are the same in every run, and no secret.
enum class RandomSource : uint8_t { System, Seeded };
struct Random {
  RandomSource source = RandomSource::System;
  uint64_t seed = 0;
};

}  // namespace skerry::policy
