// The lexer: one pass, a table of character classes, no recursion (comments and annotations nest).
#include "text/lexer.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "base/bytes.h"
#include "text/literal.h"
#include "text/utf8.h"

namespace skerry::text {
namespace {

enum class CharClass : uint8_t { Illegal, Space, IdChar, Quote, Open, Close, Punctuation };

constexpr auto kCharClasses = [] {
  std::array<CharClass, 256> table{};
  const auto set = [&](std::string_view chars, CharClass c) {
    for (const char ch : chars) table[static_cast<uint8_t>(ch)] = c;
  };
  set(" \t\n\r", CharClass::Space);
  set("\"", CharClass::Quote);
  set("(", CharClass::Open);
  set(")", CharClass::Close);
  set(",;[]{}", CharClass::Punctuation);
  set("0123456789", CharClass::IdChar);
  set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", CharClass::IdChar);
  set("!#$%&'*+-./:<=>?@\\^_`|~", CharClass::IdChar);
  return table;
}();

CharClass class_of(char c) { return kCharClasses[static_cast<uint8_t>(c)]; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Consumes digits with single underscores between them; false if there is no digit first.
bool take_digits(std::string_view& text, bool (*is_one)(char)) {
  if (text.empty() || !is_one(text[0])) return false;
  size_t i = 1;
  while (i < text.size() &&
         (is_one(text[i]) || (text[i] == '_' && i + 1 < text.size() && is_one(text[i + 1]))))
    ++i;
  text.remove_prefix(i);
  return true;
}

// Number, or Reserved if the text has not the form of one.
TokenKind classify_number(std::string_view text) {
  const bool is_signed = text[0] == '+' || text[0] == '-';
  if (is_signed) text.remove_prefix(1);
  if (text == "inf" || text == "nan") return TokenKind::Float;
  if (text.starts_with("nan:0x")) {
    text.remove_prefix(6);
    return take_digits(text, is_hex_digit) && text.empty() ? TokenKind::Float : TokenKind::Reserved;
  }
  const bool is_hex = text.starts_with("0x");
  if (is_hex) text.remove_prefix(2);
  const auto is_one = is_hex ? is_hex_digit : is_digit;
  if (!take_digits(text, is_one)) return TokenKind::Reserved;
  if (text.empty()) return is_signed ? TokenKind::Int : TokenKind::Nat;
  if (text[0] == '.') {
    text.remove_prefix(1);
    take_digits(text, is_one);
  }
  const char exponent = is_hex ? 'p' : 'e';
  if (!text.empty() && (text[0] | 0x20) == exponent) {
    text.remove_prefix(1);
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
    if (!take_digits(text, is_digit)) return TokenKind::Reserved;
  }
  return text.empty() ? TokenKind::Float : TokenKind::Reserved;
}

class Lexer {
 public:
  Lexer(std::string_view source, SourceRange range, Features features, Diagnostic& diagnostic)
      : source_(source),
        pos_(range.begin),
        end_(range.end),
        features_(features),
        diagnostic_(diagnostic) {
    tokens_.reserve(range.length() / 5 + kEndTokens);
  }

  Result<std::vector<Token>> run();

 private:
  std::unexpected<Error> fail_here(ErrorCode code, uint64_t begin, uint64_t length,
                                   std::string message) {
    return report(diagnostic_, code, begin, length, std::move(message));
  }
  char char_at(uint64_t offset) const { return offset < end_ ? source_[offset] : '\0'; }
  std::string_view text(uint64_t begin, uint64_t end) const {
    return source_.substr(begin, end - begin);
  }
  // Inside an annotation that nobody reads, tokens are checked but not kept.
  bool is_skipping() const { return annotation_depth_ != 0; }
  void push(uint64_t begin, TokenKind kind, Word word = Word()) {
    if (is_skipping()) return;
    tokens_.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(pos_), kind, word});
  }

  Result<void> skip_block_comment();
  void skip_line_comment();
  Result<void> lex_string();
  Result<void> lex_escape();
  Result<void> lex_open();
  Result<void> lex_close();
  Result<void> lex_annotation();
  Result<void> lex_run();
  Result<void> push_id(uint64_t begin, bool is_quoted);
  Result<void> illegal_character();

