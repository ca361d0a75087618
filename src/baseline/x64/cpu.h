// What the processor offers beyond the required SSE4.2 and POPCNT.
#pragma once

#include "code/cpu.h"

namespace skerry::baseline::x64 {

struct CpuFeatures {
  bool avx2 = false;  // also AVX
  bool bmi1 = false;  // tzcnt, andn
  bool bmi2 = false;  // shlx, sarx, shrx, rorx
  bool lzcnt = false;
};

CpuFeatures features_of(CpuSet set);
CpuFeatures detect_cpu();

}  // namespace skerry::baseline::x64
