// Entry thunks, host thunks and stubs. See code/abi.h for the convention they bridge.
#include "baseline/x64/thunks.h"

#include <algorithm>
#include <list>

#include "baseline/x64/assembler.h"

namespace skerry::baseline::x64 {
namespace {

using namespace Xbyak::util;
using Xbyak::Reg64;
using Xbyak::Xmm;
using Xbyak::Ymm;

const Reg64 kIntParams[kIntParamRegs] = {rdi, rsi, rdx, rcx, r8, r9};

// `frame_bytes`: as StubCode has it.
StubCode finish(Assembler& code, uint32_t frame_bytes) {
  code.link();
  return {{code.getCode(), code.getCode() + code.getSize()}, frame_bytes};
}

// Values in a host array lie one after another: 8 bytes each, v128 16.
std::vector<uint32_t> value_offsets(std::span<const ValType> types) {
  std::vector<uint32_t> offsets;
  uint32_t at = 0;
  for (ValType type : types) {
    offsets.push_back(at);
    at += 8 * slots_of(type);
  }
  return offsets;
}

void load_float(Assembler& code, ValType type, const Xmm& reg, const Xbyak::RegExp& from) {
  switch (type.kind()) {
    case ValType::F32: code.movss(reg, dword[from]); return;
    case ValType::F64: code.movsd(reg, qword[from]); return;
    default: code.movups(reg, xword[from]); return;
  }
}

void store_float(Assembler& code, ValType type, const Xmm& reg, const Xbyak::RegExp& to) {
  switch (type.kind()) {
    case ValType::F32:
      code.movd(eax, reg);
      code.mov(qword[to], rax);
      return;
    case ValType::F64: code.movsd(qword[to], reg); return;
    default: code.movups(xword[to], reg); return;
  }
}

void load_int(Assembler& code, ValType type, const Reg64& reg, const Xbyak::RegExp& from) {
  if (type == ValType::I32)
    code.mov(reg.cvt32(), dword[from]);
  else
    code.mov(reg, qword[from]);
}

void store_int(Assembler& code, ValType type, const Reg64& reg, const Xbyak::RegExp& to) {
  if (type == ValType::I32) code.mov(reg.cvt32(), reg.cvt32());
  code.mov(qword[to], reg);
}

void copy_slots(Assembler& code, ValType type, const Xbyak::RegExp& from, const Xbyak::RegExp& to) {
  for (unsigned i = 0; i < slots_of(type); ++i) {
    if (type == ValType::I32 || type == ValType::F32)
      code.mov(eax, dword[from]);
    else
      code.mov(rax, qword[from + 8 * i]);
    code.mov(qword[to + 8 * i], rax);
  }
}

constexpr uint32_t builtin_offset(Builtin which) { return 8 * static_cast<uint32_t>(which); }

// Moves the values array in `array` into the places a call of `params` expects. rax and r10 are
// overwritten; `array` must be neither these nor a parameter register.
void load_params(Assembler& code, std::span<const ValType> params, const Reg64& array) {
  const auto locations = param_locations(params);
  const auto offsets = value_offsets(params);
  bool have_buffer = false;
  for (size_t i = 0; i < locations.size(); ++i) {
    if (locations[i].kind != ValueLocation::Buffer) continue;
    if (!have_buffer) code.mov(r10, qword[r13 + context_offset::values]);
    have_buffer = true;
    copy_slots(code, params[i], array + offsets[i], r10 + 8 * locations[i].index);
  }
  for (size_t i = 0; i < locations.size(); ++i) {
    if (locations[i].kind == ValueLocation::IntReg)
      load_int(code, params[i], kIntParams[locations[i].index], array + offsets[i]);
    else if (locations[i].kind == ValueLocation::FloatReg)
      load_float(code, params[i], Xmm(locations[i].index), array + offsets[i]);
  }
}

// Stores of what is there already, most often: it is compared first, and what stores lies behind
// the code. Of two calls alike, the second stores less, and stores are what calls are bound by: one
// that goes to another line of the cache than the one before takes a cycle.
class Changes {
 public:
  explicit Changes(Assembler& code) : code_(code) {}
  void store(const Xbyak::RegExp& to, const Reg64& value) {
    Change& change = changes_.emplace_back(to, value);
    code_.cmp(qword[to], value);
    code_.jump_if(Cond::NE, change.changed);
    code_.bind(change.same);
  }
  void emit_behind() {
    for (Change& change : changes_) {
      code_.bind(change.changed);
      code_.mov(qword[change.to], change.value);
      code_.jump(change.same);
    }
  }

