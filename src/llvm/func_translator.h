// FuncTranslator: the body of one func as LLVM IR. One forward walk; locals are allocas that the
// pipeline turns into registers, operands are IR values on a compile-time stack, and a label with
// values is a block with phis. Not here: optimising, or anything about machine code.
// Invariant: the IR refers to nothing but its parameters: no globals, no external functions besides
// intrinsics that become instructions. Every instruction has a debug location whose line is the
// module offset of the Wasm instruction it came from.
//
// Parts of the class are in several files, by shape: control.cc, calls.cc, memory.cc,
// bulk_memory.cc, references.cc, numeric.cc and, for vectors only, simd.cc; inlining.cc puts
// callees in, byte_routines.cc hurries past bytes; loop_entry.cc enters a func at a loop,
// resumption.cc leaves it at once if it is not called afresh.
#pragma once

#include <llvm/IR/DIBuilder.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <optional>
#include <span>
#include <vector>

#include "binary/dispatch_loop.h"
#include "binary/function_reader.h"
#include "code/code.h"
#include "code/context.h"
#include "llvm/fixed_tables.h"
#include "llvm/operations.h"
#include "wasm/module.h"

namespace skerry::llvm_tier {

class FuncTranslator {
 public:
  FuncTranslator(llvm::Module& out, const ValidatedModule& module, const FixedTables& tables,
                 const ContextLayout& layout, uint32_t func, const CodeOptions& options,
                 const LoopEntry* loop = nullptr);

  // Adds the func to the LLVM module, or the rest of it from the loop on. UnsupportedInstruction: a
  // = the row of an opcode that this tier leaves to others; or nothing leads to the loop.
  Result<llvm::Function*> translate();
  // Defined funcs that the func calls directly, in ascending order.
  std::vector<uint32_t> take_callees();
  // Whether there is a use for Compiler::compile_resumption().
  bool passes_on() const { return passes_on_; }
  uint64_t loop_count() const { return loop_count_; }

 private:
  using Value = llvm::Value*;

  // What a piece of memory belongs to; different ones never overlap.
  enum class Region : uint8_t { Guest, Context, Buffer };

  struct Control {
    enum Kind : uint8_t { Func, Block, Loop, If, Else };
    Kind kind = Block;
    uint32_t height = 0;  // operands below its parameters
    llvm::BasicBlock* label = nullptr;
    llvm::BasicBlock* else_label = nullptr;
    std::vector<ValType> params, results;
    std::vector<llvm::PHINode*> phis;  // of the label
    std::vector<Value> else_operands;  // an If's parameters
    uint32_t dispatch = UINT32_MAX;    // a dispatch loop: its number
    uint32_t owner = UINT32_MAX;       // a dispatch loop's own block: which loop
    const std::vector<ValType>& label_types() const { return kind == Loop ? params : results; }
  };

  struct Dispatch {
    DispatchLoop loop;
    std::vector<llvm::BasicBlock*> labels;  // of its blocks, outermost first
    llvm::BasicBlock* head = nullptr;       // ends with the br_table's switch, if it is reached
  };

  // inlining.cc: `func` in place of a call in `caller`, which outlives this.
  FuncTranslator(FuncTranslator& caller, uint32_t func);
  bool inline_call(uint32_t func);
  bool translate_in_place(std::span<const Value> args);

  // func_translator.cc: the func as a whole, and small tools.
  void declare();
  llvm::DISubprogram* declare_scope(llvm::DIBuilder& debug, llvm::DIFile* file) const;
  std::vector<ValType> read_locals();
  llvm::AllocaInst* entry_alloca(llvm::Type* type);
  Value local_value(uint32_t local) {
    return ir_.CreateLoad(locals_[local]->getAllocatedType(), locals_[local]);
  }
  Result<void> walk();
  // Where code that is made now came from.
  llvm::DILocation* place(unsigned module_offset) const {
    return llvm::DILocation::get(context_, module_offset, 0, scope_, inlined_at_);
  }
  void declare_locals();
  bool instruction(const Instr& instr);
  bool operation(const Instr& instr);
  void constant(const Instr& instr);
  void variable(const Instr& instr);
  void select();
  Value zero_of(ValType type) const;
  llvm::Type* type_of(ValType type) const;
  Value pop() {
    const Value value = stack_.back();
    stack_.pop_back();
    return value;
  }
  void push(Value value) { stack_.push_back(value); }
  Value constant32(uint64_t value) const {
    return llvm::ConstantInt::get(i32_, static_cast<uint32_t>(value));
  }
  Value constant64(uint64_t value) const { return llvm::ConstantInt::get(i64_, value); }
  Value intrinsic(llvm::Intrinsic::ID id, llvm::ArrayRef<llvm::Type*> types,
                  llvm::ArrayRef<Value> args) {
    return ir_.CreateIntrinsic(id, types, args);
  }
  Value offset_pointer(Value base, uint64_t offset) {
    return ir_.CreateConstGEP1_64(ir_.getInt8Ty(), base, offset);
  }
  Value load(llvm::Type* type, Value pointer, Region region, unsigned align = 8);
  void store(Value value, Value pointer, Region region, unsigned align = 8);
  // A word of the context that never changes while an instance lives.
  Value load_fixed(llvm::Type* type, uint64_t context_offset, unsigned align = 8);
  void mark(llvm::Instruction* access, Region region);
  void mark_invariant(Value load);
  Value stack_pointer();

