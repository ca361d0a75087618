// Literals. Decimal floats go through std::from_chars, which rounds correctly; hexadecimal ones are
// rounded here, because from_chars does not round them to subnormals as the specification wants.
#include "text/literal.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

#include "text/utf8.h"
#include "text/vector_literal.h"

namespace skerry::text {
namespace {

unsigned digit_value(char c) {
  return c <= '9' ? static_cast<unsigned>(c - '0') : static_cast<unsigned>((c | 0x20) - 'a' + 10);
}

bool is_hex(std::string_view digits) { return digits.starts_with("0x"); }

// A magnitude without sign, decimal or 0x; absent on overflow of 64 bits.
std::optional<uint64_t> parse_magnitude(std::string_view text) {
  const unsigned base = is_hex(text) ? 16 : 10;
  if (base == 16) text.remove_prefix(2);
  uint64_t value = 0;
  for (const char c : text) {
    if (c == '_') continue;
    if (__builtin_mul_overflow(value, uint64_t{base}, &value)) return std::nullopt;
    if (__builtin_add_overflow(value, uint64_t{digit_value(c)}, &value)) return std::nullopt;
  }
  return value;
}

template <class Float>
struct Format;
template <>
struct Format<float> {
  using Bits = uint32_t;
  static constexpr int kMantissaBits = 23;
  static constexpr int kMaxExponent = 127;
};
template <>
struct Format<double> {
  using Bits = uint64_t;
  static constexpr int kMantissaBits = 52;
  static constexpr int kMaxExponent = 1023;
};

// Exponents saturate far outside any float's range and far inside int64_t.
constexpr int64_t kExponentBound = int64_t{1} << 40;

int64_t parse_exponent(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  int64_t value = 0;
  for (const char c : text)
    if (c != '_' && value < kExponentBound) value = value * 10 + digit_value(c);
  return is_negative ? -value : value;
}

// mantissa * 2^exponent (+ something below, if `sticky`), rounded to nearest, ties to even.
template <class Float>
std::optional<typename Format<Float>::Bits> round_binary(uint64_t mantissa, int64_t exponent,
                                                         bool sticky) {
  using F = Format<Float>;
  using Bits = typename F::Bits;
  if (mantissa == 0) return Bits{0};
  const int top = 63 - std::countl_zero(mantissa);
  const int64_t value_exponent = exponent + top;  // 2^value_exponent <= value
  if (value_exponent > F::kMaxExponent) return std::nullopt;
  // Weight of the last bit kept: normally kMantissaBits below the top one, fixed for subnormals.
  constexpr int64_t kMinUnit = 1 - F::kMaxExponent - F::kMantissaBits;
  const int64_t unit = std::max<int64_t>(value_exponent - F::kMantissaBits, kMinUnit);
  const int64_t drop = unit - exponent;
  uint64_t kept;
  if (drop <= 0) {
    kept = mantissa << -drop;
  } else if (drop > 64) {
    return Bits{0};
  } else {
    kept = drop == 64 ? 0 : mantissa >> drop;
    const uint64_t half = uint64_t{1} << (drop - 1);
    const bool above_half = (mantissa & (half - 1)) != 0 || sticky;
    if ((mantissa & half) && (above_half || (kept & 1))) ++kept;
  }
  // The implicit bit of `kept` adds one to the exponent field, which also lets a carry into it.
  const int64_t field = unit - kMinUnit;
  const Bits bits = static_cast<Bits>(field << F::kMantissaBits) + static_cast<Bits>(kept);
  constexpr Bits kInfinity = Bits{2 * F::kMaxExponent + 1} << F::kMantissaBits;
  if (bits >= kInfinity) return std::nullopt;
  return bits;
}

template <class Float>
std::optional<typename Format<Float>::Bits> parse_hex_float(std::string_view text) {
  text.remove_prefix(2);
  uint64_t mantissa = 0;
  int64_t exponent = 0;
  bool sticky = false;
  bool in_fraction = false;
  size_t i = 0;
  for (; i < text.size() && (text[i] | 0x20) != 'p'; ++i) {
    const char c = text[i];
    if (c == '_') continue;
    if (c == '.') {
      in_fraction = true;
      continue;
    }
    if (mantissa >> 60 == 0) {
      mantissa = mantissa << 4 | digit_value(c);
      exponent -= in_fraction ? 4 : 0;
    } else {
      sticky |= c != '0';
      exponent += in_fraction ? 0 : 4;
    }
  }
  if (i < text.size()) exponent += parse_exponent(text.substr(i + 1));
  return round_binary<Float>(mantissa, exponent, sticky);
}

// True if a decimal that from_chars finds out of range is too large, not too small.
bool is_large_decimal(std::string_view digits) {
  int64_t magnitude = 0;  // of the first digit that is not 0
  bool in_fraction = false;
  bool seen = false;
  size_t i = 0;
  for (; i < digits.size() && (digits[i] | 0x20) != 'e'; ++i) {
    if (digits[i] == '.') {
      in_fraction = true;
      continue;
    }
    seen |= digits[i] != '0';
    if (seen && !in_fraction) ++magnitude;
    if (!seen && in_fraction) --magnitude;
  }
  if (i < digits.size()) magnitude += parse_exponent(digits.substr(i + 1));
  return seen && magnitude > 0;
}

template <class Float>
std::optional<typename Format<Float>::Bits> parse_decimal_float(std::string_view text) {
  using Bits = typename Format<Float>::Bits;
  std::string digits;
  digits.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_') continue;
    digits.push_back(text[i]);
    // from_chars knows no exponent behind a point without digits.
    if (text[i] == '.' && (i + 1 == text.size() || (text[i + 1] | 0x20) == 'e'))
      digits.push_back('0');
  }
  Float value = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (ec == std::errc::result_out_of_range)
    return is_large_decimal(digits) ? std::nullopt : std::optional<Bits>(0);
  if (std::isinf(value)) return std::nullopt;
  return std::bit_cast<Bits>(value);
}

template <class Float>
std::optional<typename Format<Float>::Bits> parse_float(std::string_view token) {
  using F = Format<Float>;
  using Bits = typename F::Bits;
  constexpr Bits kSign = Bits{1} << (sizeof(Bits) * 8 - 1);
  constexpr Bits kInfinity = Bits{2 * F::kMaxExponent + 1} << F::kMantissaBits;
  constexpr Bits kQuiet = Bits{1} << (F::kMantissaBits - 1);
  const Bits sign = token.starts_with('-') ? kSign : 0;
  if (token.starts_with('-') || token.starts_with('+')) token.remove_prefix(1);
  if (token == "inf") return sign | kInfinity;
  if (token == "nan") return sign | kInfinity | kQuiet;
  if (token.starts_with("nan:")) {
    const auto payload = parse_magnitude(token.substr(4));
    if (!payload || *payload == 0 || *payload >> F::kMantissaBits != 0) return std::nullopt;
    return sign | kInfinity | static_cast<Bits>(*payload);
  }
  const auto bits =
      is_hex(token) ? parse_hex_float<Float>(token) : parse_decimal_float<Float>(token);
  if (!bits) return std::nullopt;
  return sign | *bits;
}

template <class Float>
std::string float_text(typename Format<Float>::Bits bits) {
  using F = Format<Float>;
  using Bits = typename F::Bits;
  constexpr Bits kInfinity = Bits{2 * F::kMaxExponent + 1} << F::kMantissaBits;
  constexpr Bits kSign = Bits{1} << (sizeof(Bits) * 8 - 1);
  const std::string sign = bits & kSign ? "-" : "";
  const Bits magnitude = bits & ~kSign;
  char buffer[64];
  if (magnitude == kInfinity) return sign + "inf";
  if (magnitude > kInfinity) {
    const Bits payload = magnitude - kInfinity;
    if (payload == Bits{1} << (F::kMantissaBits - 1)) return sign + "nan";
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, payload, 16).ptr;
    return sign + "nan:0x" + std::string(buffer, end);
  }
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, std::bit_cast<Float>(magnitude)).ptr;
  return sign + std::string(buffer, end);
}

}  // namespace

