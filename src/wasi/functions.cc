// wasi.def read as a table: from the type of each C++ function come its Wasm signature and the code
// that takes its arguments out of slots.
#include "wasi/functions.h"

#include <array>
#include <new>
#include <type_traits>

namespace skerry::wasi {
namespace {

template <class T>
constexpr ValType wasm_type() {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8);
  return sizeof(T) == 4 ? ValType::I32 : ValType::I64;
}

template <class T>
T from_slot(uint64_t slot) {
  if constexpr (sizeof(T) == 4)
    return static_cast<T>(static_cast<uint32_t>(slot));
  else
    return static_cast<T>(slot);
}

template <auto kFunction>
struct Bound;

template <class... Params, Result<void> (*kFunction)(Call&, Params...)>
struct Bound<kFunction> {
  // One more than there are: an array may not be empty.
  static constexpr std::array<ValType, sizeof...(Params) + 1> types{wasm_type<Params>()...};
  static constexpr std::span<const ValType> params{types.data(), sizeof...(Params)};

  static Result<void> run(Call& call, const uint64_t* slots) {
    return [&]<size_t... kIndex>(std::index_sequence<kIndex...>) {
      return kFunction(call, from_slot<Params>(slots[kIndex])...);
    }(std::index_sequence_for<Params...>());
  }
};

template <auto kFunction>
constexpr Function row(std::string_view area, std::string_view name, std::string_view text,
                       std::string_view parameters, Rights right, bool returns_errno) {
  return {area,          name,
          text,          parameters,
          right,         Bound<kFunction>::params,
          returns_errno, &Bound<kFunction>::run};
}

constexpr auto kFunctions = std::to_array<Function>({
#define ROW(area, function, name, text, returns_errno, ...) \
  row<&function>(#area, name, text, #__VA_ARGS__, required::function, returns_errno),
#define WASI(area, name, right, text, ...) ROW(area, name, #name, text, true, __VA_ARGS__)
#define WASI_EXIT(area, name, right, text, ...) ROW(area, name, #name, text, false, __VA_ARGS__)
#define WASI_NAMED(area, function, name, right, text, ...) \
  ROW(area, function, name, text, true, __VA_ARGS__)
#define WASI_ALIAS(name, function) \
  row<&function>("sock", #name, "Another name of " #function ".", "", required::function, true),
#include "wasi/wasi.def"
#undef WASI
#undef WASI_EXIT
#undef WASI_NAMED
#undef WASI_ALIAS
#undef ROW
});

}  // namespace

std::span<const Function> functions() { return kFunctions; }

FuncType Function::type() const {
  FuncType type;
  type.params.assign(params.begin(), params.end());
  if (returns_errno) type.results.push_back(ValType::I32);
  return type;
}

Result<void> invoke(const Function& function, Call& call, uint64_t* slots) {
  Result<void> result;
  try {
    result = function.run(call, slots);
  } catch (
      const std::bad_alloc&) {  // the library's only exception here; the guest asked for too much
    result = fail(ErrorCode::OutOfMemory);
  }
  // Errors of an interruption are the embedder's, also those that would have an errno.
  if (call.interruption()) return std::unexpected(*call.interruption());
  Errno answer = Errno::Success;
  if (!result) {
    const auto number = errno_of(result.error());
    if (!number) return result;
    answer = *number;
  }
  if (function.returns_errno) slots[0] = static_cast<uint64_t>(answer);
  return {};
}

}  // namespace skerry::wasi
