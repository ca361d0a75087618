// FuncCompiler: one func's body to machine code in a single pass. Operands are kept on a
// compile-time stack as constants, references to locals, registers or frame slots, and reach a
// register only when an instruction needs them. Hot locals live in registers for the whole body
// (pins), the others in the frame, with copies remembered in operand registers along straight-line
// code.
//
// The methods are spread by theme: func_compiler.cc (frame, driver), operands.cc (registers and
// stack), control.cc, branches.cc, counting.cc, calls.cc, casts.cc, memory_ops.cc, int_ops.cc,
// float_ops.cc, conversions.cc, simd_*.cc. Invariants: at every label all operands are in frame
// slots or constant, and every pin is valid; an i32 in a register has a zero upper half unless its
// Value says otherwise.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "baseline/prescan.h"
#include "baseline/x64/assembler.h"
#include "baseline/x64/cpu.h"
#include "baseline/x64/registers.h"
#include "binary/function_reader.h"
#include "code/code.h"

namespace skerry::baseline::x64 {

// An operand during compilation. References are treated as 64-bit integers.
struct Value {
  enum Kind : uint8_t { Const, Local, Reg, Slot };
  Kind kind = Const;
  ValType::Kind type = ValType::I32;
  RegNumber reg = kNoReg;      // Reg
  bool upper_garbage = false;  // Reg holding an i32 that another tier or the host returned
  uint32_t local = 0;          // Local
  uint32_t slot = 0;           // Slot
  uint64_t low = 0;            // Const; an i32 is zero-extended
  uint64_t high = 0;           // Const of type v128

  bool is_const() const { return kind == Const; }
  bool is_float() const {
    return type == ValType::F32 || type == ValType::F64 || type == ValType::V128;
  }
  bool is_wide() const { return type == ValType::I64 || type == ValType::Ref; }
};

// A general register known to hold a 32-bit address with a zero upper half, or a full 64-bit
// address: the only thing the memory-access emitter takes. Made by FuncCompiler::address_of_operand
// alone.
class ZeroExtended {
 public:
  RegNumber reg() const { return reg_; }

 private:
  friend class FuncCompiler;
  explicit ZeroExtended(RegNumber reg) : reg_(reg) {}
  RegNumber reg_;
};

// The outcome of a comparison as flags, before anything has consumed it.
struct Flags {
  enum Kind : uint8_t { Plain, FloatEqual, FloatNotEqual };  // the float ones also look at parity
  Kind kind = Plain;
  Cond cond = Cond::NE;
  Flags inverted() const {
    if (kind == FloatEqual) return {FloatNotEqual, Cond::NE};
    if (kind == FloatNotEqual) return {FloatEqual, Cond::E};
    return {Plain, invert(cond)};
  }
};

struct Control {
  enum Kind : uint8_t { Func, Block, Loop, If, Else };
  Kind kind = Block;
  bool entry_unreachable = false;
  uint32_t label = 0;                    // branch target: the end, or a loop's head
  uint32_t else_label = 0;               // If
  uint32_t height = 0;                   // operands below the parameters
  std::vector<ValType> params, results;  // empty for nearly all blocks
  uint32_t dispatch = UINT32_MAX;        // a dispatch loop: index into Prescan::dispatches
  uint32_t dispatch_owner = UINT32_MAX;  // a dispatch loop's block: the loop's index
  uint32_t dispatch_block = 0;
  const std::vector<ValType>& label_types() const { return kind == Loop ? params : results; }
};

class VectorCode;

class FuncCompiler {
 public:
  FuncCompiler(const ValidatedModule& module, const ContextLayout& layout, uint32_t func,
               const CodeOptions& options, const CpuFeatures& cpu);
  // `origins`: null, or where to say what the code was made from.
  Result<FuncCode> compile(CodeOrigins* origins = nullptr);
  FrameMap frame_map();  // instead of compile()

 private:
  using Gp = Xbyak::Reg32e;

  // --- func_compiler.cc: frame, prologue, driver -----------------------------------------------
  void assign_pins();
  void lay_out_frame();
  void emit_prologue();
  void move_params_home();
  void zero_locals();
  void emit_return_sequence();  // restores registers and returns; results are in place
  void emit_restore_saved();
  void emit_cold_code();
  bool needs_home(uint32_t local) const;
  // What the code from here on is for; returns what the code before was for.
  CodePart begin_part(CodePart part) { return begin_part(part, instr_offset_); }
  CodePart begin_part(CodePart part, uint32_t module_offset) {
    code_.begin_origin(module_offset, part);
    return std::exchange(part_, part);
  }
  // The code from here on belongs to the last of the instructions that one was compiled with.
  void begin_last_read() {
    begin_part(part_, static_cast<uint32_t>(reader_.offset_of(reader_.pos())) - 1);
  }
  bool compile_instr(const Instr& instr);  // false: not executed by this tier
  bool on_numeric(const Instr& instr);
  void on_const(const Instr& instr);

