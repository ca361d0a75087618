// The ways the compiler can generate code here: for the least processor, and for this one.
#pragma once

#include <string_view>
#include <vector>

#include "baseline/x64/cpu.h"

namespace skerry::test {

struct CodePath {
  std::string_view name;
  baseline::x64::CpuFeatures cpu;
};

inline const std::vector<CodePath>& code_paths() {
  static const std::vector<CodePath> paths = [] {
    std::vector<CodePath> result = {{"sse4", {}}};
    const auto here = baseline::x64::detect_cpu();
    if (here.avx2) result.push_back({"avx2", here});
    return result;
  }();
  return paths;
}

}  // namespace skerry::test
