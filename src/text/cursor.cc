// Expectations and the messages of failed ones.
#include "text/cursor.h"

#include <fmt/format.h>

#include "text/literal.h"

namespace skerry::text {
namespace {

constexpr size_t kQuotedChars = 40;

}  // namespace

std::unexpected<Error> report_disabled(Diagnostic& out, Feature feature, uint64_t position,
                                       uint64_t length) {
  const auto name = all_features()[static_cast<size_t>(feature)].cli_name;
  (void)report(out, ErrorCode::FeatureDisabled, position, length,
               fmt::format("this needs the feature `{}`, which is not enabled", name));
  out.error.a = static_cast<uint64_t>(feature);
  return std::unexpected(out.error);
}

Result<void> TokenCursor::expect_open(std::string_view expected) {
  if (!at(TokenKind::LeftParen)) return unexpected(expected);
  take();
  return {};
}

Result<void> TokenCursor::expect_close() {
  if (!at(TokenKind::RightParen)) return unexpected("`)`");
  take();
  return {};
}

Result<void> TokenCursor::expect(Keyword keyword) {
  if (!accept(keyword)) return unexpected(fmt::format("`{}`", spelling(keyword)));
  return {};
}

Result<std::string> TokenCursor::expect_string(std::string_view expected) {
  if (!at(TokenKind::String)) return unexpected(expected);
  return unescape(text(take()));
}

Result<std::string> TokenCursor::expect_name(std::string_view expected) {
  const Token token = peek();
  std::string name = TRY(expect_string(expected));
  if (!is_utf8(as_bytes(name)))
    return fail_at(token, ErrorCode::MalformedUtf8,
                   "malformed UTF-8 encoding: names must be UTF-8");
  return name;
}

Result<uint64_t> TokenCursor::expect_nat(uint64_t max, std::string_view expected) {
  if (!at(TokenKind::Nat)) return unexpected(expected);
  const Token& token = take();
  const auto value = parse_nat(text(token), max);
  if (!value) return out_of_range(token, expected);
  return *value;
}

Result<void> TokenCursor::skip_groups(size_t depth) {
  while (depth != 0) {
    switch (peek().kind) {
      case TokenKind::LeftParen:
      case TokenKind::Annotation: ++depth; break;
      case TokenKind::RightParen: --depth; break;
      case TokenKind::End: return unexpected("`)`");
      default: break;
    }
    take();
  }
  return {};
}

std::unexpected<Error> TokenCursor::fail_at(const Token& token, ErrorCode code, std::string message,
                                            std::string help) {
  return report(diagnostic_, code, token.begin, token.length(), std::move(message),
                std::move(help));
}

std::string TokenCursor::describe(const Token& token) const {
  std::string_view spelled = text(token);
  if (spelled.size() <= kQuotedChars) return fmt::format("`{}`", spelled);
  return fmt::format("`{}...`", spelled.substr(0, kQuotedChars));
}

std::unexpected<Error> TokenCursor::unexpected(std::string_view expected) {
  const Token& token = peek();
  if (token.kind == TokenKind::End) return unexpected_end(expected);
  if (token.kind == TokenKind::Reserved ||
      (token.kind == TokenKind::Word && !token.word.is_known()))
    return unknown_word(false);
  if (token.kind == TokenKind::Annotation)
    return fail_at(token, ErrorCode::MisplacedAnnotation,
                   fmt::format("misplaced annotation: {}) has no meaning here", text(token)));
  return fail_at(token, ErrorCode::UnexpectedToken,
                 fmt::format("unexpected token {}, expected {}", describe(token), expected));
}

std::unexpected<Error> TokenCursor::unexpected_instr(std::string_view expected) {
  const Token& token = peek();
  if (token.kind == TokenKind::Word && !token.word.is_known()) return unknown_word(true);
  return unexpected(expected);
}

std::unexpected<Error> TokenCursor::unknown_word(bool ops_only) {
  const Token& token = peek();
  const std::string_view spelled = text(token);
  if (spelled == "$")
    return fail_at(token, ErrorCode::EmptyId, "empty identifier: a name must follow `$` at once");
  std::string help;
  if (token.kind == TokenKind::Word && spelled.size() < 64) {
    std::string_view nearest = nearest_word(spelled, true);
    if (nearest.empty() && !ops_only) nearest = nearest_word(spelled, false);
    if (!nearest.empty()) help = fmt::format("did you mean `{}`?", nearest);
  }
  return fail_at(token, ErrorCode::UnknownOperator,
                 fmt::format("unknown operator {}", describe(token)), std::move(help));
}

std::unexpected<Error> TokenCursor::unexpected_end(std::string_view expected) {
  auto failure = fail_at(peek(), ErrorCode::UnexpectedEnd,
                         fmt::format("unexpected end of text, expected {}", expected));
  // The innermost parenthesis that is still open is where to look.
  size_t closed = 0;
  for (size_t i = pos_; i-- > 0;) {
    const Token& token = tokens_[i];
    if (token.kind == TokenKind::RightParen) {
      ++closed;
    } else if (token.kind == TokenKind::LeftParen || token.kind == TokenKind::Annotation) {
      if (closed == 0) {
        add_note(token, "this parenthesis is never closed");
        break;
      }
      --closed;
    }
  }
  return failure;
}

std::unexpected<Error> TokenCursor::out_of_range(const Token& token, std::string_view what) {
  return fail_at(token, ErrorCode::ConstantOutOfRange,
                 fmt::format("constant out of range: {} does not fit {}", describe(token), what));
}

void TokenCursor::add_note(const Token& at, std::string text) {
  diagnostic_.note = {at.begin, at.length(), std::move(text)};
}

}  // namespace skerry::text