  // --- operands.cc: registers and the operand stack --------------------------------------------
  Gp gp(RegNumber reg, bool wide) const { return Gp(reg, wide ? 64 : 32); }
  static Xbyak::Reg64 r64(RegNumber reg) { return Xbyak::Reg64(reg); }
  static Xbyak::Reg32 r32(RegNumber reg) { return Xbyak::Reg32(reg); }
  static Xbyak::Xmm xmm(RegNumber reg) { return Xbyak::Xmm(reg - kFirstXmm); }

  void push(const Value& value);
  void push_reg(RegNumber reg, ValType::Kind type);
  void push_local(uint32_t local, ValType::Kind type);
  void push_const(uint64_t low, ValType::Kind type, uint64_t high = 0);
  Value pop();  // a register it names stays taken until release()
  void release(const Value& value);
  // A register free for a new value; spills the oldest operand if need be. It is locked until the
  // instruction ends, and stays taken only if pushed.
  RegNumber alloc(bool floating);
  RegNumber alloc_of(RegSet allowed);
  // Makes this very register free (moves or spills what it holds) and locks it.
  void claim(RegNumber reg);
  void lock(RegNumber reg) { locked_.add(reg); }
  void lock_value(const Value& value);
  // The value in some register, for reading only.
  RegNumber use(const Value& value);
  // The value in a register that may be overwritten.
  RegNumber take(const Value& value);
  // take(), but into this register.
  void take_into(const Value& value, RegNumber reg);
  // Moves or loads the value into a register which is free or about to be overwritten.
  void load(RegNumber reg, const Value& value);
  void move_reg(RegNumber to, RegNumber from, ValType::Kind type);
  void load_from(RegNumber reg, const Mem& from, ValType::Kind type);
  struct RegisterMove {
    RegNumber to, from;
    ValType::Kind type;
  };
  // All at once: sources are read before any destination changes. Uses the scratch registers.
  void emit_parallel_moves(std::vector<RegisterMove>& moves);
  void load_const(RegNumber reg, uint64_t low, uint64_t high, ValType::Kind type);
  // The register a value already lies in, or kNoReg.
  RegNumber register_of(const Value& value);
  Mem memory_of(const Value& value) const;  // Slot, or Local without register
  static Mem frame(uint32_t offset) { return Mem(kRsp, offset); }
  static Mem context(uint32_t offset) { return Mem(kContext, offset); }
  // Register or memory operand for an instruction; a constant gets a register.
  struct Source {
    RegNumber reg = kNoReg;  // kNoReg: it is in memory
    uint8_t bits = 64;       // 128: a float in a register
    Mem mem;
    bool is_reg() const { return reg != kNoReg; }

    // As xbyak takes it, for the forms that it encodes.
    class Operand {
     public:
      explicit Operand(const Source& source)
          : is_reg_(source.is_reg()),
            reg_(source.reg & 15, source.bits == 128 ? Xbyak::Operand::XMM : Xbyak::Operand::REG,
                 source.bits),
            mem_(source.bits, false, source.mem) {}
      operator const Xbyak::Operand&() const {
        return is_reg_ ? static_cast<const Xbyak::Operand&>(reg_) : mem_;
      }

     private:
      bool is_reg_;
      Xbyak::Reg reg_;
      Xbyak::Address mem_;
    };
    Operand operator*() const { return Operand(*this); }
  };
  Source int_source(const Value& value, bool wide);
  Source float_source(const Value& value);
  void store_value(const Mem& to, const Value& value);  // uses scratch registers only

  // Destination of an instruction's result: the pin of the local that the next instruction sets, or
  // an operand register (one of the reusable operands' if possible).
  struct Dest {
    RegNumber reg = kNoReg;
    bool is_pin = false;  // the next instruction is the local.set/tee; finish() consumes it
    uint32_t local = 0;
  };
  Dest dest_for(bool floating, const Value* reusable1 = nullptr, const Value* reusable2 = nullptr);
  void finish(const Dest& dest, ValType::Kind type);

