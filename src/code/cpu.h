// CpuSet: which features of a processor code may use: the one this process runs on, or a level that
// many have. Not here: what compilers make of a feature. Invariant: level 2 is in every set that
// code is made for, since both compilers count on it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace skerry {

enum class CpuFeature : uint8_t {
#define CPU_FEATURE(id, name, level) id,
#include "code/cpu_features.def"
#undef CPU_FEATURE
};

struct CpuFeatureInfo {
  CpuFeature feature;
  std::string_view name;
  unsigned level;
};
std::span<const CpuFeatureInfo> all_cpu_features();

class CpuSet {
 public:
  CpuSet() = default;
  static CpuSet of_bits(uint64_t bits) { return CpuSet(bits); }
  // Of this process.
  static CpuSet native();
  // x86-64-v2 or v3.
  static CpuSet of_level(unsigned level);

  bool has(CpuFeature feature) const { return bits_ >> static_cast<unsigned>(feature) & 1; }
  void set(CpuFeature feature, bool on) {
    const uint64_t bit = uint64_t{1} << static_cast<unsigned>(feature);
    bits_ = (bits_ & ~bit) | (on ? bit : 0);
  }
  bool includes(CpuSet other) const { return (other.bits_ & ~bits_) == 0; }
  // A feature of `other` that is not here and has a row.
  std::optional<CpuFeature> first_missing(CpuSet other) const;
  uint64_t bits() const { return bits_; }
  friend bool operator==(CpuSet, CpuSet) = default;

 private:
  explicit CpuSet(uint64_t bits) : bits_(bits) {}
  uint64_t bits_ = 0;
};

// Names that --cpu takes: native, x86-64-v2, x86-64-v3.
std::span<const std::string_view> cpu_names();
std::optional<CpuSet> find_cpu(std::string_view name);

}  // namespace skerry
