// BodyPrinter: the instructions of a body or constant expression, one a line or folded.
// Folding is a matter of looks: any instruction may stand before another instead of inside it.
// Invariant: work and native stack do not grow with nesting depth beyond the text itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "text/arity.h"
#include "text/instr_printer.h"
#include "text/print.h"

namespace skerry::text {

class BodyPrinter {
 public:
  BodyPrinter(InstrPrinter& instrs, const PrintOptions& options, std::string& out)
      : instrs_(instrs), options_(options), out_(out) {}

  // The instructions behind the local declarations, up to the final `end`, each line indented by at
  // least `indent`. `result_count` is what `return` takes.
  Result<void> print_func(CheckedFunctionReader& reader, unsigned indent, uint32_t result_count);
  // The same as a list, whatever the options, with the final `end`.
  Result<std::vector<InstrLine>> list_func(CheckedFunctionReader& reader);
  // On one line, folded: " (i32.const 1)". Says how many folded instructions there are side by
  // side.
  Result<unsigned> print_const(const ConstExpr& expr);

  void newline(unsigned indent);

 private:
  static constexpr uint32_t kNone = 0xffffffff;

  // A folded instruction. Lists of nodes are chains by `next`.
  struct Node {
    uint64_t offset = 0;
    size_t text_begin = 0;  // in text_
    size_t text_end = 0;
    uint32_t next = kNone;
    uint32_t operands = kNone;
    uint32_t body = kNone;
    uint32_t else_body = kNone;
    uint32_t width = 0;  // of the node on one line; capped
    bool is_block = false;
    bool is_if = false;
    bool has_else = false;
  };
  struct Item {
    uint32_t node;
    uint32_t results;
  };
  struct Frame {
    uint32_t node;      // the block; kNone for the body itself
    size_t first_item;  // in items_
    Arity arity;
  };
  // What is still to be written, last first.
  struct Action {
    enum Kind : uint8_t { Chain, Close, Then, Else } kind;
    bool is_inline = false;
    uint32_t node = kNone;
    unsigned indent = 0;
  };

  // Appends the instructions; calls begin_line(offset, depth) before each. Stops at the final
  // `end`.
  template <class BeginLine>
  Result<void> walk(CheckedFunctionReader& reader, const BeginLine& begin_line);
  // Reads to the final `end`; returns the chain of the outermost instructions.
  Result<uint32_t> build(CheckedFunctionReader& reader, uint32_t result_count);
  Result<void> build_step(CheckedFunctionReader& reader, const Instr& instr);
  void build_plain(CheckedFunctionReader& reader, const Instr& instr);
  void build_block(CheckedFunctionReader& reader, const Instr& instr);
  Result<void> build_else(CheckedFunctionReader& reader, const Instr& instr);
  void build_end();
  uint32_t add_node(CheckedFunctionReader& reader, const Instr& instr);
  // The last `count` items as operands of a node; false if they are not one value each.
  bool take_operands(uint32_t node, uint32_t count);
  uint32_t link_items(size_t first);
  void print_chain(uint32_t first, unsigned indent, bool is_inline);
  void print_node(std::vector<Action>& actions, const Action& action);
  void offset_comment(uint64_t offset);

  InstrPrinter& instrs_;
  const PrintOptions& options_;
  std::string& out_;

  std::string text_;
  std::vector<Node> nodes_;
  std::vector<Item> items_;
  std::vector<Frame> frames_;
  std::vector<uint32_t> branch_operands_;
};

}  // namespace skerry::text
