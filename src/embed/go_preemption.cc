// What is known of Go's runtime, from its sources (1.21 to 1.26): cmd/internal/obj/wasm (globals
// and prologues), runtime/runtime2.go (g and m, whose first fields stay where they are because the
// compiler knows them), runtime/stack.go (newstack and the guard's special values), runtime/proc.go
// (preemptone, which does the same elsewhere).
#include "embed/go_preemption.h"

#include <algorithm>
#include <array>
#include <memory>

#include "binary/function_reader.h"

namespace skerry::embed {
namespace {

// Globals: 0 is the stack pointer, 1 a closure's context, 2 the running goroutine's g.
constexpr std::array kGlobals = {ValType::I32, ValType::I64, ValType::I64, ValType::I64,
                                 ValType::I64, ValType::I64, ValType::I64, ValType::I32};
constexpr uint32_t kStackPointer = 0, kContext = 1, kRunning = 2;

// Fields of g.
constexpr uint64_t kStackLow = 0, kStackHigh = 8, kStackGuard = 16, kMachine = 48;
// Fields of m.
constexpr uint64_t kScheduler = 0;

// newstack yields if it finds this guard (stackPreempt).
constexpr uint64_t kYield = uint64_t{0} - 1314;
// Where a guard normally is, from the low end of the stack: 928 bytes or less in these releases.
constexpr uint64_t kMostGuardBytes = 4096;
// Polls that a raised guard waits for a prologue. A loop without calls has none.
constexpr unsigned kPatiencePolls = 64;

// The target of the first call, if the body has instructions that `match` accepts one after the
// other somewhere before it: for each, how many it has accepted so far.
template <size_t kCount, class Match>
std::optional<uint32_t> first_call_after(const FuncBody& body, Features features, Match match) {
  FunctionReader reader(body.code, body.offset, features);
  uint32_t groups = 0;
  if (!reader.read_local_group_count(groups)) return std::nullopt;
  for (LocalDecl decl; groups > 0; --groups)
    if (!reader.read_local_group(decl)) return std::nullopt;
  size_t matched = 0;
  for (Instr instr; !reader.at_end() && reader.next(instr);) {
    if (matched == kCount) {
      if (instr.op == Op::Call) return instr.index;
    } else if (match(matched, instr)) {
      ++matched;
    } else {
      matched = 0;
      if (instr.op == Op::Call) return std::nullopt;
    }
  }
  return std::nullopt;
}

// A prologue reads the guard before anything is called, and calls if the stack is too short.
std::optional<uint32_t> called_by_prologue(const FuncBody& body, Features features) {
  return first_call_after<3>(body, features, [](size_t matched, const Instr& instr) {
    switch (matched) {
      case 0: return instr.op == Op::GlobalGet && instr.index == kRunning;
      case 1: return instr.op == Op::I32WrapI64;
      default: return instr.op == Op::I32Load && instr.mem.offset == kStackGuard;
    }
  });
}

// morestack_noctxt only clears the context and calls morestack.
std::optional<uint32_t> called_without_context(const FuncBody& body, Features features) {
  return first_call_after<2>(body, features, [](size_t matched, const Instr& instr) {
    if (matched == 0) return instr.op == Op::I64Const && instr.value == 0;
    return instr.op == Op::GlobalSet && instr.index == kContext;
  });
}

const FuncBody* body_of(const Module& module, uint32_t func) {
  return func < module.imported_funcs ? nullptr : &module.bodies[func - module.imported_funcs];
}

}  // namespace

bool is_go_program(const Module& module) {
  if (module.find_custom("go:buildid") == nullptr) return false;
  if (module.imported_globals != 0 || module.globals.size() < kGlobals.size()) return false;
  for (size_t i = 0; i < kGlobals.size(); ++i)
    if (module.globals[i].type != GlobalType{kGlobals[i], true}) return false;
  return module.imported_memories == 0 && module.memories.size() == 1;
}

std::optional<uint32_t> find_morestack(const ValidatedModule& validated) {
  const Module& module = validated.module();
  const Features features = validated.features();
  for (const FuncBody& body : module.bodies) {
    const auto called = called_by_prologue(body, features);
    if (!called) continue;
    const FuncBody* const its_body = body_of(module, *called);
    const auto behind = its_body ? called_without_context(*its_body, features) : std::nullopt;
    return behind ? behind : called;
  }
  return std::nullopt;
}

bool GoPreemption::tick(const runtime::Frame* where) {
  if (!asked_) {
    // A goroutine that waits in a host function is not what keeps the others waiting.
    if (where == nullptr) return false;
    if (!was_looked_for_) morestack_ = find_morestack(instance_.module_code().validated());
    was_looked_for_ = true;
    asked_ = morestack_ ? raise_guard() : std::nullopt;
    return asked_.has_value();
  }
  const bool is_over = is_answered(where) || --asked_->polls_left == 0;
  if (is_over) {
    set_guard(is_answered(where) ? kYield : asked_->guard);
    asked_.reset();
  }
  return !is_over;
}

std::optional<GoPreemption::Asked> GoPreemption::raise_guard() const {
  const runtime::GuestView memory = instance_.memory(0)->view();
  const uint64_t stack_pointer = instance_.global(kStackPointer)->get().low & UINT32_MAX;
  const uint64_t running = instance_.global(kRunning)->get().low;
  const auto low = memory.read<uint64_t>(running + kStackLow);
  const auto high = memory.read<uint64_t>(running + kStackHigh);
  const auto guard = memory.read<uint64_t>(running + kStackGuard);
  const auto machine = memory.read<uint64_t>(running + kMachine);
  if (!low || !high || !guard || !machine) return std::nullopt;
  if (running == 0 || *machine == 0) return std::nullopt;
  // Within its stack, and its guard in the normal place: it has not been asked, nor is it in a part
  // of the runtime that has the guard say something else.
  if (stack_pointer <= *low || stack_pointer > *high) return std::nullopt;
  if (*guard <= *low || *guard - *low > kMostGuardBytes || *guard >= *high) return std::nullopt;
  // The scheduler's own goroutine, g0 of the same m, is never asked.
  const auto scheduler = memory.read<uint64_t>(*machine + kScheduler);
  if (!scheduler || *scheduler == running) return std::nullopt;
  const auto its_machine = memory.read<uint64_t>(*scheduler + kMachine);
  if (!its_machine || *its_machine != *machine) return std::nullopt;
  if (!memory.write(running + kStackGuard, *high)) return std::nullopt;
  return Asked{running, *guard, *high, kPatiencePolls};
}

bool GoPreemption::is_answered(const runtime::Frame* where) const {
  return where != nullptr && where->module == &instance_.module_code() &&
         where->func == *morestack_ && instance_.global(kRunning)->get().low == asked_->goroutine;
}

void GoPreemption::set_guard(uint64_t guard) const {
  // Go's runtime may have set it meanwhile: it knows better.
  const runtime::GuestView memory = instance_.memory(0)->view();
  const auto now = memory.read<uint64_t>(asked_->goroutine + kStackGuard);
  if (now && *now == asked_->raised)
    (void)memory.write(asked_->goroutine + kStackGuard, guard);  // it could be read
}

void preempt_goroutines(runtime::Instance& instance, std::chrono::nanoseconds time_slice) {
  instance.store().set_ticks(time_slice,
                             [preemption = std::make_shared<GoPreemption>(instance)](
                                 const runtime::Frame* where) { return preemption->tick(where); });
}

}  // namespace skerry::embed
