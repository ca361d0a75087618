// What v128 instructions compute, lane by lane and straight from the specification: slow and
// obvious. Not here: instructions that touch memory. Written without looking at the compiler.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <string>

#include "wasm/opcode.h"

namespace skerry::test {

template <class T>
using LanesOf = std::array<T, 16 / sizeof(T)>;
using Bytes16 = LanesOf<uint8_t>;

template <class T>
LanesOf<T> lanes(const Bytes16& value) {
  return std::bit_cast<LanesOf<T>>(value);
}
template <class T>
Bytes16 from_lanes(const LanesOf<T>& value) {
  return std::bit_cast<Bytes16>(value);
}

struct Inputs {
  // In operand order; scalars in their lowest bytes, the rest zero.
  std::array<Bytes16, 3> operands{};
  uint8_t lane = 0;   // ExtractLane, ReplaceLane
  Bytes16 shuffle{};  // Shuffle
};

// A result, of which some bits may be anything: those the specification leaves open in NaNs.
struct Outcome {
  Bytes16 bits{};
  Bytes16 open{};
  bool accepts(const Bytes16& actual) const {
    for (unsigned i = 0; i < 16; ++i)
      if ((actual[i] ^ bits[i]) & ~open[i]) return false;
    return true;
  }
};

// Nothing if the reference does not know the opcode.
std::optional<Outcome> reference(Op op, const Inputs& inputs);

std::string to_hex(const Bytes16& value);

}  // namespace skerry::test
