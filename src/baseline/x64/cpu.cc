// The few features that the baseline compiler has a use for, out of all that are known.
#include "baseline/x64/cpu.h"

namespace skerry::baseline::x64 {

CpuFeatures features_of(CpuSet set) {
  CpuFeatures features;
  features.avx2 = set.has(CpuFeature::Avx2);
  features.bmi1 = set.has(CpuFeature::Bmi);
  features.bmi2 = set.has(CpuFeature::Bmi2);
  features.lzcnt = set.has(CpuFeature::Lzcnt);
  return features;
}

CpuFeatures detect_cpu() { return features_of(CpuSet::native()); }

}  // namespace skerry::baseline::x64
