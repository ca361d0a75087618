// Modules whose code is there from the start: calls, traps and backtraces find it; what is missing
// in it is compiled.
#include "runtime/code_image.h"

#include <algorithm>
#include <cstring>

#include "code/compiler_library.h"
#include "fixture.h"
#include "platform/code_pages.h"

namespace skerry::runtime {
namespace {

struct Placed {
  std::vector<uint8_t> bytes;
  platform::CodePages pages;
};

class CodeImageTest : public RuntimeTest {
 protected:
  void SetUp() override {
    // Whoever compiles is counted.
    use({}, {},
        std::make_shared<TestCompiler>(
            [this](const Compiler& baseline, const ValidatedModule& module,
                   const ContextLayout& layout, uint32_t func, const CodeOptions& options) {
              ++compiled;
              return baseline.compile(module, layout, func, options);
            }));
  }

  // A module with an image of its code, but for the func `without`.
  std::shared_ptr<ModuleCode> with_image(std::string_view text, uint32_t without = UINT32_MAX) {
    const auto maker = baseline::make_compiler();
    auto parsed = text::parse_module(text, Features());
    auto valid = validate(*parsed, Features(), engine->registry());
    EXPECT_TRUE(valid);
    const Module& module = valid->module();
    ArtifactFacts facts;
    facts.code_abi = code_abi_id();
    ArtifactWriter writer(facts);
    for (uint32_t func = module.imported_funcs; func < module.funcs.size(); ++func) {
      const auto code = maker->compile(*valid, ContextLayout(module), func, {});
      EXPECT_TRUE(code);
      EXPECT_TRUE(writer.add(func == without ? CodeView() : CodeView(*code), CodeView(*code)));
    }
    auto placed = std::make_shared<Placed>();
    placed->bytes = writer.finish();
    const auto artifact = Artifact::read(placed->bytes);
    EXPECT_TRUE(artifact);
    placed->pages = *platform::CodePages::reserve(artifact->code().size());
    EXPECT_TRUE(placed->pages.append(artifact->code()));
    const Bytes code(placed->pages.begin(), artifact->code().size());
    const size_t calls_bytes = artifact->calls().code.size();
    const CodeImage image{placed,
                          {artifact->calls().funcs, code.first(calls_bytes)},
                          {artifact->resumptions().funcs, code.subspan(calls_bytes)},
                          artifact->sites(),
                          std::nullopt};
    return *ModuleCode::create(engine, *valid, image);
  }

  std::atomic<int> compiled = 0;
};

constexpr std::string_view kModule = R"((module
  (func $add (export "add") (param i32 i32) (result i32)
    local.get 0 local.get 1 i32.add)
  (func $trap (param i32) (result i32)
    local.get 0 if unreachable end i32.const 5)
  (func (export "outer") (param i32) (result i32)
    (i32.add (call $trap (local.get 0)) (call $add (i32.const 30) (i32.const 7))))
  (table funcref (elem $add))
  (func (export "indirect") (result i32)
    (call_indirect (param i32 i32) (result i32) (i32.const 1) (i32.const 2) (i32.const 0)))))";

TEST_F(CodeImageTest, IsCalledAsItIs) {
  const auto code = with_image(kModule);
  EXPECT_EQ(code->stats().funcs_compiled, 4u);
  Instance& instance = **runtime::instantiate(*store, code, {});
  EXPECT_EQ(i32(instance, "add", {Value::i32(2), Value::i32(3)}), 5);
  EXPECT_EQ(i32(instance, "outer", {Value::i32(0)}), 42);
  EXPECT_EQ(i32(instance, "indirect"), 3);
  EXPECT_EQ(compiled, 0);
}

TEST_F(CodeImageTest, TrapsWithABacktrace) {
  const auto code = with_image(kModule);
  Instance& instance = **runtime::instantiate(*store, code, {});
  EXPECT_EQ(error(instance, "outer", {Value::i32(1)}), ErrorCode::TrapUnreachable);
  const auto frames = store->backtrace();
  ASSERT_EQ(frames.frames.size(), 2u);
  EXPECT_EQ(frames.frames[0].func, 1u);
  EXPECT_EQ(frames.frames[1].func, 2u);
  EXPECT_EQ(compiled, 0);
}

TEST_F(CodeImageTest, LeavesTheRestToTheCompiler) {
  const auto code = with_image(kModule, 0);
  Instance& instance = **runtime::instantiate(*store, code, {});
  EXPECT_EQ(i32(instance, "outer", {Value::i32(0)}), 42);
  EXPECT_EQ(compiled, 1);
}

TEST_F(CodeImageTest, HoldsCodeForCallsThatArePassedOn) {
  const auto code = with_image(kModule, 0);
  Instance& instance = **runtime::instantiate(*store, code, {});
  const auto resumption = instance.compile_resumption(0);
  ASSERT_TRUE(resumption);
  EXPECT_EQ(instance.compile_resumption(0), resumption);
  EXPECT_EQ(compiled, 0);
}

TEST_F(CodeImageTest, IsToldFromWhatIsCompiledLater) {
  const auto code = with_image(kModule, 0);
  const auto before = code->code_so_far();
  ASSERT_EQ(before.size(), 4u);
  EXPECT_TRUE(before[0].calls.code.empty());
  EXPECT_FALSE(before[0].is_from_image);
  EXPECT_TRUE(before[1].is_from_image);
  Instance& instance = **runtime::instantiate(*store, code, {});
  EXPECT_EQ(i32(instance, "outer", {Value::i32(0)}), 42);
  const auto after = code->code_so_far();
  // The same code as in the image of all of it.
  const auto image_of_all = with_image(kModule);
  const auto whole = image_of_all->code_so_far();
  for (size_t i = 0; i < after.size(); ++i) {
    EXPECT_EQ(after[i].is_from_image, i != 0) << i;
    EXPECT_TRUE(std::ranges::equal(after[i].calls.code, whole[i].calls.code)) << i;
    EXPECT_TRUE(std::ranges::equal(after[i].calls.sites, whole[i].calls.sites)) << i;
    EXPECT_EQ(after[i].calls.frame_bytes, whole[i].calls.frame_bytes) << i;
    EXPECT_FALSE(after[i].resumptions.code.empty()) << i;
  }
}

TEST_F(CodeImageTest, WhatCameWithBetterCodeIsNotMadeBetterAgain) {
  EngineOptions options;
  options.code.hot_after_calls = options.code.hot_after_rounds = 1;
  options.tier_up.in_place = true;
  options.tier_up.make_compiler = [this]() -> Result<std::shared_ptr<const Compiler>> {
    return std::make_shared<TestCompiler>(
        [this](const Compiler& baseline, const ValidatedModule& module, const ContextLayout& layout,
               uint32_t func, const CodeOptions& code) {
          ++compiled;
          return baseline.compile(module, layout, func, code);
        });
  };
  use(options, {}, baseline::make_compiler());
  const auto place = [](const ModuleCode& code) {
    return static_cast<uint32_t>(code.module().bodies[0].offset);
  };
  // Its code so far says that it is hot, as it does for calls that are passed on to it.
  const auto better = with_image(kModule);
  EXPECT_EQ((*runtime::instantiate(*store, better, {}))->hot(place(*better)), nullptr);
  EXPECT_EQ(compiled, 0);
  const auto fresh = module(kModule);
  Instance& instance = **runtime::instantiate(*store, fresh, {});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(i32(instance, "add", {Value::i32(2), Value::i32(3)}), 5);
  EXPECT_EQ(compiled, 1);
}

}  // namespace
}  // namespace skerry::runtime
