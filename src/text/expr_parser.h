// ExprParser: instructions, flat and folded, -> bytes of the binary format. One instance serves all
// expressions of a module and keeps its buffers.
// Folded instructions are written behind their operands: an explicit stack holds what is open, so
// that nesting depth costs memory, not native stack.
// Invariant: between expressions frames_, pending_ and labels_ are empty.
#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "binary/function_writer.h"
#include "text/id_space.h"
#include "text/parse.h"

namespace skerry::text {

class ModuleParser;
struct Binding;

class ExprParser {
 public:
  explicit ExprParser(ModuleParser& module) : module_(module) {}

  // Starts an expression. `locals` (null outside functions) must outlive it; `code_offset` is the
  // place of the expression's first byte in the virtual code, for the source map (which may be
  // null).
  void begin(const IdSpace* locals, SourceMap* source_map, uint64_t code_offset);
  std::vector<uint8_t>& code() { return code_; }
  NameMap& label_names() { return label_names_; }

  // Instructions up to the `)` that closes the surrounding group, which stays.
  Result<void> parse_sequence();
  // Exactly one folded instruction.
  Result<void> parse_folded();
  // The final `end`.
  void finish() { code_.push_back(0x0b); }

 private:
  enum class FrameKind : uint8_t {
    Operands,    // (op ...: operands, until `)`
    Group,       // (block ...: instructions, until `)`
    IfOperands,  // (if ...: condition, until `(then`
    Then,        // (then ...: instructions, until `)`
    AfterThen,   // behind `(then ...)`: `(else` or `)`
    Else,        // (else ...: instructions, until `)`
    AfterElse,   // behind `(else ...)`: `)`
    Block,       // block ...: instructions, until `end`
    If,          // if ...: instructions, until `else` or `end`
    FlatElse,    // else ...: instructions, until `end`
  };
  struct Frame {
    FrameKind kind;
    Token token;         // the opening word
    size_t pending = 0;  // Operands, IfOperands: where the instruction begins in pending_
  };
  struct Label {
    std::optional<std::string_view> id;
    std::optional<std::string_view> name;  // for the name section
  };

  Result<void> step();
  bool takes_plain() const;
  Result<void> parse_plain_word();
  Result<void> parse_open();
  Result<void> parse_close();
  Result<void> open_then();
  Result<void> open_else();
  Result<void> parse_end();
  Result<void> parse_else();
  Result<void> open_plain(Op op, const Token& token);
  Result<void> open_group(Op op, const Token& token);
  void append_pending();
  std::unexpected<Error> unexpected_here();

  // Instructions: the opcode's word is consumed, its encoding goes to *sink_.
  Result<void> parse_instr(Op op, const Token& token);
  // Label, block type and catch clauses; the label is not yet in scope.
  Result<Label> parse_block_head(Op op, const Token& token);
  Result<BlockType> parse_block_type();
  Result<void> parse_catches();
  Result<void> parse_select(const Token& token);
  Result<void> parse_ref_test_or_cast(Op op);
  Result<void> parse_br_on_cast();
  Result<void> parse_immediates(Op op);
  Result<void> parse_label_table();
  Result<void> parse_type_table();
  Result<void> parse_two_or_none(Space space);
  Result<void> parse_segment_and(Space segment, Space target);
  Result<void> parse_type_and(Imm imm);
  Result<void> parse_mem_arg(const OpInfo& row);
  Result<std::string_view> parse_assigned();
  Result<uint64_t> parse_mem_offset();
  Result<uint32_t> parse_align();
  Result<void> parse_lane();
  Result<void> parse_shuffle_lanes();
  Result<void> parse_v128();
  std::unexpected<Error> wrong_lane_count(std::string_view what, unsigned wanted, unsigned found);
  Result<void> parse_number(Imm imm);
  Result<uint32_t> parse_label();
  Result<uint32_t> parse_local();
  Result<uint32_t> parse_optional(Space space);

  void push_label(const Label& label);
  void pop_label();
  // `end $id` and `else $id` repeat the block's label, if they have one.
  Result<void> check_repeated_label();
  FunctionWriter writer() { return FunctionWriter(*sink_); }
  void record(uint32_t text_offset);
  void note_data_use();

  ModuleParser& module_;
  const IdSpace* locals_ = nullptr;
  SourceMap* source_map_ = nullptr;
  uint64_t code_offset_ = 0;

  std::vector<uint8_t> code_;
  std::vector<uint8_t> pending_;  // opcodes and immediates of open folded instructions
  std::vector<uint8_t>* sink_ = &code_;
  std::vector<Frame> frames_;
  std::vector<Label> if_labels_;  // of folded `if`s, which come into scope at `(then`
  std::vector<Label> labels_;     // innermost last
  std::unordered_map<std::string_view, std::vector<uint32_t>> label_levels_;
  uint32_t label_count_ = 0;  // blocks of this function so far
  NameMap label_names_;
};

}  // namespace skerry::text
