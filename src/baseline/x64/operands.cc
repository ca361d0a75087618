// Registers and the compile-time operand stack of FuncCompiler.
#include "baseline/x64/func_compiler.h"

#include <algorithm>

namespace skerry::baseline::x64 {

using namespace Xbyak::util;

// --- The stack ---------------------------------------------------------------------------------

// The operands pushed most are made where they will lie: copying one whose fields were just written
// would wait for each of those stores.
void FuncCompiler::push_local(uint32_t local, ValType::Kind type) {
  Value& value = stack_.emplace_back();
  value.kind = Value::Local;
  value.type = type;
  value.local = local;
  ++locals_[local].pending;
}

void FuncCompiler::push(const Value& value) {
  const auto index = static_cast<uint32_t>(stack_.size());
  if (value.kind == Value::Reg) owner_[value.reg] = index;
  if (value.kind == Value::Local) ++locals_[value.local].pending;
  stack_.push_back(value);
}

void FuncCompiler::push_reg(RegNumber reg, ValType::Kind type) {
  assert(cached_local_[reg] == kFree && !pins_.has(reg));
  owner_[reg] = static_cast<uint32_t>(stack_.size());
  Value& value = stack_.emplace_back();
  value.kind = Value::Reg;
  value.type = type;
  value.reg = reg;
}

void FuncCompiler::push_const(uint64_t low, ValType::Kind type, uint64_t high) {
  Value& value = stack_.emplace_back();
  value.type = type;
  value.low = low;
  value.high = high;
}

Value FuncCompiler::pop() {
  const Value value = stack_.back();
  stack_.pop_back();
  if (flushed_ > stack_.size()) flushed_ = static_cast<uint32_t>(stack_.size());
  if (value.kind == Value::Reg) {
    owner_[value.reg] = kHeld;
    lock(value.reg);
  }
  if (value.kind == Value::Local) --locals_[value.local].pending;
  return value;
}

void FuncCompiler::release(const Value& value) {
  if (value.kind == Value::Reg && owner_[value.reg] == kHeld) owner_[value.reg] = kFree;
}

void FuncCompiler::spill(uint32_t index) {
  Value& value = stack_[index];
  if (value.kind == Value::Slot) return;
  store_value(frame(slot_offset(index)), value);
  if (value.kind == Value::Reg) owner_[value.reg] = kFree;
  if (value.kind == Value::Local) --locals_[value.local].pending;
  value.kind = Value::Slot;
  value.slot = index;
  value.upper_garbage = false;
  if (max_slots_ <= index) max_slots_ = index + 1;
}

void FuncCompiler::flush_stack() {
  for (uint32_t i = flushed_; i < stack_.size(); ++i)
    if (stack_[i].kind != Value::Const) spill(i);
  flushed_ = static_cast<uint32_t>(stack_.size());
}

// --- Registers ---------------------------------------------------------------------------------

RegNumber FuncCompiler::alloc(bool floating) {
  constexpr RegSet kFloats = kFloatOperands | kFloatCallPins;
  return alloc_of(floating ? operand_regs_ & kFloats : operand_regs_ - kFloats);
}

RegNumber FuncCompiler::alloc_of(RegSet allowed) {
  allowed = allowed - locked_;
  RegSet free, cached;
  allowed.for_each([&](RegNumber reg) {
    if (owner_[reg] != kFree) return;
    if (cached_.has(reg))
      cached.add(reg);
    else
      free.add(reg);
  });
  RegNumber reg;
  if (!free.empty()) {
    reg = free.first();
  } else if (!cached.empty()) {
    // Take turns, so that the newest copies live longest.
    reg = cached.first();
    cached.for_each([&](RegNumber candidate) {
      if (candidate > last_evicted_ && reg <= last_evicted_) reg = candidate;
    });
    last_evicted_ = reg;
    drop_cache(reg);
  } else {
    reg = kNoReg;
    for (uint32_t i = flushed_; i < stack_.size(); ++i) {
      if (stack_[i].kind == Value::Reg && allowed.has(stack_[i].reg)) {
        reg = stack_[i].reg;
        spill(i);
        break;
      }
    }
    assert(reg != kNoReg && "an instruction holds more registers than there are");
  }
  lock(reg);
  return reg;
}

void FuncCompiler::claim(RegNumber reg) {
  lock(reg);
  assert(owner_[reg] != kHeld && "the caller moves its own operands");
  if (owner_[reg] != kFree) {
    const uint32_t index = owner_[reg];
    // Another register that is free costs a move; else the frame.
    RegNumber other = kNoReg;
    const bool floating = is_xmm(reg);
    (operand_regs_ - locked_).for_each([&](RegNumber candidate) {
      if (other == kNoReg && is_xmm(candidate) == floating && owner_[candidate] == kFree &&
          !cached_.has(candidate))
        other = candidate;
    });
    if (other == kNoReg) {
      spill(index);
    } else {
      move_reg(other, reg, stack_[index].type);
      stack_[index].reg = other;
      owner_[other] = index;
    }
    owner_[reg] = kFree;
  }
  drop_cache(reg);
}

void FuncCompiler::lock_value(const Value& value) {
  const RegNumber reg = register_of(value);
  if (reg != kNoReg) lock(reg);
}

RegNumber FuncCompiler::register_of(const Value& value) {
  if (value.kind == Value::Reg) return value.reg;
  if (value.kind != Value::Local) return kNoReg;
  const LocalPlace& place = locals_[value.local];
  if (place.pin != kNoReg) {
    refresh_pin(place.pin);
    return place.pin;
  }
  return place.cache;
}

RegNumber FuncCompiler::use(const Value& value) {
  const RegNumber present = register_of(value);
  if (present != kNoReg) {
    lock(present);
    return present;
  }
  const RegNumber reg = alloc(value.is_float());
  load(reg, value);
  // A narrower view of the local (i32.wrap_i64) is not a copy of it.
  if (value.kind == Value::Local && value.type == locals_[value.local].type)
    cache_local(reg, value.local);
  return reg;
}

RegNumber FuncCompiler::take(const Value& value) {
  if (value.kind == Value::Reg) return value.reg;
  const RegNumber reg = alloc(value.is_float());
  load(reg, value);
  return reg;
}

void FuncCompiler::take_into(const Value& value, RegNumber reg) {
  if (value.kind == Value::Reg && value.reg == reg) return;
  load(reg, value);
  release(value);
}

void FuncCompiler::move_reg(RegNumber to, RegNumber from, ValType::Kind type) {
  if (to == from) return;
  if (is_xmm(to)) {
    code_.movaps(xmm(to), xmm(from));
  } else {
    const bool wide = type != ValType::I32;
    code_.move(wide, to, from);
  }
}

void FuncCompiler::load_const(RegNumber reg, uint64_t low, uint64_t high, ValType::Kind type) {
  if (!is_xmm(reg)) {
    if (low <= UINT32_MAX)
      code_.move_imm32(reg, static_cast<uint32_t>(low));  // flags stay as they are, unlike with xor
    else
      code_.mov(r64(reg), low);
    return;
  }
  if (low == 0 && high == 0) {
    code_.xorps(xmm(reg), xmm(reg));
    return;
  }
  if (type == ValType::V128) {
    code_.movups(xmm(reg), code_.pool_operand());
  } else if (type == ValType::F64) {
    code_.movsd(xmm(reg), code_.pool_operand());
  } else {
    code_.movss(xmm(reg), code_.pool_operand());
  }
  code_.pool_reference(low, high);
}

Mem FuncCompiler::memory_of(const Value& value) const {
  assert(value.kind == Value::Slot || value.kind == Value::Local);
  return frame(value.kind == Value::Slot ? slot_offset(value.slot) : locals_[value.local].home);
}

void FuncCompiler::load(RegNumber reg, const Value& value) {
  if (value.kind == Value::Const) return load_const(reg, value.low, value.high, value.type);
  const RegNumber present = register_of(value);
  if (present != kNoReg) return move_reg(reg, present, value.type);
  load_from(reg, memory_of(value), value.type);
}

void FuncCompiler::load_from(RegNumber reg, const Mem& from, ValType::Kind type) {
  switch (type) {
    case ValType::F32: code_.encode(kLoadF32, reg, from); return;
    case ValType::F64: code_.encode(kLoadF64, reg, from); return;
    case ValType::V128: code_.encode(kLoadV128, reg, from); return;
    default: code_.load(type != ValType::I32, reg, from); return;
  }
}

void FuncCompiler::emit_parallel_moves(std::vector<RegisterMove>& moves) {
  std::erase_if(moves, [](const RegisterMove& move) { return move.to == move.from; });
  while (!moves.empty()) {
    // A move whose destination no other move reads can go first.
    const auto ready = std::ranges::find_if(moves, [&](const RegisterMove& move) {
      return std::ranges::none_of(moves, [&](const RegisterMove& other) {
        return &other != &move && other.from == move.to;
      });
    });
    if (ready != moves.end()) {
      move_reg(ready->to, ready->from, ready->type);
      moves.erase(ready);
      continue;
    }
    // Only cycles are left: park one source.
    const RegNumber parked = moves.front().from;
    const RegNumber scratch = is_xmm(parked) ? kXmmScratch : kScratch;
    move_reg(scratch, parked, is_xmm(parked) ? ValType::V128 : ValType::I64);
    for (RegisterMove& move : moves)
      if (move.from == parked) move.from = scratch;
  }
}

FuncCompiler::Source FuncCompiler::int_source(const Value& value, bool wide) {
  const uint8_t bits = wide ? 64 : 32;
  const RegNumber present = value.kind == Value::Const ? use(value) : register_of(value);
  if (present != kNoReg) {
    lock(present);
    return {present, bits, {}};
  }
  return {kNoReg, bits, memory_of(value)};
}

FuncCompiler::Source FuncCompiler::float_source(const Value& value) {
  const RegNumber present = value.kind == Value::Const ? use(value) : register_of(value);
  if (present != kNoReg) {
    lock(present);
    return {present, 128, {}};
  }
  // Vector instructions want aligned memory without AVX: load instead.
  if (value.type == ValType::V128) return {use(value), 128, {}};
  return {kNoReg, static_cast<uint8_t>(value.type == ValType::F64 ? 64 : 32), memory_of(value)};
}

void FuncCompiler::store_value(const Mem& to, const Value& value) {
  const bool wide = value.type != ValType::I32 && value.type != ValType::F32;
  if (value.kind == Value::Const && value.type != ValType::V128) {
    const auto as_signed = static_cast<int64_t>(value.low);
    if (!wide || as_signed == static_cast<int32_t>(as_signed)) {
      code_.store_imm(wide, to, static_cast<uint32_t>(value.low));
    } else {
      code_.mov(r64(kScratch), value.low);
      code_.store(true, to, kScratch);
    }
    return;
  }
  RegNumber reg = register_of(value);
  if (reg == kNoReg) {
    reg = value.is_float() ? kXmmScratch : kScratch;
    load(reg, value);
  }
  switch (value.type) {
    case ValType::F32: code_.encode(kStoreF32, reg, to); return;
    case ValType::F64: code_.encode(kStoreF64, reg, to); return;
    case ValType::V128: code_.encode(kStoreV128, reg, to); return;
    default: code_.store(wide, to, reg); return;
  }
}

// --- Destinations ------------------------------------------------------------------------------

FuncCompiler::Dest FuncCompiler::dest_for(bool floating, const Value* reusable1,
                                          const Value* reusable2) {
  Dest dest;
  const uint8_t next = reader_.peek();
  if (next == 0x21 || next == 0x22) {
    const uint8_t* p = reader_.pos() + 1;
    const uint32_t local = FunctionReader::read_leb_unchecked(p);
    if (pin_of(local) != kNoReg) {
      detach_references(local);
      dest.reg = pin_of(local);
      dest.is_pin = true;
      dest.local = local;
      return dest;
    }
  }
  for (const Value* value : {reusable1, reusable2}) {
    if (value && value->kind == Value::Reg && is_xmm(value->reg) == floating) {
      dest.reg = value->reg;
      return dest;
    }
  }
  dest.reg = alloc(floating);
  return dest;
}

void FuncCompiler::finish(const Dest& dest, ValType::Kind type) {
  if (!dest.is_pin) {
    if (owner_[dest.reg] == kHeld) owner_[dest.reg] = kFree;
    drop_cache(dest.reg);
    push_reg(dest.reg, type);
    return;
  }
  stale_pins_.remove(dest.reg);
  if (call_pins_.has(dest.reg)) dirty_pins_.add(dest.reg);
  Instr set;
  (void)reader_.next(set);
  ++fuel_pending_;
  assert(set.index == dest.local);
  if (set.shape == Shape::LocalTee) push_local(dest.local, type);
}

// --- Locals ------------------------------------------------------------------------------------

void FuncCompiler::drop_cache(RegNumber reg) {
  if (!cached_.has(reg)) return;
  locals_[cached_local_[reg]].cache = kNoReg;
  cached_local_[reg] = kFree;
  cached_.remove(reg);
}

void FuncCompiler::forget_cached_locals() {
  cached_.for_each([&](RegNumber reg) {
    locals_[cached_local_[reg]].cache = kNoReg;
    cached_local_[reg] = kFree;
  });
  cached_ = RegSet();
}

void FuncCompiler::cache_local(RegNumber reg, uint32_t local) {
  assert(locals_[local].pin == kNoReg && locals_[local].cache == kNoReg);
  drop_cache(reg);
  cached_local_[reg] = local;
  cached_.add(reg);
  locals_[local].cache = reg;
}

void FuncCompiler::detach_references(uint32_t local) {
  LocalPlace& place = locals_[local];
  for (uint32_t i = static_cast<uint32_t>(stack_.size()); place.pending > 0 && i-- > 0;) {
    Value& value = stack_[i];
    if (value.kind != Value::Local || value.local != local) continue;
    const RegNumber reg = alloc(value.is_float());
    // alloc() may have spilled this very operand.
    Value& again = stack_[i];
    if (again.kind != Value::Local) continue;
    load(reg, again);
    --place.pending;
    again.kind = Value::Reg;
    again.reg = reg;
    again.upper_garbage = false;
    owner_[reg] = i;
    locked_.remove(reg);
  }
}

void FuncCompiler::refresh_pin(RegNumber pin) {
  if (!stale_pins_.has(pin)) return;
  stale_pins_.remove(pin);
  const LocalPlace& place = locals_[pinned_local_[pin]];
  load_from(pin, frame(place.home), place.type);
}

void FuncCompiler::refresh_pins() {
  const RegSet stale = stale_pins_;
  stale.for_each([&](RegNumber pin) { refresh_pin(pin); });
}

void FuncCompiler::assign_local(uint32_t local, const Value& value, bool keep_value) {
  LocalPlace& place = locals_[local];
  detach_references(local);
  if (place.pin != kNoReg) {
    const RegNumber from = register_of(value);
    if (from != place.pin) load(place.pin, value);
    stale_pins_.remove(place.pin);
    if (call_pins_.has(place.pin)) dirty_pins_.add(place.pin);
  } else {
    const RegNumber from = register_of(value);
    const bool same = value.kind == Value::Local && value.local == local;
    if (!same) {
      if (place.cache != kNoReg) drop_cache(place.cache);
      store_value(frame(place.home), value);
      if (value.kind == Value::Reg) {
        release(value);
        cache_local(from, local);
      }
    }
  }
  release(value);
  if (keep_value) push_local(local, place.type);
}

}  // namespace skerry::baseline::x64
