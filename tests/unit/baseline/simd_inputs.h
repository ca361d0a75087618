// Operands worth trying on v128 instructions: the edges of every lane type, and random bits.
// Invariant: the same in every run.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "simd_reference.h"

namespace skerry::test {

enum class LaneType : uint8_t { I8, I16, I32, I64, F32, F64 };

// The type of the lanes an instruction reads, by its name.
LaneType lanes_read(std::string_view text);

// `count` vectors: whole ones of edge values, mixtures of them, and random bits.
std::vector<Bytes16> vectors(LaneType type, size_t count);
// Scalars for a signature letter: i I f F.
std::vector<Bytes16> scalars(char letter);
// Byte choices for i8x16.shuffle: all that are one instruction somewhere, and random ones.
std::vector<Bytes16> shuffles();

}  // namespace skerry::test
