// Instantiation: imports, initialisers, segments, start, limits, and sharing between instances.
#include "fixture.h"

namespace skerry::runtime {
namespace {

using InstanceTest = RuntimeTest;

TEST_F(InstanceTest, EvaluatesConstantExpressions) {
  Instance& instance = instantiate(R"((module
    (global $a i32 (i32.const 20))
    (global (export "sum") i32 (i32.add (global.get $a) (i32.mul (i32.const 2) (i32.const 11))))
    (global (export "wide") i64 (i64.sub (i64.const 1) (i64.const 3)))
    (global (export "func") funcref (ref.func $f))
    (global (export "null") externref (ref.null extern))
    (global (export "vector") v128 (v128.const i64x2 5 6))
    (func $f (export "f"))))");
  const auto global = [&](const char* name) {
    return std::get<Global*>(*instance.find_export(name))->get();
  };
  EXPECT_EQ(global("sum").as_i32(), 42);
  EXPECT_EQ(global("wide").as_i64(), -2);
  EXPECT_EQ(global("func").as_func(), func(instance, "f"));
  EXPECT_TRUE(global("null").is_null());
  EXPECT_EQ(global("vector").high, 6u);
}

TEST_F(InstanceTest, FindsExportsByName) {
  Instance& instance = instantiate(R"((module
    (func (export "b")) (memory (export "a") 1) (table (export "c") 1 funcref)
    (tag (export "t"))))");
  EXPECT_EQ(kind_of(*instance.find_export("a")), ExternKind::Memory);
  EXPECT_EQ(kind_of(*instance.find_export("b")), ExternKind::Func);
  EXPECT_EQ(kind_of(*instance.find_export("c")), ExternKind::Table);
  EXPECT_EQ(kind_of(*instance.find_export("t")), ExternKind::Tag);
  EXPECT_FALSE(instance.find_export("d"));
  EXPECT_FALSE(instance.find_export(""));
}

TEST_F(InstanceTest, RunsSegmentsAndStartInOrder) {
  Instance& instance = instantiate(R"((module
    (memory (export "m") 1)
    (data (i32.const 0) "aaaa") (data (i32.const 2) "bb")
    (start $s)
    (func $s (i32.store8 (i32.const 3) (i32.const 99)))))");
  const GuestView view = instance.memory(0)->view();
  EXPECT_EQ(*view.text(0, 4), "aabc");
}

TEST_F(InstanceTest, ATrappingSegmentKeepsWhatCameBefore) {
  Table* const table =
      *store->add_table({{10, 10, false}, ValType::funcref()}, Value::null(HeapType::Func));
  const auto outcome = try_instantiate(R"((module
    (import "h" "t" (table 10 funcref))
    (memory 1)
    (func $f (result i32) i32.const 5)
    (elem (i32.const 0) $f)
    (data (i32.const 65536) "x")))",
                                       {table});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::TrapMemoryOutOfBounds);
  // The function is alive although its instance failed.
  const Func f = table->get(0)->as_func();
  ASSERT_TRUE(f);
  EXPECT_EQ(call(*store, f, std::span<const Value>())->at(0).as_i32(), 5);
}

TEST_F(InstanceTest, ATrapInStartIsTheOutcome) {
  const auto outcome = try_instantiate(R"((module (start $s) (func $s unreachable)))");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::TrapUnreachable);
  EXPECT_EQ(store->backtrace().frames.size(), 1u);
}

