// Making and placing stubs and thunks.
#include "runtime/engine_code.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "platform/abandoned_frames.h"
#include "runtime/builtins.h"

namespace skerry::runtime {
namespace {

constexpr uint64_t kRegionBytes = 1 << 20;
constexpr uint32_t kMaxLazyStubs = 1 << 20;
// Lazy stubs are made this many at a time, so that the bytes on their way stay few.
constexpr uint32_t kLazyStubStep = 4096;
constexpr size_t kAlignment = 16;

constexpr size_t align_up(size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace

Result<std::unique_ptr<EngineCode>> EngineCode::create(const Compiler& compiler,
                                                       const TypeRegistry& registry,
                                                       const Told& told) {
  std::unique_ptr<EngineCode> result(new EngineCode(compiler, registry, told));
  TRY(result->make_stubs());
  return result;
}

EngineCode::~EngineCode() {
  for (const auto& chunk : chunks_) delete chunk.load(std::memory_order_relaxed);
}

Result<void> EngineCode::make_stubs() {
  const std::lock_guard lock(mutex_);
  struct Row {
    Builtin which;
    const char* name;
  };
  static constexpr auto kStubs = std::to_array<Row>({
#define STUB(name) {Builtin::name, #name},
#define BUILTIN(name, result, ...)
#include "code/builtins.def"
#undef BUILTIN
#undef STUB
  });
  builtins_ = builtin_addresses();
  std::vector<Piece> pieces;
  pieces.reserve(kStubs.size());
  for (const Row& row : kStubs) pieces.push_back({compiler_.stub(row.which), row.name});
  TRY(place(pieces));
  for (size_t i = 0; i < kStubs.size(); ++i)
    builtins_[static_cast<size_t>(kStubs[i].which)] = pieces[i].address;
  return {};
}

void EngineCode::unwind(VmActivation& activation) const {
  using Unwind = void(SKERRY_SYSV*)(VmActivation*);
  const void* const stub = builtins_[static_cast<size_t>(Builtin::unwind)];
  platform::abandon_frames_below(activation.rsp);
  reinterpret_cast<Unwind>(const_cast<void*>(stub))(&activation);
  __builtin_unreachable();
}

Result<void> EngineCode::place(std::span<Piece> pieces) {
  size_t total = 0;
  for (const Piece& piece : pieces) total += align_up(piece.stub.code.size());
  if (total == 0) return {};
  if (pages_.empty() || pages_.back().room_bytes() < total)
    pages_.push_back(TRY(
        platform::CodePages::reserve(std::max(kRegionBytes, platform::round_up_to_page(total)))));
  std::vector<uint8_t> batch;
  batch.reserve(total);
  for (const Piece& piece : pieces) {
    batch.insert(batch.end(), piece.stub.code.begin(), piece.stub.code.end());
    batch.resize(align_up(batch.size()));
  }
  const uint8_t* next = TRY(pages_.back().append(batch));
  for (Piece& piece : pieces)
    piece.address = std::exchange(next, next + align_up(piece.stub.code.size()));
  if (told_)
    for (const Piece& piece : pieces)
      told_(
          {nullptr, 0, piece.address, piece.stub.code.size(), piece.stub.frame_bytes, piece.name});
  return {};
}

Result<EntryThunk> EngineCode::make_entry_thunk(uint32_t type_id) {
  const std::lock_guard lock(mutex_);
  auto& slot = chunks_[type_id / kChunkTypes];
  Chunk* chunk = slot.load(std::memory_order_relaxed);
  if (chunk == nullptr) {
    chunk = new Chunk{};
    slot.store(chunk, std::memory_order_release);
  }
  auto& thunk = (*chunk)[type_id % kChunkTypes];
  if (const EntryThunk made = thunk.load(std::memory_order_relaxed)) return made;
  Piece pieces[] = {{compiler_.entry_thunk(registry_.type(type_id).func), kEntryThunk}};
  TRY(place(pieces));
  const auto made = reinterpret_cast<EntryThunk>(pieces[0].address);
  thunk.store(made, std::memory_order_release);
  return made;
}

Result<const void*> EngineCode::fiber_thunk(uint32_t type_id, const FiberThunkPlaces& places) {
  const std::lock_guard lock(mutex_);
  const void*& made = fiber_thunks_[type_id];
  if (made == nullptr) {
    Piece pieces[] = {{compiler_.fiber_thunk(registry_.type(type_id).func, places), "fiber thunk"}};
    TRY(place(pieces));
    made = pieces[0].address;
  }
  return made;
}

Result<void> EngineCode::make_host_thunks(std::span<const uint32_t> type_ids) {
  const std::lock_guard lock(mutex_);
  std::vector<uint32_t> missing;
  for (uint32_t id : type_ids)
    if (!host_thunks_.contains(id)) missing.push_back(id);
  std::sort(missing.begin(), missing.end());
  missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
  std::vector<Piece> pieces;
  pieces.reserve(missing.size());
  for (uint32_t id : missing)
    pieces.push_back({compiler_.host_thunk(registry_.type(id).func), "host thunk"});
  TRY(place(pieces));
  for (size_t i = 0; i < missing.size(); ++i) host_thunks_[missing[i]] = pieces[i].address;
  return {};
}

Result<const void*> EngineCode::host_thunk(uint32_t type_id) {
  TRY(make_host_thunks({&type_id, 1}));
  const std::lock_guard lock(mutex_);
  return host_thunks_.at(type_id);
}

Result<const uint8_t*> EngineCode::lazy_stubs(uint32_t count) {
  const std::lock_guard lock(mutex_);
  if (count > kMaxLazyStubs) return fail(ErrorCode::LimitExceeded, kNoPosition, count);
  if (lazy_pages_.begin() == nullptr) {
    lazy_pages_ = TRY(platform::CodePages::reserve(uint64_t{kMaxLazyStubs} * kLazyStubBytes));
  }
  // Whole pages, so that the next stubs follow directly.
  const auto per_page = static_cast<uint32_t>(platform::page_bytes() / kLazyStubBytes);
  const uint32_t wanted = (count + per_page - 1) / per_page * per_page;
  while (lazy_count_ < wanted) {
    const uint32_t step = std::min(wanted - lazy_count_, std::max(kLazyStubStep, per_page));
    const std::vector<uint8_t> stubs = compiler_.lazy_stubs(lazy_count_, step);
    assert(stubs.size() == size_t{step} * kLazyStubBytes);
    const uint8_t* const place = TRY(lazy_pages_.append(stubs));
    if (told_) told_({nullptr, 0, place, stubs.size(), 0, "lazy stub"});
    lazy_count_ += step;
  }
  return lazy_pages_.begin();
}

}  // namespace skerry::runtime
