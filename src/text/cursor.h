// TokenCursor: the parser's place in the token list, and the one maker of its error messages.
// What every parser of the room derives from.
// Invariant: a failed expectation leaves the diagnostic filled and nothing else changed.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "text/diagnostic.h"
#include "text/token.h"
#include "wasm/features.h"

namespace skerry::text {

// A feature that text uses and that is switched off: FeatureDisabled with the feature in a.
std::unexpected<Error> report_disabled(Diagnostic& out, Feature feature, uint64_t position,
                                       uint64_t length);

class TokenCursor {
 public:
  TokenCursor(std::string_view source, std::span<const Token> tokens, Diagnostic& diagnostic)
      : source_(source), tokens_(tokens), diagnostic_(diagnostic) {}

  // The list ends in End tokens, more than any look-ahead.
  const Token& peek(size_t ahead = 0) const {
    return tokens_[std::min(pos_ + ahead, tokens_.size() - 1)];
  }
  const Token& take() {
    const Token& token = peek();
    if (token.kind != TokenKind::End) ++pos_;
    return token;
  }
  size_t pos() const { return pos_; }
  void set_pos(size_t pos) { pos_ = pos; }

  std::string_view text(const Token& token) const {
    return source_.substr(token.begin, token.length());
  }
  std::string_view source() const { return source_; }
  Diagnostic& diagnostic() { return diagnostic_; }

  bool at(TokenKind kind) const { return peek().kind == kind; }
  bool at(Keyword keyword) const { return peek().is(keyword); }
  // At "(keyword".
  bool at_group(Keyword keyword) const {
    return peek().kind == TokenKind::LeftParen && peek(1).is(keyword);
  }
  bool accept(Keyword keyword) {
    if (!at(keyword)) return false;
    take();
    return true;
  }
  bool accept_group(Keyword keyword) {
    if (!at_group(keyword)) return false;
    pos_ += 2;
    return true;
  }

  Result<void> expect_open(std::string_view expected = "`(`");
  Result<void> expect_close();
  Result<void> expect(Keyword keyword);
  // A string token's bytes; with `expect_name` they must be UTF-8.
  Result<std::string> expect_string(std::string_view expected);
  Result<std::string> expect_name(std::string_view expected);
  // A Nat token up to `max`; beyond it is ConstantOutOfRange.
  Result<uint64_t> expect_nat(uint64_t max, std::string_view expected);

  // Moves behind the `)` that closes the group at whose `(` or inside whose content the cursor is:
  // `depth` is the number of parentheses open at the cursor that are to be closed.
  Result<void> skip_groups(size_t depth);

  std::unexpected<Error> fail_at(const Token& token, ErrorCode code, std::string message,
                                 std::string help = {});
  // Points at the next token: "unexpected `foo`, expected a bar". A word nobody knows or a run that
  // is no token is an unknown operator instead.
  std::unexpected<Error> unexpected(std::string_view expected);
  // As unexpected(), where an instruction is expected: suggestions are instructions only.
  std::unexpected<Error> unexpected_instr(std::string_view expected);
  std::unexpected<Error> out_of_range(const Token& token, std::string_view what);
  // Adds a second place to the diagnostic just made.
  void add_note(const Token& at, std::string text);

 private:
  std::unexpected<Error> unknown_word(bool ops_only);
  std::unexpected<Error> unexpected_end(std::string_view expected);
  std::string describe(const Token& token) const;

  std::string_view source_;
  std::span<const Token> tokens_;
  size_t pos_ = 0;
  Diagnostic& diagnostic_;
};

}  // namespace skerry::text