  // byte_routines.cc
  void pass_over_bytes();
  Value stops(bool at_match, unsigned width, Value at);
  Value byte_address(uint32_t local);

  // resumption.cc
  std::optional<uint32_t> find_resume_param() const;
  void pass_on_resumption(uint32_t param);

  // loop_entry.cc
  Value frame_value(llvm::Type* type, uint32_t offset);
  void take_locals_from_frame(std::span<const ValType> types);
  void enter_from_frame();
  void drop_dispatch();
  void begin_at_loop();

  // control.cc
  void open_block(const Instr& instr);
  void open_loop(const Instr& instr);
  void open_if(const Instr& instr);
  void take_else();
  void close();
  void branch(uint32_t depth);
  void branch_if(uint32_t depth);
  void branch_table(const Instr& instr);
  void branch_on_null(const Instr& instr);
  bool const_jump(const Instr& instr);
  void skip_unreachable();
  void set_signature(Control& control, const BlockType& type) const;
  void make_label(Control& control);
  void bind(llvm::BasicBlock* block);
  void start_after(const Control& control);
  void pass_values(Control& target);
  void return_values();
  void jump_to(Control& target);
  void start_unreachable() { is_unreachable_ = true; }
  Control& control_at(uint32_t depth) { return controls_[controls_.size() - 1 - depth]; }
  llvm::BasicBlock* new_block() { return llvm::BasicBlock::Create(context_); }
  void trap(TrapCode code);
  void trap_if(Value condition, TrapCode code);
  void branch_rarely(Value condition, llvm::BasicBlock* rare, llvm::BasicBlock* usual);
  void charge_fuel();

  // calls.cc
  struct Callee {
    Value code = nullptr, context = nullptr, memory = nullptr;
    Value caller = nullptr;  // of calls into another context: this one
  };
  llvm::FunctionType* signature_of(const FuncType& type, bool with_caller) const;
  llvm::AttributeList call_attributes(llvm::FunctionType* type, bool with_caller) const;
  void call_func(const Instr& instr);
  void call_indirect(const Instr& instr);
  void call_ref(const Instr& instr);
  void call_import(uint32_t func, bool is_tail);
  void call_through(Value reference, const FuncType& type, bool is_tail, bool is_near = false);
  Callee enter_context(Value code, Value context);
  std::vector<Value> marshal(const FuncType& type);
  llvm::CallInst* emit_call(const FuncType& type, const Callee& callee, llvm::ArrayRef<Value> args);
  void finish_call(const FuncType& type, Value result, bool is_tail);
  void tail_call(const FuncType& type, const Callee& callee, llvm::ArrayRef<Value> args);
  void check_signature(Value reference, uint32_t type_index);
  Value call_builtin(Builtin which, llvm::Type* result, llvm::ArrayRef<Value> args);
  Value own_memory();
  void after_call();

  // memory.cc
  void load_memory(const Instr& instr);
  void store_memory(const Instr& instr);
  void load_lane(const Instr& instr);
  void store_lane(const Instr& instr);
  Value address(Value index, const MemArg& mem, unsigned width_bytes);
  Value memory_base(uint32_t memory);
  Value guest_load(llvm::Type* type, Value pointer);
  void guest_store(Value value, Value pointer);
  Value widened_load(const Instr& instr, Value pointer);
  void memory_size(const Instr& instr);
  void memory_grow(const Instr& instr);
  void bulk(const Instr& instr);
  bool memory_is_64(uint32_t memory) const { return module_.memories[memory].limits.is_64; }

  // bulk_memory.cc
  using PieceMover = llvm::function_ref<void(unsigned width, llvm::ArrayRef<Value> offsets)>;
  void memory_copy(const Instr& instr);
  void memory_fill(const Instr& instr);
  void by_length(Value length, PieceMover move);
  void short_or_call(Value is_short, llvm::function_ref<void()> in_place,
                     llvm::function_ref<void()> call);
  bool may_be_short(Value length) const;
  Value is_short(Value length);
  Value is_inside(uint32_t memory, Value index, Value length);
  llvm::Type* piece_type(unsigned width) const;

