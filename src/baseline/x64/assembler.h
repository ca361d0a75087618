// Assembler: the encoder plus what a compiler needs around it: labels that live outside the
// encoder and cost nothing while unbound, a constant pool behind the code, and patchable
// immediates. Not here: any decision about registers or Wasm. Invariant: everything emitted is
// position-independent once link() has run.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <vector>

#include "baseline/x64/encoder.h"
#include "code/code_origin.h"

namespace skerry::baseline::x64 {

// Condition codes as the processor encodes them.
enum class Cond : uint8_t { O = 0, NO, B, AE, E, NE, BE, A, S, NS, P, NP, L, GE, LE, G };
inline Cond invert(Cond cond) { return static_cast<Cond>(static_cast<uint8_t>(cond) ^ 1); }

// A position in the code. While unbound, the jumps that refer to it form a list threaded through
// their own displacement fields.
class CodeLabel {
 public:
  bool is_bound() const { return position_ >= 0; }
  bool is_used() const { return last_use_ >= 0 || is_wanted_; }
  // A reference will be emitted later (a jump table's): the label counts as used from now on.
  void want() { is_wanted_ = true; }
  int32_t position() const { return position_; }

 private:
  friend class Assembler;
  int32_t position_ = -1;
  int32_t last_use_ = -1;
  bool is_wanted_ = false;
};

class Assembler : public Encoder {
 public:
  using Encoder::Encoder;

  // Pads with nops so that the next instruction starts at a multiple of `alignment` in the code.
  void align_code(size_t alignment) { nop(static_cast<size_t>(-getSize()) % alignment); }

  uint32_t position() const { return static_cast<uint32_t>(getSize()); }

  // Where to say what code was made from; null, as it is without this, says nothing.
  void report_origins(CodeOrigins* origins) { origins_ = origins; }
  void begin_origin(uint32_t module_offset, CodePart part) {
    if (origins_ != nullptr) [[unlikely]]
      origins_->push_back({position(), module_offset, part});
  }

  void jump(CodeLabel& label) {
    if (label.is_bound()) {
      const int32_t distance = label.position_ - static_cast<int32_t>(position() + 2);
      if (distance >= -128) {
        db(0xeb);
        db(static_cast<uint8_t>(distance));
        return;
      }
    }
    last_jump_ = static_cast<int32_t>(position());
    db(0xe9);
    refer(label);
  }
  void jump_if(Cond cond, CodeLabel& label) {
    if (label.is_bound()) {
      const int32_t distance = label.position_ - static_cast<int32_t>(position() + 2);
      if (distance >= -128) {
        db(0x70 | static_cast<uint8_t>(cond));
        db(static_cast<uint8_t>(distance));
        return;
      }
    }
    uint8_t* const p = begin();
    p[0] = 0x0f;
    p[1] = 0x80 | static_cast<uint8_t>(cond);
    end(p + 2);
    refer(label);
  }
  // lea reg, [rip + label]
  void address_of(const Xbyak::Reg64& reg, CodeLabel& label) {
    db(0x48 | (reg.getIdx() >= 8 ? 4 : 0));
    db(0x8d);
    db(static_cast<uint8_t>(0x05 | (reg.getIdx() & 7) << 3));
    refer(label);
  }
  // A 32-bit displacement to `label` from the end of these four bytes.
  void refer(CodeLabel& label) {
    const int32_t at = static_cast<int32_t>(position());
    const int32_t field = label.is_bound() ? label.position_ - (at + 4) : label.last_use_;
    if (!label.is_bound()) label.last_use_ = at;
    end(put_u32(begin(), static_cast<uint32_t>(field)));
  }
  void bind(CodeLabel& label) {
    assert(!label.is_bound());
    drop_jump_to_next(label);
    label.position_ = static_cast<int32_t>(position());
    last_bound_ = label.position_;
    if (label.last_use_ >= 0) label.is_wanted_ = true;
    for (int32_t use = label.last_use_; use >= 0;) {
      int32_t next;
      std::memcpy(&next, bytes_at(use), 4);
      const int32_t distance = label.position_ - (use + 4);
      std::memcpy(bytes_at(use), &distance, 4);
      use = next;
    }
    label.last_use_ = -1;
  }
  void patch_u32(uint32_t at, uint32_t value) {
    std::memcpy(bytes_at(static_cast<int32_t>(at)), &value, 4);
  }

