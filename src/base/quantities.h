// Numbers with units as people write them, in options and policies: times, sizes, plain counts.
// Nothing where the text is not one. Not here: what is said about that.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace skerry {

// Milliseconds unless a unit follows: "1500", "1500ms", "10s", "1.5s", "2m", "1h". At least 1 ms.
std::optional<uint64_t> read_time_ms(std::string_view text);
// Bytes unless a unit follows: K, M, G, T and KiB ... are powers of 1024; kB, MB ... of 1000.
std::optional<uint64_t> read_size_bytes(std::string_view text);
// Digits; `_` may group them: "1_000_000".
std::optional<uint64_t> read_count(std::string_view text);

inline constexpr std::string_view kTimeForms =
    "a time is a number of milliseconds or has a unit: 1500, 10s, 2m, 1h";
inline constexpr std::string_view kSizeForms =
    "a size is a number of bytes or has a unit: 65536, 64K, 256M, 1G";

}  // namespace skerry
