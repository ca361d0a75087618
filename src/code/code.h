// What a compiler produces and how it is asked: FuncCode (machine code of one func with the facts
// the runtime needs about it) and the Compiler interface both tiers implement. Not here: where code
// is placed in memory (the runtime does that) or when a func is compiled. Invariant: code is
// position-independent (placed at a multiple of `alignment`) and refers to the world only through
// the instance context, so it may be copied anywhere, shared by instances, and kept in files.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "code/code_origin.h"
#include "code/context.h"
#include "wasm/module.h"

namespace skerry {

enum class TrapCode : uint8_t {
#define TRAP(name, error) name,
#include "wasm/traps.def"
#undef TRAP
  None = 0xff,
};
ErrorCode trap_error(TrapCode trap);

// A place in machine code that the runtime may have to explain: an instruction that can fault, or
// the return address of a call.
struct CodeSite {
  uint32_t code_offset = 0;        // of the faulting instruction, or of the return address
  uint32_t module_offset = 0;      // of the Wasm instruction
  TrapCode trap = TrapCode::None;  // None: a call
  // Set where the instruction is another func's, whose body stands in place of a call of it.
  struct InPlace {
    uint32_t func = 0;         // whose the instruction is
    uint32_t call_offset = 0;  // module offset of the call, which is the code's own func's
    friend bool operator==(const InPlace&, const InPlace&) = default;
  };
  std::optional<InPlace> in_place = std::nullopt;
};

// Sites of one func in a compact form (about three bytes each).
class SiteMap {
 public:
  void append(CodeSite site);  // sites may come in any order of code offset
  // What an offset is asked about: an instruction that can fault may directly follow a call, so
  // that its offset is the call's return address as well.
  enum class Kind : uint8_t { Fault, Call };
  // The site of this kind at exactly this code offset. Safe in a signal handler: it only reads.
  std::optional<CodeSite> find(uint32_t code_offset, Kind kind) const {
    return find_in(bytes_, code_offset, kind);
  }
  // The same in a copy of bytes().
  static std::optional<CodeSite> find_in(Bytes bytes, uint32_t code_offset, Kind kind);
  size_t size_bytes() const { return bytes_.size(); }
  const std::vector<uint8_t>& bytes() const { return bytes_; }
  void shrink() { bytes_.shrink_to_fit(); }

 private:
  std::vector<uint8_t> bytes_;
  CodeSite last_;  // its offsets count
  CodeSite::InPlace last_in_place_;
};

struct FuncCode {
  std::vector<uint8_t> code;
  // What the address of the code must be a multiple of: 16, 32 or 64.
  uint32_t alignment = 16;
  SiteMap sites;
  // From rsp in the body to the return address. Constant between prologue and epilogue.
  uint32_t frame_bytes = 0;
  // Defined funcs this one calls directly: candidates for compiling ahead of need.
  std::vector<uint32_t> callees;
  const char* made_by = "";  // Compiler::name()
  // Some calls are passed on: Compiler::compile_resumption() has to make code for them.
  bool passes_on = false;
};

// How memories are guarded, and what is woven into code. Part of the key of cached code.
struct CodeOptions {
  // True: every access to a memory is compared with its size. False: 32-bit memories rely on guard
  // pages (kGuardReservationBytes); 64-bit memories are compared all the same.
  bool explicit_bounds = false;
  bool fuel = false;
  // About how many calls of a func, or rounds of its loops, it takes until its code says that it is
  // hot (STUB hot in builtins.def). Calls and rounds share a counter. 0: it does not count.
  uint32_t hot_after_calls = 0;
  uint32_t hot_after_rounds = 0;
  friend bool operator==(const CodeOptions&, const CodeOptions&) = default;
};

// Where a frame of counting code holds what a loop's head sees, as offsets from rsp.
struct FrameMap {
  static constexpr uint32_t kNowhere = UINT32_MAX;  // the code never reads this local
  std::vector<uint32_t> locals;
  uint32_t operands_at = 0;    // the lowest operand
  uint32_t operand_bytes = 8;  // from one operand to the next
};

// A place where other code takes over a running func: the head of a loop, or a block of a dispatch
// loop that jumps go back to. The code is called with the address of the frame in rdi; it runs the
// func to its end and leaves the results as the func does.
struct LoopEntry {
  uint32_t module_offset = 0;  // of the `loop`, or of the `end` of the block
  FrameMap frame;
};

// The place that the sites of a hand-over name: no instruction has it.
constexpr uint32_t handover_offset(const FuncBody& body) {
  return static_cast<uint32_t>(body.offset) - 1;
}

// Address space a guarded 32-bit memory reserves: any 32-bit index plus any 32-bit offset plus the
// widest access stays inside, so that no compare is needed.
inline constexpr uint64_t kGuardReservationBytes = (uint64_t{8} << 30) + (uint64_t{1} << 16);
// Offsets up to this need no compare in guarded memories.
inline constexpr uint64_t kMaxGuardedOffset = UINT32_MAX;

// Where an activation of Wasm is left when it traps. Filled by the entry thunk; the runtime's fault
// handler sets rip = landing and rsp = rsp of the innermost one.
struct VmActivation {
  uint64_t rsp = 0;
  uint64_t landing = 0;
};

// A thunk or a stub: code between Wasm and everything else.
struct StubCode {
  std::vector<uint8_t> code;
  // From rsp at the calls it makes to its return address; 0: it makes none.
  uint32_t frame_bytes = 0;
  bool operator==(const StubCode&) const = default;
};

// Code by which the host enters funcs of one type. It takes the func's context in r13, its code in
// r11, the values in r12 and a VmActivation in rcx, with rsp 16-byte aligned at the call, and
// answers in eax as enter_wasm(). Of the registers that C preserves it keeps rsp and rbp alone:
// saving the others is left to callers, who know which they need.
struct EntryThunkCode;
using EntryThunk = const EntryThunkCode*;

// Calls `code` in `context`. `values` holds the arguments and receives the results, 8 bytes each,
// v128 16. Returns 0, or 1 if the activation was unwound. The function that this is a part of has
// to make an ordinary call somewhere too: only then does the compiler align rsp, and keep nothing
// below.
[[gnu::always_inline]] inline uint32_t enter_wasm(EntryThunk thunk, void* context, const void* code,
                                                  uint64_t* values, VmActivation* activation) {
  register void* r13 __asm__("r13") = context;
  register const void* r11 __asm__("r11") = code;
  register uint64_t* r12 __asm__("r12") = values;
  uint32_t unwound;
  __asm__ volatile("call *%[thunk]"
                   : "=a"(unwound), "+c"(activation), "+r"(r11), "+r"(r12), "+r"(r13)
                   : [thunk] "r"(thunk)
                   : "rdx", "rsi", "rdi", "r8", "r9", "r10", "r14", "xmm0", "xmm1", "xmm2", "xmm3",
                     "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",
                     "xmm13", "xmm14", "xmm15", "memory", "cc");
  return unwound;
}

// A fiber thunk: the same for hosts that are assembly on stacks of their own, and in one piece with
// what an outermost call has to do before and afterwards (runtime/entry.h), without a call in
// between. Its argument is the fiber, in rdi; the answer is 0 in eax; it keeps no register but rsp.
// What is out of the ordinary goes to `otherwise`, as if that had been called instead. Offsets are
// those of the System V convention's data: in the fiber, the func that is called, the store's
// words, the thread's (from fs). What is not described here is described where it is made.
struct FiberThunkPlaces {
  uint32_t host_rsp = 0, top = 0, func = 0, slots = 0, error = 0;             // in the fiber
  uint32_t store = 0, words = 0, activation = 0, limit = 0, frames_seen = 0;  // likewise
  uint32_t func_store = 0, func_ref = 0;                                      // in the func
  uint32_t word_pending = 0, word_limit = 0;                                  // in the words
  int32_t thread_word = 0;
  uint64_t between_calls = 0;    // what the thread's word is then
  uint32_t fiber_above_top = 0;  // where, from the top of the stack on, the fiber's address is
  // Called as C functions are, with the fiber.
  const void* otherwise = nullptr;
  const void* unwound = nullptr;
};

class Compiler {
 public:
  virtual ~Compiler() = default;
  virtual const char* name() const = 0;

