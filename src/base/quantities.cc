// One reader of decimal numbers, three tables of units.
#include "base/quantities.h"

#include <array>
#include <optional>
#include <span>

namespace skerry {
namespace {

struct Unit {
  std::string_view name;
  uint64_t factor;
};

constexpr auto kTimeUnits = std::to_array<Unit>({
    {"", 1},
    {"ms", 1},
    {"s", 1000},
    {"m", 60 * 1000},
    {"min", 60 * 1000},
    {"h", 60 * 60 * 1000},
});

constexpr uint64_t kKi = 1024, kKilo = 1000;
constexpr auto kSizeUnits = std::to_array<Unit>({
    {"", 1},
    {"B", 1},
    {"K", kKi},
    {"k", kKi},
    {"KiB", kKi},
    {"kB", kKilo},
    {"KB", kKilo},
    {"M", kKi* kKi},
    {"m", kKi* kKi},
    {"MiB", kKi* kKi},
    {"MB", kKilo* kKilo},
    {"G", kKi* kKi* kKi},
    {"g", kKi* kKi* kKi},
    {"GiB", kKi* kKi* kKi},
    {"GB", kKilo* kKilo* kKilo},
    {"T", kKi* kKi* kKi* kKi},
    {"TiB", kKi* kKi* kKi* kKi},
    {"TB", kKilo* kKilo* kKilo* kKilo},
});

constexpr auto kNoUnits = std::to_array<Unit>({{"", 1}});

__extension__ typedef unsigned __int128 Wide;

// The longest prefix that is a decimal number with at most one point, as thousandths.
struct Number {
  Wide thousandths = 0;
  bool has_fraction = false;
  std::string_view unit;
};

std::optional<Number> read_number(std::string_view text) {
  Number number;
  uint64_t whole = 0;
  size_t i = 0;
  bool any_digit = false;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '_' && any_digit) continue;
    if (c < '0' || c > '9') break;
    any_digit = true;
    if (__builtin_mul_overflow(whole, 10u, &whole) ||
        __builtin_add_overflow(whole, static_cast<unsigned>(c - '0'), &whole))
      return std::nullopt;
  }
  if (!any_digit) return std::nullopt;
  unsigned fraction = 0, weight = 100;
  if (i < text.size() && text[i] == '.') {
    number.has_fraction = true;
    const size_t first = ++i;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, weight /= 10)
      fraction += static_cast<unsigned>(text[i] - '0') * weight;
    if (i == first) return std::nullopt;
  }
  number.thousandths = static_cast<Wide>(whole) * 1000 + fraction;
  number.unit = text.substr(i);
  return number;
}

std::optional<uint64_t> read_quantity(std::string_view text, std::span<const Unit> units) {
  const auto number = read_number(text);
  if (!number) return std::nullopt;
  for (const Unit& unit : units) {
    if (unit.name != number->unit) continue;
    const Wide product = number->thousandths * unit.factor / 1000;
    if (product > UINT64_MAX) return std::nullopt;
    // "1.5" of the smallest unit says nothing.
    if (number->has_fraction && unit.factor == 1) return std::nullopt;
    return static_cast<uint64_t>(product);
  }
  return std::nullopt;
}

}  // namespace

std::optional<uint64_t> read_time_ms(std::string_view text) {
  const auto result = read_quantity(text, kTimeUnits);
  return result == 0 ? std::nullopt : result;
}

std::optional<uint64_t> read_size_bytes(std::string_view text) {
  return read_quantity(text, kSizeUnits);
}

std::optional<uint64_t> read_count(std::string_view text) { return read_quantity(text, kNoUnits); }

}  // namespace skerry
