// Tokens of the text format and the words they may be.
// A Word is an opcode's row or a row of keywords.def, as one number: parsers compare numbers, and
// the two tables stay the only places where words are spelled. Not here: values of literals
// (text/literal.h). A token is a span of the source and a kind.
#pragma once

#include <cassert>
#include <cstdint>
#include <string_view>

#include "wasm/opcode.h"

namespace skerry::text {

enum class Keyword : uint16_t {
#define KW(name, text) name,
#include "text/keywords.def"
#undef KW
};

class Word {
 public:
  constexpr Word() = default;
  constexpr Word(Keyword keyword)
      : number_(static_cast<uint16_t>(kOpCount + static_cast<size_t>(keyword))) {}
  constexpr explicit Word(Op op) : number_(static_cast<uint16_t>(op)) {}

  constexpr bool is_known() const { return number_ != kUnknown; }
  constexpr bool is_op() const { return number_ < kOpCount; }
  constexpr Op op() const {
    assert(is_op());
    return static_cast<Op>(number_);
  }
  friend constexpr bool operator==(Word, Word) = default;

 private:
  static constexpr uint16_t kUnknown = 0xffff;
  uint16_t number_ = kUnknown;
};

// The word spelled so. Where two opcodes share a spelling (`select`, `ref.test`, `ref.cast`), the
// first row.
Word find_word(std::string_view spelling);
std::string_view spelling(Keyword keyword);

// The known word nearest to a misspelled one, or empty if none is near. `ops_only` leaves out words
// that are not opcodes.
std::string_view nearest_word(std::string_view misspelled, bool ops_only);

enum class TokenKind : uint8_t {
  End,  // of the source; the token is empty
  LeftParen,
  RightParen,
  Annotation,  // "(@custom" or "(@name"; others are skipped
  Id,          // "$name" or "$\"name\""
  Word,
  Nat,  // integer without sign
  Int,  // integer with sign
  Float,
  String,
  Reserved,  // a run of characters that is none of the above: always an error where it is used
};

struct Token {
  uint32_t begin = 0;  // byte offsets in the source
  uint32_t end = 0;
  TokenKind kind = TokenKind::End;
  Word word;  // Word, Annotation

  bool is(Word wanted) const { return kind == TokenKind::Word && word == wanted; }
  bool is_integer() const { return kind == TokenKind::Nat || kind == TokenKind::Int; }
  uint32_t length() const { return end - begin; }
};
static_assert(sizeof(Token) == 12);

}  // namespace skerry::text