  // Compiles a defined func. Thread-safe. UnsupportedInstruction: this tier does not execute an
  // opcode the body holds (a = its row).
  virtual Result<FuncCode> compile(const ValidatedModule& module, const ContextLayout& layout,
                                   uint32_t func, const CodeOptions& options) const = 0;

  // compile(), and where all of the code came from, for people who read it. The module is one in
  // the binary format: offset 0 stands for none.
  virtual Result<FuncCode> compile_with_origins(const ValidatedModule& module,
                                                const ContextLayout& layout, uint32_t func,
                                                const CodeOptions& options,
                                                CodeOrigins& origins) const {
    origins.assign(1, {0, 0, CodePart::Unknown});
    return compile(module, layout, func, options);
  }

  // Code for calls that go on where the func left off, if compile() makes code that passes them on
  // (it jumps to what the context's `resumption` holds).
  virtual Result<FuncCode> compile_resumption(const ValidatedModule& module,
                                              const ContextLayout& layout, uint32_t func,
                                              const CodeOptions& options) const {
    return compile(module, layout, func, options);
  }
  // The rest of a func from the head of one of its loops on. UnsupportedInstruction: a compiler
  // whose code nothing is ever handed over to, or a place that is not reached.
  virtual Result<FuncCode> compile_from_loop(const ValidatedModule& module,
                                             const ContextLayout& layout, uint32_t func,
                                             const LoopEntry& entry,
                                             const CodeOptions& options) const {
    (void)module, (void)layout, (void)func, (void)options;
    return fail(ErrorCode::UnsupportedInstruction, entry.module_offset);
  }
  // The frame of the func's counting code: what compile() makes with the same options.
  virtual FrameMap frame_map(const ValidatedModule& module, const ContextLayout& layout,
                             uint32_t func, const CodeOptions& options) const {
    (void)module, (void)layout, (void)func, (void)options;
    return {};
  }

  // An EntryThunk for funcs of this type. It begins by pushing rbx, rbp and r15.
  virtual StubCode entry_thunk(const FuncType& type) const = 0;
  virtual StubCode fiber_thunk(const FuncType& type, const FiberThunkPlaces& places) const = 0;
  // Code for VmFuncRef::code / VmImport::code of a host function of this type: called as generated
  // code is, it gathers the arguments and calls VmHostContext::entry.
  virtual StubCode host_thunk(const FuncType& type) const = 0;
  // The STUB rows of builtins.def.
  virtual StubCode stub(Builtin which) const = 0;
  // `count` stubs of kLazyStubBytes each; stub i loads func index first + i and jumps to the
  // lazy_compile stub through the context.
  virtual std::vector<uint8_t> lazy_stubs(uint32_t first, uint32_t count) const = 0;
};

inline constexpr uint32_t kLazyStubBytes = 16;

}  // namespace skerry
