// EngineCode: the pieces of machine code that belong to no module: the STUB rows, thunks between
// host and Wasm (one a function type), and lazy stubs (one a func index, shared by all modules).
// Not here: making them; the Compiler does.
// Invariant: what was handed out stays where it is. Thread-safe; entry_thunk() takes no lock once
// the thunk exists.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "code/code.h"
#include "platform/code_pages.h"
#include "runtime/engine.h"
#include "wasm/type_registry.h"

namespace skerry::runtime {

class EngineCode {
 public:
  using Told = std::function<void(const PublishedCode&)>;
  // `told`: EngineOptions::on_publish.
  static Result<std::unique_ptr<EngineCode>> create(const Compiler& compiler,
                                                    const TypeRegistry& registry, const Told& told);
  ~EngineCode();

  // Entry points of builtins.def, in row order.
  const void* const* builtins() const { return builtins_.data(); }
  // Leaves the activation; the call of its entry thunk returns 1.
  [[noreturn]] void unwind(VmActivation& activation) const;

  Result<EntryThunk> entry_thunk(uint32_t type_id) {
    if (Chunk* chunk = chunks_[type_id / kChunkTypes].load(std::memory_order_acquire)) [[likely]] {
      const auto thunk = (*chunk)[type_id % kChunkTypes].load(std::memory_order_acquire);
      if (thunk != nullptr) [[likely]]
        return thunk;
    }
    return make_entry_thunk(type_id);
  }
  // `places` are the same at every call.
  Result<const void*> fiber_thunk(uint32_t type_id, const FiberThunkPlaces& places);
  Result<const void*> host_thunk(uint32_t type_id);
  // Makes the host thunks of several types at once: they share pages.
  Result<void> make_host_thunks(std::span<const uint32_t> type_ids);

  // The lazy stub of func index 0; at least `count` follow one another.
  Result<const uint8_t*> lazy_stubs(uint32_t count);

 private:
  static constexpr uint32_t kChunkTypes = 512;
  using Chunk = std::array<std::atomic<EntryThunk>, kChunkTypes>;
  static constexpr uint32_t kChunkCount = TypeRegistry::kMaxEntries / kChunkTypes + 1;

  EngineCode(const Compiler& compiler, const TypeRegistry& registry, const Told& told)
      : compiler_(compiler), registry_(registry), told_(told) {}
  Result<void> make_stubs();
  Result<EntryThunk> make_entry_thunk(uint32_t type_id);
  struct Piece {
    StubCode stub;
    const char* name;
    const uint8_t* address = nullptr;  // out
  };
  // mutex_ is held.
  Result<void> place(std::span<Piece> pieces);

  const Compiler& compiler_;
  const TypeRegistry& registry_;
  const Told& told_;
  std::array<const void*, kBuiltinCount> builtins_{};
  std::array<std::atomic<Chunk*>, kChunkCount> chunks_{};
  std::mutex mutex_;  // guards everything below, and chunks_ against writers
  std::vector<platform::CodePages> pages_;
  std::unordered_map<uint32_t, const void*> host_thunks_, fiber_thunks_;
  platform::CodePages lazy_pages_;
  uint32_t lazy_count_ = 0;
};

}  // namespace skerry::runtime
