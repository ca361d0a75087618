// FunctionValidator's loop: the usual forms of the plain opcodes, checked where they are decoded.
// For each plain opcode there is one piece of code, made from its row: immediates of a few bytes,
// operands of exactly the row's types, blocks without parameters. Whatever is not of that form is
// left alone for step(), so nothing here can accept more than step() does, and no error is made
// here. Why: validation of Go's output ran at half the speed when every opcode went through step();
// what costs is finding out late where to jump next.
#include <bit>
#include <cstring>

#include "validate/function_validator.h"

namespace skerry {

// The loop's state, in registers. Between instructions either this or the members are current.
struct FunctionValidator::Cursor {
  const uint8_t* p;         // the next opcode
  const uint8_t* fast_end;  // before it, an opcode and kLookAhead bytes can be read without a check
  ValType* sp;
  ValType* base;
  const ValType* locals;
  size_t local_count;  // 0 if some local may be unset

  size_t height() const { return static_cast<size_t>(sp - base); }
  bool has_on_top(ValType type) const { return sp > base && sp[-1] == type; }
};

namespace {

constexpr size_t kLookAhead = 16;

uint64_t load_u64(const uint8_t* p) {
  uint64_t word;
  std::memcpy(&word, p, sizeof(word));
  return word;
}

// Bytes of the LEB128 number at p, if at most 8 (larger otherwise).
unsigned leb_bytes(const uint8_t* p) {
  const uint64_t ends = ~load_u64(p) & 0x8080808080808080u;
  return (static_cast<unsigned>(std::countr_zero(ends)) >> 3) + 1;
}

// Numbers of so few bytes fit their type whatever their bits are.
constexpr unsigned kMaxBytes32 = 4;
constexpr unsigned kMaxBytes64 = 8;

// An index of at most three bytes: its size, 0 for a longer one.
[[gnu::always_inline]] inline unsigned read_index(const uint8_t* p, uint32_t& index) {
  if (p[0] < 0x80) [[likely]] {
    index = p[0];
    return 1;
  }
  if (p[1] < 0x80) [[likely]] {
    index = (p[0] & 0x7fu) | static_cast<uint32_t>(p[1]) << 7;
    return 2;
  }
  if (p[2] >= 0x80) return 0;
  index = (p[0] & 0x7fu) | (p[1] & 0x7fu) << 7 | static_cast<uint32_t>(p[2]) << 14;
  return 3;
}

}  // namespace

inline FunctionValidator::Cursor FunctionValidator::load_cursor() const {
  CheckedFunctionReader& reader = const_cast<CheckedFunctionReader&>(reader_);
  const uint8_t* const p = reader.pos();
  const size_t left = reader.raw().remaining();
  return {.p = p,
          .fast_end = is_const_ || left <= kLookAhead ? p : p + (left - kLookAhead),
          .sp = sp_,
          .base = base_,
          .locals = locals_.data(),
          .local_count = is_unset_.empty() ? locals_.size() : 0};
}

inline void FunctionValidator::store_cursor(const Cursor& at) {
  reader_.set_pos(at.p);
  sp_ = at.sp;
  base_ = at.base;
}

bool FunctionValidator::run() {
  Cursor at = load_cursor();
  for (;;) {
    if (at.p < at.fast_end && fast_step(at)) [[likely]]
      continue;
    store_cursor(at);
    if (!step()) return false;
    if (frames_.empty()) break;
    at = load_cursor();
  }
  instr_.begin = reader_.pos();
  return require(reader_.at_end(), ErrorCode::EndExpected);
}

// The opcode at the cursor by its form; false if it has to go through step(), nothing having
// changed.
inline bool FunctionValidator::fast_step(Cursor& at) {
  switch (*at.p) {
#define OP(name, prefix, code, text, imm, sig, width, feature, trap, shape) OP_##prefix(name, code)
#define OP_0x00(name, code) \
  case code: return fast<Op::name>(at);
#define OP_0xfb(name, code)
#define OP_0xfc(name, code)
#define OP_0xfd(name, code)
#define OP_0xfe(name, code)
#include "wasm/opcodes.def"
#undef OP
#undef OP_0x00
#undef OP_0xfb
#undef OP_0xfc
#undef OP_0xfd
#undef OP_0xfe
    default: return false;
  }
}

template <Op kOp>
inline bool FunctionValidator::fast(Cursor& at) {
  constexpr const OpInfo& row = info(kOp);
  constexpr const OpTypes& types = kOpTypes[static_cast<size_t>(kOp)];
  constexpr Shape shape = row.shape;
  if constexpr (row.feature != Feature::Mvp)
    if (!context_.features().has(row.feature)) return false;

  if constexpr (shape == Shape::LocalGet || shape == Shape::LocalSet || shape == Shape::LocalTee) {
    return fast_local<shape>(at);
  } else if constexpr (shape == Shape::GlobalGet || shape == Shape::GlobalSet) {
    return fast_global<shape>(at);
  } else if constexpr (shape == Shape::Const) {
    return fast_const<kOp>(at);
  } else if constexpr (shape == Shape::Unary) {
    if (!at.has_on_top(types.operands[0])) return false;
    at.sp[-1] = types.result;
  } else if constexpr (shape == Shape::Binary || shape == Shape::Compare) {
    if (at.height() < 2 || at.sp[-1] != types.operands[1] || at.sp[-2] != types.operands[0])
      return false;
    --at.sp;
    at.sp[-1] = types.result;
  } else if constexpr (shape == Shape::Load || shape == Shape::Store) {
    return fast_access<kOp>(at);
  } else if constexpr (shape == Shape::Block || shape == Shape::Loop || shape == Shape::If) {
    return fast_block(at, shape);
  } else if constexpr (shape == Shape::End) {
    return fast_end(at);
  } else if constexpr (shape == Shape::Br || shape == Shape::BrIf) {
    return fast_br<shape>(at);
  } else if constexpr (shape == Shape::Call) {
    return fast_call(at);
  } else if constexpr (shape == Shape::Drop) {
    if (at.height() == 0) return false;
    --at.sp;
  } else if constexpr (shape == Shape::Unreachable) {
    at.sp = at.base;
    frames_.back().unreachable = true;
  } else {
    return false;
  }
  ++at.p;
  return true;
}

template <Shape kShape>
inline bool FunctionValidator::fast_local(Cursor& at) {
  uint32_t index;
  const unsigned size = read_index(at.p + 1, index);
  if (size == 0 || index >= at.local_count) return false;
  const ValType type = at.locals[index];
  if constexpr (kShape == Shape::LocalGet) {
    *at.sp++ = type;
  } else {
    if (!at.has_on_top(type)) return false;
    if constexpr (kShape == Shape::LocalSet) --at.sp;
  }
  at.p += 1 + size;
  return true;
}

template <Shape kShape>
inline bool FunctionValidator::fast_global(Cursor& at) {
  uint32_t index;
  const unsigned size = read_index(at.p + 1, index);
  if (size == 0 || index >= visible_globals_) return false;
  const GlobalType& global = module_.globals[index].type;
  if constexpr (kShape == Shape::GlobalGet) {
    *at.sp++ = global.type;
  } else {
    if (!global.is_mutable || !at.has_on_top(global.type)) return false;
    --at.sp;
  }
  at.p += 1 + size;
  return true;
}

template <Op kOp>
inline bool FunctionValidator::fast_const(Cursor& at) {
  unsigned size;
  switch (info(kOp).imm) {
    case Imm::F32: size = 4; break;
    case Imm::F64: size = 8; break;
    default:
      size = leb_bytes(at.p + 1);
      if (size > (kOp == Op::I32Const ? kMaxBytes32 : kMaxBytes64)) return false;
      break;
  }
  *at.sp++ = kOpTypes[static_cast<size_t>(kOp)].result;
  at.p += 1 + size;
  return true;
}

// A load or store: one byte of alignment, then the offset. Offsets of so few bytes are in range for
// every memory.
template <Op kOp>
inline bool FunctionValidator::fast_access(Cursor& at) {
  constexpr const OpTypes& types = kOpTypes[static_cast<size_t>(kOp)];
  const unsigned size = leb_bytes(at.p + 2);
  if (at.p[1] > types.width_log2 || size > kMaxBytes32 || fast_memories_ == 0) return false;
  if constexpr (info(kOp).shape == Shape::Load) {
    if (!at.has_on_top(memory0_address_)) return false;
    at.sp[-1] = types.result;
  } else {
    if (at.height() < 2 || at.sp[-1] != types.operands[1] || at.sp[-2] != memory0_address_)
      return false;
    at.sp -= 2;
  }
  at.p += 2 + size;
  return true;
}

// A branch to a label without operands.
template <Shape kShape>
inline bool FunctionValidator::fast_br(Cursor& at) {
  uint32_t depth;
  const unsigned size = read_index(at.p + 1, depth);
  if (size == 0 || depth >= frames_.size()) return false;
  if (frames_[frames_.size() - 1 - depth].label_arity != 0) return false;
  if constexpr (kShape == Shape::Br) {
    at.sp = at.base;
    frames_.back().unreachable = true;
  } else {
    if (!at.has_on_top(ValType::I32)) return false;
    --at.sp;
  }
  at.p += 1 + size;
  return true;
}

inline bool FunctionValidator::fast_block(Cursor& at, Shape kind) {
  constexpr uint8_t kEmpty = 0x40;
  if (at.p[1] != kEmpty) return false;
  if (kind == Shape::If) {
    if (!at.has_on_top(ValType::I32)) return false;
    --at.sp;
  }
  at.base = at.sp;
  at.p += 2;
  frames_.push_back({.height = static_cast<uint32_t>(at.base - stack_.get()),
                     .set_height = static_cast<uint32_t>(set_locals_.size()),
                     .kind = kind});
  return true;
}

// The end of a block without results, in which no local without default was set.
inline bool FunctionValidator::fast_end(Cursor& at) {
  const Frame& frame = frames_.back();
  if (!frame.is_plain() || at.sp != at.base || frames_.size() == 1 ||
      frame.set_height != set_locals_.size())
    return false;
  frames_.pop_back();
  at.base = stack_.get() + frames_.back().height;
  at.p += 1;
  return true;
}

inline bool FunctionValidator::fast_call(Cursor& at) {
  uint32_t index;
  const unsigned size = read_index(at.p + 1, index);
  if (size == 0 || index >= module_.funcs.size()) return false;
  const Signature& signature = context_.signature(module_.funcs[index]);
  const std::span<const ValType> params = signature.params;
  if (at.height() < params.size() || signature.results.size() > 1) return false;
  ValType* const first = at.sp - params.size();
  for (size_t i = 0; i < params.size(); ++i)
    if (first[i] != params[i]) return false;
  at.sp = first;
  if (!signature.results.empty()) *at.sp++ = signature.results[0];
  at.p += 1 + size;
  return true;
}

}  // namespace skerry
