// The text of backtraces.
#include "embed/trap_report.h"

#include <fmt/format.h>

#include "embedding.h"

namespace skerry::embed {
namespace {

class TrapReportTest : public EmbedTest {
 protected:
  // Calls the export "run"; the report of its failure.
  std::string run(const LoadedModule& module, std::span<const LoadedModule> known) {
    Linker linker(*store);
    const auto instance = linker.instantiate(module);
    EXPECT_TRUE(instance);
    const auto func = std::get<runtime::Func>(*(*instance)->find_export("run"));
    const auto results = runtime::call(*store, func, std::span<const runtime::Value>());
    EXPECT_FALSE(results);
    return failed_call(results.error(), store->backtrace(), known).text;
  }
  std::string run(const LoadedModule& module) { return run(module, std::span(&module, 1)); }
};

// Names of three kinds: an identifier, an export, none.
constexpr const char* kThreeNames = R"((module
  (func $inner unreachable)
  (func (call $inner))
  (func (export "run") (call 1))))";

TEST_F(TrapReportTest, FramesHaveNamesAndPlaces) {
  EXPECT_EQ(run(load("m.wat", kThreeNames)),
            "error: trap: unreachable\n"
            "   0: `inner` at m.wat:2:16\n"
            "   1: func 1 at m.wat:3:10\n"
            "   2: `run` at m.wat:4:25\n");
}

TEST_F(TrapReportTest, BinaryModulesHaveOffsets) {
  const LoadedModule module = load_as_binary("m.wasm", kThreeNames);
  const auto& bodies = module.parsed.module->bodies;
  EXPECT_EQ(run(module),
            fmt::format("error: trap: unreachable\n"
                        "   0: `inner` at m.wasm, offset {:#x}\n"
                        "   1: func 1 at m.wasm, offset {:#x}\n"
                        "   2: `run` at m.wasm, offset {:#x}\n",
                        bodies[0].offset + 1, bodies[1].offset + 1, bodies[2].offset + 1));
}

TEST_F(TrapReportTest, OfAModuleNobodyNamedThereIsTheOffset) {
  const LoadedModule module = load("m.wat", kThreeNames);
  const auto first = fmt::format("error: trap: unreachable\n   0: `inner` at offset {:#x}\n",
                                 module.parsed.module->bodies[0].offset + 1);
  EXPECT_TRUE(run(module, {}).starts_with(first));
}

TEST_F(TrapReportTest, DeepStacksKeepBothEnds) {
  const std::string report = run(load("m.wat", R"((module
    (func $dive (param $depth i32)
      (if (i32.eqz (local.get 0)) (then unreachable))
      (call $dive (i32.sub (local.get 0) (i32.const 1))))
    (func (export "run") (call $dive (i32.const 199)))))"));
  // 200 of $dive and the export: 64 + 32 are kept.
  EXPECT_TRUE(report.starts_with("error: trap: unreachable\n   0: `dive` at m.wat:3:41\n"));
  EXPECT_NE(report.find("\n  63: `dive` at m.wat:4:8\n      ... 105 more ...\n"
                        "  169: `dive` at m.wat:4:8\n"),
            std::string::npos)
      << report;
  EXPECT_TRUE(report.ends_with("  199: `dive` at m.wat:4:8\n  200: `run` at m.wat:5:27\n"));
}

TEST_F(TrapReportTest, InstructionsThatAreNotExecutedAreNamed) {
  EXPECT_EQ(
      run(load("m.wat", "(module (func (export \"run\")\n  (drop (ref.i31 (i32.const 1)))))")),
      "error: trap: `ref.i31` is not supported yet\n   0: `run` at m.wat:2:10\n");
}

TEST_F(TrapReportTest, WhatIsNoTrapIsNotCalledOne) {
  EXPECT_EQ(failed_call(Error{ErrorCode::OutOfMemory}, {}, {}).text, "error: out of memory\n");
  EXPECT_EQ(failed_call(Error{ErrorCode::TrapInterrupted, kNoPosition, 2}, {}, {}).text,
            "error: trap: interrupted: the time limit is up\n");
  EXPECT_EQ(failed_call(Error{ErrorCode::TrapInterrupted, kNoPosition, 1}, {}, {}).text,
            "error: trap: interrupted\n");
}

}  // namespace
}  // namespace skerry::embed