 private:
  struct Change {
    Change(const Xbyak::RegExp& place, const Reg64& its) : to(place), value(its) {}
    Xbyak::RegExp to;
    Reg64 value;
    CodeLabel changed, same;
  };
  Assembler& code_;
  std::list<Change> changes_;
};

// From an activation, in rcx, that is left to `landing` when it is unwound, through the func:
// context in r13, code in r11, values in r12, which funcs preserve.
void call_func(Assembler& code, const FuncType& type, CodeLabel& landing, Changes& changes) {
  changes.store(rcx + offsetof(VmActivation, rsp), rsp);
  code.address_of(rax, landing);
  changes.store(rcx + offsetof(VmActivation, landing), rax);
  code.mov(r14, qword[r13 + context_offset::memory0_base]);
  load_params(code, type.params, r12);
  code.call(r11);
  const auto locations = result_locations(type.results);
  const auto offsets = value_offsets(type.results);
  for (size_t i = 0; i < locations.size(); ++i) {
    switch (locations[i].kind) {
      case ValueLocation::IntReg: store_int(code, type.results[i], rax, r12 + offsets[i]); break;
      case ValueLocation::FloatReg:
        store_float(code, type.results[i], xmm0, r12 + offsets[i]);
        break;
      case ValueLocation::Buffer:
        if (i == 0) code.mov(r10, qword[r13 + context_offset::values]);
        copy_slots(code, type.results[i], r10 + 8 * locations[i].index, r12 + offsets[i]);
        break;
    }
  }
}

}  // namespace

StubCode make_entry_thunk(const FuncType& type) {
  Assembler code(512);
  CodeLabel landing;
  Changes changes(code);
  // Funcs preserve these, unless they are unwound. With them rsp is 16-byte aligned again.
  static const Reg64 kKept[] = {rbx, rbp, r15};
  constexpr uint32_t kFrameBytes = 8 * std::size(kKept);
  for (const Reg64& reg : kKept) code.push(reg);
  call_func(code, type, landing, changes);
  code.xor_(eax, eax);
  code.add(rsp, kFrameBytes);
  code.ret();
  code.bind(landing);
  for (auto reg = std::rbegin(kKept); reg != std::rend(kKept); ++reg) code.pop(*reg);
  code.mov(eax, 1);
  code.ret();
  changes.emit_behind();
  return finish(code, kFrameBytes);
}

StubCode make_fiber_thunk(const FuncType& type, const FiberThunkPlaces& at) {
  Assembler code(512);
  CodeLabel landing, otherwise, asked, go_on, leave;
  Changes changes(code);
  const auto thread_word = [&] {
    code.putSeg(fs);  // of the next instruction
    return qword[Xbyak::RegExp(static_cast<size_t>(at.thread_word))];
  };
  code.mov(rsi, qword[rdi + at.func]);
  code.mov(r15, qword[rdi + at.words]);
  code.mov(rax, qword[rdi + at.store]);
  code.cmp(qword[rsi + at.func_store], rax);
  code.jump_if(Cond::NE, otherwise);
  code.cmp(qword[r15 + at.word_limit], 0);  // nothing runs in the store
  code.jump_if(Cond::NE, otherwise);
  code.cmp(thread_word(), at.between_calls);  // nor on the thread
  code.jump_if(Cond::NE, otherwise);
  code.mov(r8, qword[rsi + at.func_ref]);
  code.mov(rcx, qword[rdi + at.activation]);
  code.mov(rax, qword[rdi + at.limit]);
  code.mov(r11, qword[r8 + offsetof(VmFuncRef, code)]);
  code.mov(r13, qword[r8 + offsetof(VmFuncRef, context)]);
  code.mov(r12, qword[rdi + at.slots]);
  code.mov(rbx, rdi);
  changes.store(rdi + at.host_rsp, rsp);
  code.mov(rbp, rsp);
  code.mov(rsp, qword[rdi + at.top]);
  code.mov(qword[r15 + at.word_limit], rax);
  code.mov(thread_word(), rcx);
  changes.store(r13 + context_offset::stack_limit, rax);
  code.cmp(dword[r15 + at.word_pending], 0);
  code.jump_if(Cond::NE, asked);
  code.bind(go_on);
  call_func(code, type, landing, changes);
  // Funcs preserve rbx, rbp and r15. The thread may be another one now, and the host's stack
  // elsewhere.
  code.xor_(eax, eax);
  code.mov(qword[r15 + at.word_limit], rax);
  code.mov(thread_word(), at.between_calls);
  changes.store(rbx + at.error, rax);
  code.mov(rcx, qword[rbx + at.frames_seen]);
  changes.store(rcx, rax);  // of traps that Wasm recovered from
  // Compared only, so that a processor goes on before it has loaded what it expects to be the same.
  code.cmp(qword[rbx + at.host_rsp], rbp);
  code.jump_if(Cond::NE, leave);
  code.mov(rsp, rbp);
  code.ret();
  code.bind(leave);
  code.mov(rsp, qword[rbx + at.host_rsp]);
  code.ret();

  code.bind(asked);  // for attention: the func polls
  code.mov(qword[r13 + context_offset::stack_limit], -1);
  code.jump(go_on);
  code.bind(otherwise);
  code.mov(rax, reinterpret_cast<uint64_t>(at.otherwise));
  code.jmp(rax);
  code.bind(landing);
  code.mov(rbx, qword[rsp + at.fiber_above_top]);
  code.mov(rdi, rbx);
  code.mov(rax, reinterpret_cast<uint64_t>(at.unwound));
  code.call(rax);
  code.xor_(eax, eax);
  code.jump(leave);
  changes.emit_behind();
  return finish(code, 0);
}

StubCode make_host_thunk(const FuncType& type) {
  // In: r13 = VmHostContext, r10 = the caller's VmContext. The host context has no value buffer, so
  // parameters beyond registers and several results go through the caller's, which is the store's.
  Assembler code(512);
  uint32_t slots = 0, result_slots = 0;
  for (ValType param : type.params) slots += slots_of(param);
  for (ValType result : type.results) result_slots += slots_of(result);
  slots = std::max(slots, result_slots);
  // push rbx leaves rsp 16-byte aligned; the array keeps it so.
  const uint32_t array_bytes = (8 * slots + 15) / 16 * 16;
  code.lea(r11, ptr[rsp + 8]);
  code.mov(qword[r10 + context_offset::exit_rsp], r11);
  code.push(rbx);
  code.mov(rbx, r10);
  code.sub(rsp, array_bytes);

  const auto params = param_locations(type.params);
  const auto param_offsets = value_offsets(type.params);
  bool have_buffer = false;
  for (size_t i = 0; i < params.size(); ++i) {
    const auto to = rsp + param_offsets[i];
    switch (params[i].kind) {
      case ValueLocation::IntReg:
        store_int(code, type.params[i], kIntParams[params[i].index], to);
        break;
      case ValueLocation::FloatReg:
        store_float(code, type.params[i], Xmm(params[i].index), to);
        break;
      case ValueLocation::Buffer:
        if (!have_buffer) code.mov(r10, qword[rbx + context_offset::values]);
        have_buffer = true;
        copy_slots(code, type.params[i], r10 + 8 * params[i].index, to);
        break;
    }
  }
  code.mov(rdi, r13);
  code.mov(rsi, rbx);
  code.mov(rdx, rsp);
  code.call(qword[r13 + offsetof(VmHostContext, entry)]);
  CodeLabel failed;
  code.test(al, al);
  code.jump_if(Cond::E, failed);

  const auto results = result_locations(type.results);
  const auto result_offsets = value_offsets(type.results);
  if (results.size() > 1) code.mov(r10, qword[rbx + context_offset::values]);
  for (size_t i = 0; i < results.size(); ++i) {
    const auto from = rsp + result_offsets[i];
    switch (results[i].kind) {
      case ValueLocation::IntReg: load_int(code, type.results[i], rax, from); break;
      case ValueLocation::FloatReg: load_float(code, type.results[i], xmm0, from); break;
      case ValueLocation::Buffer:
        copy_slots(code, type.results[i], from, r10 + 8 * results[i].index);
        break;
    }
  }
  code.add(rsp, array_bytes);
  code.pop(rbx);
  code.ret();

  code.bind(failed);
  code.mov(rdi, rbx);
  code.mov(rax, qword[rbx + context_offset::builtins]);
  code.call(qword[rax + builtin_offset(Builtin::host_failed)]);
  code.ud2();
  return finish(code, array_bytes + 8);
}

namespace {

// Calls a builtin with r11d as its argument. Preserves every register that may hold a value of the
// func it is called from; with AVX2, whole ymm registers, which other tiers use. All but rax if
// the builtin has a result.
StubCode make_preserving_stub(const CpuFeatures& cpu, Builtin target, bool has_result) {
  static const Reg64 kInts[] = {rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11};
  Assembler code(512);
  const uint32_t vector_bytes = cpu.avx2 ? 32 : 16;
  const uint32_t ints_at = 16 * vector_bytes;
  const uint32_t bytes = ints_at + 9 * 8;  // leaves rsp 16-byte aligned
  assert((bytes + 8) % 16 == 0);
  code.sub(rsp, bytes);
  for (int i = 0; i < 16; ++i) {
    const auto place = rsp + vector_bytes * static_cast<uint32_t>(i);
    cpu.avx2 ? code.vmovups(yword[place], Ymm(i)) : code.movups(xword[place], Xmm(i));
  }
  for (uint32_t i = 0; i < 9; ++i) code.mov(qword[rsp + ints_at + 8 * i], kInts[i]);
  if (cpu.avx2) code.vzeroupper();
  code.lea(rax, ptr[rsp + bytes + 8]);
  code.mov(qword[r13 + context_offset::exit_rsp], rax);
  code.mov(rdi, r13);
  code.mov(esi, r11d);
  code.mov(rax, qword[r13 + context_offset::builtins]);
  code.call(qword[rax + builtin_offset(target)]);
  for (int i = 0; i < 16; ++i) {
    const auto place = rsp + vector_bytes * static_cast<uint32_t>(i);
    cpu.avx2 ? code.vmovups(Ymm(i), yword[place]) : code.movups(Xmm(i), xword[place]);
  }
  for (uint32_t i = has_result ? 1 : 0; i < 9; ++i)
    code.mov(kInts[i], qword[rsp + ints_at + 8 * i]);
  code.add(rsp, bytes);
  code.ret();
  return finish(code, bytes);
}

// eax = func index; all parameter registers are live.
StubCode make_lazy_compile_stub() {
  Assembler code(512);
  constexpr uint32_t kBytes = kFloatParamRegs * 16 + kIntParamRegs * 8 + 8;
  static_assert((kBytes + 8) % 16 == 0);
  code.lea(r11, ptr[rsp + 8]);
  code.mov(qword[r13 + context_offset::exit_rsp], r11);
  code.sub(rsp, kBytes);
  for (unsigned i = 0; i < kFloatParamRegs; ++i)
    code.movups(xword[rsp + 16 * i], Xmm(static_cast<int>(i)));
  for (unsigned i = 0; i < kIntParamRegs; ++i)
    code.mov(qword[rsp + 16 * kFloatParamRegs + 8 * i], kIntParams[i]);
  code.mov(rdi, r13);
  code.mov(esi, eax);
  code.mov(rax, qword[r13 + context_offset::builtins]);
  code.call(qword[rax + builtin_offset(Builtin::compile_func)]);
  for (unsigned i = 0; i < kFloatParamRegs; ++i)
    code.movups(Xmm(static_cast<int>(i)), xword[rsp + 16 * i]);
  for (unsigned i = 0; i < kIntParamRegs; ++i)
    code.mov(kIntParams[i], qword[rsp + 16 * kFloatParamRegs + 8 * i]);
  code.add(rsp, kBytes);
  code.jmp(rax);
  return finish(code, kBytes);
}

StubCode make_unwind_stub() {
  Assembler code(64);
  code.mov(rsp, qword[rdi + offsetof(VmActivation, rsp)]);
  code.jmp(qword[rdi + offsetof(VmActivation, landing)]);
  return finish(code, 0);
}

}  // namespace

StubCode make_stub(Builtin which, const CpuFeatures& cpu) {
  switch (which) {
    case Builtin::poll: return make_preserving_stub(cpu, Builtin::poll_interrupt, false);
    case Builtin::hot: return make_preserving_stub(cpu, Builtin::hot_place, true);
    case Builtin::lazy_compile: return make_lazy_compile_stub();
    case Builtin::unwind: return make_unwind_stub();
    default: assert(false && "not a STUB row"); return {};
  }
}

std::vector<uint8_t> make_lazy_stubs(uint32_t first, uint32_t count) {
  std::vector<uint8_t> stubs;
  stubs.reserve(size_t{count} * kLazyStubBytes);
  for (uint32_t i = 0; i < count; ++i) {
    // mov eax, index; mov r11, [r13 + builtins]; jmp [r11 + lazy_compile]
    static_assert(context_offset::builtins < 128 && builtin_offset(Builtin::lazy_compile) < 128);
    const uint32_t index = first + i;
    const uint8_t bytes[kLazyStubBytes] = {
        0xb8,
        static_cast<uint8_t>(index),
        static_cast<uint8_t>(index >> 8),
        static_cast<uint8_t>(index >> 16),
        static_cast<uint8_t>(index >> 24),
        0x4d,
        0x8b,
        0x5d,
        static_cast<uint8_t>(context_offset::builtins),
        0x41,
        0xff,
        0x63,
        static_cast<uint8_t>(builtin_offset(Builtin::lazy_compile)),
        0xcc,
        0xcc,
        0xcc};
    stubs.insert(stubs.end(), bytes, bytes + kLazyStubBytes);
  }
  return stubs;
}

}  // namespace skerry::baseline::x64
