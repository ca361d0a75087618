// Numbers with units as options take them: times, sizes in bytes, plain counts.
#pragma once

#include <cstdint>
#include <string_view>

#include "cli/usage_error.h"

namespace skerry::cli {

// Milliseconds unless a unit follows: "1500", "1500ms", "10s", "1.5s", "2m", "1h". At least 1 ms.
Parsed<uint64_t> parse_time_ms(std::string_view text);
// Bytes unless a unit follows: K, M, G, T and KiB ... are powers of 1024; kB, MB ... of 1000.
Parsed<uint64_t> parse_size_bytes(std::string_view text);
// Digits; `_` may group them: "1_000_000".
Parsed<uint64_t> parse_count(std::string_view text);

}  // namespace skerry::cli
