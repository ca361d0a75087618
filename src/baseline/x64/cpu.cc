// Processor detection, through xbyak's CPUID reader.
#include "baseline/x64/cpu.h"

#include <xbyak/xbyak_util.h>

namespace skerry::baseline::x64 {

CpuFeatures detect_cpu() {
  using Xbyak::util::Cpu;
  const Cpu cpu;
  CpuFeatures features;
  features.avx2 = cpu.has(Cpu::tAVX2);
  features.bmi1 = cpu.has(Cpu::tBMI1);
  features.bmi2 = cpu.has(Cpu::tBMI2);
  features.lzcnt = cpu.has(Cpu::tLZCNT);
  return features;
}

}  // namespace skerry::baseline::x64
