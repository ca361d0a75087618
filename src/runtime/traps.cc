// Backtraces walk frames by size: a func's frame_bytes lead from rsp to the return address, as long
// as the return address is in a known func. What is not is the entry thunk; from there it goes on
// with the activation outside, at the place where its Wasm called the host.
#include "runtime/traps.h"

#include <cassert>

#include "runtime/code_map.h"
#include "runtime/engine_code.h"
#include "runtime/store_access.h"

namespace skerry::runtime {
namespace {

// Far beyond what fits on any stack: a broken chain ends instead of looping.
constexpr uint64_t kMaxFrames = 100'000'000;
// Code may reach through a null reference and let it fault; objects have small offsets only.
constexpr uint64_t kNullPageBytes = 4096;

uint64_t word_at(uint64_t address) { return *reinterpret_cast<const uint64_t*>(address); }

// Where the func is at this place in its code. `caller`: also set if that is in the body of a
// callee that stands in place of the call.
Frame frame_at(const CodeMap::Reading::Hit& hit, bool pc_is_return,
               std::optional<Frame>* caller = nullptr) {
  const auto site = pc_is_return ? hit.func.site_at(hit.offset_in_func + 1, SiteMap::Kind::Call)
                                 : hit.func.site_at(hit.offset_in_func, SiteMap::Kind::Fault);
  Frame frame;
  frame.module = &hit.region->module();
  frame.func = hit.func.func;
  // A call without a site is still a frame; its body's first byte stands for it.
  const Module& module = frame.module->module();
  const FuncBody& body = module.bodies[frame.func - module.imported_funcs];
  frame.module_offset = site ? site->module_offset : static_cast<uint32_t>(body.offset);
  if (!site || !site->in_place) return frame;
  if (caller != nullptr) {
    *caller = frame;
    (*caller)->module_offset = site->in_place->call_offset;
  }
  frame.func = site->in_place->func;
  return frame;
}

// From the frame with this pc and rsp outwards, through all activations of the thread. A pc that is
// a return address names the call before it, which may be the func's last instruction. `innermost`:
// a frame that is not on the stack. Returns the module offset of the first frame.
uint64_t capture_backtrace(Store& store, const Activation* activation, uint64_t pc, uint64_t rsp,
                           bool pc_is_return, const Frame* innermost = nullptr) {
  StoreAccess::clear_frames(store);
  ++StoreAccess::captures(store);
  uint64_t first_offset = kNoPosition;
  if (innermost != nullptr) {
    StoreAccess::add_frame(store, *innermost);
    first_offset = innermost->module_offset;
  }
  const CodeMap::Reading map;
  for (uint64_t count = 0; count < kMaxFrames; ++count) {
    const auto hit = map.find(pc - (pc_is_return ? 1 : 0));
    if (!hit) {
      if (activation == nullptr || activation->caller == nullptr) break;
      rsp = activation->caller_exit_rsp;
      pc = word_at(rsp - 8);
      pc_is_return = true;
      activation = activation->previous;
      continue;
    }
    std::optional<Frame> caller;
    const Frame frame = frame_at(*hit, pc_is_return, &caller);
    const Module& module = frame.module->module();
    const FuncBody& body = module.bodies[frame.func - module.imported_funcs];
    // Where a loop was handed over, the frame before stands for the func already.
    if (frame.module_offset != handover_offset(body)) {
      if (first_offset == kNoPosition) first_offset = frame.module_offset;
      StoreAccess::add_frame(store, frame);
      if (caller) StoreAccess::add_frame(store, *caller);
    }
    rsp += hit->func.frame_bytes;
    pc = word_at(rsp);
    rsp += 8;
    pc_is_return = true;
  }
  StoreAccess::finish_frames(store);
  return first_offset;
}

// Which traps a fault of this kind may stand for.
bool fits(const Store& store, const platform::Fault& fault, TrapCode trap) {
  switch (fault.kind) {
    case platform::Fault::Memory:
      switch (trap) {
        case TrapCode::MemoryOutOfBounds: return StoreAccess::guards(store, fault.address);
        case TrapCode::IndirectCallToNull:
        case TrapCode::NullReference:
        case TrapCode::NullFuncReference: return fault.address < kNullPageBytes;
        default: return false;
      }
    case platform::Fault::Arithmetic:
      return trap == TrapCode::IntegerDivideByZero || trap == TrapCode::IntegerOverflow;
    case platform::Fault::IllegalInstruction:
      return true;  // a trap instruction says nothing but its place
  }
  return false;
}

void store_error(Store& store, const Error& error) {
  StoreAccess::error(store) = error;
  StoreAccess::last_error(store) = error;
}

}  // namespace

std::optional<Frame> calling_frame(const VmContext& context) {
  const CodeMap::Reading map;
  const auto hit = map.find(word_at(context.exit_rsp - 8) - 1);
  if (!hit) return std::nullopt;
  return frame_at(*hit, true);
}

bool fault_in_wasm(platform::Fault& fault) {
  Activation* const activation = innermost_activation();
  if (activation == nullptr) return false;
  Store& store = *activation->store;
  CodeSite site;
  {
    const CodeMap::Reading map;
    const auto hit = map.find(fault.pc);
    if (!hit) return false;
    const auto found = hit->func.site_at(hit->offset_in_func, SiteMap::Kind::Fault);
    if (!found || !fits(store, fault, found->trap)) return false;
    site = *found;
  }
  capture_backtrace(store, activation, fault.pc, fault.sp, false);
  store_error(store, trap(site.trap, site.module_offset));
  fault.pc = activation->landing;
  fault.sp = activation->rsp;
  return true;
}

void pause_in_wasm(uint64_t pc) {
  const Activation* const activation = innermost_activation();
  if (activation == nullptr) return;
  const CodeMap::Reading map;
  if (map.find(pc)) StoreAccess::interrupt(*activation->store).tick_from_signal();
}

void raise_error(VmContext& context, const Error& error, const Frame* innermost) {
  Store& store = store_of(context);
  Activation* const activation = innermost_activation();
  assert(activation != nullptr && activation->store == &store);
  const uint64_t offset = capture_backtrace(store, activation, word_at(context.exit_rsp - 8),
                                            context.exit_rsp, true, innermost);
  Error stored = error;
  if (stored.position == kNoPosition && error_phase(stored.code) == Phase::Trap)
    stored.position = offset;
  store_error(store, stored);
  store.engine().code().unwind(*activation);
}

void raise_trap(VmContext& context, TrapCode code) { raise_error(context, trap(code)); }

void raise_host_error(VmContext& context) {
  Store& store = store_of(context);
  assert(StoreAccess::error(store));
  if (StoreAccess::keep_frames(store)) store.engine().code().unwind(*innermost_activation());
  raise_error(context, *StoreAccess::error(store));
}

}  // namespace skerry::runtime
