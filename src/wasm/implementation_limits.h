// Limits this implementation sets where the specification allows any number, at least as large as
// those of the engines in browsers. They bound what a small input may make us allocate.
// Exceeding one is ErrorCode::ImplementationLimit with b = the limit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace skerry {

inline constexpr uint32_t kMaxTypes = 1'000'000;
inline constexpr uint32_t kMaxFuncs = 1'000'000;  // defined; imports are counted on their own
inline constexpr uint32_t kMaxImports = 1'000'000;
inline constexpr uint32_t kMaxExports = 1'000'000;
inline constexpr uint32_t kMaxGlobals = 1'000'000;
inline constexpr uint32_t kMaxTables = 100'000;
inline constexpr uint32_t kMaxMemories = 100'000;
inline constexpr uint32_t kMaxTags = 1'000'000;
inline constexpr uint32_t kMaxElemSegments = 10'000'000;
inline constexpr uint32_t kMaxElems = 10'000'000;  // of one segment
inline constexpr uint32_t kMaxDataSegments = 1'000'000;
inline constexpr uint32_t kMaxParams = 1'000;
inline constexpr uint32_t kMaxResults = 1'000;
inline constexpr uint32_t kMaxStructFields = 10'000;
inline constexpr uint32_t kMaxArrayNewFixed = 10'000;
inline constexpr uint32_t kMaxLocals = 50'000;  // of one function, parameters included
inline constexpr uint32_t kMaxSubtypingDepth = 63;
inline constexpr size_t kMaxBodyBytes = 64u << 20;

}  // namespace skerry
