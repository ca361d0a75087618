// VectorCode: operations on v128 registers, emitted with three operands (AVX2) or two (SSE4).
// The two differ in encoding only: results are the same bit for bit.
// Not here: the operand stack or who owns which register; simd_ops.cc maps instructions to this.
// Invariant: besides the destination only the scratch registers xmm14, xmm15 and r11 are written.
#pragma once

#include <span>

#include "baseline/x64/assembler.h"
#include "wasm/opcode.h"

namespace skerry::baseline::x64 {

using Xbyak::Operand;
using Xbyak::Xmm;

inline const Xmm kVector1 = Xbyak::util::xmm15;
inline const Xmm kVector2 = Xbyak::util::xmm14;
inline bool is_scratch(const Xmm& reg) { return reg == kVector1 || reg == kVector2; }

// 16 constant bytes.
struct Vector {
  uint64_t low = 0, high = 0;
  friend bool operator==(const Vector&, const Vector&) = default;
};
constexpr Vector splat64(uint64_t lane) { return {lane, lane}; }
constexpr Vector splat32(uint32_t lane) { return splat64(uint64_t{lane} << 32 | lane); }
constexpr Vector splat16(uint16_t lane) { return splat32(uint32_t{lane} << 16 | lane); }
constexpr Vector splat8(uint8_t lane) {
  return splat16(static_cast<uint16_t>(uint16_t{lane} << 8 | lane));
}
inline constexpr Vector kOnes = splat64(~uint64_t{0});

// One machine instruction in both encodings.
struct UnaryForm {
  void (*sse)(Assembler&, const Xmm& dest, const Operand& source) = nullptr;
  void (*vex)(Assembler&, const Xmm& dest, const Operand& source) = nullptr;
};
struct BinaryForm {
  void (*sse)(Assembler&, const Xmm& dest_and_left, const Operand& right) = nullptr;
  void (*vex)(Assembler&, const Xmm& dest, const Xmm& left, const Operand& right) = nullptr;
};
struct ShiftForm {
  void (*sse)(Assembler&, const Xmm& dest, uint8_t count) = nullptr;
  void (*vex)(Assembler&, const Xmm& dest, const Xmm& source, uint8_t count) = nullptr;
  BinaryForm by_register;  // the count is the right operand's low 64 bits
};

#define SIMD_UNARY(name)                                                                \
  UnaryForm {                                                                           \
    [](Assembler& c, const Xmm& dest, const Operand& src) { c.name(dest, src); },       \
        [](Assembler& c, const Xmm& dest, const Operand& src) { c.v##name(dest, src); } \
  }
// An instruction with an 8-bit immediate.
#define SIMD_UNARY_IMM(name, imm)                                                            \
  UnaryForm {                                                                                \
    [](Assembler& c, const Xmm& dest, const Operand& src) { c.name(dest, src, imm); },       \
        [](Assembler& c, const Xmm& dest, const Operand& src) { c.v##name(dest, src, imm); } \
  }
#define SIMD_BINARY(name)                                                             \
  BinaryForm {                                                                        \
    [](Assembler& c, const Xmm& dest, const Operand& right) { c.name(dest, right); }, \
        [](Assembler& c, const Xmm& dest, const Xmm& left, const Operand& right) {    \
          c.v##name(dest, left, right);                                               \
        }                                                                             \
  }
#define SIMD_SHIFT(name)                                                       \
  ShiftForm {                                                                  \
    [](Assembler& c, const Xmm& dest, uint8_t count) { c.name(dest, count); }, \
        [](Assembler& c, const Xmm& dest, const Xmm& source, uint8_t count) {  \
          c.v##name(dest, source, count);                                      \
        },                                                                     \
        SIMD_BINARY(name)                                                      \
  }

class VectorCode {
 public:
  VectorCode(Assembler& code, bool vex) : code_(code), vex_(vex) {}

  Assembler& assembler() { return code_; }
  bool vex() const { return vex_; }

  void move(const Xmm& dest, const Xmm& source);
  void zero(const Xmm& dest);
  void ones(const Xmm& dest);
  void load_const(const Xmm& dest, Vector value);

  void op(const UnaryForm& form, const Xmm& dest, const Operand& source) {
    (vex_ ? form.vex : form.sse)(code_, dest, source);
  }
  // dest = left op right. dest may be right only if left is too, or is a scratch register (which
  // then is overwritten).
  void op(const BinaryForm& form, const Xmm& dest, const Xmm& left, const Operand& right);
  // The same with a constant from the pool; not for forms that end with an immediate.
  void op(const BinaryForm& form, const Xmm& dest, const Xmm& left, Vector right);
  // dest = left shifted by a constant.
  void shift(const ShiftForm& form, const Xmm& dest, const Xmm& source, uint8_t count);
  // dest = ~scratch, a scratch register.
  void invert(const Xmm& dest, const Xmm& scratch);
  // dest = source with its upper half in both halves.
  void upper_half(const Xmm& dest, const Xmm& source);

  // Prepares an instruction of two operands: dest becomes left, and the register is returned where
  // right is to be found now. Overwrites xmm15 if right stands in dest's way.
  Xmm arrange(const Xmm& dest, const Xmm& left, const Xmm& right);

 private:
  Assembler& code_;
  const bool vex_;
};

// --- Rows: what to emit for an opcode ----------------------------------------------------------

// v128 -> v128: one machine instruction, or a sequence that reads the source before it first writes
// dest, which may be the source's register.
struct UnaryRow {
  using Sequence = void (*)(VectorCode&, const Xmm& dest, const Xmm& source);
  constexpr UnaryRow(Op op, UnaryForm form) : op(op), form(form) {}
  constexpr UnaryRow(Op op, Sequence sequence) : op(op), sequence(sequence) {}

  Op op;
  UnaryForm form;
  Sequence sequence = nullptr;
};

// Two v128 -> v128. A sequence's dest may be `left`'s register, and `right`'s if that is the same.
struct BinaryRow {
  using Sequence = void (*)(VectorCode&, const Xmm& dest, const Xmm& left, const Xmm& right);
  enum Order : uint8_t { AsWritten, Swapped, Commutes };
  enum Tail : uint8_t { NoImmediate, Immediate };  // Immediate: no constant pool operand
  constexpr BinaryRow(Op op, Order order, BinaryForm form, Tail tail = NoImmediate)
      : op(op), order(order), tail(tail), form(form) {}
  constexpr BinaryRow(Op op, Sequence sequence) : op(op), sequence(sequence) {}

  Op op;
  Order order = AsWritten;
  Tail tail = NoImmediate;
  BinaryForm form;
  Sequence sequence = nullptr;
};

// Shifts all lanes by an i32 taken modulo the lane's width.
struct ShiftRow {
  enum Kind : uint8_t { Left, Arithmetic, Logical };
  Op op;
  Kind kind;
  uint8_t lane_bits;
  ShiftForm form;  // of 16-bit lanes where lane_bits is 8; unused where the ISA has none
};

std::span<const UnaryRow> int_unary_rows();
std::span<const BinaryRow> int_binary_rows();
std::span<const ShiftRow> shift_rows();
std::span<const UnaryRow> float_unary_rows();
std::span<const BinaryRow> float_binary_rows();

void shift_by_constant(VectorCode& code, const ShiftRow& row, const Xmm& dest, const Xmm& source,
                       unsigned count);
// The count is in xmm15: taken modulo the lane's width, plus shift_bias(row).
void shift_by_register(VectorCode& code, const ShiftRow& row, const Xmm& dest, const Xmm& source);
unsigned shift_bias(const ShiftRow& row);

// dest = the bytes of a (0-15) and b (16-31) that `lanes` names. dest may be either's register.
void emit_shuffle(VectorCode& code, const Xmm& dest, const Xmm& a, const Xmm& b,
                  const uint8_t lanes[16]);

}  // namespace skerry::baseline::x64
