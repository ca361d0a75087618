// Linking: what imports find, and what is said when they do not.
#include "embed/linker.h"

#include "embedding.h"

namespace skerry::embed {
namespace {

using runtime::Value;

class LinkerTest : public EmbedTest {
 protected:
  LinkerTest() : linker(*store) {}

  runtime::HostFunc host_constant(int32_t number) {
    FuncType type;
    type.results = {ValType::I32};
    return {type, [number](runtime::Caller&, std::span<uint64_t> slots) -> Result<void> {
              slots[0] = static_cast<uint32_t>(number);
              return {};
            }};
  }
  runtime::Instance& instantiate(std::string_view text) {
    const auto instance = linker.instantiate(load("m.wat", text));
    if (!instance) {
      ADD_FAILURE() << instance.error().text;
      std::abort();
    }
    return **instance;
  }
  Report failure(std::string_view text) {
    const auto instance = linker.instantiate(load("m.wat", text));
    if (!instance) return instance.error();
    ADD_FAILURE() << "it was instantiated";
    return {};
  }
  int32_t run(runtime::Instance& instance) {
    const auto func = std::get<runtime::Func>(*instance.find_export("run"));
    const auto results = runtime::call(*store, func, std::span<const Value>());
    EXPECT_TRUE(results);
    return results ? results->at(0).as_i32() : -1;
  }

  Linker linker;
};

constexpr const char* kCaller = R"((module (import "env" "number" (func $f (result i32)))
  (func (export "run") (result i32) (call $f))))";

TEST_F(LinkerTest, FindsWhatWasDefinedLast) {
  linker.define_func("env", "number", host_constant(1));
  runtime::Instance& first = instantiate(kCaller);
  linker.define_func("env", "number", host_constant(2));
  EXPECT_EQ(run(instantiate(kCaller)), 2);
  EXPECT_EQ(run(first), 1);
}

TEST_F(LinkerTest, AHostFunctionIsOneItemForAllImports) {
  linker.define_func("env", "number", host_constant(1));
  const auto one = linker.find("env", "number");
  const auto two = linker.find("env", "number");
  ASSERT_TRUE(one && two);
  EXPECT_EQ(std::get<runtime::Func>(*one), std::get<runtime::Func>(*two));
  EXPECT_EQ(linker.find("env", "numbers").error().code, ErrorCode::UnknownImport);
  EXPECT_EQ(linker.find("nowhere", "number").error().code, ErrorCode::UnknownImport);
}

TEST_F(LinkerTest, AnInstanceTakesThePlaceOfItsName) {
  linker.define_func("env", "other", host_constant(9));
  linker.define_instance("env", instantiate(R"((module
    (func (export "number") (result i32) i32.const 3) (memory (export "memory") 1)))"));
  EXPECT_EQ(run(instantiate(kCaller)), 3);
  EXPECT_TRUE(linker.find("env", "memory"));
  EXPECT_FALSE(linker.find("env", "other"));
}

TEST_F(LinkerTest, UnknownImportsAreNamedWithWhatIsClose) {
  linker.define_func("env", "numbr", host_constant(1));
  const Report report = failure(kCaller);
  EXPECT_EQ(report.error.code, ErrorCode::UnknownImport);
  EXPECT_EQ(report.text,
            "error: m.wat: unknown import `number` from `env`; did you mean `numbr`?\n"
            "  wanted: func () -> (i32)\n");
  EXPECT_EQ(failure(R"((module (import "emv" "g" (global (mut i64)))))").text,
            "error: m.wat: unknown import `g` from `emv`; no module `emv` is provided, did you "
            "mean `env`?\n  wanted: global mut i64\n");
}

TEST_F(LinkerTest, IncompatibleImportsShowBothTypes) {
  linker.define_func("env", "number", host_constant(1));
  linker.define_instance("lib", instantiate(R"((module (memory (export "memory") 1 2)
    (table (export "table") 3 funcref) (global (export "global") i32 (i32.const 0))))"));
  EXPECT_EQ(
      failure(R"((module (import "env" "number" (func (param i32 i64) (result f32 f64)))))").text,
      "error: m.wat: the import `number` from `env` has an incompatible type\n"
      "  wanted:   func (i32, i64) -> (f32, f64)\n"
      "  provided: func () -> (i32)\n");
  EXPECT_EQ(failure(R"((module (import "lib" "memory" (memory 4))))").text,
            "error: m.wat: the import `memory` from `lib` has an incompatible type\n"
            "  wanted:   memory of 4 or more pages\n"
            "  provided: memory of 1..2 pages\n");
  EXPECT_EQ(failure(R"((module (import "lib" "table" (table i64 5 externref))))").text,
            "error: m.wat: the import `table` from `lib` has an incompatible type\n"
            "  wanted:   table of externref, 5 or more elements, 64-bit\n"
            "  provided: table of funcref, 3 or more elements\n");
  EXPECT_EQ(failure(R"((module (import "lib" "global" (tag))))").text,
            "error: m.wat: the import `global` from `lib` has an incompatible type\n"
            "  wanted:   tag\n"
            "  provided: global i32\n");
}

TEST_F(LinkerTest, ATrapAtTheStartIsReportedWithItsBacktrace) {
  const Report report = failure("(module\n  (func $begin unreachable)\n  (start $begin))");
  EXPECT_EQ(report.error.code, ErrorCode::TrapUnreachable);
  EXPECT_EQ(report.text, "error: trap: unreachable\n   0: `begin` at m.wat:2:16\n");
}

TEST_F(LinkerTest, AnInitialiserThatIsNotExecutedIsShown) {
  const Report report = failure("(module\n  (global i31ref (ref.i31 (i32.const 1))))");
  EXPECT_EQ(report.error.code, ErrorCode::UnsupportedInstruction);
  EXPECT_EQ(report.text,
            "error: m.wat:2:28: `ref.i31` is not supported yet\n"
            "  2 |   (global i31ref (ref.i31 (i32.const 1))))\n"
            "    |                            ^\n");
}

}  // namespace
}  // namespace skerry::embed
