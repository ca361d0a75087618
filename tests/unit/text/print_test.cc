// Printing: the exact look of small modules, and that what is printed parses back to the same.
#include "text/print.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "parsing.h"

namespace skerry::text {
namespace {

std::string print(std::string_view source, PrintOptions options = {}) {
  const auto text = print_module(*must_parse(source), options);
  EXPECT_TRUE(text.has_value());
  return text.value_or("");
}

// Prints, parses, prints: both texts, bodies and custom sections must be the same.
void expect_round_trip(const Module& module) {
  for (const bool fold : {false, true})
    for (const bool names : {false, true}) {
      const PrintOptions options{.fold = fold, .names = names, .offsets = false};
      const auto text = print_module(module, options);
      ASSERT_TRUE(text.has_value());
      const auto again = must_parse(*text);
      EXPECT_EQ(print_module(*again, options).value_or(""), *text);
      ASSERT_EQ(again->bodies.size(), module.bodies.size());
      for (size_t i = 0; i < module.bodies.size(); ++i)
        EXPECT_EQ(hex(again->bodies[i].code), hex(module.bodies[i].code)) << *text;
      ASSERT_EQ(again->customs.size(), module.customs.size()) << *text;
      for (size_t i = 0; i < module.customs.size(); ++i) {
        EXPECT_EQ(again->customs[i].name, module.customs[i].name);
        EXPECT_EQ(hex(again->customs[i].bytes), hex(module.customs[i].bytes)) << *text;
        EXPECT_EQ(again->customs[i].after_section, module.customs[i].after_section);
      }
    }
}

TEST(Print, Flat) {
  EXPECT_EQ(print(R"((module $M
      (import "env" "log" (func $log (param $x i32)))
      (func $f (export "f") (param $n i32) (result i32) (local $i i32) (local f32 f32)
        (if $out (result i32) (local.get $n) (then (i32.const -1)) (else
          (block (br_if 0 (i32.load offset=4 align=1 (i32.const 0)))) (call $log (i32.const 2))
          (br $out (local.get $i))))) (memory 1)))"),
            R"((module $M
  (type (;0;) (func (param i32)))
  (type (;1;) (func (param i32) (result i32)))
  (import "env" "log" (func $log (;0;) (type 0) (param $x i32)))
  (func $f (;1;) (type 1) (param $n i32) (result i32)
    (local $i i32) (local f32 f32)
    local.get $n
    if $out (result i32)
      i32.const -1
    else
      block (;@2;)
        i32.const 0
        i32.load offset=4 align=1
        br_if 0 (;@2;)
      end
      i32.const 2
      call $log
      local.get $i
      br $out
    end)
  (memory (;0;) 1)
  (export "f" (func $f))
)
)");
}

TEST(Print, Folded) {
  EXPECT_EQ(print(R"((func $f (param $n i32) (result i32)
        local.get $n i32.eqz if (result i32) i32.const 1 else local.get $n
        loop $again local.get $n i32.const 1 i32.sub local.tee $n br_if $again end
        nop local.get $n i32.mul end))",
                  {.fold = true}),
            R"((module
  (type (;0;) (func (param i32) (result i32)))
  (func $f (;0;) (type 0) (param $n i32) (result i32)
    (if (;@1;) (result i32)
      (i32.eqz (local.get $n))
      (then
        (i32.const 1))
      (else
        (local.get $n)
        (loop $again
          (br_if $again
            (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (nop)
        (local.get $n)
        (i32.mul))))
)
)");
}

TEST(Print, Offsets) {
  EXPECT_EQ(print("(func nop)", {.fold = false, .names = true, .offsets = true}),
            "(module\n  (type (;0;) (func))\n  (func (;0;) (type 0)\n    (;@1    ;) nop)\n)\n");
}

TEST(Print, TypesAndSegments) {
  const std::string text = print(R"(
    (rec (type $a (sub (struct (field $x i8) (field (mut (ref null $a)))))) (type (array i32)))
    (type (sub final $a (struct (field i8 (mut (ref null $a)) externref))))
    (rec)
    (memory i64 1 2) (memory 1 1 shared)
    (table 1 (ref null $a)) (table i64 0 8 funcref (ref.null func))
    (tag (param i32)) (global (mut i64) (i64.add (i64.const 1) (i64.const 2)))
    (func) (start 0)
    (elem declare func 0) (elem (table 1) (i64.const 0) funcref (ref.func 0) (item ref.func 0 ref.func 0))
    (elem (offset (i32.const 0) (i32.const 0)) func)
    (data "\00\ff\"\\") (data (memory 1) (i32.const 0) ""))");
  EXPECT_EQ(text, R"((module
  (rec
    (type $a (;0;) (sub (struct (field $x i8) (field (mut (ref null $a))))))
    (type (;1;) (array i32)))
  (type (;2;) (sub final $a (struct (field i8) (field (mut (ref null $a))) (field externref))))
  (rec)
  (type (;3;) (func (param i32)))
  (type (;4;) (func))
  (func (;0;) (type 4))
  (table (;0;) 1 (ref null $a))
  (table (;1;) i64 0 8 funcref (ref.null func))
  (memory (;0;) i64 1 2)
  (memory (;1;) 1 1 shared)
  (tag (;0;) (type 3) (param i32))
  (global (;0;) (mut i64) (i64.add (i64.const 1) (i64.const 2)))
  (start 0)
  (elem (;0;) declare func 0)
  (elem (;1;) (table 1) (i64.const 0) funcref (ref.func 0) (item (ref.func 0) (ref.func 0)))
  (elem (;2;) (offset (i32.const 0) (i32.const 0)) func)
  (data (;0;) "\00\ff\22\5c")
  (data (;1;) (memory 1) (i32.const 0) "")
)
)");
  expect_round_trip(*must_parse(text));
}

