// The calling convention of generated code, the same on every operating system and for every tier.
//
//   r13  instance context of the callee, preserved by it       r14  base of the callee's memory 0,
//   likewise integers and references: rdi rsi rdx rcx r8 r9             f32, f64, v128: xmm0-xmm7
//   further parameters: the store's value buffer (context field `values`), in order, 8 bytes each,
//     v128 16 bytes; the callee reads them before anything else may write the buffer
//   one result: rax or xmm0; two or more: all in the value buffer, read at once by the caller
//   rax, r10, r11 carry nothing in, except: r10 is the caller's context in calls of imported
//     functions, rax the func index between a lazy stub and its common part
//   preserved: rbx rbp r12 r13 r14 r15 rsp; everything else may be overwritten
//   rsp is 16-byte aligned at the call instruction
//
// It is System V plus two pinned registers, so that a compiler which knows only standard
// conventions can still follow it. There are no outgoing stack arguments: a tail call never has to
// move a frame, and a frame is unwound by its size alone (see FuncCode::frame_bytes).
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "wasm/types.h"

#if defined(__GNUC__)
#define SKERRY_SYSV __attribute__((sysv_abi))
#else
#error "generated code calls System V functions: a GCC-compatible compiler is needed"
#endif

namespace skerry {

// Where a parameter or result lives at a call.
struct ValueLocation {
  enum Kind : uint8_t { IntReg, FloatReg, Buffer };
  Kind kind;
  // IntReg: position in the integer sequence (0 = rdi; for a result 0 = rax). FloatReg: xmm number.
  // Buffer: index of the 8-byte slot.
  uint16_t index;
  ValType type;
};

inline constexpr unsigned kIntParamRegs = 6;
inline constexpr unsigned kFloatParamRegs = 8;

constexpr bool is_float_class(ValType type) {
  return type.kind() == ValType::F32 || type.kind() == ValType::F64 || type.kind() == ValType::V128;
}
constexpr unsigned slots_of(ValType type) { return type.kind() == ValType::V128 ? 2 : 1; }

// Into a vector that is used again, or a new one.
inline void param_locations(std::span<const ValType> params, std::vector<ValueLocation>& result) {
  result.clear();
  result.reserve(params.size());
  unsigned ints = 0, floats = 0, slots = 0;
  for (ValType type : params) {
    if (is_float_class(type) && floats < kFloatParamRegs) {
      result.push_back({ValueLocation::FloatReg, static_cast<uint16_t>(floats++), type});
    } else if (!is_float_class(type) && ints < kIntParamRegs) {
      result.push_back({ValueLocation::IntReg, static_cast<uint16_t>(ints++), type});
    } else {
      result.push_back({ValueLocation::Buffer, static_cast<uint16_t>(slots), type});
      slots += slots_of(type);
    }
  }
}
inline std::vector<ValueLocation> param_locations(std::span<const ValType> params) {
  std::vector<ValueLocation> result;
  param_locations(params, result);
  return result;
}

inline std::vector<ValueLocation> result_locations(std::span<const ValType> results) {
  if (results.size() == 1)
    return {{is_float_class(results[0]) ? ValueLocation::FloatReg : ValueLocation::IntReg, 0,
             results[0]}};
  std::vector<ValueLocation> locations;
  unsigned slots = 0;
  for (ValType type : results) {
    locations.push_back({ValueLocation::Buffer, static_cast<uint16_t>(slots), type});
    slots += slots_of(type);
  }
  return locations;
}

// Calls of this type need the value buffer.
inline bool uses_value_buffer(const FuncType& type) {
  const auto is_there = [](ValueLocation place) { return place.kind == ValueLocation::Buffer; };
  return type.results.size() > 1 || std::ranges::any_of(param_locations(type.params), is_there);
}

// Slots the value buffer must have: 1,000 parameters or results (the limit validate() keeps), v128
// each.
inline constexpr size_t kValueBufferSlots = 2 * 1000;

}  // namespace skerry
