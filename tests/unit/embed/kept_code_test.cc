// Code from one run to the next: what was compiled once is compiled no more, and an entry that is
// damaged, of somebody else or of something else is made anew.
#include "embed/kept_code.h"

#include <algorithm>
#include <atomic>

#include "../support/test_compiler.h"
#include "embed/code_cache.h"
#include "embedding.h"
#include "own_folders.h"

namespace skerry::embed {
namespace {

// Three funcs that call each other, one that is rarely called, and what makes it large enough.
std::string module_text(size_t bytes = kMinKeptModuleBytes) {
  std::string text = R"((module
  (func $add (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func $sum (export "sum") (param $n i32) (result i32) (local $sum i32)
    (loop $l
      (local.set $sum (call $add (local.get $sum) (local.get $n)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func (export "trap") unreachable)
  (func (export "rare") (result i32)
    (i32.load (i32.const 0)) (i32.load (i32.const 4)) i32.add (i32.load (i32.const 8)) i32.add)
  (memory 1)))";
  text += "\n;; ";
  text.resize(std::max(bytes, text.size()), '.');
  return text;
}

class KeptCodeTest : public testing::Test {
 protected:
  KeptCodeTest() : cache(std::make_shared<CodeCache>((folders.root() / "code").string(), 1 << 20)) {
    options.tier = Tier::Baseline;
    options.cache = cache;
    options.runtime.compile_threads = 0;
  }

  struct Outcome {
    bool used_code = false;  // of an earlier run
    bool compiled = false;
    bool kept = false;
  };
  // A process's worth: load, call, keep.
  Outcome run(const std::vector<std::string>& calls = {"sum"},
              const std::string& text = module_text()) {
    Outcome outcome;
    const auto engine = Engine::create(options);
    EXPECT_TRUE(engine);
    const auto module = engine->load(source_of("m.wat", text));
    EXPECT_TRUE(module);
    EXPECT_EQ(module->note, "");
    outcome.used_code = module->code->stats().funcs_compiled > 0;
    auto store = *runtime::Store::create(engine->runtime());
    Linker linker(*store);
    runtime::Instance* const instance = *linker.instantiate(*module);
    for (const std::string& name : calls) {
      const auto func = std::get<runtime::Func>(*instance->find_export(name));
      std::vector<runtime::Value> arguments;
      if (name == "sum") arguments.push_back(runtime::Value::i32(100));
      const auto results = runtime::call(*store, func, std::span<const runtime::Value>(arguments));
      EXPECT_EQ(results.has_value(), name != "trap");
      if (name == "sum") {
        EXPECT_EQ(results->at(0).as_i32(), 5050);
      }
      if (name == "trap") {
        EXPECT_EQ(store->backtrace().frames.size(), 1u);
      }
    }
    outcome.compiled = module->code->stats().code_bytes > 0;
    const auto kept = keep_code(*engine, *module);
    outcome.kept = kept && *kept;
    return outcome;
  }
  std::filesystem::path entry() const {
    const auto entries = cache->entries();
    EXPECT_EQ(entries->size(), 1u);
    return std::filesystem::path(cache->folder()) / entries->at(0).file;
  }
  // The run does without the entry, and leaves a good one.
  void expect_remade(const std::string& why) {
    const Outcome outcome = run();
    EXPECT_FALSE(outcome.used_code) << why;
    EXPECT_TRUE(outcome.compiled && outcome.kept) << why;
    EXPECT_TRUE(run().used_code) << why;
  }

  // Counts and has a better compiler at hand, which whoever finds something hot waits for.
  void use_better(uint32_t hot_after) {
    options.runtime.code.hot_after_calls = options.runtime.code.hot_after_rounds = hot_after;
    options.runtime.tier_up.in_place = true;
    options.runtime.tier_up.make_compiler = [this] {
      return Result<std::shared_ptr<const Compiler>>(std::make_shared<TestCompiler>(
          [this](const Compiler& baseline, const ValidatedModule& module,
                 const ContextLayout& layout, uint32_t func, const CodeOptions& options) {
            ++made_better;
            return baseline.compile(module, layout, func, options);
          }));
    };
  }

  OwnFolders folders;
  std::shared_ptr<const CodeCache> cache;
  EngineOptions options;
  std::atomic<int> made_better = 0;
};

TEST_F(KeptCodeTest, ASecondStartCompilesNothing) {
  const Outcome first = run({"sum", "trap"});
  EXPECT_TRUE(!first.used_code && first.compiled && first.kept);
  for (int i = 0; i < 2; ++i) {
    const Outcome second = run({"sum", "trap"});
    EXPECT_TRUE(second.used_code && !second.compiled && !second.kept);
  }
}

TEST_F(KeptCodeTest, WhatIsNewIsAdded) {
  EXPECT_TRUE(run().kept);
  const Outcome more = run({"sum", "rare"});
  EXPECT_TRUE(more.used_code && more.compiled && more.kept);
  EXPECT_FALSE(run({"sum", "rare"}).compiled);
}

TEST_F(KeptCodeTest, SmallModulesAndEnginesWithoutACacheKeepNothing) {
  EXPECT_FALSE(run({"sum"}, module_text(kMinKeptModuleBytes - 1)).kept);
  options.cache = nullptr;
  EXPECT_FALSE(run().kept);
  EXPECT_EQ(cache->entries()->size(), 0u);
}

TEST_F(KeptCodeTest, WhatCodeDependsOnIsInTheKey) {
  EXPECT_TRUE(run().kept);
  size_t entries = 1;
  const auto expect_another = [&](const std::string& text = module_text()) {
    const Outcome outcome = run({"sum"}, text);
    EXPECT_TRUE(!outcome.used_code && outcome.kept);
    EXPECT_EQ(cache->entries()->size(), ++entries);
    EXPECT_TRUE(run({"sum"}, text).used_code);
  };
  expect_another(module_text() + ".");
  options.runtime.code.explicit_bounds = true;
  expect_another();
  options.runtime.code.hot_after_calls = options.runtime.code.hot_after_rounds = 1000;
  expect_another();
  options.features.set(Feature::Simd, false);
  expect_another();
  options.compiler.cpu = CpuSet::of_level(2);
  expect_another();
  options.compiler.optimization = Optimization::O3;
  expect_another();
}

TEST_F(KeptCodeTest, ADamagedEntryIsMadeAnew) {
  EXPECT_TRUE(run().kept);
  const std::vector<uint8_t> whole = bytes_of_file(entry());
  const auto artifact = Artifact::read(whole);
  ASSERT_TRUE(artifact);
  const size_t rows_end = static_cast<size_t>(artifact->sites().data() - whole.data());
  // Header, rows, sites and seal by the byte; padding and code here and there.
  std::vector<size_t> places;
  for (size_t i = 0; i < whole.size(); ++i) {
    const bool is_dense =
        i < rows_end + artifact->sites().size() || i >= artifact->sealed().size() - 64;
    if (!is_dense && i % 4999 != 0) continue;
    // The seal may have a signature too, which is not looked at.
    if (i >= artifact->sealed().size() + sizeof(ArtifactSeal::mac)) break;
    places.push_back(i);
  }
  for (const size_t place : places) {
    std::vector<uint8_t> changed = whole;
    changed[place] ^= 0x10;
    write_bytes(entry(), changed);
    expect_remade("byte " + std::to_string(place));
    ASSERT_EQ(bytes_of_file(entry()), whole) << place;
  }
  for (const size_t size : {size_t{0}, size_t{7}, size_t{100}, rows_end, whole.size() / 2,
                            whole.size() - 1, whole.size() + 1}) {
    std::vector<uint8_t> cut = whole;
    cut.resize(size);
    write_bytes(entry(), cut);
    expect_remade(std::to_string(size) + " bytes");
  }
}

TEST_F(KeptCodeTest, AnEntryOfAnotherUserIsMadeAnew) {
  EXPECT_TRUE(run().kept);
  folders.use_settings("other");
  expect_remade("another key");
}

TEST_F(KeptCodeTest, AnEntryUnderAnotherNameIsNotUsed) {
  // Code that counts, where code that does not is looked for, and the other way round.
  EXPECT_TRUE(run().kept);
  const auto plain = entry();
  options.runtime.code.hot_after_calls = options.runtime.code.hot_after_rounds = 1000;
  EXPECT_TRUE(run().kept);
  std::filesystem::path counting;
  const auto entries = cache->entries();
  for (const auto& found : *entries)
    if (found.file != plain.filename().string())
      counting = std::filesystem::path(cache->folder()) / found.file;
  const std::vector<uint8_t> counting_bytes = bytes_of_file(counting);
  write_bytes(counting, bytes_of_file(plain));
  write_bytes(plain, counting_bytes);
  expect_remade("for counting code");
  options.runtime.code.hot_after_calls = options.runtime.code.hot_after_rounds = 0;
  expect_remade("for plain code");
}

TEST_F(KeptCodeTest, CodeOfHotFuncsIsKeptBesideTheCodeThatCounts) {
  use_better(20);
  EXPECT_TRUE(run().kept);
  EXPECT_GE(made_better, 1);
  made_better = 0;
  // `add` is there in both forms. `sum` is called but once and counts rounds as it did.
  const Outcome second = run();
  EXPECT_TRUE(second.used_code);
  EXPECT_EQ(made_better, 0);
}

TEST_F(KeptCodeTest, CodeThatWasKeptCountsOn) {
  use_better(1000);
  EXPECT_TRUE(run().kept);
  EXPECT_EQ(made_better, 0);
  // Hot in the second run, in code of the first.
  const std::vector<std::string> often(50, "sum");
  const Outcome second = run(often);
  EXPECT_TRUE(second.used_code && second.compiled && second.kept);
  EXPECT_GE(made_better, 1);
  made_better = 0;
  EXPECT_TRUE(run(often).used_code);
  EXPECT_EQ(made_better, 0);
}

}  // namespace
}  // namespace skerry::embed
