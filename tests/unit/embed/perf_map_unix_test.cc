// What perf is told, read back from the file it would read.
#include "embed/perf_map.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "embed/ahead_of_time.h"
#include "embed/code_section.h"
#include "embed/engine.h"
#include "embedding.h"
#include "platform/process.h"

namespace skerry::embed {
namespace {

EngineOptions profiling() {
  EngineOptions options;
  options.tier = Tier::Baseline;
  options.profile = Profile::Perf;
  options.runtime.compile_threads = 0;
  return options;
}

// What perf would read; it is gone afterwards.
std::string take_map() {
  const std::string path = fmt::format("/tmp/perf-{}.map", platform::process_id());
  std::ifstream file(path);
  std::stringstream written;
  written << file.rdbuf();
  std::filesystem::remove(path);
  return written.str();
}

using PerfMapTest = EmbedTest;

TEST_F(PerfMapTest, NamesWhatHasBeenPublished) {
  const auto profiled = Engine::create(profiling());
  ASSERT_TRUE(profiled);
  const std::string_view text =
      "(module (func $callee) (func (export \"f\") (call $callee)) (func $unused))";
  const auto module = profiled->load(Source::of_bytes("test.wat", {text.begin(), text.end()}));
  ASSERT_TRUE(module);
  ASSERT_TRUE(module->code->ensure_compiled(0));
  ASSERT_TRUE(module->code->ensure_compiled(1));
  const std::string written = take_map();
  EXPECT_TRUE(std::regex_search(written, std::regex("[0-9a-f]+ [0-9a-f]+ `callee` \\[baseline\\]\n"
                                                    "[0-9a-f]+ [0-9a-f]+ `f` \\[baseline\\]\n")))
      << written;
  EXPECT_TRUE(std::regex_search(written, std::regex("[0-9a-f]+ [0-9a-f]+ skerry poll\n")))
      << written;
  EXPECT_EQ(written.find("unused"), std::string::npos);
}

TEST_F(PerfMapTest, NamesCodeMadeAheadOfTime) {
  const LoadedModule module = load_as_binary("test.wasm", R"((module (func (export "f"))))");
  const auto compiled = compile_ahead_of_time(engine, module);
  ASSERT_TRUE(compiled);
  const auto with_code = with_code_section({module.parsed.source->bytes(), {}}, [&](uint64_t at) {
    return compiled->writer.finish(at);
  });
  NativeCodeOptions trusting;
  trusting.trust_all = true;
  const auto profiled = Engine::create(profiling());
  ASSERT_TRUE(profiled);
  ASSERT_TRUE(profiled->load(Source::of_bytes("test.wasm", with_code), trusting));
  const std::string written = take_map();
  EXPECT_TRUE(
      std::regex_search(written, std::regex("[0-9a-f]+ [0-9a-f]+ `f` \\[ahead of time\\]\n")))
      << written;
}

}  // namespace
}  // namespace skerry::embed
