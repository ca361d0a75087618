// How a module gets at WASI: the functions of wasi.def as host functions, under the names of both
// versions. Not here: linking; the embedder puts them where it looks imports up.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "runtime/host_func.h"
#include "wasi/context.h"

namespace skerry::wasi {

inline constexpr std::string_view kPreview1Module = "wasi_snapshot_preview1";
inline constexpr std::string_view kUnstableModule = "wasi_unstable";

using AddImport = std::function<Result<void>(std::string_view module, std::string_view name,
                                             runtime::HostFunc func)>;
// Hands every function to `add`, once for each module name; stops at its first error. The functions
// keep the context alive.
Result<void> register_imports(std::shared_ptr<Context> context, const AddImport& add);

}  // namespace skerry::wasi
