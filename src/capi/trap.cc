// Traps and frames, made and looked into.
#include "capi/trap.h"

#include <new>

#include "capi/boundary.h"
#include "capi/error.h"
#include "capi/references.h"
#include "embed/report.h"
#include "runtime/instance.h"

namespace skerry::capi {
namespace {

constexpr std::string_view kNoMemory = "out of memory";

wasm_trap_t* make_trap(const std::shared_ptr<StoreState>& store, std::string_view message,
                       std::span<const runtime::Frame> frames) {
  auto trap = std::make_shared<TrapObject>();
  trap->message = message;
  trap->frames.assign(frames.begin(), frames.end());
  return new_handle<wasm_trap_t>(store, Thing::of(Kind::Trap, std::move(trap)));
}

// Null if it is none.
TrapObject* object_of(const wasm_trap_t* trap) {
  return is_a(trap, Kind::Trap) ? static_cast<TrapObject*>(trap->thing.object.get()) : nullptr;
}

// A trap that a callback made for this store learns where it was called.
void add_frames(wasm_trap_t& trap, StoreState& store) {
  TrapObject* const object = object_of(&trap);
  if (!object || trap.store.get() != &store || !object->frames.empty()) return;
  const auto frames = store.runtime().backtrace().frames;
  guarded([&] { object->frames.assign(frames.begin(), frames.end()); });
}

}  // namespace

wasm_trap_t* no_memory_trap() noexcept {
  // Never destroyed: it may be needed until the very end of the program.
  static wasm_trap_t* const trap = make_trap(nullptr, kNoMemory, {});
  return trap;
}

bool is_no_memory_trap(const wasm_ref_t* ref) noexcept {
  return is_a(ref, Kind::Trap) && ref == no_memory_trap();
}

wasm_trap_t* new_trap(const std::shared_ptr<StoreState>& store, std::string_view message) noexcept {
  wasm_trap_t* const trap = made([&] { return make_trap(store, message, {}); });
  return trap ? trap : no_memory_trap();
}

wasm_trap_t* trap_of_failure(const std::shared_ptr<StoreState>& store, const Error& error,
                             bool has_frames) noexcept {
  const std::unique_ptr<skerry_error_t, decltype(&skerry_error_delete)> given(
      std::exchange(store->error_in_flight, nullptr), skerry_error_delete);
  OwnTrap in_flight = std::move(store->trap_in_flight);
  if (in_flight && error.code == ErrorCode::HostFunctionFailed) {
    if (has_frames) add_frames(*in_flight, *store);
    return in_flight.release();
  }
  wasm_trap_t* const trap = made([&] {
    const auto frames = store->runtime().backtrace().frames;
    const bool is_given = given && given->error == error;  // by a host function of skerry.h
    return make_trap(store, is_given ? given->message : embed::explain(error),
                     has_frames ? frames : decltype(frames)());
  });
  return trap ? trap : no_memory_trap();
}

}  // namespace skerry::capi

using namespace skerry;
using namespace skerry::capi;

// Keeps the store, and with it the module that the frame names.
struct wasm_frame_t {
  std::shared_ptr<StoreState> store;
  runtime::Frame frame;
  std::unique_ptr<wasm_ref_t> instance = nullptr;  // made when it is asked for
};

namespace {

wasm_frame_t* new_frame(const wasm_trap_t& trap, const runtime::Frame& frame) {
  return made([&] { return new wasm_frame_t{trap.store, frame}; });
}

// Null unless it is the only one of its module.
runtime::Instance* instance_of(StoreState& store, const runtime::ModuleCode* module) {
  runtime::Instance* found = nullptr;
  for (const auto& instance : store.runtime().instances()) {
    if (&instance->module_code() != module) continue;
    if (found) return nullptr;
    found = instance.get();
  }
  return found;
}

}  // namespace

wasm_trap_t* wasm_trap_new(wasm_store_t* store, const wasm_message_t* message) {
  if (!store || !message || (message->size != 0 && !message->data)) return nullptr;
  std::string_view text(message->data, message->size);
  if (text.ends_with('\0')) text.remove_suffix(1);
  return made([&] { return make_trap(store->state, text, {}); });
}

void wasm_trap_message(const wasm_trap_t* trap, wasm_message_t* out) {
  if (!out) return;
  const TrapObject* const object = object_of(trap);
  const std::string_view text = object ? std::string_view(object->message) : "";
  wasm_byte_vec_new_uninitialized(out, text.size() + 1);
  if (out->data) text.copy(out->data, text.size());
}

wasm_frame_t* wasm_trap_origin(const wasm_trap_t* trap) {
  const TrapObject* const object = object_of(trap);
  return object && !object->frames.empty() ? new_frame(*trap, object->frames.front()) : nullptr;
}

void wasm_trap_trace(const wasm_trap_t* trap, wasm_frame_vec_t* out) {
  if (!out) return;
  const TrapObject* const object = object_of(trap);
  wasm_frame_vec_new_uninitialized(out, object ? object->frames.size() : 0);
  for (size_t i = 0; i < out->size; ++i) {
    out->data[i] = new_frame(*trap, object->frames[i]);
    if (!out->data[i]) return wasm_frame_vec_delete(out);
  }
}

void wasm_frame_delete(wasm_frame_t* frame) { delete frame; }

wasm_frame_t* wasm_frame_copy(const wasm_frame_t* frame) {
  if (!frame) return nullptr;
  return made([&] { return new wasm_frame_t{frame->store, frame->frame}; });
}

wasm_instance_t* wasm_frame_instance(const wasm_frame_t* frame) {
  if (!frame) return nullptr;
  auto& instance = const_cast<wasm_frame_t*>(frame)->instance;
  runtime::Instance* const found =
      instance ? nullptr : instance_of(*frame->store, frame->frame.module);
  if (found)
    guarded([&] { instance = make_handle(frame->store, {Kind::Instance, found, nullptr}); });
  return static_cast<wasm_instance_t*>(instance.get());
}

uint32_t wasm_frame_func_index(const wasm_frame_t* frame) { return frame ? frame->frame.func : 0; }

size_t wasm_frame_func_offset(const wasm_frame_t* frame) {
  if (!frame) return 0;
  const skerry::Module& module = frame->frame.module->module();
  const FuncBody& body = module.bodies[frame->frame.func - module.imported_funcs];
  return frame->frame.module_offset - body.offset;
}

size_t wasm_frame_module_offset(const wasm_frame_t* frame) {
  return frame ? frame->frame.module_offset : 0;
}
