// Matching of results: bits, NaN patterns, lanes, kinds of references.
#include "cli/wast_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "embed/value_text.h"

namespace skerry::cli {
namespace {

using runtime::Value;
using text::NanPattern;
using text::RefKind;

// Number n of the script's externrefs and host references; 0 would be null.
uint64_t host_word(uint64_t number) { return number + 1; }

struct RefKindName {
  RefKind kind;
  const char* name;
};
constexpr auto kRefKindNames = std::to_array<RefKindName>({
    {RefKind::Null, "null"},
    {RefKind::Func, "func"},
    {RefKind::Extern, "extern"},
    {RefKind::Host, "host"},
    {RefKind::Any, "any"},
    {RefKind::Eq, "eq"},
    {RefKind::I31, "i31"},
    {RefKind::Struct, "struct"},
    {RefKind::Array, "array"},
    {RefKind::Exn, "exn"},
});

// Of a float of this width: all-ones exponent, and the quiet bit set. Canonical: nothing else.
bool is_nan(uint64_t bits, bool is_double, NanPattern pattern) {
  const uint64_t quiet = is_double ? 0x7ff8'0000'0000'0000 : 0x7fc0'0000;
  const uint64_t magnitude = bits & (is_double ? 0x7fff'ffff'ffff'ffff : 0x7fff'ffff);
  return pattern == NanPattern::Canonical ? magnitude == quiet : (magnitude & quiet) == quiet;
}

bool number_matches(uint64_t bits, uint64_t wanted, NanPattern nan, bool is_double) {
  return nan == NanPattern::None ? bits == wanted : is_nan(bits, is_double, nan);
}

struct ShapeInfo {
  const char* name;
  unsigned lanes;
  bool is_double;
};
constexpr auto kShapes = std::to_array<ShapeInfo>({
    {"i8x16", 16, false},
    {"i16x8", 8, false},
    {"i32x4", 4, false},
    {"i64x2", 2, false},
    {"f32x4", 4, false},
    {"f64x2", 2, true},
});
const ShapeInfo& shape_info(text::LaneShape shape) { return kShapes[static_cast<size_t>(shape)]; }

uint64_t lane(const Value& value, unsigned lanes, unsigned index) {
  const std::array<uint64_t, 2> words = {value.low, value.high};
  const unsigned bytes = 16 / lanes;
  uint64_t bits = 0;
  std::memcpy(&bits, reinterpret_cast<const uint8_t*>(words.data()) + index * bytes, bytes);
  return bits;
}

struct Matcher {
  const Value& value;

  bool operator()(const text::NumberPattern& pattern) const {
    return value.type.kind() == pattern.type &&
           number_matches(value.low, pattern.bits, pattern.nan, pattern.type == ValType::F64);
  }
  bool operator()(const text::VectorPattern& pattern) const {
    if (value.type.kind() != ValType::V128) return false;
    const ShapeInfo& shape = shape_info(pattern.shape);
    for (unsigned i = 0; i < shape.lanes; ++i)
      if (!number_matches(lane(value, shape.lanes, i), pattern.lanes[i].bits, pattern.lanes[i].nan,
                          shape.is_double))
        return false;
    return true;
  }
  bool operator()(const text::RefPattern& pattern) const {
    if (!value.type.is_ref()) return false;
    if (pattern.kind == RefKind::Null) return value.is_null();
    if (value.is_null()) return false;
    const HeapType heap = value.type.heap();
    const bool is_extern = heap == HeapType(HeapType::Extern);
    switch (pattern.kind) {
      case RefKind::Extern:
        return is_extern && (!pattern.number || value.low == host_word(*pattern.number));
      case RefKind::Func: return heap.is_concrete() || heap == HeapType(HeapType::Func);
      default: return false;  // objects of the garbage collector, which no tier makes yet
    }
  }
};

std::string nan_text(NanPattern nan) {
  return nan == NanPattern::Canonical ? "nan:canonical" : "nan:arithmetic";
}

struct Describer {
  std::string operator()(const text::NumberPattern& pattern) const {
    if (pattern.nan == NanPattern::None) return describe(Value{pattern.type, pattern.bits, 0});
    return fmt::format("{} {}", skerry::to_string(ValType(pattern.type)), nan_text(pattern.nan));
  }
  std::string operator()(const text::VectorPattern& pattern) const {
    std::string result = fmt::format("v128 {}", shape_info(pattern.shape).name);
    for (const text::LanePattern& lane : pattern.lanes)
      result += lane.nan == NanPattern::None ? fmt::format(" {:#x}", lane.bits)
                                             : " " + nan_text(lane.nan);
    return result;
  }
  std::string operator()(const text::RefPattern& pattern) const {
    std::string result = "ref.";
    result += kRefKindNames[static_cast<size_t>(pattern.kind)].name;
    if (pattern.number) result += fmt::format(" {}", *pattern.number);
    return result;
  }
};

struct ArgumentMaker {
  std::optional<Value> operator()(const text::NumberValue& number) const {
    return Value{number.type, number.bits, 0};
  }
  std::optional<Value> operator()(const text::VectorValue& vector) const {
    std::array<uint64_t, 2> words;
    std::memcpy(words.data(), vector.bytes.data(), sizeof(words));
    return Value::v128(words[0], words[1]);
  }
  std::optional<Value> operator()(const text::RefValue& reference) const {
    switch (reference.kind) {
      case RefKind::Null: return Value::null(reference.heap.value_or(HeapType::Func));
      case RefKind::Extern: return Value::externref(host_word(reference.number.value_or(0)));
      default: return std::nullopt;
    }
  }
};

}  // namespace

std::optional<Value> script_argument(const text::ScriptValue& value) {
  return std::visit(ArgumentMaker{}, value);
}

bool matches(const Value& value, const text::ResultPattern& pattern) {
  return std::any_of(pattern.alternatives.begin(), pattern.alternatives.end(),
                     [&](const auto& one) { return std::visit(Matcher{value}, one); });
}

std::string describe(const Value& value) {
  const std::string type = skerry::to_string(value.type);
  if (value.type.is_ref()) return value.is_null() ? "null " + type : type;
  return fmt::format("{} {}", type, embed::to_text(value));
}

std::string describe(const text::ResultPattern& pattern) {
  std::string result;
  for (const text::SimplePattern& one : pattern.alternatives)
    result += (result.empty() ? "" : " or ") + std::visit(Describer{}, one);
  return result;
}

}  // namespace skerry::cli
