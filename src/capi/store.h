// StoreState: a runtime store with what C attaches to it. Thing: what a handle refers to, an item
// of the store or an Object. Not here: the handles (references.h). Invariant: handles keep the
// state alive and it keeps no handle of its own, but for the trap on its way out of a callback.
// Items live as long as the state; Objects as long as a handle refers to them or the store has seen
// them as an externref.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "embed/engine.h"
#include "runtime/store.h"
#include "runtime/trap.h"
#include "runtime/value.h"
#include "skerry.h"
#include "wasm.h"

namespace skerry::capi {

// The first five have the numbers of wasm_externkind_t.
enum class Kind : uint8_t {
  Func = WASM_EXTERN_FUNC,
  Global = WASM_EXTERN_GLOBAL,
  Table = WASM_EXTERN_TABLE,
  Memory = WASM_EXTERN_MEMORY,
  Tag = SKERRY_EXTERN_TAG,
  Instance,
  Module,
  Trap,
  Foreign,
};
inline bool is_extern(Kind kind) { return kind <= Kind::Tag; }

class HostInfo {
 public:
  using Finalizer = void (*)(void*);
  HostInfo() = default;
  HostInfo(const HostInfo&) = delete;
  HostInfo& operator=(const HostInfo&) = delete;
  ~HostInfo() { finish(); }
  void* get() const { return info_; }
  void set(void* info, Finalizer finalizer) {
    void* const outer = std::exchange(info_, info);
    const Finalizer of_outer = std::exchange(finalizer_, finalizer);
    if (of_outer) of_outer(outer);
  }

 private:
  void finish() { set(nullptr, nullptr); }
  void* info_ = nullptr;
  Finalizer finalizer_ = nullptr;
};

struct Object {
  virtual ~Object() = default;
  HostInfo host_info;
};
struct ForeignObject : Object {};
struct ModuleObject : Object {
  std::shared_ptr<const embed::LoadedModule> loaded;
};
struct TrapObject : Object {
  std::string message;
  std::vector<runtime::Frame> frames;  // of the store that the handle keeps
};

struct Thing {
  Kind kind = Kind::Foreign;
  void* address = nullptr;         // what is the same has the same address
  std::shared_ptr<Object> object;  // null for items

  static Thing of(Kind kind, std::shared_ptr<Object> object);
  static Thing of(const runtime::Extern& item);
  runtime::Extern item() const;  // of externs
};

struct DropTrap {
  void operator()(wasm_trap_t* trap) const { wasm_trap_delete(trap); }
};
using OwnTrap = std::unique_ptr<wasm_trap_t, DropTrap>;

struct Fiber;

inline constexpr std::string_view kStoreIsLent = "the store is in use by a call on another thread";

class StoreState : public std::enable_shared_from_this<StoreState> {
 public:
  // Null if the system refuses.
  static std::shared_ptr<StoreState> create(std::shared_ptr<const embed::Engine> engine,
                                            const runtime::StoreLimits& limits);

  ~StoreState() { skerry_error_delete(error_in_flight); }
  const embed::Engine& engine() const { return *engine_; }
  runtime::Store& runtime() { return *runtime_; }
  const std::shared_ptr<TypeRegistry>& registry() const { return engine_->runtime()->registry(); }

  // Null if it never had any.
  HostInfo* find_host_info(const Thing& thing);
  HostInfo& host_info(const Thing& thing);

  // An externref: the thing stays as long as the store, since nobody tells when Wasm drops it.
  uint64_t word_of(const Thing& thing);
  Thing thing_of(uint64_t word);

  // On its way from a callback to whoever called Wasm.
  OwnTrap trap_in_flight;
  skerry_error_t* error_in_flight = nullptr;  // own; the same of host functions of skerry.h

  Fiber* fiber = nullptr;  // keeps this state

  // Where calls run that are not on the thread's own stack.
  using Stack = std::optional<runtime::Store::StackBounds>;
  void set_stack(Stack stack);

  // Lends the store to one thread, which claim() makes the current one; until give_back(), on that
  // thread, calls on others take the slow way and fail there. False: it is lent already.
  bool lend();
  void claim();
  void give_back();
  bool is_lent_elsewhere() const;

  // Modules whose funcs backtraces may name.
  void add_module(const embed::LoadedModule& module);
  std::vector<embed::LoadedModule> modules;

 private:
  StoreState(std::shared_ptr<const embed::Engine> engine, std::unique_ptr<runtime::Store> store);

  // Null: to nobody; this state's own address: to a thread that has not claimed it yet.
  std::atomic<const void*> lent_to_ = nullptr;
  Stack stack_;
  std::shared_ptr<const embed::Engine> engine_;
  std::unique_ptr<runtime::Store> runtime_;
  std::unordered_map<const void*, HostInfo> host_infos_;
  std::unordered_map<uint64_t, Thing> seen_;  // by externref word
};

}  // namespace skerry::capi