  void flush_stack();  // all operands to frame slots (constants stay)
  void spill(uint32_t index);
  uint32_t slot_offset(uint32_t slot) const { return slots_at_ + slot * slot_bytes_; }
  void forget_cached_locals();
  void drop_cache(RegNumber reg);
  void cache_local(RegNumber reg, uint32_t local);
  void detach_references(uint32_t local);  // copies pending references before the local changes
  RegNumber pin_of(uint32_t local) const { return locals_[local].pin; }
  void refresh_pin(RegNumber pin);  // reloads it if a call has overwritten it
  void refresh_pins();              // all of them: before any label or branch
  void assign_local(uint32_t local, const Value& value, bool keep_value);

  // --- control.cc ------------------------------------------------------------------------------
  // Who uses the flags of a comparison. Planned before the comparison is emitted, because whatever
  // has to be moved for the consumer must be moved first.
  struct FlagUse {
    enum Kind : uint8_t { AsValue, BrIf, If, ConstJump, Select };
    Kind kind = AsValue;
    bool inverted = false;
    uint32_t label = 0;  // BrIf, ConstJump
    BlockType block;     // If
  };
  FlagUse plan_flag_use();
  bool plan_if(FlagUse& plan);
  void consume_flags(const FlagUse& plan, Flags flags);
  void emit_nonzero_test(const Value& value);
  // The instruction just emitted set ZF by the new value of this register.
  void note_zero_flag(RegNumber reg, bool wide) { zero_flag_ = {reg, wide, code_.position()}; }
  bool zero_flag_is_of(RegNumber reg, bool wide) const {
    return zero_flag_.reg == reg && zero_flag_.wide == wide &&
           zero_flag_.position == code_.position();
  }

  uint32_t new_label() {
    labels_.emplace_back();
    return static_cast<uint32_t>(labels_.size() - 1);
  }
  void bind_label(uint32_t label);
  Control& control_at(uint32_t depth) { return controls_[controls_.size() - 1 - depth]; }
  void set_signature(Control& control, const BlockType& type) const;
  void on_block(const Instr& instr);
  void on_loop(const Instr& instr);
  void on_if(const Instr& instr);
  void enter_if(const BlockType& type, Flags flags);
  void on_else();
  void on_end();
  void end_func();
  void end_if_without_else(const Control& control);
  void on_br(uint32_t depth);
  void on_br_if(uint32_t depth);
  void on_br_table(const Instr& instr);
  void emit_table_jump(const std::vector<uint32_t>& labels);  // index in r11
  void on_br_on_null(const Instr& instr);
  static bool results_go_to_memory(const Control& target);
  void emit_branch(const Control& target);
  void on_select();
  void select_by_flags(Flags flags);
  bool try_const_jump(const Instr& instr);
  // The label such a jump reaches, or kNoLabel; `outer` scopes lie between here and `depth`.
  uint32_t const_jump_label(const ConstJump& jump, uint32_t depth);
  void emit_poll();
  void charge_fuel();
  void jump_on(Flags flags, uint32_t label);
  // Moves the top operands to where the label expects them. They stay pushed.
  void move_results(const Control& target);
  void force_params_to_slots(size_t count);
  void start_unreachable() {
    unreachable_ = true;
    fuel_pending_ = 0;
  }
  void skip_unreachable();
  void set_stack_after_label(const Control& control, const std::vector<ValType>& types,
                             bool in_slots);
  void materialize_flags(Flags flags);

  // --- counting.cc -----------------------------------------------------------------------------
  struct ColdRound {
    CodeLabel entry, resume;
    uint32_t module_offset = 0;
    bool is_loop = false;                               // not the func's entry
    std::vector<std::pair<uint32_t, Value>> constants;  // operands that are in no slot yet
  };
  bool counts() const { return options_.hot_after_calls != 0; }
  void count_call();
  void count_round();
  void add_to_counter(uint32_t step, ColdRound round);
  void call_hot_stub();
  void emit_cold_rounds();

  // --- calls.cc --------------------------------------------------------------------------------
  void on_call(const Instr& instr);
  void on_call_indirect(const Instr& instr);
  void on_call_ref(const Instr& instr);
  void call_import(uint32_t func, bool is_tail);
  void call_through_funcref(const FuncType& type, bool is_tail);  // reference in rax, not null
  void check_signature(uint32_t type_index);                      // of the reference in rax
  void emit_subtype_call();
  // Pops the arguments into the places the callee expects. rax stays; other operands are safe in
  // slots.
  void marshal_args(const FuncType& type);
  void save_for_call(size_t operands_left);
  void after_call();
  void finish_call(const FuncType& type, bool is_tail);
  void record_call(uint32_t module_offset);  // the instruction before was a call
  // Calls a builtin: context, then the constants, then the top `count` operands.
  void call_builtin(Builtin which, std::initializer_list<uint32_t> constants, size_t count);
  void enter_context(uint32_t slot, const Mem& code, const Mem& context);
  uint32_t reserve_slot();
  void leave_context(uint32_t slot);