std::optional<uint64_t> parse_nat(std::string_view token, uint64_t max) {
  const auto value = parse_magnitude(token);
  return value && *value <= max ? value : std::nullopt;
}

std::optional<uint64_t> parse_int(std::string_view token, unsigned bits) {
  const bool is_negative = token.starts_with('-');
  const bool is_signed = is_negative || token.starts_with('+');
  if (is_signed) token.remove_prefix(1);
  const auto magnitude = parse_magnitude(token);
  if (!magnitude) return std::nullopt;
  const uint64_t mask = ~uint64_t{0} >> (64 - bits);
  const uint64_t half = uint64_t{1} << (bits - 1);
  if (*magnitude > (is_negative ? half : is_signed ? half - 1 : mask)) return std::nullopt;
  return (is_negative ? -*magnitude : *magnitude) & mask;
}

std::optional<uint32_t> parse_f32(std::string_view token) { return parse_float<float>(token); }
std::optional<uint64_t> parse_f64(std::string_view token) { return parse_float<double>(token); }

uint32_t parse_hex_saturated(std::string_view digits) {
  uint64_t value = 0;
  for (const char c : digits)
    if (c != '_' && value <= UINT32_MAX) value = value << 4 | digit_value(c);
  return value > UINT32_MAX ? UINT32_MAX : static_cast<uint32_t>(value);
}

std::string unescape(std::string_view token) {
  token.remove_prefix(1);
  token.remove_suffix(1);
  std::string out;
  out.reserve(token.size());
  for (size_t i = 0; i < token.size();) {
    const size_t run = std::min(token.find('\\', i), token.size());
    out.append(token, i, run - i);
    i = run;
    if (i == token.size()) break;
    const char c = token[i + 1];
    i += 2;
    switch (c) {
      case 't': out.push_back('\t'); break;
      case 'n': out.push_back('\n'); break;
      case 'r': out.push_back('\r'); break;
      case '"':
      case '\'':
      case '\\': out.push_back(c); break;
      case 'u': {
        const size_t close = token.find('}', i);
        append_utf8(out, parse_hex_saturated(token.substr(i + 1, close - i - 1)));
        i = close + 1;
        break;
      }
      default:
        out.push_back(static_cast<char>(digit_value(c) << 4 | digit_value(token[i++])));
        break;
    }
  }
  return out;
}

std::optional<uint64_t> parse_lane_literal(const VectorShape& shape, std::string_view token) {
  if (!shape.is_float) return parse_int(token, shape.lane_bits);
  if (shape.lane_bits == 32) return parse_f32(token);
  return parse_f64(token);
}

std::string f32_text(uint32_t bits) { return float_text<float>(bits); }
std::string f64_text(uint64_t bits) { return float_text<double>(bits); }

}  // namespace skerry::text