  std::string_view source_;
  uint64_t pos_;
  uint64_t end_;
  Features features_;
  Diagnostic& diagnostic_;
  std::vector<Token> tokens_;
  uint64_t annotation_depth_ = 0;  // open parentheses of the skipped annotation, its own included
  uint64_t annotation_begin_ = 0;
};

Result<std::vector<Token>> Lexer::run() {
  while (pos_ < end_) {
    switch (class_of(source_[pos_])) {
      case CharClass::Space: ++pos_; break;
      case CharClass::IdChar:
      case CharClass::Quote: TRY(lex_run()); break;
      case CharClass::Open: TRY(lex_open()); break;
      case CharClass::Close: TRY(lex_close()); break;
      case CharClass::Punctuation:
        if (source_[pos_] == ';' && char_at(pos_ + 1) == ';') {
          skip_line_comment();
        } else {
          ++pos_;
          push(pos_ - 1, TokenKind::Reserved);
        }
        break;
      case CharClass::Illegal: TRY(illegal_character()); break;
    }
  }
  if (is_skipping())
    return fail_here(ErrorCode::UnclosedAnnotation, annotation_begin_, 2,
                     "this annotation is never closed");
  for (size_t i = 0; i < kEndTokens; ++i) push(pos_, TokenKind::End);
  return std::move(tokens_);
}

Result<void> Lexer::illegal_character() {
  const DecodedChar c = decode_utf8(source_, pos_);
  return fail_here(ErrorCode::IllegalCharacter, pos_, c.length,
                   "illegal character: outside strings and comments only ASCII is allowed");
}

void Lexer::skip_line_comment() {
  while (pos_ < end_ && source_[pos_] != '\n' && source_[pos_] != '\r') ++pos_;
}

Result<void> Lexer::skip_block_comment() {
  const uint64_t begin = pos_;
  uint64_t depth = 0;
  do {
    if (char_at(pos_) == '(' && char_at(pos_ + 1) == ';') {
      ++depth;
      pos_ += 2;
    } else if (char_at(pos_) == ';' && char_at(pos_ + 1) == ')') {
      --depth;
      pos_ += 2;
    } else if (pos_ >= end_) {
      return fail_here(ErrorCode::UnclosedComment, begin, 2, "this comment is never closed");
    } else {
      ++pos_;
    }
  } while (depth != 0);
  return {};
}

Result<void> Lexer::lex_open() {
  switch (char_at(pos_ + 1)) {
    case ';': return skip_block_comment();
    case '@':
      if (!is_skipping()) return lex_annotation();
      break;
    default: break;
  }
  ++pos_;
  if (is_skipping()) ++annotation_depth_;
  push(pos_ - 1, TokenKind::LeftParen);
  return {};
}

Result<void> Lexer::lex_close() {
  ++pos_;
  if (is_skipping()) {
    --annotation_depth_;
    return {};
  }
  push(pos_ - 1, TokenKind::RightParen);
  return {};
}

Result<void> Lexer::lex_annotation() {
  const uint64_t begin = pos_;
  if (!features_.has(Feature::CustomAnnotations)) {
    auto error = fail_here(ErrorCode::FeatureDisabled, begin, 2,
                           "annotations need the feature `custom-annotations`");
    diagnostic_.error.a = static_cast<uint64_t>(Feature::CustomAnnotations);
    error.error() = diagnostic_.error;
    return error;
  }
  pos_ += 2;
  const uint64_t id_begin = pos_;
  std::string name;
  if (char_at(pos_) == '"') {
    TRY(lex_string());
    name = unescape(text(id_begin, pos_));
    if (!is_utf8(as_bytes(name)))
      return fail_here(ErrorCode::MalformedUtf8, id_begin, pos_ - id_begin,
                       "the annotation's id is not UTF-8");
  } else {
    while (pos_ < end_ && class_of(source_[pos_]) == CharClass::IdChar) ++pos_;
    name = text(id_begin, pos_);
  }
  if (name.empty())
    return fail_here(ErrorCode::EmptyAnnotationId, begin, 2,
                     "empty annotation id: a name must follow `(@` at once");
  const Word word = find_word("@" + name);
  if (word == Word(Keyword::AnnotationName) || word == Word(Keyword::AnnotationCustom)) {
    push(begin, TokenKind::Annotation, word);
  } else {
    annotation_depth_ = 1;
    annotation_begin_ = begin;
  }
  return {};
}

// From the opening quote to behind the closing one.
Result<void> Lexer::lex_string() {
  const uint64_t begin = pos_++;
  for (;;) {
    const char c = char_at(pos_);
    if (c == '"') {
      ++pos_;
      return {};
    }
    if (pos_ >= end_ || c == '\n' || c == '\r')
      return fail_here(ErrorCode::UnclosedString, begin, pos_ - begin,
                       "unclosed string: `\"` is missing before the end of the line");
    if (c == '\\')
      TRY(lex_escape());
    else if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f)
      return fail_here(ErrorCode::IllegalCharacter, pos_, 1,
                       "illegal character: control characters in strings must be escaped");
    else
      ++pos_;
  }
}

