// The module "spectest" that the specification's test scripts import.
// Source: the reference interpreter's host/spectest.ml.
#pragma once

#include "embed/linker.h"

namespace skerry::cli {

// Its functions print nothing: what tests check is that they can be called.
Result<void> define_spectest(runtime::Store& store, embed::Linker& linker);

}  // namespace skerry::cli
