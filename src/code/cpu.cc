// Detection is the C compiler's own, which also asks whether the system saves wide registers.
#include "code/cpu.h"

#include <array>

namespace skerry {
namespace {

constexpr auto kFeatures = std::to_array<CpuFeatureInfo>({
#define CPU_FEATURE(id, name, level) {CpuFeature::id, name, level},
#include "code/cpu_features.def"
#undef CPU_FEATURE
});
constexpr std::array<std::string_view, 3> kCpuNames = {"native", "x86-64-v2", "x86-64-v3"};

CpuSet detect() {
  CpuSet result;
#define CPU_FEATURE(id, name, level) result.set(CpuFeature::id, __builtin_cpu_supports(name) != 0);
#include "code/cpu_features.def"
#undef CPU_FEATURE
  // The poll stub preserves wide registers only where there is AVX2: no use of them elsewhere.
  if (!result.has(CpuFeature::Avx2))
    for (CpuFeature wide : {CpuFeature::Avx, CpuFeature::F16c, CpuFeature::Fma})
      result.set(wide, false);
  return result;
}

}  // namespace

std::span<const CpuFeatureInfo> all_cpu_features() { return kFeatures; }

CpuSet CpuSet::native() {
  static const CpuSet native = detect();
  return native;
}

CpuSet CpuSet::of_level(unsigned level) {
  CpuSet result;
  for (const CpuFeatureInfo& row : kFeatures)
    if (row.level != 0 && row.level <= level) result.set(row.feature, true);
  return result;
}

std::optional<CpuFeature> CpuSet::first_missing(CpuSet other) const {
  for (const CpuFeatureInfo& row : kFeatures)
    if (other.has(row.feature) && !has(row.feature)) return row.feature;
  return std::nullopt;
}

std::span<const std::string_view> cpu_names() { return kCpuNames; }

std::optional<CpuSet> find_cpu(std::string_view name) {
  if (name == kCpuNames[0]) return CpuSet::native();
  if (name == kCpuNames[1]) return CpuSet::of_level(2);
  if (name == kCpuNames[2]) return CpuSet::of_level(3);
  return std::nullopt;
}

}  // namespace skerry
