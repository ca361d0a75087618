// docs/guide/policies.md: its samples are good policies, and it names every key and template.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "policy/reader.h"

namespace skerry::policy {
namespace {

std::string guide() {
  std::ifstream in(SKERRY_SOURCE_DIR "/docs/guide/policies.md", std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(PolicyGuide, ItsSamplesAreGood) {
  const std::string text = guide();
  size_t samples = 0;
  for (size_t at = 0; (at = text.find("```toml\n", at)) != std::string::npos;) {
    at += 8;
    const size_t end = text.find("```", at);
    ASSERT_NE(end, std::string::npos);
    const std::string sample = text.substr(at, end - at);
    Values values;
    if (sample.find("api_ip") != std::string::npos) values = {{"api_ip", "10.0.0.7"}};
    const auto policy = read_policy(sample, "sample", values);
    if (!policy) ADD_FAILURE() << policy.error()[0].text() << " in\n" << sample;
    ++samples;
    at = end + 3;
  }
  EXPECT_EQ(samples, 2u);
}

TEST(PolicyGuide, NamesEveryKeyAndTemplate) {
  const std::string text = guide();
  for (const KeyInfo& key : all_keys()) {
    EXPECT_NE(text.find("`" + std::string(key.key) + "`"), std::string::npos) << key.key;
    EXPECT_NE(text.find("`" + std::string(key.section)), std::string::npos) << key.section;
  }
  for (const Template& one : all_templates())
    EXPECT_NE(text.find("| `" + std::string(one.name) + "` |"), std::string::npos) << one.name;
}

}  // namespace
}  // namespace skerry::policy
