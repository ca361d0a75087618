// What option values come to mean.
#include "cli/settings.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace skerry::cli {
namespace {

Parsed<RunSettings> settings_of(std::vector<std::string> words) {
  auto line = parse_command_line(words);
  if (!line) return std::unexpected(line.error());
  return run_settings(*line);
}

std::string error_of(std::vector<std::string> words) {
  const auto settings = settings_of(std::move(words));
  return settings ? "no error" : settings.error().message;
}

TEST(Settings, Limits) {
  const auto s = settings_of({"--time-limit", "2s", "--memory-limit=64M", "--fuel", "1000",
                              "--max-wasm-stack", "4M", "a.wasm"});
  ASSERT_TRUE(s);
  EXPECT_EQ(s->engine.time_limit_ms, 2000u);
  EXPECT_EQ(s->engine.limits.memory_bytes, 64u << 20);
  EXPECT_EQ(s->engine.fuel, 1000u);
  EXPECT_TRUE(s->engine.engine.runtime.code.fuel);
  EXPECT_EQ(s->engine.limits.wasm_stack_bytes, 4u << 20);
  EXPECT_EQ(settings_of({"--memory-page-limit", "2", "f"})->engine.limits.memory_bytes, 131072u);
}

TEST(Settings, WasmtimeSpelling) {
  const auto s =
      settings_of({"-W", "fuel=7,timeout=1m,simd=n", "-W", "max-memory-size=65536", "f"});
  ASSERT_TRUE(s);
  EXPECT_EQ(s->engine.fuel, 7u);
  EXPECT_EQ(s->engine.time_limit_ms, 60'000u);
  EXPECT_EQ(s->engine.limits.memory_bytes, 65536u);
  EXPECT_FALSE(s->engine.engine.features.has(Feature::Simd));
  EXPECT_EQ(error_of({"-W", "simd=maybe", "f"}), "-W simd: `maybe` is neither y nor n");
  EXPECT_EQ(error_of({"-W", "feul=1", "f"}), "unknown setting of -W `feul`; did you mean `fuel`?");
  EXPECT_FALSE(
      settings_of({"-W", "all-proposals=n", "f"})->engine.engine.features.has(Feature::Gc));
}

TEST(Settings, FeaturesInOrder) {
  const auto s = settings_of({"--disable", "all", "--enable", "simd", "f"});
  ASSERT_TRUE(s);
  EXPECT_EQ(s->engine.engine.features, Features::only({Feature::Simd}));
  const auto list = settings_of({"--disable", "all", "--enable", "simd,gc", "f"});
  ASSERT_TRUE(list);
  EXPECT_EQ(list->engine.engine.features, Features::only({Feature::Simd, Feature::Gc}));
  EXPECT_EQ(error_of({"--enable", "", "f"}), "unknown feature ``");
  EXPECT_EQ(error_of({"--enable", "smid", "f"}), "unknown feature `smid`; did you mean `simd`?");
  EXPECT_NE(error_of({"--disable", "mvp", "f"}), "no error");
}

TEST(Settings, TierAndBounds) {
  EXPECT_FALSE(settings_of({"f"})->engine.engine.runtime.code.explicit_bounds);
  EXPECT_TRUE(
      settings_of({"--bounds", "explicit", "f"})->engine.engine.runtime.code.explicit_bounds);
  EXPECT_EQ(error_of({"--bounds", "gaurd", "f"}),
            "unknown value of --bounds `gaurd`; did you mean `guard`?");
  EXPECT_TRUE(settings_of({"--tier", "baseline", "f"}));
  EXPECT_EQ(settings_of({"--tier", "llvm", "f"})->engine.engine.tier, embed::Tier::Llvm);
  EXPECT_FALSE(settings_of({"--tier", "fast", "f"}));
}

TEST(Settings, Variables) {
  ASSERT_NE(std::getenv("PATH"), nullptr);
  const auto s = settings_of({"--env", "A=1=2", "--env", "B=", "--env", "PATH", "f"});
  ASSERT_TRUE(s);
  ASSERT_EQ(s->env.size(), 3u);
  EXPECT_EQ(s->env[0], std::pair(std::string("A"), std::string("1=2")));
  EXPECT_EQ(s->env[1].second, "");
  EXPECT_EQ(s->env[2].second, std::getenv("PATH"));
  EXPECT_NE(error_of({"--env", "=x", "f"}), "no error");
  EXPECT_NE(error_of({"--env", "SKERRY_NO_SUCH_VARIABLE", "f"}), "no error");
}

TEST(Settings, Operands) {
  const auto s = settings_of({"--dir", ".", "a.wasm", "--dir", "x"});
  ASSERT_TRUE(s);
  EXPECT_EQ(s->file, "a.wasm");
  EXPECT_EQ(s->argv0, "a.wasm");
  EXPECT_EQ(s->args, (std::vector<std::string>{"--dir", "x"}));
  EXPECT_EQ(s->dirs.size(), 1u);
  EXPECT_FALSE(s->func);
  EXPECT_EQ(settings_of({"--argv0", "tool", "a.wasm"})->argv0, "tool");
  EXPECT_EQ(error_of({}), "which FILE?");
}

TEST(Settings, InvokeAndReactor) {
  const auto invoke = settings_of({"--invoke", "add", "m.wasm", "-1", "2"});
  ASSERT_TRUE(invoke);
  EXPECT_EQ(invoke->func, "add");
  EXPECT_EQ(invoke->file, "m.wasm");
  EXPECT_EQ(invoke->args, (std::vector<std::string>{"-1", "2"}));

  const auto reactor = settings_of({"--reactor", "m.wasm", "add", "-1", "2"});
  ASSERT_TRUE(reactor);
  EXPECT_EQ(reactor->func, "add");
  EXPECT_EQ(reactor->file, "m.wasm");
  EXPECT_EQ(reactor->args, (std::vector<std::string>{"-1", "2"}));

  // The function first is understood where the files show that it is meant.
  const std::string file = SKERRY_SOURCE_DIR "/VERSION";
  const auto swapped = settings_of({"--reactor", "add", file, "1"});
  ASSERT_TRUE(swapped);
  EXPECT_EQ(swapped->func, "add");
  EXPECT_EQ(swapped->file, file);
  EXPECT_NE(error_of({"--reactor", "m.wasm"}), "no error");
}

}  // namespace
}  // namespace skerry::cli
