// FunctionValidator: the rules for instruction sequences - bodies and constant expressions - by the
// stack-and-frames algorithm of the specification's appendix.
// Hot: start-up of a large program waits for it. Operand types are words in one flat stack, reused
// from body to body; a simple opcode is checked against its row's signature (op_types.h); nothing
// allocates per instruction, and nothing recurses.
// Invariants: base_ is where the innermost frame's operands begin; the stack has room for one
// operand for each byte of the body that is still to be read, so that pushing one needs no check.
// Source: WebAssembly 3.0, "Instructions" and "Validation Algorithm".
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "binary/function_reader.h"
#include "validate/module_context.h"
#include "validate/op_types.h"
#include "wasm/implementation_limits.h"

namespace skerry {

class FunctionValidator {
 public:
  explicit FunctionValidator(const ModuleContext& context);

  // False: error() says why. The object can be used again in either case.
  [[nodiscard]] bool check_body(const FuncBody& body, uint32_t type_index);
  // Constant expressions see the first `visible_globals` globals.
  [[nodiscard]] bool check_expr(const ConstExpr& expr, ValType expected, uint32_t visible_globals);
  const Error& error() const { return error_; }

 private:
  struct Frame {
    const Signature* signature = nullptr;  // null: no parameters, and `result` or none
    ValType result = ValType::Bottom;      // Bottom: none
    uint32_t height = 0;                   // of the operand stack below this frame's operands
    uint32_t set_height = 0;               // of set_locals_
    uint32_t br_table = 0;                 // number of the last br_table that named this frame
    uint16_t label_arity = 0;
    Shape kind = Shape::Block;  // Block, Loop, If, Else, TryTable
    bool unreachable = false;
    // No signature and no result: what Block, Loop and If mostly are.
    bool is_plain() const { return !signature && result == ValType::Bottom; }
  };
  static_assert(kMaxParams <= UINT16_MAX && kMaxResults <= UINT16_MAX);

  bool start(Bytes code, uint64_t offset);
  bool read_locals();
  bool check_is_const(const ConstExpr& expr);
  bool finish(bool ok);

  // The loop. It takes the usual forms of the plain opcodes itself (function_validator_fast.cc),
  // and leaves everything else, errors too, to step(), which knows every opcode.
  struct Cursor;
  bool run();
  bool step();
  [[gnu::always_inline]] bool fast_step(Cursor& at);
  template <Op kOp>
  [[gnu::always_inline]] bool fast(Cursor& at);
  template <Shape kShape>
  [[gnu::always_inline]] bool fast_local(Cursor& at);
  template <Shape kShape>
  [[gnu::always_inline]] bool fast_global(Cursor& at);
  template <Op kOp>
  [[gnu::always_inline]] bool fast_const(Cursor& at);
  template <Op kOp>
  [[gnu::always_inline]] bool fast_access(Cursor& at);
  template <Shape kShape>
  [[gnu::always_inline]] bool fast_br(Cursor& at);
  [[gnu::always_inline]] bool fast_block(Cursor& at, Shape kind);
  [[gnu::always_inline]] bool fast_end(Cursor& at);
  [[gnu::always_inline]] bool fast_call(Cursor& at);
  Cursor load_cursor() const;
  void store_cursor(const Cursor& at);

  template <Imm kImm>
  [[gnu::always_inline]] bool read() {
    return reader_.read<kImm>(instr_);
  }
  bool read_const();

  [[gnu::cold]] bool fail(ErrorCode code, uint64_t a = 0, uint64_t b = 0);
  bool mismatch() { return fail(ErrorCode::TypeMismatch); }
  bool require(bool condition, ErrorCode code, uint64_t a = 0) {
    return condition || fail(code, a);
  }

  // The operand stack.
  void push(ValType type) { *sp_++ = type; }
  size_t height() const { return static_cast<size_t>(sp_ - base_); }
  bool has_on_top(ValType type) const { return sp_ > base_ && sp_[-1] == type; }
  bool pop(ValType expected) {
    if (has_on_top(expected)) [[likely]] {
      --sp_;
      return true;
    }
    return pop_slow(expected);
  }
  bool pop_slow(ValType expected);
  bool pop_any(ValType& actual);
  // A reference; of unreachable code, one to the bottom heap type.
  bool pop_ref(ValType& actual);
  bool pop_all(std::span<const ValType> types);
  bool push_all(std::span<const ValType> types);
  // True if the types are on top of the stack, word for word: the usual case, which changes
  // nothing.
  bool are_on_top(std::span<const ValType> types) const;
  bool matches(ValType actual, ValType expected) const {
    return context_.is_subtype(actual, expected);
  }
  bool ensure_room(size_t extra);
  void grow(size_t capacity);

