// What skerry_wasi_t holds, for the linker that takes it.
#pragma once

#include "skerry.h"
#include "wasi/context.h"

struct skerry_wasi_t {
  skerry::wasi::Config config;
};