  // set<cond> reg8
  void set_if(Cond cond, const Xbyak::Reg8& reg) {
    if (reg.getIdx() >= 4) db(static_cast<uint8_t>(0x40 | (reg.getIdx() >= 8 ? 1 : 0)));
    db(0x0f);
    db(0x90 | static_cast<uint8_t>(cond));
    db(static_cast<uint8_t>(0xc0 | (reg.getIdx() & 7)));
  }
  void move_if(Cond cond, const Xbyak::Reg32e& dest, const Xbyak::Reg32e& source) {
    const bool wide = dest.isREG(64);
    const unsigned rex =
        0x40 | (wide ? 8 : 0) | (dest.getIdx() >= 8 ? 4 : 0) | (source.getIdx() >= 8 ? 1 : 0);
    if (rex != 0x40) db(static_cast<uint8_t>(rex));
    db(0x0f);
    db(0x40 | static_cast<uint8_t>(cond));
    db(static_cast<uint8_t>(0xc0 | (dest.getIdx() & 7) << 3 | (source.getIdx() & 7)));
  }

  // Memory operand for 16 constant bytes in the pool. Only for instructions whose encoding ends
  // with the displacement: call pool_reference() right after emitting one.
  Xbyak::Address pool_operand() { return ptr[rip + 0]; }
  void pool_reference(uint64_t low, uint64_t high = 0) {
    pool_uses_.push_back({position() - 4, low, high});
  }

  // Appends the pool and resolves its references; 16-byte aligned within the code.
  void link() {
    if (pool_uses_.empty()) return;
    while (position() % 16 != 0) db(0xcc);
    std::vector<std::pair<uint64_t, uint64_t>> placed;
    const uint32_t base = position();
    for (const PoolUse& use : pool_uses_) {
      // Pools are small; recent constants repeat most.
      size_t index = placed.size();
      const size_t oldest = placed.size() > 64 ? placed.size() - 64 : 0;
      for (size_t i = placed.size(); i-- > oldest;)
        if (placed[i].first == use.low && placed[i].second == use.high) index = i;
      if (index == placed.size()) {
        placed.emplace_back(use.low, use.high);
        dq(use.low);
        dq(use.high);
      }
      const uint32_t target = base + static_cast<uint32_t>(index) * 16;
      patch_u32(use.at, target - (use.at + 4));
    }
    pool_uses_.clear();
  }

 private:
  struct PoolUse {
    uint32_t at;
    uint64_t low, high;
  };
  // A jump to the very next instruction goes, unless a label already stands behind it.
  void drop_jump_to_next(CodeLabel& label) {
    const int32_t at = static_cast<int32_t>(position());
    if (label.last_use_ < 0 || label.last_use_ != at - 4 || last_bound_ == at ||
        last_jump_ != at - 5)
      return;
    std::memcpy(&label.last_use_, bytes_at(at - 4), 4);
    setSize(static_cast<size_t>(at - 5));
    if (origins_ == nullptr) return;
    for (CodeOrigin& origin : *origins_)
      origin.code_offset = std::min(origin.code_offset, position());
  }
  uint8_t* bytes_at(int32_t at) { return const_cast<uint8_t*>(getCode()) + at; }

  CodeOrigins* origins_ = nullptr;
  std::vector<PoolUse> pool_uses_;
  int32_t last_bound_ = -1;
  int32_t last_jump_ = -1;  // position of the newest unconditional forward jump
};

}  // namespace skerry::baseline::x64
