// What holds for the origins that any compiler reports. Not here: which compiler.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "binary/decoder.h"
#include "binary/encoder.h"
#include "code/code.h"
#include "text/parse.h"
#include "validate/validate.h"

namespace skerry::test {

// Blocks that end where a jump to their end stands, a comparison with its consumer, traps, calls,
// constants in memory, a dispatch loop with and without a jump table, unreachable code.
inline constexpr std::string_view kOriginsModule = R"((module
  (memory 1)
  (table 1 funcref)
  (type $t (func))
  (func (param i32) (result i32)
    (block (if (i32.lt_s (local.get 0) (i32.const 3)) (then (br 1)))
      (call_indirect (type $t) (local.get 0)) (br 0))
    (loop (i32.store (local.get 0) (i32.div_u (i32.const 1) (local.get 0)))
      (br_if 0 (i32.eqz (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
    (block (result i32) (br 0 (call 0 (local.get 0))) unreachable))
  (func (param f64) (result f64) (f64.mul (local.get 0) (f64.const 1.5)))
  (func (param $pc i32) (param $n i32) (result i32)
    (loop $l (block $c (block $b (block $a (br_table $a $b $c (local.get $pc)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (local.set $pc (i32.const 1)) (br $l))
      (if (local.get $n) (then (local.set $pc (i32.const 2)) (br $l)))
      (return (i32.const 3)))
      (local.set $n (i32.const 0)) (local.set $pc (i32.const 0)) (br $l))
    (i32.const 5))
  (func unreachable (drop (i32.const 1)))))";

// Compiles every func of it, with and without.
inline void expect_origins(const Compiler& compiler, const CodeOptions& options) {
  const auto written = text::parse_module(kOriginsModule, Features());
  ASSERT_TRUE(written);
  const std::vector<uint8_t> binary = encode_module(**written);
  const auto parsed = decode_module(binary, nullptr, Features());
  ASSERT_TRUE(parsed);
  const auto valid = validate(*parsed, Features(), std::make_shared<TypeRegistry>(), 1);
  ASSERT_TRUE(valid);
  const Module& module = **parsed;
  const ContextLayout layout(module);
  for (uint32_t func = 0; func < module.funcs.size(); ++func) {
    CodeOrigins origins;
    const auto plain = compiler.compile(*valid, layout, func, options);
    const auto told = compiler.compile_with_origins(*valid, layout, func, options, origins);
    ASSERT_TRUE(plain && told) << func;
    EXPECT_EQ(plain->code, told->code) << func;
    ASSERT_FALSE(origins.empty()) << func;
    EXPECT_EQ(origins[0].code_offset, 0u);
    EXPECT_TRUE(std::ranges::is_sorted(origins, {}, &CodeOrigin::code_offset)) << func;
    EXPECT_LE(origins.back().code_offset, told->code.size());
    const FuncBody& body = module.bodies[func];
    for (const CodeOrigin& origin : origins) {
      if (origin.module_offset == 0) continue;
      EXPECT_GE(origin.module_offset, body.offset);
      EXPECT_LT(origin.module_offset, body.offset + body.code.size());
    }
    EXPECT_TRUE(std::ranges::any_of(origins, [&](const CodeOrigin& origin) {
      return origin.part == CodePart::Instruction && origin.module_offset > body.offset;
    })) << func;
    EXPECT_TRUE(std::ranges::any_of(origins, [](const CodeOrigin& origin) {
      return origin.part == CodePart::Poll;
    })) << func;
  }
}

}  // namespace skerry::test