TEST_F(InstanceTest, RefusesImportsThatDoNotFit) {
  Instance& exporter = instantiate(R"((module
    (func (export "f") (param i32))
    (memory (export "m") 1 2) (table (export "t") 1 2 funcref)
    (global (export "g") i32 (i32.const 1)) (global (export "gm") (mut i32) (i32.const 1))
    (tag (export "tag") (param i32))))");
  const auto fits = [&](const char* name, std::string_view import) {
    const std::string text = "(module (import \"x\" \"y\" " + std::string(import) + "))";
    const auto outcome = try_instantiate(text, {*exporter.find_export(name)});
    if (!outcome) {
      EXPECT_EQ(outcome.error().code, ErrorCode::IncompatibleImport);
    }
    return outcome.has_value();
  };
  EXPECT_TRUE(fits("f", "(func (param i32))"));
  EXPECT_FALSE(fits("f", "(func (param i64))"));
  EXPECT_FALSE(fits("f", "(memory 1)"));
  EXPECT_TRUE(fits("m", "(memory 1)"));
  EXPECT_TRUE(fits("m", "(memory 0 3)"));
  EXPECT_FALSE(fits("m", "(memory 2)"));
  EXPECT_FALSE(fits("m", "(memory 1 1)"));
  EXPECT_FALSE(fits("m", "(memory i64 1)"));
  EXPECT_FALSE(fits("m", "(memory 1 2 shared)"));
  EXPECT_TRUE(fits("t", "(table 1 funcref)"));
  EXPECT_FALSE(fits("t", "(table 1 externref)"));
  EXPECT_FALSE(fits("t", "(table 1 1 funcref)"));
  EXPECT_TRUE(fits("g", "(global i32)"));
  EXPECT_FALSE(fits("g", "(global (mut i32))"));
  EXPECT_TRUE(fits("gm", "(global (mut i32))"));
  EXPECT_FALSE(fits("gm", "(global i32)"));
  EXPECT_TRUE(fits("tag", "(tag (param i32))"));
  EXPECT_FALSE(fits("tag", "(tag (param i64))"));
  const auto missing = try_instantiate(R"((module (import "x" "y" (func))))");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::UnknownImport);
}

TEST_F(InstanceTest, AFunctionOfASubtypeFits) {
  Instance& exporter = instantiate(R"((module
    (rec (type $super (sub (func)))) (rec (type $sub (sub $super (func))))
    (func (export "f") (type $sub))))");
  EXPECT_TRUE(try_instantiate(R"((module
    (type $super (sub (func))) (import "x" "y" (func (type $super)))))",
                              {*exporter.find_export("f")}));
  EXPECT_FALSE(
      try_instantiate(R"((module (import "x" "y" (func))))", {*exporter.find_export("f")}));
}

TEST_F(InstanceTest, InstancesShareWhatTheyImport) {
  Instance& a = instantiate(R"((module
    (memory (export "m") 1 4) (table (export "t") 2 funcref)
    (global (export "g") (mut i32) (i32.const 1))
    (func (export "grow") (result i32) (memory.grow (i32.const 1)))
    (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0)))
    (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "get") (result i32) global.get 0)))");
  Instance& b = instantiate(
      R"((module
    (import "a" "m" (memory 1)) (import "a" "t" (table 2 funcref))
    (import "a" "g" (global $g (mut i32))) (import "a" "grow" (func $grow (result i32)))
    (global $own (mut i32) (i32.const 30))
    (elem (i32.const 1) $f)
    (func $f (result i32) (i32.add (global.get $g) (global.get $own)))
    (func (export "set") (global.set $g (i32.const 12)) (i32.store (i32.const 8) (i32.const 5)))
    (func (export "grow_and_store") (result i32)
      (drop (call $grow)) (i32.store (i32.const 65536) (i32.const 77)) (memory.size))))",
      {*a.find_export("m"), *a.find_export("t"), *a.find_export("g"), *a.find_export("grow")});
  ASSERT_TRUE(invoke(b, "set"));
  EXPECT_EQ(i32(a, "get"), 12);
  EXPECT_EQ(i32(a, "load", {Value::i32(8)}), 5);
  EXPECT_EQ(i32(a, "call", {Value::i32(1)}), 42);
  EXPECT_EQ(i32(b, "grow_and_store"), 2);
  EXPECT_EQ(i32(a, "load", {Value::i32(65536)}), 77);
}

