// Every v128 instruction that computes, on both code paths, against the reference: with operands in
// pinned locals, registers, frame slots and constants, the same operand twice, and the result going
// to where an operand is. Not here: loads and stores (simd_memory_test.cc).
#include <gtest/gtest.h>

#include <cstring>

#include "code_paths.h"
#include "compiled_module.h"
#include "simd_inputs.h"
#include "simd_reference.h"

namespace skerry::test {
namespace {

// --- Funcs around one instruction --------------------------------------------------------------

std::string_view type_name(char letter) {
  switch (letter) {
    case 'i': return "i32";
    case 'I': return "i64";
    case 'f': return "f32";
    case 'F': return "f64";
    default: return "v128";
  }
}

// An instruction with its immediates.
struct Case {
  Op op;
  std::string text;
  Inputs immediates;
};

std::vector<Case> cases_of(Op op) {
  const OpInfo& row = info(op);
  std::vector<Case> cases;
  if (row.imm == Imm::Lane) {
    const size_t x = row.text.find('x');
    const int count = std::stoi(std::string(row.text.substr(x + 1)));
    for (int lane = 0; lane < count; ++lane) {
      Case one{op, std::string(row.text) + ' ' + std::to_string(lane), {}};
      one.immediates.lane = static_cast<uint8_t>(lane);
      cases.push_back(std::move(one));
    }
  } else if (row.imm == Imm::Shuffle) {
    for (const Bytes16& choice : shuffles()) {
      Case one{op, std::string(row.text), {}};
      for (const uint8_t byte : choice) one.text += ' ' + std::to_string(byte);
      one.immediates.shuffle = choice;
      cases.push_back(std::move(one));
    }
  } else {
    cases.push_back({op, std::string(row.text), {}});
  }
  return cases;
}

// How the operands reach the instruction, and where its result goes.
struct Variant {
  enum Place : uint8_t {
    Pinned,    // locals in registers
    Unpinned,  // locals in the frame: others are used more
    Register,  // results of other instructions
    Slot,      // the same, pushed out to the frame by a block
    Mixed,     // the first a register, the second a pinned local, the third a register
  };
  Place place = Pinned;
  bool same = false;     // all v128 operands are the first one
  int set_operand = -1;  // the local of this operand is set to the result; -1: none
};

std::vector<Variant> variants_of(const OpInfo& row) {
  const std::string_view in = operands(row);
  std::vector<Variant> variants;
  for (const auto place :
       {Variant::Pinned, Variant::Unpinned, Variant::Register, Variant::Slot, Variant::Mixed}) {
    variants.push_back({place, false, -1});
    for (int i = 0; i < static_cast<int>(in.size()); ++i)
      if (in[static_cast<size_t>(i)] == results(row)[0]) variants.push_back({place, false, i});
    if (in.find("vv") != in.npos) {
      variants.push_back({place, true, -1});
      variants.push_back({place, true, 0});
    }
  }
  return variants;
}

// The value of a local, computed, so that it is in a register.
std::string computed(char letter, const std::string& local) {
  const std::string get = "(local.get " + local + ")";
  switch (letter) {
    case 'i': return "(i32.xor " + get + " (i32.const 0))";
    case 'I': return "(i64.xor " + get + " (i64.const 0))";
    case 'f': return "(f32.reinterpret_i32 (i32.reinterpret_f32 " + get + "))";
    case 'F': return "(f64.reinterpret_i64 (i64.reinterpret_f64 " + get + "))";
    default: return "(v128.xor " + get + " (v128.const i64x2 0 0))";
  }
}

// Locals that are used more than the parameters, more of them than there are registers.
std::string crowd() {
  std::string text;
  for (const std::string_view type : {"i64", "v128"}) {
    for (int i = 0; i < 12; ++i) {
      const std::string name = "$" + std::string(type) + std::to_string(i);
      text += "(local " + name + " " + std::string(type) + ")";
    }
  }
  for (const std::string_view type : {"i64", "v128"})
    for (int i = 0; i < 12; ++i) {
      const std::string name = "$" + std::string(type) + std::to_string(i);
      for (int use = 0; use < 6; ++use) text += "(local.set " + name + " (local.get " + name + "))";
    }
  return text;
}

std::string func_text(const Case& one, const Variant& variant) {
  const std::string_view in = operands(info(one.op)), out = results(info(one.op));
  std::string text = "(func";
  for (const char letter : in) text += " (param " + std::string(type_name(letter)) + ")";
  text += " (result " + std::string(type_name(out[0])) + ")";
  if (variant.place == Variant::Unpinned) text += crowd();
  for (size_t i = 0; i < in.size(); ++i) {
    const std::string local = std::to_string(variant.same && in[i] == 'v' ? 0 : i);
    const bool compute = variant.place == Variant::Register || variant.place == Variant::Slot ||
                         (variant.place == Variant::Mixed && i % 2 == 0);
    text += compute ? computed(in[i], local) : "(local.get " + local + ")";
  }
  if (variant.place == Variant::Slot) text += "(block)";
  text += one.text;
  if (variant.set_operand >= 0) {
    const std::string local = std::to_string(variant.set_operand);
    text += " local.set " + local + " local.get " + local;
  }
  return text + ")\n";
}

// --- Running them ------------------------------------------------------------------------------

size_t slots_of_letter(char letter) { return letter == 'v' ? 2 : 1; }

Bytes16 call(CompiledModule& module, uint32_t func, std::string_view in, char out,
             const Inputs& inputs) {
  uint64_t values[8] = {};
  size_t at = 0;
  for (size_t i = 0; i < in.size(); ++i) {
    std::memcpy(values + at, inputs.operands[i].data(), 8 * slots_of_letter(in[i]));
    at += slots_of_letter(in[i]);
  }
  EXPECT_EQ(module.run(func, values), TrapCode::None);
  Bytes16 result{};
  std::memcpy(result.data(), values, 8 * slots_of_letter(out));
  return result;
}

std::string describe(const Inputs& inputs, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += ' ' + to_hex(inputs.operands[i]);
  return text;
}

// All combinations of operands; fewer of each the more there are.
template <class F>
void for_each_input(const Case& one, F&& f) {
  const std::string_view in = operands(info(one.op));
  const auto vector_count = in == "v"                             ? 240u
                            : in == "vvv"                         ? 10u
                            : one.immediates.shuffle == Bytes16{} ? 36u
                                                                  : 4u;
  std::vector<std::vector<Bytes16>> choices;
  for (const char letter : in)
    choices.push_back(letter == 'v' ? vectors(lanes_read(info(one.op).text), vector_count)
                                    : scalars(letter));
  std::vector<size_t> at(in.size(), 0);
  for (;;) {
    Inputs inputs = one.immediates;
    for (size_t i = 0; i < in.size(); ++i) inputs.operands[i] = choices[i][at[i]];
    if (!f(inputs)) return;
    size_t digit = 0;
    while (digit < at.size() && ++at[digit] == choices[digit].size()) at[digit++] = 0;
    if (digit == at.size()) return;
  }
}

std::vector<Op> computing_ops() {
  std::vector<Op> ops;
  for (size_t i = 0; i < kOpCount; ++i) {
    const OpInfo& row = kOpInfos[i];
    if (row.feature == Feature::Simd && row.trap == TrapClass::None && row.shape != Shape::Const)
      ops.push_back(static_cast<Op>(i));
  }
  return ops;
}

class SimdOps : public testing::TestWithParam<std::tuple<CodePath, Op>> {
 protected:
  const baseline::x64::CpuFeatures& cpu() const { return std::get<0>(GetParam()).cpu; }
  Op op() const { return std::get<1>(GetParam()); }
  const OpInfo& row() const { return info(op()); }
};

TEST_P(SimdOps, MatchReferenceWhereverOperandsAre) {
  const std::string_view in = operands(row());
  const char out = results(row())[0];
  const auto variants = variants_of(row());
  for (const Case& one : cases_of(op())) {
    std::string text;
    for (const Variant& variant : variants) text += func_text(one, variant);
    CompiledModule module(text, cpu());
    ASSERT_FALSE(HasFailure());
    for_each_input(one, [&](const Inputs& inputs) {
      Inputs same = inputs;
      for (size_t i = 1; i < in.size(); ++i)
        if (in[i] == 'v') same.operands[i] = inputs.operands[0];
      const auto expected = reference(op(), inputs), expected_same = reference(op(), same);
      if (!expected || !expected_same) {
        ADD_FAILURE() << "no reference for " << row().text;
        return false;
      }
      for (uint32_t i = 0; i < variants.size(); ++i) {
        const Outcome& outcome = variants[i].same ? *expected_same : *expected;
        const Bytes16 actual = call(module, i, in, out, inputs);
        if (outcome.accepts(actual)) continue;
        ADD_FAILURE() << one.text << describe(variants[i].same ? same : inputs, in.size())
                      << "\n  is " << to_hex(actual) << "\n  not " << to_hex(outcome.bits)
                      << " (open " << to_hex(outcome.open) << ")\n  in "
                      << func_text(one, variants[i]);
        return false;
      }
      return true;
    });
    if (HasFailure()) return;
  }
}

std::string constant(char letter, const Bytes16& value) {
  const auto wide = lanes<uint64_t>(value);
  switch (letter) {
    case 'i': return "(i32.const " + std::to_string(static_cast<int32_t>(wide[0])) + ")";
    case 'I': return "(i64.const " + std::to_string(static_cast<int64_t>(wide[0])) + ")";
    case 'f': return "(f32.reinterpret_i32 " + constant('i', value) + ")";
    case 'F': return "(f64.reinterpret_i64 " + constant('I', value) + ")";
    default:
      return "(v128.const i64x2 " + std::to_string(static_cast<int64_t>(wide[0])) + ' ' +
             std::to_string(static_cast<int64_t>(wide[1])) + ")";
  }
}

TEST_P(SimdOps, MatchReferenceWithConstants) {
  const std::string_view in = operands(row()), out = results(row());
  const std::string signature = [&] {
    std::string text = "(func";
    for (const char letter : in) text += " (param " + std::string(type_name(letter)) + ")";
    return text + " (result " + std::string(type_name(out[0])) + ")";
  }();
  std::string text;
  std::vector<Inputs> expected_of;
  for (const Case& one : cases_of(op())) {
    unsigned number = 0;
    const unsigned step = row().imm == Imm::None ? 23 : 97;
    for_each_input(one, [&](const Inputs& inputs) {
      if (number++ % step != 0) return expected_of.size() < 1500;
      // Each set of operands that are constants but the empty one.
      for (unsigned set = 1; set < 1u << in.size(); ++set) {
        text += signature;
        for (size_t i = 0; i < in.size(); ++i)
          text += set >> i & 1 ? constant(in[i], inputs.operands[i])
                               : "(local.get " + std::to_string(i) + ")";
        text += one.text + ")\n";
        expected_of.push_back(inputs);
      }
      return expected_of.size() < 1500;
    });
  }
  CompiledModule module(text, cpu());
  ASSERT_FALSE(HasFailure());
  for (uint32_t i = 0; i < expected_of.size(); ++i) {
    const auto expected = reference(op(), expected_of[i]);
    ASSERT_TRUE(expected);
    const Bytes16 actual = call(module, i, in, out[0], expected_of[i]);
    ASSERT_TRUE(expected->accepts(actual))
        << row().text << describe(expected_of[i], in.size()) << "\n  is " << to_hex(actual)
        << "\n  not " << to_hex(expected->bits);
  }
}

std::string name_of(const testing::TestParamInfo<std::tuple<CodePath, Op>>& test) {
  const auto& [path, op] = test.param;
  return std::string(path.name) + "_" + std::string(info(op).name);
}
INSTANTIATE_TEST_SUITE_P(Baseline, SimdOps,
                         testing::Combine(testing::ValuesIn(code_paths()),
                                          testing::ValuesIn(computing_ops())),
                         name_of);

// --- What the specification leaves open --------------------------------------------------------

// NaNs may have any of several bit patterns; which one does not depend on the code path or on where
// operands are.
TEST(SimdNans, AreTheSameEverywhere) {
  for (const Op op : computing_ops()) {
    if (!results(info(op)).ends_with('v') || info(op).text[0] != 'f') continue;
    for (const Case& one : cases_of(op)) {
      std::string text;
      std::vector<Variant> variants = variants_of(info(op));
      std::erase_if(variants, [](const Variant& variant) { return variant.same; });
      for (const Variant& variant : variants) text += func_text(one, variant);
      std::vector<CompiledModule> modules;
      for (const CodePath& path : code_paths()) modules.emplace_back(text, path.cpu);
      ASSERT_FALSE(HasFailure());
      for_each_input(one, [&](const Inputs& inputs) {
        const auto run = [&](CompiledModule& module, uint32_t func) {
          return to_hex(call(module, func, operands(info(op)), 'v', inputs));
        };
        const std::string first = run(modules[0], 0);
        for (CompiledModule& module : modules)
          for (uint32_t func = 0; func < variants.size(); ++func)
            EXPECT_EQ(run(module, func), first) << info(op).text << " in " << func;
        return !HasFailure();
      });
    }
  }
}

// --- Consumers of the tests' flags -------------------------------------------------------------

class SimdPaths : public testing::TestWithParam<CodePath> {};

TEST_P(SimdPaths, TestsFeedBranches) {
  for (const Op op :
       {Op::V128AnyTrue, Op::I8x16AllTrue, Op::I16x8AllTrue, Op::I32x4AllTrue, Op::I64x2AllTrue}) {
    const std::string test = "(" + std::string(info(op).text) + " (local.get 0))";
    const std::string head = "(func (param v128) (result i32) ";
    const std::string text =
        head + "(if (result i32) " + test + " (then (i32.const 1)) (else (i32.const 0))))" + head +
        "(if (result i32) (i32.eqz " + test + ") (then (i32.const 0)) (else (i32.const 1))))" +
        head + "(select (i32.const 1) (i32.const 0) " + test + "))" + head + "(block (br_if 0 " +
        test + ") (return (i32.const 0))) (i32.const 1))" + head + "(block (br_if 0 (i32.eqz " +
        test + ")) (return (i32.const 1))) (i32.const 0))" + head +
        "(block (result i32) (br_if 0 (i32.const 1) " + test + ") drop (i32.const 0)))" + head +
        "(v128.any_true (select (v128.const i64x2 1 0) (v128.const i64x2 0 0) " + test + ")))";
    CompiledModule module(text, GetParam().cpu);
    ASSERT_FALSE(HasFailure());
    const LaneType types[] = {LaneType::I8, LaneType::I8, LaneType::I16, LaneType::I32,
                              LaneType::I64};
    for (const LaneType type : types) {
      auto inputs = vectors(type, 60);
      inputs.push_back({});
      for (const Bytes16& value : inputs) {
        Inputs in;
        in.operands[0] = value;
        const Bytes16 expected = reference(op, in)->bits;
        for (uint32_t func = 0; func < 7; ++func)
          ASSERT_EQ(to_hex(call(module, func, "v", 'i', in)), to_hex(expected))
              << info(op).text << " in func " << func << " of " << to_hex(value);
      }
    }
  }
}

TEST_P(SimdPaths, VectorsPassThroughCallsBlocksAndSelect) {
  CompiledModule module(
      R"((func $swap (param v128 v128) (result v128 v128) (local.get 1) (local.get 0))
         (func (param v128 v128) (result v128)
           (i8x16.sub (call $swap (local.get 0) (local.get 1))))
         (func (param v128 v128 i32) (result v128)
           (select (local.get 0) (local.get 1) (local.get 2)))
         (func (param v128 v128 i32) (result v128)
           (block $out (result v128)
             (local.get 0)
             (br_if $out (local.get 2))
             drop
             (local.get 1)))
         (func $many (param v128 v128 v128 v128 v128 v128 v128 v128 v128 v128) (result v128)
           (i8x16.sub (local.get 9) (local.get 0)))
         (func (param v128 v128) (result v128)
           (call $many (local.get 1) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
                       (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0))))",
      GetParam().cpu);
  ASSERT_FALSE(HasFailure());
  Inputs in;
  in.operands[0] = vectors(LaneType::I64, 9)[8];
  in.operands[1] = vectors(LaneType::I8, 9)[8];
  Inputs swapped = in;
  std::swap(swapped.operands[0], swapped.operands[1]);
  const auto difference = reference(Op::I8x16Sub, in)->bits;
  EXPECT_EQ(call(module, 1, "vv", 'v', in), reference(Op::I8x16Sub, swapped)->bits);
  for (const uint8_t condition : {1, 0}) {
    in.operands[2][0] = condition;
    EXPECT_EQ(call(module, 2, "vvi", 'v', in), in.operands[condition ? 0 : 1]);
    EXPECT_EQ(call(module, 3, "vvi", 'v', in), in.operands[condition ? 0 : 1]);
  }
  EXPECT_EQ(call(module, 5, "vv", 'v', in), difference);
}

INSTANTIATE_TEST_SUITE_P(Baseline, SimdPaths, testing::ValuesIn(code_paths()),
                         [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace skerry::test
