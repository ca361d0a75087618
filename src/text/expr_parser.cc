// The structure of expressions: folded and flat instructions, blocks, labels. Immediates are in
// expr_immediates.cc.
// Source: WebAssembly 3.0, text format, "Instructions".
#include "text/expr_parser.h"

#include <cassert>

#include <fmt/format.h>

#include "text/module_parser.h"

namespace skerry::text {
namespace {

constexpr uint8_t kElse = 0x05;
constexpr uint8_t kEnd = 0x0b;

}  // namespace

void ExprParser::begin(const IdSpace* locals, SourceMap* source_map, uint64_t code_offset) {
  locals_ = locals;
  source_map_ = source_map;
  code_offset_ = code_offset;
  code_.clear();
  label_count_ = 0;
  label_names_.clear();
  assert(frames_.empty() && labels_.empty() && pending_.empty() && if_labels_.empty());
}

Result<void> ExprParser::parse_sequence() {
  while (!frames_.empty() || !module_.at(TokenKind::RightParen)) TRY(step());
  return {};
}

Result<void> ExprParser::parse_folded() {
  if (!module_.at(TokenKind::LeftParen)) return module_.unexpected("`(` and an instruction");
  do TRY(step());
  while (!frames_.empty());
  return {};
}

Result<void> ExprParser::step() {
  switch (module_.peek().kind) {
    case TokenKind::LeftParen: return parse_open();
    case TokenKind::RightParen: return parse_close();
    case TokenKind::Word: return parse_plain_word();
    default: return unexpected_here();
  }
}

// The next token does not fit what is open.
std::unexpected<Error> ExprParser::unexpected_here() {
  if (frames_.empty()) return module_.unexpected_instr("an instruction or `)`");
  const Frame& frame = frames_.back();
  const std::string_view word = module_.text(frame.token);
  const auto failure = [&] {
    switch (frame.kind) {
      case FrameKind::Operands:
        return module_.unexpected_instr(
            fmt::format("`)` or `(`: the operands of a folded `{}` are folded too", word));
      case FrameKind::IfOperands: return module_.unexpected_instr("`(then`");
      case FrameKind::AfterThen: return module_.unexpected_instr("`(else` or `)`");
      case FrameKind::AfterElse: return module_.unexpected_instr("`)`");
      case FrameKind::Block:
      case FrameKind::FlatElse: return module_.unexpected_instr("an instruction or `end`");
      case FrameKind::If: return module_.unexpected_instr("an instruction, `else` or `end`");
      default: return module_.unexpected_instr("an instruction or `)`");
    }
  }();
  // What is open may be far above.
  if (module_.diagnostic().note.position == kNoPosition)
    module_.add_note(frame.token, fmt::format("inside this `{}`", word));
  return failure;
}

bool ExprParser::takes_plain() const {
  if (frames_.empty()) return true;
  switch (frames_.back().kind) {
    case FrameKind::Operands:
    case FrameKind::IfOperands:
    case FrameKind::AfterThen:
    case FrameKind::AfterElse: return false;
    default: return true;
  }
}

Result<void> ExprParser::parse_plain_word() {
  const Token token = module_.peek();
  if (!takes_plain() || !token.word.is_op()) return unexpected_here();
  const Op op = token.word.op();
  const Shape shape = info(op).shape;
  if (shape == Shape::End) return parse_end();
  if (shape == Shape::Else) return parse_else();
  module_.take();
  sink_ = &code_;
  record(token.begin);
  if (!opens_block(shape)) return parse_instr(op, token);
  push_label(TRY(parse_block_head(op, token)));
  frames_.push_back({shape == Shape::If ? FrameKind::If : FrameKind::Block, token});
  return {};
}

Result<void> ExprParser::parse_open() {
  if (!frames_.empty()) {
    const Token& word = module_.peek(1);
    switch (frames_.back().kind) {
      case FrameKind::IfOperands:
        if (word.is(Keyword::Then)) return open_then();
        break;
      case FrameKind::AfterThen:
        if (word.is(Word(Op::Else))) return open_else();
        return unexpected_here();
      case FrameKind::AfterElse: return unexpected_here();
      default: break;
    }
  }
  module_.take();
  const Token token = module_.peek();
  if (token.kind != TokenKind::Word || !token.word.is_op() || token.word.op() == Op::End ||
      token.word.op() == Op::Else) {
    if (module_.at(Keyword::Param) || module_.at(Keyword::Result) || module_.at(Keyword::Local))
      return module_.unexpected(
          "an instruction: `param`, `result` and `local` stand first, in this order");
    return module_.unexpected_instr("an instruction");
  }
  module_.take();
  const Op op = token.word.op();
  return opens_block(info(op).shape) ? open_group(op, token) : open_plain(op, token);
}

Result<void> ExprParser::open_plain(Op op, const Token& token) {
  frames_.push_back({FrameKind::Operands, token, pending_.size()});
  sink_ = &pending_;
  return parse_instr(op, token);
}

Result<void> ExprParser::open_group(Op op, const Token& token) {
  if (op == Op::If) {
    frames_.push_back({FrameKind::IfOperands, token, pending_.size()});
    sink_ = &pending_;
    if_labels_.push_back(TRY(parse_block_head(op, token)));
    return {};
  }
  sink_ = &code_;
  record(token.begin);
  push_label(TRY(parse_block_head(op, token)));
  frames_.push_back({FrameKind::Group, token});
  return {};
}

// The innermost pending instruction's operands are complete.
void ExprParser::append_pending() {
  const size_t begin = frames_.back().pending;
  record(frames_.back().token.begin);
  code_.insert(code_.end(), pending_.begin() + static_cast<ptrdiff_t>(begin), pending_.end());
  pending_.resize(begin);
}

Result<void> ExprParser::open_then() {
  module_.take();
  module_.take();
  append_pending();
  push_label(if_labels_.back());
  if_labels_.pop_back();
  frames_.back().kind = FrameKind::Then;
  return {};
}

Result<void> ExprParser::open_else() {
  module_.take();
  module_.take();
  code_.push_back(kElse);
  frames_.back().kind = FrameKind::Else;
  return {};
}

Result<void> ExprParser::parse_close() {
  assert(!frames_.empty());
  Frame& frame = frames_.back();
  switch (frame.kind) {
    case FrameKind::Operands:
      append_pending();
      frames_.pop_back();
      break;
    case FrameKind::Then: frame.kind = FrameKind::AfterThen; break;
    case FrameKind::Else: frame.kind = FrameKind::AfterElse; break;
    case FrameKind::Group:
    case FrameKind::AfterThen:
    case FrameKind::AfterElse:
      code_.push_back(kEnd);
      pop_label();
      frames_.pop_back();
      break;
    case FrameKind::IfOperands:
    case FrameKind::Block:
    case FrameKind::If:
    case FrameKind::FlatElse: return unexpected_here();
  }
  module_.take();
  return {};
}

Result<void> ExprParser::parse_end() {
  const bool fits = !frames_.empty() && (frames_.back().kind == FrameKind::Block ||
                                         frames_.back().kind == FrameKind::If ||
                                         frames_.back().kind == FrameKind::FlatElse);
  if (!fits) return unexpected_here();
  record(module_.take().begin);
  TRY(check_repeated_label());
  code_.push_back(kEnd);
  pop_label();
  frames_.pop_back();
  return {};
}

Result<void> ExprParser::parse_else() {
  if (frames_.empty() || frames_.back().kind != FrameKind::If) return unexpected_here();
  record(module_.take().begin);
  TRY(check_repeated_label());
  code_.push_back(kElse);
  frames_.back().kind = FrameKind::FlatElse;
  return {};
}

Result<void> ExprParser::check_repeated_label() {
  if (!module_.at(TokenKind::Id)) return {};
  const Token token = module_.take();
  if (labels_.back().id == module_.id_name(token)) return {};
  auto failure = module_.fail_at(
      token, ErrorCode::MismatchingLabel,
      fmt::format("mismatching label: `{}` is not the label of this block", module_.text(token)));
  module_.add_note(frames_.back().token, "the block begins here");
  return failure;
}

void ExprParser::push_label(const Label& label) {
  if (label.id) label_levels_[*label.id].push_back(static_cast<uint32_t>(labels_.size()));
  if (label.name) label_names_.push_back({label_count_, *label.name});
  labels_.push_back(label);
  ++label_count_;
}

void ExprParser::pop_label() {
  if (labels_.back().id) label_levels_[*labels_.back().id].pop_back();
  labels_.pop_back();
}

void ExprParser::record(uint32_t text_offset) {
  if (source_map_) source_map_->add(code_offset_ + code_.size(), text_offset);
}

}  // namespace skerry::text
