// Instructions are told apart by their names: shape, operation, and a suffix for the sign.
#include "simd_reference.h"

#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <type_traits>

namespace skerry::test {

namespace {

// mingw's std::sqrt goes through the x87 unit and rounds twice.
float correctly_rounded_sqrt(float a) { return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(a))); }
double correctly_rounded_sqrt(double a) {
  return _mm_cvtsd_f64(_mm_sqrt_sd(_mm_set_sd(a), _mm_set_sd(a)));
}

using std::string_view;

template <class T>
struct Unsigned {
  using type = std::make_unsigned_t<T>;
};
template <>
struct Unsigned<float> {
  using type = uint32_t;
};
template <>
struct Unsigned<double> {
  using type = uint64_t;
};
template <class T>
using Bits = typename Unsigned<T>::type;

template <class T>
T scalar(const Bytes16& value) {
  return lanes<T>(value)[0];
}
template <class T>
Bytes16 scalar_result(T value) {
  LanesOf<T> result{};
  result[0] = value;
  return from_lanes<T>(result);
}

bool ends_with_sign(string_view name, char sign) {
  return name.size() > 2 && name[name.size() - 2] == '_' && name.back() == sign;
}

// --- NaNs --------------------------------------------------------------------------------------

template <class T>
constexpr Bits<T> kQuietBit = Bits<T>{1} << (std::numeric_limits<T>::digits - 2);
template <class T>
constexpr Bits<T> kSignBit = Bits<T>{1} << (sizeof(T) * 8 - 1);
template <class T>
constexpr Bits<T> kExponent = static_cast<Bits<T>>(~kSignBit<T> & ~((kQuietBit<T> << 1) - 1));

template <class T>
bool is_canonical(T value) {
  return (std::bit_cast<Bits<T>>(value) & ~kSignBit<T>) == (kExponent<T> | kQuietBit<T>);
}

// Collects the lanes of a float result.
template <class T>
struct FloatResult {
  LanesOf<Bits<T>> bits{}, open{};
  void set_exact(unsigned lane, T value) { bits[lane] = std::bit_cast<Bits<T>>(value); }
  // A NaN is canonical if all NaNs among the operands are.
  template <class... U>
  void set(unsigned lane, T value, U... operands) {
    if (!std::isnan(value)) return set_exact(lane, value);
    const bool canonical = ((!std::isnan(operands) || is_canonical(operands)) && ...);
    bits[lane] = kExponent<T> | kQuietBit<T>;
    open[lane] = canonical ? kSignBit<T> : kSignBit<T> | (kQuietBit<T> - 1);
  }
  Outcome outcome() const { return {from_lanes<Bits<T>>(bits), from_lanes<Bits<T>>(open)}; }
};

// --- Integer lanes -----------------------------------------------------------------------------

