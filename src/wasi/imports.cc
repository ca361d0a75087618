// The functions of wasi.def as host functions.
#include "wasi/imports.h"

#include <algorithm>

#include "wasi/functions.h"

namespace skerry::wasi {

namespace {

// Whatever asks the system for more than it answers from memory.
bool may_block(const Function& function) {
  constexpr std::string_view kQuick[] = {"args", "clock", "process", "random"};
  return std::ranges::find(kQuick, function.area) == std::end(kQuick);
}

}  // namespace

Result<void> register_imports(std::shared_ptr<Context> context, const AddImport& add) {
  constexpr std::pair<std::string_view, Abi> kModules[] = {{kPreview1Module, Abi::Preview1},
                                                           {kUnstableModule, Abi::Unstable}};
  for (const auto& [module, abi] : kModules) {
    for (const Function& function : functions()) {
      auto run = [context, &function, abi = abi](runtime::Caller& caller,
                                                 std::span<uint64_t> slots) {
        context->gate()->called(function, slots);
        Call call(*context, caller.memory(), abi, &caller.store());
        return invoke(function, call, slots.data());
      };
      TRY(add(module, function.name, {function.type(), std::move(run), may_block(function)}));
    }
  }
  return {};
}

}  // namespace skerry::wasi
