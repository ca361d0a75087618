// Rules files, and docs/guide/bindgen.md: its samples are good rules, and it names every key.
// Packages are written end to end by tests/e2e/bindgen and tests/sdk/bindgen.py.
#include "bindgen/rules.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace skerry::bindgen {
namespace {

using policy::DiagnosticCode;

std::vector<DiagnosticCode> mistakes(std::string_view text) {
  std::vector<DiagnosticCode> codes;
  if (const auto read = read_rules(text, "test.toml"); !read)
    for (const policy::Diagnostic& one : read.error()) {
      codes.push_back(one.code);
      EXPECT_EQ(one.place.document, "test.toml");
    }
  return codes;
}

TEST(Rules, ReadsPointers) {
  const auto rules = read_rules(
      "[functions.f]\nin = [\"p\"]\nout = [\"a[n]\", \"b[m; result]\", \"c[k;used]\"]\n"
      "fixed = { 4 = -1 }\nok = [100, -1]\n",
      "test.toml");
  ASSERT_TRUE(rules);
  const FunctionRule& rule = rules->functions.at("f");
  EXPECT_EQ(rule.in[0].pointer, "p");
  EXPECT_EQ(rule.in[0].length, "");
  EXPECT_EQ(rule.out[0].length, "n");
  EXPECT_EQ(rule.out[1].used, "result");
  EXPECT_EQ(rule.out[2].length, "k");
  EXPECT_EQ(rule.out[2].used, "used");
  EXPECT_EQ(rule.fixed.at("4").value, -1);
  EXPECT_EQ(rule.ok, (std::vector<int64_t>{100, -1}));
}

TEST(Rules, SaysEveryMistake) {
  EXPECT_EQ(mistakes("[functions"), std::vector{DiagnosticCode::BadToml});
  EXPECT_EQ(mistakes("packge = \"a\""), std::vector{DiagnosticCode::UnknownKey});
  EXPECT_EQ(mistakes("package = \"func\""), std::vector{DiagnosticCode::NotAnIdentifier});
  EXPECT_EQ(mistakes("type = \"small\""), std::vector{DiagnosticCode::NotAnIdentifier});
  EXPECT_EQ(mistakes("functions = 3"), std::vector{DiagnosticCode::WrongType});
  EXPECT_EQ(mistakes("[handles.h]\nname = \"9\""), std::vector{DiagnosticCode::NotAnIdentifier});
  for (const char* const pointer : {"", "a[", "a[]", "[n]", "a[n", "a[n;]", "a b", "a[n;m;o]"})
    EXPECT_EQ(mistakes("[functions.f]\nin = [\"" + std::string(pointer) + "\"]"),
              std::vector{DiagnosticCode::NotAType})
        << pointer;
  EXPECT_EQ(mistakes("[functions.f]\nfixed = { a = 1.5 }\nok = [true]\nowned = 1").size(), 3u);
}

TEST(Rules, TheGuideIsTrue) {
  std::ifstream file(SKERRY_SOURCE_DIR "/docs/guide/bindgen.md");
  std::stringstream stream;
  stream << file.rdbuf();
  const std::string text = stream.str();
  size_t samples = 0;
  for (size_t at = 0; (at = text.find("```toml\n", at)) != std::string::npos; ++samples) {
    at += 8;
    const size_t end = text.find("```", at);
    ASSERT_NE(end, std::string::npos);
    EXPECT_EQ(mistakes(text.substr(at, end - at)), std::vector<DiagnosticCode>());
    at = end + 3;
  }
  EXPECT_GE(samples, 2u);
  for (const RuleKey& key : all_rule_keys())
    EXPECT_NE(text.find("`" + std::string(key.key) + "`"), std::string::npos) << key.key;
}

}  // namespace
}  // namespace skerry::bindgen
