// Shapes of vector literals (`v128.const i32x4 ...`), for instructions and scripts.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "text/token.h"

namespace skerry::text {

struct VectorShape {
  Keyword word;
  unsigned lanes;
  unsigned lane_bits;
  bool is_float;
};
inline constexpr VectorShape kVectorShapes[] = {
    {Keyword::I8x16, 16, 8, false}, {Keyword::I16x8, 8, 16, false}, {Keyword::I32x4, 4, 32, false},
    {Keyword::I64x2, 2, 64, false}, {Keyword::F32x4, 4, 32, true},  {Keyword::F64x2, 2, 64, true},
};

// A Nat, Int or (for float shapes only) Float token as the bits of a lane; absent if out of range.
std::optional<uint64_t> parse_lane_literal(const VectorShape& shape, std::string_view token);

}  // namespace skerry::text
