// What libffi calls the types of a manifest. Everything that is no number is a pointer to it.
#pragma once

#include <ffi.h>

#include "native/types.h"

namespace skerry::native {

ffi_type* ffi_type_of(const Type& type);

}  // namespace skerry::native
