// The functions of wasi.def: their declarations, the rights they require, and the table that calls
// them by number with arguments as a Wasm call leaves them.
// Not here: how a module imports them (imports.h).
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "wasi/abi.h"
#include "wasi/call.h"
#include "wasi/rights.h"
#include "wasm/types.h"

namespace skerry::wasi {

// One C++ function a row, in the file of its area. A failure that has an errno is what the guest
// gets.
#define WASI(area, name, right, text, ...) Result<void> name(Call& call __VA_OPT__(, ) __VA_ARGS__);
#define WASI_EXIT(area, name, right, text, ...) WASI(area, name, right, text, __VA_ARGS__)
#define WASI_NAMED(area, function, name, right, text, ...) \
  WASI(area, function, right, text, __VA_ARGS__)
#define WASI_ALIAS(name, function)
#include "wasi/wasi.def"
#undef WASI

namespace required {
using enum Rights;
#define WASI(area, name, right, text, ...) inline constexpr Rights name = right;
#include "wasi/wasi.def"
#undef WASI
}  // namespace required
#undef WASI_EXIT
#undef WASI_NAMED
#undef WASI_ALIAS

struct Function {
  std::string_view area;
  std::string_view name;
  std::string_view text;
  std::string_view parameters;  // as the row has them
  Rights right;
  std::span<const ValType> params;
  bool returns_errno;
  Result<void> (*run)(Call& call, const uint64_t* slots);

  FuncType type() const;
};

std::span<const Function> functions();

// Runs a function. slots: the arguments; slots[0] receives the errno. An Error is not for the guest
// (ProgramExit and the like): the program has to be left with it.
Result<void> invoke(const Function& function, Call& call, uint64_t* slots);

}  // namespace skerry::wasi