  // references.cc
  void global(const Instr& instr);
  void table_access(const Instr& instr);
  void table_size(const Instr& instr);
  void table_grow(const Instr& instr);
  void reference(const Instr& instr);
  bool cast(const Instr& instr);
  bool is_func_type(HeapType heap) const;
  Value is_of_type(Value word, HeapType heap, bool is_nullable);
  Value table_element(uint32_t table, Value index, TrapCode trap);

  // numeric.cc, simd.cc
  bool numeric(const Instr& instr);
  Value unary(Operation operation, const Lanes& lanes, Value a);
  Value binary(Operation operation, const Lanes& lanes, Value a, Value b);
  Value int_binary(Operation operation, const Lanes& lanes, Value a, Value b);
  Value float_binary(Operation operation, const Lanes& lanes, Value a, Value b);
  Value compare(Operation operation, const Lanes& lanes, Value a, Value b);
  Value divide(Operation operation, Value a, Value b);
  Value conversion(Operation operation, const Lanes& lanes, Value a);
  Value checked_truncation(Operation operation, llvm::Type* to, Value a);
  Value float_min_max(Operation operation, Value a, Value b);
  Value quieted(Value a);
  Value vector_unary(Operation operation, const Lanes& lanes, Value a);
  Value vector_binary(Operation operation, const Lanes& lanes, Value a, Value b);
  Value widened(Operation operation, const Lanes& lanes, Value a);
  Value widened_half(Value vector, const Lanes& lanes, bool high, bool is_signed);
  bool vector_instruction(const Instr& instr);
  Value as_lanes(Value vector, const Lanes& lanes);
  Value as_v128(Value vector) { return ir_.CreateBitCast(vector, v128_); }
  Value shift_count(Value count, const Lanes& lanes);
  Value half(Value vector, bool high);
  Value every_other(Value vector, bool odd);
  Value splat(Value scalar, const Lanes& lanes);
  llvm::Type* lane_type(const Lanes& lanes) const;
  llvm::Type* value_type(const Lanes& lanes) const;

  llvm::LLVMContext& context_;
  llvm::Module& out_;
  const ValidatedModule& validated_;
  const FixedTables& tables_;
  const Module& module_;
  const ContextLayout& layout_;
  const uint32_t func_index_;
  const CodeOptions options_;
  const LoopEntry* const loop_;  // null: the whole func
  const FuncBody& body_;
  const FuncType& type_;
  FunctionReader reader_;
  llvm::IRBuilder<> ir_;
  llvm::Type *i32_, *i64_, *f32_, *f64_, *pointer_;
  llvm::VectorType* v128_;

  llvm::Function* func_ = nullptr;
  llvm::DISubprogram* scope_ = nullptr;
  FuncTranslator* caller_ = nullptr;  // whose call the body stands for; null: it is the func's own
  llvm::DILocation* inlined_at_ = nullptr;
  uint64_t inlined_bytes_ = 0;
  std::optional<Error> callee_failure_;  // of one that was begun in place: there is no way back
  Value own_context_ = nullptr;
  Value memory_parameter_ = nullptr;
  // Memory 0 may move: its base is a variable, loaded anew after calls.
  const bool memory_may_move_;
  llvm::AllocaInst* base_variable_ = nullptr;
  std::vector<llvm::AllocaInst*> locals_;
  std::vector<Value> stack_;
  std::vector<Control> controls_;
  std::vector<Dispatch> dispatches_;
  uint32_t open_dispatch_ = UINT32_MAX;  // whose blocks are being opened
  uint32_t active_dispatches_ = 0;
  std::vector<uint32_t> callees_;
  bool passes_on_ = false;
  uint64_t loop_count_ = 0;
  llvm::MDNode* region_scopes_[3] = {};
  llvm::MDNode* region_others_[3] = {};
  llvm::MDNode* rarely_ = nullptr;
  uint64_t fuel_pending_ = 0;
  bool is_unreachable_ = false;
  llvm::BranchInst* loop_jump_ = nullptr;      // from the func's first block to where it begins
  llvm::BasicBlock* entered_block_ = nullptr;  // where the loop is entered
  std::vector<std::pair<Value, Value>> from_frame_;  // an operand, and what the frame holds of it
  std::optional<uint32_t> resume_param_;
  bool has_tail_call_ = false, has_moved_base_ = false;
};

}  // namespace skerry::llvm_tier
