// ModuleCode: a validated module with the code made of it so far, shared by all instances of it.
// Nothing is compiled when it is made: a func is compiled when it is first called, its callees by
// background threads ahead of need.
// Not here: how code is laid out in pages (code_arena.h) and which thread compiles
// (compile_pool.h). Invariant: once published, the code of a func stays where it is as long as the
// ModuleCode lives. Thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "code/code.h"
#include "code/context.h"
#include "runtime/code_image.h"
#include "runtime/code_map.h"
#include "runtime/engine.h"
#include "wasm/module.h"

namespace skerry::runtime {

class CodeArena;
class Instance;

class ModuleCode {
 public:
  // The module must have been validated with the engine's registry. `image`: code of this module
  // that is there already; it must fit the engine's options. Funcs without code in it are compiled
  // as ever.
  static Result<std::shared_ptr<ModuleCode>> create(std::shared_ptr<Engine> engine,
                                                    ValidatedModule module,
                                                    std::optional<CodeImage> image = std::nullopt);
  ~ModuleCode();
  ModuleCode(const ModuleCode&) = delete;
  ModuleCode& operator=(const ModuleCode&) = delete;

  Engine& engine() const { return *engine_; }
  const ValidatedModule& validated() const { return module_; }
  const Module& module() const { return module_.module(); }
  const ContextLayout& layout() const { return layout_; }
  // Some of its func types pass values in the Store's value buffer (code/abi.h).
  bool needs_value_buffer() const { return needs_value_buffer_; }
  // Null: what memory 0 starts with is for the module's data segments to say.
  const DataImage* data_image() const { return image_ && image_->data ? &*image_->data : nullptr; }
  const Export* find_export(std::string_view name) const;

  // Compiles every func that is not compiled yet, on all compile threads. For measuring and for
  // embedders that want no compilation later.
  Result<void> compile_all();

  // Lets background threads begin with a func that will be called soon, and with what it calls.
  // Only a hint.
  void compile_soon(uint32_t func);

  struct Stats {
    uint64_t funcs_compiled = 0;
    uint64_t code_bytes = 0;
    uint64_t site_bytes = 0;
  };
  Stats stats();

  // A defined func's code, where it lies as long as this lives: of calls, and of calls that those
  // pass on. A func that better code was made of has its code so far there.
  struct FuncCodeViews {
    CodeView calls, resumptions;
    bool is_from_image = false;  // both
  };
  // In the order of defined funcs. What was to be compiled ahead of need no longer is.
  std::vector<FuncCodeViews> code_so_far();

  // For the runtime itself.

  // The code of a defined func, compiled by this thread or awaited if need be.
  Result<const void*> ensure_compiled(uint32_t func);
  // Code for calls that the func's code passes on (Compiler::compile_resumption).
  Result<const void*> ensure_resumption(uint32_t func);
  // What a call of the func should jump to now: its code, or its lazy stub.
  const void* current_entry(uint32_t func) const;
  void add_instance(Instance* instance);
  void remove_instance(Instance* instance);
  // Guards everything in instances that publishing writes: entries, func refs, importers.
  std::mutex& instances_mutex() { return instances_mutex_; }
  // A background thread's share: compiles the func if it still is queued.
  void compile_ahead(uint32_t func, unsigned depth);
  // Publishes what background threads compiled.
  void publish_pending();
  // The request to compile the func ahead was dropped.
  void drop_request(uint32_t func);
  // Code of a better compiler, for a func that is compiled already: of the whole func, which calls
  // jump to from now on, or of the rest of it from a loop on. Returns where it is.
  Result<const void*> publish_better(uint32_t func, const FuncCode& code, bool is_whole);
  // The module came with code for the func that another compiler made better already.
  bool came_with_better(uint32_t func) const { return image_resumption(func) != nullptr; }

 private:
  ModuleCode(std::shared_ptr<Engine> engine, ValidatedModule module,
             std::optional<CodeImage> image);
  void take_image();
  void tell_of(const ArtifactPart& part) const;

  struct Compiled {
    uint32_t func = 0;
    FuncCode code;
  };
  // How far a func is, in states_. Anything from kFirstAddress on is the address of its code.
  enum State : uintptr_t { NotCompiled, Queued, Compiling, Pending, kFirstAddress = 4096 };

  // Compiles a func whose state this thread has set to Compiling.
  Result<FuncCode> compile(uint32_t func);
  // Lets a func be compiled again later, after a failure.
  void give_up(uint32_t func);
  std::vector<Compiled> take_pending();
  Result<void> publish(std::vector<Compiled> batch);
  void queue_callees(std::span<const uint32_t> callees, unsigned depth);
  // True if the state of a func that another thread was compiling has changed meanwhile.
  static bool spin_while_compiling(const std::atomic<uintptr_t>& state);
  void wake_waiters();
  void set_resumption_locked(uint32_t func, const void* code);
  // From the image; null if it has none.
  const void* image_resumption(uint32_t func) const;
  std::atomic<uintptr_t>& state(uint32_t func) const;

  std::shared_ptr<Engine> engine_;
  ValidatedModule module_;
  ContextLayout layout_;
  bool needs_value_buffer_;
  const uint8_t* lazy_stubs_ = nullptr;  // of func index 0
  // One a defined func: the address of its code, or a small number saying how far it is.
  std::unique_ptr<std::atomic<uintptr_t>[]> states_;

  std::mutex mutex_;  // guards pending_; compile_done_ waits on it
  std::condition_variable compile_done_;
  std::vector<Compiled> pending_;  // compiled ahead, not yet published
  uint64_t pending_bytes_ = 0;

  std::mutex publish_mutex_;  // guards arena_'s growth and loops_published_
  uint32_t loops_published_ = 0;
  std::unordered_map<uint32_t, const void*> resumptions_;  // guarded by instances_mutex_
  std::unique_ptr<CodeArena> arena_;
  const std::optional<CodeImage> image_;
  std::optional<CodeRegion> image_calls_, image_resumptions_;
  mutable std::once_flag exports_sorted_once_;
  mutable std::vector<uint32_t> exports_sorted_;  // indices into module().exports, by name

  std::mutex instances_mutex_;
  std::vector<Instance*> instances_;
};

}  // namespace skerry::runtime
