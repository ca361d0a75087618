// features.def read as an array.
#include "wasm/features.h"

#include <array>

namespace skerry {
namespace {

constexpr auto kFeatures = std::to_array<FeatureInfo>({
#define FEATURE(name, cli_name, on, text) {Feature::name, cli_name, on, text},
#include "wasm/features.def"
#undef FEATURE
});
static_assert(kFeatures.size() <= 32);

}  // namespace

std::span<const FeatureInfo> all_features() { return kFeatures; }

std::optional<Feature> find_feature(std::string_view cli_name) {
  for (const FeatureInfo& info : kFeatures)
    if (info.cli_name == cli_name) return info.feature;
  return std::nullopt;
}

Features::Features() {
  for (const FeatureInfo& info : kFeatures) set(info.feature, info.on_by_default);
}

Features Features::only(std::initializer_list<Feature> features) {
  Features result;
  result.bits_ = 1;
  for (Feature feature : features) result.set(feature, true);
  return result;
}

Features Features::all() {
  Features result;
  for (const FeatureInfo& info : kFeatures) result.set(info.feature, true);
  return result;
}

}  // namespace skerry
