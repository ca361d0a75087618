// The numbers that options take (base/quantities.h), as usage errors where they are none.
#pragma once

#include <cstdint>
#include <string_view>

#include "cli/usage_error.h"

namespace skerry::cli {

Parsed<uint64_t> parse_time_ms(std::string_view text);
Parsed<uint64_t> parse_size_bytes(std::string_view text);
Parsed<uint64_t> parse_count(std::string_view text);

}  // namespace skerry::cli