__int128 clamp(__int128 value, __int128 low, __int128 high) {
  return std::min(std::max(value, low), high);
}
template <class T>
T saturate(__int128 value) {
  return static_cast<T>(clamp(value, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
}

// a and b as U and as its signed twin.
template <class U>
std::optional<U> int_binary(string_view op, U a, U b) {
  using S = std::make_signed_t<U>;
  const auto sa = static_cast<S>(a), sb = static_cast<S>(b);
  const __int128 wa = sa, wb = sb, ua = a, ub = b;
  const auto mask = [](bool condition) { return condition ? static_cast<U>(~U{0}) : U{0}; };
  if (op == "add") return static_cast<U>(ua + ub);
  if (op == "sub") return static_cast<U>(ua - ub);
  if (op == "mul") return static_cast<U>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
  if (op == "add_sat_s") return static_cast<U>(saturate<S>(wa + wb));
  if (op == "add_sat_u") return saturate<U>(ua + ub);
  if (op == "sub_sat_s") return static_cast<U>(saturate<S>(wa - wb));
  if (op == "sub_sat_u") return saturate<U>(ua - ub);
  if (op == "min_s") return static_cast<U>(std::min(sa, sb));
  if (op == "min_u") return std::min(a, b);
  if (op == "max_s") return static_cast<U>(std::max(sa, sb));
  if (op == "max_u") return std::max(a, b);
  if (op == "avgr_u") return static_cast<U>((ua + ub + 1) / 2);
  if (op == "q15mulr_sat_s") return static_cast<U>(saturate<S>((wa * wb + 0x4000) >> 15));
  if (op == "eq") return mask(a == b);
  if (op == "ne") return mask(a != b);
  if (op == "lt_s") return mask(sa < sb);
  if (op == "lt_u") return mask(a < b);
  if (op == "gt_s") return mask(sa > sb);
  if (op == "gt_u") return mask(a > b);
  if (op == "le_s") return mask(sa <= sb);
  if (op == "le_u") return mask(a <= b);
  if (op == "ge_s") return mask(sa >= sb);
  if (op == "ge_u") return mask(a >= b);
  return std::nullopt;
}

template <class U>
std::optional<U> int_unary(string_view op, U a) {
  using S = std::make_signed_t<U>;
  if (op == "abs") return static_cast<S>(a) < 0 ? static_cast<U>(U{0} - a) : a;
  if (op == "neg") return static_cast<U>(U{0} - a);
  if (op == "popcnt") return static_cast<U>(std::popcount(a));
  return std::nullopt;
}

template <class U>
std::optional<U> int_shift(string_view op, U a, uint32_t count) {
  const uint32_t bits = count % (sizeof(U) * 8);
  if (op == "shl") return static_cast<U>(a << bits);
  if (op == "shr_u") return static_cast<U>(a >> bits);
  if (op == "shr_s") return static_cast<U>(static_cast<std::make_signed_t<U>>(a) >> bits);
  return std::nullopt;
}

// Lanes of half the width: of which half (extend_*, extmul_*) or pair (extadd_pairwise_*, dot_*).
template <class U, class Half>
std::optional<U> widening(string_view op, const Inputs& in, unsigned lane) {
  const auto a = lanes<Half>(in.operands[0]), b = lanes<Half>(in.operands[1]);
  const size_t half = a.size() / 2;
  const bool is_signed = ends_with_sign(op, 's');
  const auto wide = [&](Half value) {
    return is_signed ? static_cast<U>(static_cast<std::make_signed_t<Half>>(value)) : U{value};
  };
  const auto product = [&](size_t i) {
    return static_cast<U>(uint64_t{wide(a[i])} * uint64_t{wide(b[i])});
  };
  if (op.starts_with("extend_low")) return wide(a[lane]);
  if (op.starts_with("extend_high")) return wide(a[half + lane]);
  if (op.starts_with("extmul_low")) return product(lane);
  if (op.starts_with("extmul_high")) return product(half + lane);
  if (op.starts_with("extadd_pairwise"))
    return static_cast<U>(wide(a[2 * lane]) + wide(a[2 * lane + 1]));
  if (op.starts_with("dot_")) return static_cast<U>(product(2 * lane) + product(2 * lane + 1));
  return std::nullopt;
}

// Lanes of twice the width, all of the first operand, then all of the second.
template <class U, class Twice>
std::optional<U> narrowing(string_view op, const Inputs& in, unsigned lane) {
  if (!op.starts_with("narrow_")) return std::nullopt;
  const auto source = lanes<std::make_signed_t<Twice>>(in.operands[lane / (8 / sizeof(U))]);
  const auto value = source[lane % (8 / sizeof(U))];
  return ends_with_sign(op, 's') ? static_cast<U>(saturate<std::make_signed_t<U>>(value))
                                 : saturate<U>(value);
}

template <class U, class F>
U trunc_sat(F value) {
  if (std::isnan(value)) return 0;
  const F whole = std::trunc(value);
  if (whole < static_cast<F>(std::numeric_limits<U>::min())) return std::numeric_limits<U>::min();
  if (static_cast<double>(whole) > static_cast<double>(std::numeric_limits<U>::max()))
    return std::numeric_limits<U>::max();
  return static_cast<U>(whole);
}

std::optional<uint32_t> truncation(string_view op, const Inputs& in, unsigned lane) {
  const auto f32 = lanes<float>(in.operands[0]);
  const auto f64 = lanes<double>(in.operands[0]);
  if (op == "trunc_sat_f32x4_s") return static_cast<uint32_t>(trunc_sat<int32_t>(f32[lane]));
  if (op == "trunc_sat_f32x4_u") return trunc_sat<uint32_t>(f32[lane]);
  if (op == "trunc_sat_f64x2_s_zero")
    return lane < 2 ? static_cast<uint32_t>(trunc_sat<int32_t>(f64[lane])) : 0;
  if (op == "trunc_sat_f64x2_u_zero") return lane < 2 ? trunc_sat<uint32_t>(f64[lane]) : 0;
  return std::nullopt;
}

template <class U>
std::optional<U> int_lane(string_view op, const Inputs& in, unsigned lane) {
  const U a = lanes<U>(in.operands[0])[lane], b = lanes<U>(in.operands[1])[lane];
  if (auto result = int_binary<U>(op, a, b)) return result;
  if (auto result = int_unary<U>(op, a)) return result;
  if (auto result = int_shift<U>(op, a, scalar<uint32_t>(in.operands[1]))) return result;
  if constexpr (sizeof(U) == 2) {
    if (auto result = widening<U, uint8_t>(op, in, lane)) return result;
    if (auto result = narrowing<U, uint32_t>(op, in, lane)) return result;
  }
  if constexpr (sizeof(U) == 4) {
    if (auto result = widening<U, uint16_t>(op, in, lane)) return result;
    if (auto result = truncation(op, in, lane)) return result;
  }
  if constexpr (sizeof(U) == 8) {
    if (auto result = widening<U, uint32_t>(op, in, lane)) return result;
  }
  if constexpr (sizeof(U) == 1) {
    if (auto result = narrowing<U, uint16_t>(op, in, lane)) return result;
  }
  return std::nullopt;
}

// Instructions that every shape has.
template <class T>
std::optional<Outcome> any_shape(string_view op, const Inputs& in) {
  auto result = lanes<T>(in.operands[0]);
  if (op == "splat") {
    result.fill(scalar<T>(in.operands[0]));
  } else if (op == "replace_lane") {
    result[in.lane] = scalar<T>(in.operands[1]);
  } else if (op == "extract_lane") {
    return Outcome{scalar_result<T>(result[in.lane])};
  } else {
    return std::nullopt;
  }
  return Outcome{from_lanes<T>(result)};
}

template <class U>
std::optional<Outcome> int_shape(string_view op, const Inputs& in) {
  if (auto outcome = any_shape<U>(op, in)) return outcome;
  const auto a = lanes<U>(in.operands[0]);
  using S = std::make_signed_t<U>;
  if (op == "extract_lane_s")
    return Outcome{scalar_result<int32_t>(static_cast<int32_t>(static_cast<S>(a[in.lane])))};
  if (op == "extract_lane_u") return Outcome{scalar_result<U>(a[in.lane])};
  if (op == "all_true")
    return Outcome{scalar_result<uint32_t>(std::ranges::none_of(a, [](U x) { return x == 0; }))};
  if (op == "bitmask") {
    uint32_t mask = 0;
    for (unsigned i = 0; i < a.size(); ++i) mask |= uint32_t{static_cast<S>(a[i]) < 0} << i;
    return Outcome{scalar_result<uint32_t>(mask)};
  }
  LanesOf<U> result;
  for (unsigned i = 0; i < result.size(); ++i) {
    const auto lane = int_lane<U>(op, in, i);
    if (!lane) return std::nullopt;
    result[i] = *lane;
  }
  return Outcome{from_lanes<U>(result)};
}

std::optional<Outcome> bytes_only(string_view op, const Inputs& in) {
  Bytes16 result{};
  for (unsigned i = 0; i < 16; ++i) {
    if (op == "shuffle") {
      result[i] = in.operands[in.shuffle[i] / 16][in.shuffle[i] % 16];
    } else if (op == "swizzle") {
      const uint8_t index = in.operands[1][i];
      result[i] = index < 16 ? in.operands[0][index] : 0;
    } else {
      return std::nullopt;
    }
  }
  return Outcome{result};
}

// --- Float lanes -------------------------------------------------------------------------------

template <class T>
T float_min(T a, T b) {
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<T>::quiet_NaN();
  if (a == 0 && b == 0) return std::signbit(a) ? a : b;
  return a < b ? a : b;
}
template <class T>
T float_max(T a, T b) {
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<T>::quiet_NaN();
  if (a == 0 && b == 0) return std::signbit(a) ? b : a;
  return a > b ? a : b;
}

template <class T>
std::optional<bool> float_compare(string_view op, T a, T b) {
  if (op == "eq") return a == b;
  if (op == "ne") return a != b;
  if (op == "lt") return a < b;
  if (op == "gt") return a > b;
  if (op == "le") return a <= b;
  if (op == "ge") return a >= b;
  return std::nullopt;
}

// Arithmetic, whose NaNs are not fully determined.
template <class T>
bool float_arithmetic(string_view op, T a, T b, unsigned lane, FloatResult<T>& result) {
  if (op == "add") return result.set(lane, a + b, a, b), true;
  if (op == "sub") return result.set(lane, a - b, a, b), true;
  if (op == "mul") return result.set(lane, a * b, a, b), true;
  if (op == "div") return result.set(lane, a / b, a, b), true;
  if (op == "min") return result.set(lane, float_min(a, b), a, b), true;
  if (op == "max") return result.set(lane, float_max(a, b), a, b), true;
  if (op == "sqrt") return result.set(lane, correctly_rounded_sqrt(a), a), true;
  if (op == "ceil") return result.set(lane, std::ceil(a), a), true;
  if (op == "floor") return result.set(lane, std::floor(a), a), true;
  if (op == "trunc") return result.set(lane, std::trunc(a), a), true;
  if (op == "nearest") return result.set(lane, std::nearbyint(a), a), true;
  return false;
}

// Operations on bits and selections, which keep NaNs as they are.
template <class T>
std::optional<Bits<T>> float_exact(string_view op, T a, T b) {
  const auto bits_a = std::bit_cast<Bits<T>>(a), bits_b = std::bit_cast<Bits<T>>(b);
  if (op == "abs") return bits_a & ~kSignBit<T>;
  if (op == "neg") return bits_a ^ kSignBit<T>;
  if (op == "pmin") return b < a ? bits_b : bits_a;
  if (op == "pmax") return a < b ? bits_b : bits_a;
  if (const auto holds = float_compare(op, a, b)) return *holds ? ~Bits<T>{0} : 0;
  return std::nullopt;
}

template <class T>
bool float_conversion(string_view op, const Inputs& in, unsigned lane, FloatResult<T>& result) {
  const uint32_t bits = lanes<uint32_t>(in.operands[0])[lane];
  if (op == "convert_i32x4_s" || op == "convert_low_i32x4_s")
    return result.set_exact(lane, static_cast<T>(static_cast<int32_t>(bits))), true;
  if (op == "convert_i32x4_u" || op == "convert_low_i32x4_u")
    return result.set_exact(lane, static_cast<T>(bits)), true;
  if (op == "demote_f64x2_zero") {
    const double wide = lane < 2 ? lanes<double>(in.operands[0])[lane] : 0;
    return result.set(lane, static_cast<T>(wide), wide), true;
  }
  if (op == "promote_low_f32x4") {
    const float narrow = lanes<float>(in.operands[0])[lane];
    return result.set(lane, static_cast<T>(narrow), narrow), true;
  }
  return false;
}

template <class T>
std::optional<Outcome> float_shape(string_view op, const Inputs& in) {
  if (auto outcome = any_shape<T>(op, in)) return outcome;
  const auto a = lanes<T>(in.operands[0]), b = lanes<T>(in.operands[1]);
  FloatResult<T> result;
  for (unsigned i = 0; i < a.size(); ++i) {
    if (const auto exact = float_exact<T>(op, a[i], b[i]))
      result.bits[i] = *exact;
    else if (!float_arithmetic<T>(op, a[i], b[i], i, result) &&
             !float_conversion<T>(op, in, i, result))
      return std::nullopt;
  }
  return result.outcome();
}

// --- The whole vector --------------------------------------------------------------------------

std::optional<Outcome> whole_vector(string_view op, const Inputs& in) {
  if (op == "any_true") return Outcome{scalar_result<uint32_t>(in.operands[0] != Bytes16{})};
  Bytes16 result;
  for (unsigned i = 0; i < 16; ++i) {
    const unsigned a = in.operands[0][i], b = in.operands[1][i], c = in.operands[2][i];
    unsigned byte;
    if (op == "not") {
      byte = ~a;
    } else if (op == "and") {
      byte = a & b;
    } else if (op == "andnot") {
      byte = a & ~b;
    } else if (op == "or") {
      byte = a | b;
    } else if (op == "xor") {
      byte = a ^ b;
    } else if (op == "bitselect") {
      byte = (a & c) | (b & ~c);
    } else {
      return std::nullopt;
    }
    result[i] = static_cast<uint8_t>(byte);
  }
  return Outcome{result};
}

}  // namespace

std::optional<Outcome> reference(Op op, const Inputs& inputs) {
  const string_view text = info(op).text;
  const size_t dot = text.find('.');
  const string_view shape = text.substr(0, dot), name = text.substr(dot + 1);
  if (shape == "v128") return whole_vector(name, inputs);
  if (shape == "i8x16") {
    if (auto outcome = bytes_only(name, inputs)) return outcome;
    return int_shape<uint8_t>(name, inputs);
  }
  if (shape == "i16x8") return int_shape<uint16_t>(name, inputs);
  if (shape == "i32x4") return int_shape<uint32_t>(name, inputs);
  if (shape == "i64x2") return int_shape<uint64_t>(name, inputs);
  if (shape == "f32x4") return float_shape<float>(name, inputs);
  if (shape == "f64x2") return float_shape<double>(name, inputs);
  return std::nullopt;
}

std::string to_hex(const Bytes16& value) {
  constexpr string_view kDigits = "0123456789abcdef";
  std::string text;
  for (unsigned i = 16; i-- > 0;) {
    text += kDigits[value[i] / 16];
    text += kDigits[value[i] % 16];
    if (i % 4 == 0 && i != 0) text += '_';
  }
  return text;
}

}  // namespace skerry::test
