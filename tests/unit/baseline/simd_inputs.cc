// Edges and random numbers.
#include "simd_inputs.h"

#include <cmath>
#include <limits>
#include <random>

namespace skerry::test {

namespace {

using Random = std::mt19937_64;

template <class T>
std::vector<T> int_edges() {
  constexpr T kMin = std::numeric_limits<T>::min(), kMax = std::numeric_limits<T>::max();
  constexpr unsigned kBits = sizeof(T) * 8;
  std::vector<T> edges = {0, 1, 2, 15, 16, 17, 0x55, 0x7f, -1, -2, -16, -0x56, kMin, kMax};
  edges.push_back(static_cast<T>(kMin + 1));
  edges.push_back(static_cast<T>(kMax - 1));
  edges.push_back(static_cast<T>(kMax >> kBits / 2));
  edges.push_back(static_cast<T>(T{1} << (kBits / 2 - 1)));
  edges.push_back(static_cast<T>(T{1} << kBits / 2));
  return edges;
}

// The largest number below `value`.
template <class T>
T below(T value) {
  return std::nextafter(value, -std::numeric_limits<T>::infinity());
}
template <class T>
T above(T value) {
  return std::nextafter(value, std::numeric_limits<T>::infinity());
}

template <class T, class Bits>
std::vector<T> float_edges() {
  using Limits = std::numeric_limits<T>;
  constexpr T kTwo31 = 2147483648.0, kTwo32 = 4294967296.0;
  std::vector<T> edges = {0,
                          1,
                          0.5,
                          1.5,
                          2.5,
                          3.25,
                          0.25,
                          1e-3f,
                          8388607.5,
                          8388608.5,
                          65536,
                          Limits::max(),
                          Limits::min(),
                          Limits::denorm_min(),
                          Limits::infinity(),
                          kTwo31,
                          below(kTwo31),
                          above(kTwo31),
                          kTwo31 - 1,
                          kTwo31 - T{0.5},
                          kTwo31 + 1,
                          kTwo32,
                          below(kTwo32),
                          above(kTwo32),
                          kTwo32 - 1,
                          kTwo32 - T{0.5},
                          T{9007199254740993.0},
                          T{4503599627370495.5},
                          below(T{0.5}),
                          T{1e30f},
                          T{1e-40}};
  // Rounds to infinity as an f32, the number below it to the largest one.
  if constexpr (sizeof(T) == 8)
    for (const T value : {3.4028235677973366e38, below(3.4028235677973366e38)})
      edges.push_back(value);
  constexpr Bits kQuiet = Bits{1} << (Limits::digits - 2);
  const auto infinity = std::bit_cast<Bits>(Limits::infinity());
  for (const Bits payload : {kQuiet, kQuiet | 1, kQuiet | kQuiet >> 1, Bits{1}, kQuiet >> 1})
    edges.push_back(std::bit_cast<T>(infinity | payload));
  const size_t count = edges.size();
  for (size_t i = 0; i < count; ++i) {
    constexpr Bits kSign = Bits{1} << (sizeof(T) * 8 - 1);
    edges.push_back(std::bit_cast<T>(std::bit_cast<Bits>(edges[i]) ^ kSign));
  }
  return edges;
}

template <class T>
std::vector<Bytes16> mix(const std::vector<T>& edges, size_t count, Random& random) {
  std::vector<Bytes16> result;
  LanesOf<T> lanes;
  for (size_t i = 0; i < edges.size() && result.size() < count / 3; ++i) {
    // Neighbours differ, so that a lane that comes from the wrong place shows.
    for (size_t lane = 0; lane < lanes.size(); ++lane)
      lanes[lane] = edges[(i + lane) % edges.size()];
    result.push_back(from_lanes<T>(lanes));
  }
  while (result.size() < count - count / 4) {
    for (T& lane : lanes) lane = edges[random() % edges.size()];
    result.push_back(from_lanes<T>(lanes));
  }
  while (result.size() < count) result.push_back(from_lanes<uint64_t>({random(), random()}));
  return result;
}

template <class T>
std::vector<Bytes16> as_scalars(const std::vector<T>& edges) {
  std::vector<Bytes16> result;
  for (const T edge : edges) {
    LanesOf<T> lanes{};
    lanes[0] = edge;
    result.push_back(from_lanes<T>(lanes));
  }
  return result;
}

Bytes16 consecutive(unsigned first) {
  Bytes16 bytes;
  for (unsigned i = 0; i < 16; ++i) bytes[i] = static_cast<uint8_t>((first + i) % 32);
  return bytes;
}

// Lanes of `width` bytes, named 0 .. 32 / width - 1 by `choose`.
template <class Choose>
Bytes16 choose_lanes(unsigned width, Choose&& choose) {
  Bytes16 bytes;
  for (unsigned lane = 0; lane < 16 / width; ++lane) {
    const unsigned from = choose(lane);
    for (unsigned i = 0; i < width; ++i)
      bytes[lane * width + i] = static_cast<uint8_t>(from * width + i);
  }
  return bytes;
}

}  // namespace

LaneType lanes_read(std::string_view text) {
  const size_t dot = text.find('.');
  // Where the operand's shape differs from the result's, it follows the dot.
  for (const std::string_view part : {text.substr(dot), text.substr(0, dot)}) {
    if (part.find("f32x4") != part.npos) return LaneType::F32;
    if (part.find("f64x2") != part.npos) return LaneType::F64;
    if (part.find("i8x16") != part.npos) return LaneType::I8;
    if (part.find("i16x8") != part.npos) return LaneType::I16;
    if (part.find("i32x4") != part.npos) return LaneType::I32;
    if (part.find("i64x2") != part.npos) return LaneType::I64;
  }
  return LaneType::I8;
}

std::vector<Bytes16> vectors(LaneType type, size_t count) {
  Random random(static_cast<uint64_t>(type) * 1000 + count);
  switch (type) {
    case LaneType::I8: return mix(int_edges<int8_t>(), count, random);
    case LaneType::I16: return mix(int_edges<int16_t>(), count, random);
    case LaneType::I32: return mix(int_edges<int32_t>(), count, random);
    case LaneType::I64: return mix(int_edges<int64_t>(), count, random);
    case LaneType::F32: return mix(float_edges<float, uint32_t>(), count, random);
    default: return mix(float_edges<double, uint64_t>(), count, random);
  }
}

std::vector<Bytes16> scalars(char letter) {
  switch (letter) {
    case 'i': {
      auto edges = int_edges<int32_t>();
      for (int32_t i = 3; i < 70; ++i) edges.push_back(i);
      for (const int32_t more : {127, 128, 129, 255, 256, 257, 0x8000, 0xffff})
        edges.push_back(more);
      return as_scalars(edges);
    }
    case 'I': return as_scalars(int_edges<int64_t>());
    case 'f': return as_scalars(float_edges<float, uint32_t>());
    default: return as_scalars(float_edges<double, uint64_t>());
  }
}

std::vector<Bytes16> shuffles() {
  std::vector<Bytes16> result;
  for (unsigned first = 0; first < 32; ++first) result.push_back(consecutive(first));
  Random random(1);
  for (const unsigned width : {1u, 2u, 4u, 8u}) {
    const unsigned count = 16 / width;
    for (const unsigned start : {0u, count / 2})
      for (const unsigned second : {0u, count}) {
        // Interleavings of lower and of upper halves, in both orders; of one operand with itself.
        result.push_back(choose_lanes(width, [&](unsigned lane) {
          return start + lane / 2 + (lane % 2 == 0 ? second : count - second);
        }));
        result.push_back(
            choose_lanes(width, [&](unsigned lane) { return start + lane / 2 + second; }));
      }
    for (unsigned lane = 0; lane < 2 * count; ++lane)
      result.push_back(choose_lanes(width, [&](unsigned) { return lane; }));
    for (unsigned i = 0; i < 12; ++i) {
      result.push_back(choose_lanes(width, [&](unsigned) { return random() % (2 * count); }));
      // Blends, permutations of one operand, of its halves, and of one half only.
      result.push_back(choose_lanes(
          width, [&](unsigned lane) { return lane + (random() % 2 != 0 ? count : 0); }));
      const unsigned operand = i % 2 != 0 ? count : 0;
      result.push_back(choose_lanes(width, [&](unsigned) { return operand + random() % count; }));
      const unsigned half = count / 2;
      result.push_back(choose_lanes(
          width, [&](unsigned lane) { return operand + (lane < half ? random() % half : lane); }));
      result.push_back(choose_lanes(width, [&](unsigned lane) {
        return operand + (lane >= half ? half + random() % half : lane);
      }));
      result.push_back(choose_lanes(width, [&](unsigned lane) {
        return random() % count + ((lane < half) == (operand == 0) ? 0 : count);
      }));
    }
  }
  return result;
}

}  // namespace skerry::test
