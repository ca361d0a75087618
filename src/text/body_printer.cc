// Layout of instructions.
#include "text/body_printer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace skerry::text {
namespace {

// Deeper code is not indented further, or the text would grow with the square of the depth.
constexpr unsigned kMaxIndent = 40;
// A folded instruction of up to this width stands on one line.
constexpr uint32_t kInlineWidth = 64;
constexpr uint32_t kWidthCap = 10'000;

}  // namespace

void BodyPrinter::newline(unsigned indent) {
  out_.push_back('\n');
  out_.append(2 * std::min(indent, kMaxIndent), ' ');
}

void BodyPrinter::offset_comment(uint64_t offset) {
  if (options_.offsets) out_ += fmt::format("(;@{:<5x};) ", offset);
}

Result<void> BodyPrinter::print_func(CheckedFunctionReader& reader, unsigned indent,
                                     uint32_t result_count) {
  if (!options_.fold)
    return walk(reader, [&](uint64_t offset, unsigned depth) {
      newline(indent + depth);
      offset_comment(offset);
    });
  print_chain(TRY(build(reader, result_count)), indent, false);
  return {};
}

Result<unsigned> BodyPrinter::print_const(const ConstExpr& expr) {
  CheckedFunctionReader reader(expr.code, expr.offset, Features::all());
  instrs_.begin_const();
  const uint32_t first = TRY(build(reader, 1));
  print_chain(first, 0, true);
  unsigned count = 0;
  for (uint32_t node = first; node != kNone; node = nodes_[node].next) ++count;
  return count;
}

// One instruction a line
// ---------------------------------------------------------------------------

Result<std::vector<InstrLine>> BodyPrinter::list_func(CheckedFunctionReader& reader) {
  std::vector<InstrLine> lines;
  const auto end_line = [&] {
    if (!lines.empty()) lines.back().text = std::exchange(out_, {});
  };
  out_.clear();
  TRY(walk(reader, [&](uint64_t offset, unsigned depth) {
    end_line();
    lines.push_back({offset, depth, {}});
  }));
  end_line();
  lines.push_back({reader.offset() - 1, 0, std::string(info(Op::End).text)});
  return lines;
}

template <class BeginLine>
Result<void> BodyPrinter::walk(CheckedFunctionReader& reader, const BeginLine& begin_line) {
  // Of each open block whether `else` may follow.
  std::vector<bool> takes_else;
  Instr instr;
  for (;;) {
    if (!reader.next(instr)) return std::unexpected(reader.error());
    const bool is_end = instr.shape == Shape::End;
    const bool is_else = instr.shape == Shape::Else;
    if (is_end && takes_else.empty()) break;
    if (is_else && (takes_else.empty() || !takes_else.back()))
      return fail(ErrorCode::EndExpected, reader.offset_of(instr.begin));
    begin_line(reader.offset_of(instr.begin),
               static_cast<unsigned>(takes_else.size()) - (is_end || is_else ? 1 : 0));
    if (is_else) takes_else.back() = false;
    if (is_end) {
      instrs_.close_label();
      takes_else.pop_back();
    }
    instrs_.append(out_, reader, instr);
    if (opens_block(instr.shape)) takes_else.push_back(instr.shape == Shape::If);
  }
  if (!reader.at_end()) return fail(ErrorCode::EndExpected, reader.offset());
  return {};
}

// Folded: build
// ------------------------------------------------------------------------------------

Result<uint32_t> BodyPrinter::build(CheckedFunctionReader& reader, uint32_t result_count) {
  text_.clear();
  nodes_.clear();
  items_.clear();
  frames_.assign(1, {kNone, 0, {0, result_count}});
  branch_operands_.assign(1, result_count);
  Instr instr;
  while (!frames_.empty()) {
    if (!reader.next(instr)) return std::unexpected(reader.error());
    TRY(build_step(reader, instr));
  }
  if (!reader.at_end()) return fail(ErrorCode::EndExpected, reader.offset());
  return link_items(0);
}

Result<void> BodyPrinter::build_step(CheckedFunctionReader& reader, const Instr& instr) {
  if (opens_block(instr.shape))
    build_block(reader, instr);
  else if (instr.shape == Shape::Else)
    return build_else(reader, instr);
  else if (instr.shape == Shape::End)
    build_end();
  else
    build_plain(reader, instr);
  return {};
}

uint32_t BodyPrinter::add_node(CheckedFunctionReader& reader, const Instr& instr) {
  Node node;
  node.offset = reader.offset_of(instr.begin);
  node.text_begin = text_.size();
  instrs_.append(text_, reader, instr);
  node.text_end = text_.size();
  node.width =
      static_cast<uint32_t>(std::min<size_t>(node.text_end - node.text_begin + 2, kWidthCap));
  nodes_.push_back(node);
  return static_cast<uint32_t>(nodes_.size() - 1);
}