  // --- casts.cc --------------------------------------------------------------------------------
  bool on_cast(const Instr& instr);  // false: between objects, which this tier does not have
  bool is_func_type(HeapType heap) const;
  void emit_func_test(HeapType heap, bool is_nullable);
  void on_br_on_cast(const Instr& instr);

  // --- memory_ops.cc ---------------------------------------------------------------------------
  ZeroExtended address_of_operand(const Value& value);
  // The operand of an access that is in bounds or faults as a trap. Scratch registers are in it.
  Mem access_operand(const Value& address, const MemArg& mem, unsigned width_bytes);
  Mem guarded_operand(const Value& address, const MemArg& mem);
  Mem compared_operand(const Value& address, const MemArg& mem, unsigned width_bytes);
  bool is_compared(uint32_t memory) const {
    return options_.explicit_bounds || memory_is_64(memory);
  }
  void on_load(const Instr& instr);
  void emit_load(Op op, RegNumber reg, const Mem& from);
  void on_store(const Instr& instr);
  RegNumber checked_table(uint32_t table, const Value& index);
  void on_memory_size(const Instr& instr);
  void on_memory_grow(const Instr& instr);
  void on_global_get(const Instr& instr);
  void on_global_set(const Instr& instr);
  void on_table_get(const Instr& instr);
  void on_table_set(const Instr& instr);
  void on_table_size(const Instr& instr);
  void on_bulk(const Instr& instr);
  void on_ref_compare(const Instr& instr);
  void on_ref_as_non_null();
  Mem global_address(uint32_t index);
  bool memory_is_64(uint32_t memory) const { return module_.memories[memory].limits.is_64; }
  bool table_is_64(uint32_t table) const { return module_.tables[table].type.limits.is_64; }

  // --- int_ops.cc ------------------------------------------------------------------------------
  void on_int_unary(const Instr& instr);
  void on_int_binary(const Instr& instr);
  void on_int_compare(const Instr& instr);
  void on_eqz(const Instr& instr);
  void emit_divide(Op op, Value a, Value b, bool wide);
  void emit_shift(Op op, const Value& a, const Value& b, bool wide);
  void emit_rotate(Op op, const Value& a, const Value& b, bool wide);
  void emit_add(Value a, Value b, bool wide);
  void emit_multiply(Value a, Value b, bool wide);
  void emit_alu(Op op, Value a, Value b, bool wide);
  void emit_alu_source(Alu op, RegNumber to, const Source& from);
  bool try_test_and_branch(const Value& a, const Value& b);
  Cond emit_compare(Value a, Value b, Cond cond, bool wide);

  // --- float_ops.cc ----------------------------------------------------------------------------
  void on_float_unary(const Instr& instr);
  void on_float_binary(const Instr& instr);
  void on_float_compare(const Instr& instr);
  void emit_float_arithmetic(Op op, RegNumber dest, RegNumber left, const Value& b, bool commutes);
  void emit_min_max(bool is_double, bool is_max, RegNumber dest, RegNumber a, RegNumber b);

  // --- conversions.cc --------------------------------------------------------------------------
  void on_conversion(const Instr& instr);
  void on_int_conversion(Op op);
  void zero_extend(RegNumber to, const Source& from);
  void on_int_to_float(Op op);
  void on_reinterpret(Op op);
  void on_float_to_int(Op op);

  // --- simd_ops.cc, simd_lanes.cc, simd_memory.cc ----------------------------------------------
  bool on_simd(const Instr& instr);
  VectorCode vector_code();
  void on_simd_unary(const Instr& instr);
  void on_simd_binary(const Instr& instr);
  void on_simd_bitselect();
  void on_simd_shift(const Instr& instr);
  void on_simd_to_int(const Instr& instr);
  void on_simd_splat(const Instr& instr);
  void splat_lowest(Op op, const Xbyak::Xmm& reg);  // a splat's, or a load-and-splat's last step
  void on_simd_extract_lane(const Instr& instr);
  void on_simd_replace_lane(const Instr& instr);
  void on_simd_shuffle(const Instr& instr);
  void on_simd_swizzle();
  void emit_simd_load(Op op, RegNumber reg, const Mem& from);
  void on_simd_load_lane(const Instr& instr);
  void on_simd_store_lane(const Instr& instr);

