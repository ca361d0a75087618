// Literals through the text format's own lexer and number parsers.
#include "embed/value_text.h"

#include <fmt/format.h>

#include "text/diagnostic.h"
#include "text/lexer.h"
#include "text/literal.h"

namespace skerry::embed {
namespace {

using runtime::Value;

// The kind of the one token that `text` is; absent if it is none or several.
std::optional<text::TokenKind> token_kind(std::string_view text) {
  text::Diagnostic diagnostic;
  const auto tokens = text::tokenize(text, {}, Features(), diagnostic);
  if (!tokens || tokens->size() != 1 + text::kEndTokens) return std::nullopt;
  const text::Token& token = tokens->front();
  if (token.begin != 0 || token.end != text.size()) return std::nullopt;
  return token.kind;
}

std::optional<Value> parse_vector(std::string_view text) {
  if (!text.starts_with("0x") || text.size() < 3 || text.size() > 34) return std::nullopt;
  Value value = Value::v128(0, 0);
  for (char c : text.substr(2)) {
    const std::string_view digits = "0123456789abcdef";
    const size_t digit = digits.find(static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c));
    if (digit == std::string_view::npos) return std::nullopt;
    value.high = value.high << 4 | value.low >> 60;
    value.low = value.low << 4 | digit;
  }
  return value;
}

template <class Bits>
std::optional<Value> with_type(ValType type, std::optional<Bits> bits) {
  if (!bits) return std::nullopt;
  return Value{type, *bits, 0};
}

}  // namespace

std::optional<Value> parse_value(std::string_view text, ValType type) {
  if (type.is_ref()) {
    if (text != "null" || !type.is_nullable()) return std::nullopt;
    return Value{type, 0, 0};
  }
  if (type.kind() == ValType::V128) return parse_vector(text);
  const auto kind = token_kind(text);
  if (!kind) return std::nullopt;
  const bool is_integer = *kind == text::TokenKind::Nat || *kind == text::TokenKind::Int;
  const bool is_number = is_integer || *kind == text::TokenKind::Float;
  switch (type.kind()) {
    case ValType::I32:
      return is_integer ? with_type(type, text::parse_int(text, 32)) : std::nullopt;
    case ValType::I64:
      return is_integer ? with_type(type, text::parse_int(text, 64)) : std::nullopt;
    case ValType::F32: return is_number ? with_type(type, text::parse_f32(text)) : std::nullopt;
    case ValType::F64: return is_number ? with_type(type, text::parse_f64(text)) : std::nullopt;
    default: return std::nullopt;
  }
}

std::string to_text(const Value& value) {
  switch (value.type.kind()) {
    case ValType::I32: return std::to_string(value.as_i32());
    case ValType::I64: return std::to_string(value.as_i64());
    case ValType::F32: return text::f32_text(static_cast<uint32_t>(value.low));
    case ValType::F64: return text::f64_text(value.low);
    case ValType::V128: return fmt::format("0x{:016x}{:016x}", value.high, value.low);
    default: break;
  }
  if (value.is_null()) return "null";
  return skerry::to_string(value.type);
}

}  // namespace skerry::embed