bool BodyPrinter::take_operands(uint32_t node, uint32_t count) {
  const size_t available = items_.size() - frames_.back().first_item;
  if (count == 0 || count > available) return false;
  const size_t first = items_.size() - count;
  for (size_t i = first; i < items_.size(); ++i)
    if (items_[i].results != 1) return false;
  uint32_t width = nodes_[node].width;
  for (size_t i = first; i < items_.size(); ++i)
    width = std::min(kWidthCap, width + nodes_[items_[i].node].width + 1);
  nodes_[node].operands = link_items(first);
  nodes_[node].width = width;
  return true;
}

// Takes the items away and returns them as a chain.
uint32_t BodyPrinter::link_items(size_t first) {
  uint32_t next = kNone;
  for (size_t i = items_.size(); i-- > first;) {
    nodes_[items_[i].node].next = next;
    next = items_[i].node;
  }
  items_.resize(first);
  return next;
}

void BodyPrinter::build_plain(CheckedFunctionReader& reader, const Instr& instr) {
  const uint32_t node = add_node(reader, instr);
  const Arity arity = arity_of(instrs_.module(), instr, branch_operands_);
  take_operands(node, arity.operands);
  items_.push_back({node, arity.results});
}

void BodyPrinter::build_block(CheckedFunctionReader& reader, const Instr& instr) {
  const uint32_t node = add_node(reader, instr);
  nodes_[node].is_block = true;
  nodes_[node].is_if = instr.shape == Shape::If;
  if (nodes_[node].is_if) take_operands(node, 1);
  nodes_[node].width = kWidthCap;
  const Arity arity = block_arity(instrs_.module(), instr.block);
  frames_.push_back({node, items_.size(), arity});
  branch_operands_.push_back(instr.shape == Shape::Loop ? arity.operands : arity.results);
}

Result<void> BodyPrinter::build_else(CheckedFunctionReader& reader, const Instr& instr) {
  const Frame& frame = frames_.back();
  if (frame.node == kNone || !nodes_[frame.node].is_if || nodes_[frame.node].has_else)
    return fail(ErrorCode::EndExpected, reader.offset_of(instr.begin));
  nodes_[frame.node].body = link_items(frame.first_item);
  nodes_[frame.node].has_else = true;
  return {};
}

void BodyPrinter::build_end() {
  const Frame frame = frames_.back();
  frames_.pop_back();
  branch_operands_.pop_back();
  if (frame.node == kNone) return;
  instrs_.close_label();
  const uint32_t content = link_items(frame.first_item);
  Node& node = nodes_[frame.node];
  (node.has_else ? node.else_body : node.body) = content;
  items_.push_back({frame.node, frame.arity.results});
}

// Folded: write
// ------------------------------------------------------------------------------------

void BodyPrinter::print_chain(uint32_t first, unsigned indent, bool is_inline) {
  std::vector<Action> actions{{Action::Chain, is_inline, first, indent}};
  while (!actions.empty()) {
    const Action action = actions.back();
    actions.pop_back();
    switch (action.kind) {
      case Action::Chain:
        if (action.node != kNone) print_node(actions, action);
        break;
      case Action::Close: out_.push_back(')'); break;
      case Action::Then:
      case Action::Else:
        if (action.is_inline)
          out_.push_back(' ');
        else
          newline(action.indent);
        out_ += action.kind == Action::Then ? "(then" : "(else";
        break;
    }
  }
}

void BodyPrinter::print_node(std::vector<Action>& actions, const Action& action) {
  const Node& node = nodes_[action.node];
  // What follows is written later, so it is pushed first.
  actions.push_back({Action::Chain, action.is_inline, node.next, action.indent});
  if (action.is_inline) {
    out_.push_back(' ');
  } else {
    newline(action.indent);
    offset_comment(node.offset);
  }
  out_.push_back('(');
  out_.append(text_, node.text_begin, node.text_end - node.text_begin);

  const bool is_inline = action.is_inline || node.width <= kInlineWidth;
  const auto push = [&](Action::Kind kind, uint32_t first, unsigned deeper) {
    actions.push_back({kind, is_inline, first, action.indent + deeper});
  };
  push(Action::Close, kNone, 0);
  if (!node.is_if) {
    push(Action::Chain, node.is_block ? node.body : node.operands, 1);
    return;
  }
  if (node.has_else) {
    push(Action::Close, kNone, 0);
    push(Action::Chain, node.else_body, 2);
    push(Action::Else, kNone, 1);
  }
  push(Action::Close, kNone, 0);
  push(Action::Chain, node.body, 2);
  push(Action::Then, kNone, 1);
  push(Action::Chain, node.operands, 1);
}

}  // namespace skerry::text
