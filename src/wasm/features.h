// The set of WebAssembly features a decoder, parser or validator accepts; rows in features.def.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace skerry {

enum class Feature : uint8_t {
#define FEATURE(name, cli_name, on, text) name,
#include "wasm/features.def"
#undef FEATURE
};

struct FeatureInfo {
  Feature feature;
  std::string_view cli_name;
  bool on_by_default;
  std::string_view text;
};
std::span<const FeatureInfo> all_features();
std::optional<Feature> find_feature(std::string_view cli_name);

class Features {
 public:
  // The defaults of features.def.
  Features();
  static Features only(std::initializer_list<Feature> features);
  static Features all();
  bool has(Feature feature) const { return bits_ >> static_cast<unsigned>(feature) & 1; }
  void set(Feature feature, bool on) {
    const uint32_t bit = uint32_t{1} << static_cast<unsigned>(feature);
    bits_ = (bits_ & ~bit) | (on ? bit : 0) | 1;  // Mvp stays on
  }
  uint32_t bits() const { return bits_; }
  friend bool operator==(Features, Features) = default;

 private:
  uint32_t bits_ = 1;
};

}  // namespace skerry
