// What perf is told, read back from the file it would read.
#include "embed/perf_map.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "embed/engine.h"
#include "platform/process.h"

namespace skerry::embed {
namespace {

TEST(PerfMap, NamesWhatHasBeenPublished) {
  const std::string path = fmt::format("/tmp/perf-{}.map", platform::process_id());
  EngineOptions options;
  options.tier = Tier::Baseline;
  options.profile = Profile::Perf;
  options.runtime.compile_threads = 0;
  const auto engine = Engine::create(options);
  ASSERT_TRUE(engine);
  const std::string_view text =
      "(module (func $callee) (func (export \"f\") (call $callee)) (func $unused))";
  const auto module = engine->load(Source::of_bytes("test.wat", {text.begin(), text.end()}));
  ASSERT_TRUE(module);
  ASSERT_TRUE(module->code->ensure_compiled(0));
  ASSERT_TRUE(module->code->ensure_compiled(1));
  std::ifstream file(path);
  std::stringstream written;
  written << file.rdbuf();
  std::filesystem::remove(path);
  EXPECT_TRUE(
      std::regex_match(written.str(), std::regex("[0-9a-f]+ [0-9a-f]+ `callee` \\[baseline\\]\n"
                                                 "[0-9a-f]+ [0-9a-f]+ `f` \\[baseline\\]\n")))
      << written.str();
}

}  // namespace
}  // namespace skerry::embed