  // --- traps -----------------------------------------------------------------------------------
  struct ColdTrap {
    CodeLabel label;
    TrapCode trap;
    uint32_t module_offset;
  };
  // A label out of line that traps; jump to it at once: the next one may move it.
  CodeLabel& trap_label(TrapCode trap);
  void trap_now(TrapCode trap);
  void record_site(TrapCode trap);  // the next instruction emitted may fault

  struct ColdPoll {
    CodeLabel entry, resume;
    uint32_t module_offset;
  };

  const ValidatedModule& validated_;
  const Module& module_;
  const ContextLayout& layout_;
  const uint32_t func_;
  const CodeOptions options_;
  const CpuFeatures cpu_;
  const FuncBody& body_;
  const FuncType& type_;
  FunctionReader reader_;
  Prescan scan_;
  Assembler code_;
  FuncCode out_;

  struct LocalPlace {
    ValType::Kind type = ValType::I32;
    RegNumber pin = kNoReg;
    RegNumber cache = kNoReg;  // operand register that holds a copy of the home
    uint32_t home = 0;         // rsp offset
    uint32_t pending = 0;      // operands on the stack that refer to it
  };
  std::vector<LocalPlace> locals_;
  RegSet pins_;        // registers in use as pins
  RegSet call_pins_;   // of those, the ones calls overwrite
  RegSet dirty_pins_;  // call pins whose home is older than the register
  RegSet stale_pins_;  // call pins whose register is older than the home
  uint32_t pinned_local_[32] = {};
  RegSet operand_regs_;  // registers operands may use in this func

  static constexpr uint32_t kFree = UINT32_MAX, kHeld = UINT32_MAX - 1;
  uint32_t owner_[32];         // operand index, kHeld (popped, not yet released), or kFree
  uint32_t cached_local_[32];  // local whose home this register equals, or kFree
  RegSet cached_;              // registers for which that holds
  RegSet locked_;
  RegNumber last_evicted_ = 0;

  // What a call needs for a moment; kept, since a func makes many.
  struct CallScratch {
    std::vector<ValueLocation> locations;
    std::vector<RegisterMove> moves;
    std::vector<std::pair<RegNumber, Value>> loads;
  };
  CallScratch call_scratch_;

  std::vector<Value> stack_;
  uint32_t flushed_ = 0;  // operands below this index are in slots or constant
  uint32_t max_slots_ = 0;
  uint32_t slot_bytes_ = 8;
  uint32_t slots_at_ = 0;
  uint32_t saved_at_ = 0;
  std::vector<uint32_t> frame_patches_;  // positions of imm32 that hold the frame size

  std::vector<Control> controls_;
  std::vector<CodeLabel> labels_;
  static constexpr uint32_t kNoLabel = UINT32_MAX;
  std::vector<std::vector<uint32_t>> dispatch_labels_;  // per dispatch loop, per block: its end
  uint32_t next_dispatch_ = 0;
  uint32_t open_dispatch_ = UINT32_MAX;  // its header's blocks and br_table come next
  uint32_t open_dispatch_blocks_ = 0;
  uint32_t active_dispatches_ = 0;

  std::vector<ColdTrap> cold_traps_;
  std::vector<ColdPoll> cold_polls_;
  std::vector<ColdRound> cold_rounds_;
  struct JumpTable {
    CodeLabel base;
    std::vector<uint32_t> labels;
  };
  std::vector<JumpTable> jump_tables_;
  // A call through a reference into another instance.
  struct ColdCall {
    CodeLabel entry, resume;
    uint32_t slot;
    uint32_t module_offset;
    bool is_tail;
  };
  std::vector<ColdCall> cold_calls_;
  void emit_cold_calls();
  struct {
    RegNumber reg = kNoReg;
    bool wide = false;
    uint32_t position = 0;  // of the code behind the instruction
  } zero_flag_;
  CodePart part_ = CodePart::Entry;
  uint32_t instr_offset_ = 0;  // module offset of the instruction being compiled
  uint64_t fuel_pending_ = 0;
  uint32_t return_label_ = 0;
  bool unreachable_ = false;
  const bool memory_may_move_;
};

}  // namespace skerry::baseline::x64
