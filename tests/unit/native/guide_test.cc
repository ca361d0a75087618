// docs/guide/native-libraries.md: its samples are good manifests, and it names every key and type.
#include <gtest/gtest.h>

#include "native_world.h"

namespace skerry::native {
namespace {

TEST(NativeGuide, SamplesAreGoodAndEveryKeyIsThere) {
  const std::string text = file_text(SKERRY_SOURCE_DIR "/docs/guide/native-libraries.md");
  size_t samples = 0;
  for (size_t at = 0; (at = text.find("```toml\n", at)) != std::string::npos; ++samples) {
    at += 8;
    const size_t end = text.find("```", at);
    ASSERT_NE(end, std::string::npos);
    const std::string sample = text.substr(at, end - at);
    if (sample.find("[host]") == std::string::npos) manifest_of(sample);
    at = end + 3;
  }
  EXPECT_GE(samples, 2u);
  for (const ManifestKey& key : all_manifest_keys())
    EXPECT_NE(text.find("`" + std::string(key.key) + "`"), std::string::npos) << key.key;
  for (const char* const name : {
#define SCALAR(id, name, native, guest, value) name,
#include "native/scalars.def"
#undef SCALAR
       })
    EXPECT_NE(text.find("`" + std::string(name) + "`"), std::string::npos) << name;
}

TEST(NativeGuide, TheExamplesManifestIsGood) {
  const Manifest manifest =
      manifest_of(file_text(SKERRY_SOURCE_DIR "/examples/device/device.toml"));
  EXPECT_EQ(manifest.libraries.size(), 1u);
}

}  // namespace
}  // namespace skerry::native
