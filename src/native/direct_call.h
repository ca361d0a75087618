// Functions of a few whole numbers, or a few f64, are called straight, without a plan or libffi.
#pragma once

#include <optional>

#include "native/manifest.h"
#include "runtime/host_func.h"

namespace skerry::native {

// Nothing if the function's shape is none of these.
std::optional<runtime::HostCall> direct_call(const Function& function, void* symbol);

}  // namespace skerry::native