TEST_F(InstanceTest, ImportedFunctionsAreReachedWhenTheyAreCompiledLater) {
  Instance& a = instantiate(R"((module (func (export "f") (result i32) i32.const 11)))");
  Instance& b = instantiate(R"((module (import "a" "f" (func $f (result i32)))
    (export "again" (func $f))
    (func (export "g") (result i32) (i32.add (call $f) (call $f)))))",
                            {*a.find_export("f")});
  EXPECT_EQ(i32(b, "g"), 22);
  EXPECT_EQ(i32(b, "g"), 22);
  EXPECT_EQ(func(b, "again"), func(a, "f"));
  EXPECT_EQ(i32(b, "again"), 11);
}

TEST_F(InstanceTest, ModulesCanHaveManyInstances) {
  auto code = module(R"((module (global $g (mut i32) (i32.const 0))
    (func (export "next") (result i32)
      (global.set $g (i32.add (global.get $g) (i32.const 1))) (global.get $g))))");
  Instance* a = *runtime::instantiate(*store, code, {});
  EXPECT_EQ(i32(*a, "next"), 1);
  Instance* b = *runtime::instantiate(*store, code, {});
  EXPECT_EQ(i32(*b, "next"), 1);
  EXPECT_EQ(i32(*a, "next"), 2);
  EXPECT_EQ(code->stats().funcs_compiled, 1u);
}

TEST_F(InstanceTest, DropsSegments) {
  Instance& instance = instantiate(R"((module
    (memory 1) (table 1 funcref) (data $p "xyz") (data $a (i32.const 0) "abc")
    (elem $e func $f) (elem declare func $f) (func $f)
    (func (export "init") (memory.init $p (i32.const 0) (i32.const 0) (i32.const 3)))
    (func (export "drop") data.drop $p)
    (func (export "active") (memory.init $a (i32.const 0) (i32.const 0) (i32.const 1)))
    (func (export "none") (memory.init $p (i32.const 0) (i32.const 0) (i32.const 0)))
    (func (export "tinit") (table.init $e (i32.const 0) (i32.const 0) (i32.const 1)))
    (func (export "tdrop") elem.drop $e)))");
  EXPECT_TRUE(invoke(instance, "init"));
  EXPECT_TRUE(invoke(instance, "drop"));
  EXPECT_EQ(error(instance, "init"), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_TRUE(invoke(instance, "none"));
  EXPECT_EQ(error(instance, "active"), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_TRUE(invoke(instance, "tinit"));
  EXPECT_TRUE(invoke(instance, "tdrop"));
  EXPECT_EQ(error(instance, "tinit"), ErrorCode::TrapTableOutOfBounds);
}

TEST_F(InstanceTest, KeepsToTheLimits) {
  StoreLimits limits;
  limits.memory_bytes = 3 * kWasmPageBytes;
  limits.table_elements = 10;
  limits.instances = 4;  // two of them fail
  new_store(limits);
  Instance& a = instantiate(R"((module (memory 2) (table 6 funcref)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "tgrow") (param i32) (result i32)
      (table.grow (ref.null func) (local.get 0)))))");
  EXPECT_EQ(i32(a, "grow", {Value::i32(2)}), -1);
  EXPECT_EQ(i32(a, "grow", {Value::i32(1)}), 2);
  EXPECT_EQ(i32(a, "tgrow", {Value::i32(5)}), -1);
  EXPECT_EQ(i32(a, "tgrow", {Value::i32(4)}), 6);
  const auto outcome = try_instantiate("(module (memory 1))");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::MemoryLimitExceeded);
  const auto table = try_instantiate("(module (table 1 funcref))");
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code, ErrorCode::TableLimitExceeded);
  EXPECT_TRUE(try_instantiate("(module)"));
  const auto third = try_instantiate("(module)");
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, ErrorCode::InstanceLimitExceeded);
}

TEST_F(InstanceTest, GcInitialisersAreRefusedWithTheirRow) {
  const auto outcome = try_instantiate(R"((module
    (type $s (struct (field i32))) (global (ref $s) (struct.new $s (i32.const 1)))))");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::UnsupportedInstruction);
}

}  // namespace
}  // namespace skerry::runtime