  // Frames.
  static std::span<const ValType> params_of(const Frame& frame) {
    return frame.signature ? frame.signature->params : std::span<const ValType>();
  }
  static std::span<const ValType> results_of(const Frame& frame) {
    if (frame.signature) return frame.signature->results;
    return {&frame.result, frame.result == ValType::Bottom ? size_t{0} : size_t{1}};
  }
  static std::span<const ValType> label_types(const Frame& frame) {
    return frame.kind == Shape::Loop ? params_of(frame) : results_of(frame);
  }
  bool push_frame(Shape kind);
  bool end_operands(const Frame& frame);
  void unset_locals(const Frame& frame);
  bool end();
  bool else_branch();
  bool set_unreachable();
  Frame* label(uint32_t depth);
  bool check_branch(std::span<const ValType> types);
  bool retype_branch(std::span<const ValType> types);

  // One function for each shape that needs more than its row; imm has been read.
  bool unary();
  bool binary();
  bool apply_signature();
  bool load();
  bool store();
  bool memory_access();
  bool atomic_access();
  bool extract_or_replace_lane();
  bool shuffle();
  bool lane_access();
  bool check_lane(unsigned lanes);
  bool local_get();
  bool local_set();
  bool local_tee();
  void mark_set(uint32_t local);
  bool global_get();
  bool global_set();
  bool drop();
  bool select();
  bool select_typed();
  bool br();
  bool br_if();
  bool br_table();
  bool br_on_null();
  bool br_on_non_null();
  bool br_on_cast();
  bool return_op();
  bool try_table();
  bool check_catch(const CatchClause& clause);
  bool throw_op();
  bool throw_ref();
  bool call();
  bool call_indirect(bool is_tail);
  bool call_ref(bool is_tail);
  bool return_call();
  bool call_signature(const Signature& signature, bool is_tail);

  bool memory_op();
  bool memory_copy();
  bool table_op();
  bool table_copy();
  bool table_init();
  bool elem_drop();
  bool data_index(uint32_t index);
  bool memory_address(uint32_t index, ValType& address);
  bool table_type(uint32_t index, ValType& address, ValType& element);

  bool ref_null();
  bool ref_is_null();
  bool ref_eq();
  bool ref_func();
  bool ref_as_non_null();
  bool ref_test_or_cast();
  bool convert_extern();
  bool i31_op();
  bool struct_op();
  bool struct_new(const DefinedType& type);
  bool array_new_op();
  bool array_op();
  bool array_len();
  bool array_copy();
  bool array_init();
  bool check_heap_type(HeapType type);
  bool check_val_type(ValType type) { return !type.is_ref() || check_heap_type(type.heap()); }
  bool array_data_type(ValType storage);
  const DefinedType* type_of_kind(uint32_t index, CompositeKind kind);

  static ValType ref_to(uint32_t type_index, bool nullable) {
    return ValType::ref(HeapType::concrete(type_index), nullable);
  }

  const ModuleContext& context_;
  const Module& module_;

  CheckedFunctionReader reader_;
  Instr instr_;

  struct Free {
    void operator()(ValType* stack) const;
  };
  std::unique_ptr<ValType[], Free> stack_;
  size_t capacity_ = 0;
  ValType* sp_ = nullptr;
  ValType* base_ = nullptr;

  std::vector<Frame> frames_;
  std::vector<ValType> locals_;
  std::vector<bool> is_unset_;        // by local; empty unless some local has no default
  std::vector<uint32_t> set_locals_;  // locals without default that have been set, oldest first
  uint32_t br_table_number_ = 0;

  // Memory 0, which nearly every access is to.
  uint32_t fast_memories_ = 0;  // 1 if it exists
  ValType memory0_address_;
  uint64_t memory0_offset_limit_ = 0;

  uint32_t visible_globals_ = 0;
  bool is_const_ = false;
  bool has_error_ = false;
  Error error_;
};

}  // namespace skerry