TEST(Print, NamesThatAreNoIdentifiers) {
  const std::string text = print(R"((func $"a b") (func (@name "dup")) (func (@name "dup"))
      (func (@name "")) (func call 0 call 1 call 2 call 3))");
  EXPECT_NE(text.find("(func $\"a b\" (;0;)"), std::string::npos) << text;
  EXPECT_NE(text.find("(func $dup (;1;)"), std::string::npos) << text;
  EXPECT_NE(text.find("(func (@name \"dup\") (;2;)"), std::string::npos) << text;
  EXPECT_NE(text.find("(func (@name \"\") (;3;)"), std::string::npos) << text;
  EXPECT_NE(text.find("call $\"a b\"\n    call $dup\n    call 2\n    call 3)"), std::string::npos)
      << text;
  expect_round_trip(*must_parse(text));
}

TEST(Print, ShadowedLabels) {
  expect_round_trip(*must_parse("(func block $l block $l br 1 br 0 end br 0 end)"));
  const std::string text = print("(func block $l block $l br 1 br 0 end br 0 end)");
  EXPECT_NE(text.find("br 1 (;@1;)\n        br $l\n"), std::string::npos) << text;
}

TEST(Print, CustomSectionsKeepTheirPlaces) {
  expect_round_trip(*must_parse(R"((module $m (@custom "a" (before first) "\00")
      (@custom "b" (after func) "x") (@custom "c" (after code)) (@custom "d") (func $f)))"));
  // A name section that identifiers cannot express stays as it is.
  expect_round_trip(*must_parse(R"((func) (@custom "name" "\01\04\01\07\01f"))"));
  expect_round_trip(*must_parse(R"((func) (@custom "name" "junk"))"));
  expect_round_trip(*must_parse(
      R"((func) (@custom "name" (after func) "\01\04\01\00\01f") (@custom "name" (after last) ""))"));
}

TEST(Print, InvalidModulesStillPrint) {
  expect_round_trip(
      *must_parse("(func (type 7) local.get 9 call 99 br 12 struct.get 5 6 i32.add)"));
  expect_round_trip(
      *must_parse("(func (export \"x\") drop drop (if (then)))  (export \"y\" (global 3))"));
}

TEST(Print, BodiesThatDoNotDecodeAreErrors) {
  auto module = must_parse("(func)");
  const std::vector<std::vector<uint8_t>> bodies = {
      {0x00},                                            // ends early
      {0x00, 0xff, 0x0b},                                // no opcode
      {0x00, 0x05, 0x0b},                                // `else` outside an `if`
      {0x00, 0x02, 0x40, 0x05, 0x0b, 0x0b},              // `else` in a block
      {0x00, 0x0b, 0x0b},                                // goes on behind its end
      {0x01, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x0b},  // four billion locals
  };
  for (const std::vector<uint8_t>& body : bodies) {
    module->bodies[0] = {body, 100};
    for (const bool fold : {false, true}) {
      const auto text = print_module(*module, {.fold = fold});
      EXPECT_FALSE(text.has_value()) << hex(body);
    }
  }
}

TEST(Print, DeepNestingIsLinear) {
  constexpr int kDepth = 50'000;
  std::string source = "(func ";
  for (int i = 0; i < kDepth; ++i) source += "(block ";
  for (int i = 0; i < kDepth; ++i) source += ")";
  source += "(drop ";
  for (int i = 0; i < kDepth; ++i) source += "(i32.eqz ";
  source += "(i32.const 0)";
  for (int i = 0; i < kDepth; ++i) source += ")";
  source += "))";
  const auto module = must_parse(source);
  for (const bool fold : {false, true}) {
    const auto text = print_module(*module, {.fold = fold});
    ASSERT_TRUE(text.has_value());
    EXPECT_LT(text->size(), size_t{kDepth} * 400);
    EXPECT_TRUE(std::ranges::equal(must_parse(*text)->bodies[0].code, module->bodies[0].code));
  }
}

TEST(Print, ListsInstructionsOneByOne) {
  const auto module = must_parse(R"((module (func $f (param $x i32) (local i64)
      (block $b (br_if $b (local.get $x)) (drop (local.get 1))))))");
  const auto lines = list_instrs(*module, 0);
  ASSERT_TRUE(lines);
  std::string text;
  for (const InstrLine& line : *lines)
    text += std::to_string(line.offset - module->bodies[0].offset) + std::string(line.depth, '>') +
            line.text + "\n";
  EXPECT_EQ(text,
            "3block $b\n"
            "5>local.get $x\n"
            "7>br_if $b\n"
            "9>local.get 1\n"
            "11>drop\n"
            "12end\n"
            "13end\n");
}

}  // namespace
}  // namespace skerry::text