Result<void> Lexer::lex_escape() {
  const uint64_t begin = pos_++;
  const char c = char_at(pos_++);
  if (std::string_view("tnr\"'\\").find(c) != std::string_view::npos && c != '\0') return {};
  if (is_hex_digit(c) && is_hex_digit(char_at(pos_))) {
    ++pos_;
    return {};
  }
  if (c == 'u' && char_at(pos_) == '{') {
    const size_t close = source_.find('}', pos_);
    if (close != std::string_view::npos && close < end_) {
      std::string_view digits = text(pos_ + 1, close);
      const std::string_view all = digits;
      if (take_digits(digits, is_hex_digit) && digits.empty()) {
        pos_ = close + 1;
        if (is_scalar_value(parse_hex_saturated(all))) return {};
        return fail_here(ErrorCode::MalformedUtf8, begin, pos_ - begin,
                         "malformed UTF-8 encoding: this is not a Unicode scalar value");
      }
    }
  }
  return fail_here(
      ErrorCode::IllegalEscape, begin, 2,
      "illegal escape: allowed are \\t \\n \\r \\\" \\' \\\\ \\u{hex} and two hex digits");
}

Result<void> Lexer::lex_run() {
  const uint64_t begin = pos_;
  uint64_t first_string = end_;
  unsigned strings = 0;
  while (pos_ < end_) {
    const CharClass c = class_of(source_[pos_]);
    if (c == CharClass::IdChar) {
      ++pos_;
    } else if (c == CharClass::Quote) {
      if (strings++ == 0) first_string = pos_;
      TRY(lex_string());
    } else {
      break;
    }
  }
  const std::string_view run = text(begin, pos_);
  const char c = run[0];
  if (strings != 0) {
    // A whole run is one string, or `$` and one string; anything else sticks together wrongly.
    if (strings == 1 && run.back() == '"') {
      if (first_string == begin) return push(begin, TokenKind::String), Result<void>();
      if (c == '$' && first_string == begin + 1) return push_id(begin, true);
    }
    return push(begin, TokenKind::Reserved), Result<void>();
  }
  if (c == '$' && run.size() > 1) return push_id(begin, false);
  if (c >= 'a' && c <= 'z') {
    Word word = find_word(run);
    if (!word.is_known() && run.starts_with("offset=")) word = Keyword::OffsetEq;
    if (!word.is_known() && run.starts_with("align=")) word = Keyword::AlignEq;
    if (word.is_known() || (c != 'i' && c != 'n') || classify_number(run) == TokenKind::Reserved)
      push(begin, TokenKind::Word, word);
    else
      push(begin, TokenKind::Float);
    return {};
  }
  const bool is_number = is_digit(c) || c == '+' || c == '-';
  push(begin, is_number ? classify_number(run) : TokenKind::Reserved);
  return {};
}

Result<void> Lexer::push_id(uint64_t begin, bool is_quoted) {
  if (is_quoted && !is_skipping()) {
    const std::string name = unescape(text(begin + 1, pos_));
    if (name.empty()) return fail_here(ErrorCode::EmptyId, begin, pos_ - begin, "empty identifier");
    if (!is_utf8(as_bytes(name)))
      return fail_here(ErrorCode::MalformedUtf8, begin, pos_ - begin,
                       "malformed UTF-8 encoding in an identifier");
  }
  push(begin, TokenKind::Id);
  return {};
}

uint64_t first_malformed_utf8(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const DecodedChar c = decode_utf8(text, at);
    if (!c.is_valid) break;
    at += c.length;
  }
  return at;
}

}  // namespace

bool is_nat(std::string_view text) {
  return !text.empty() && classify_number(text) == TokenKind::Nat;
}

Result<std::vector<Token>> tokenize(std::string_view source, SourceRange range, Features features,
                                    Diagnostic& diagnostic) {
  range.end = std::min<uint64_t>(range.end, source.size());
  range.begin = std::min(range.begin, range.end);
  if (source.size() > std::numeric_limits<uint32_t>::max())
    return report(diagnostic, ErrorCode::TextTooLarge, kNoPosition, 0, "");
  const std::string_view text = source.substr(range.begin, range.length());
  if (!is_utf8(as_bytes(text)))
    return report(diagnostic, ErrorCode::MalformedUtf8, range.begin + first_malformed_utf8(text), 1,
                  "malformed UTF-8 encoding");
  return Lexer(source, range, features, diagnostic).run();
}

}  // namespace skerry::text
