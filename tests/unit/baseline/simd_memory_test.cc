// v128 loads and stores on both code paths: every instruction, lane and kind of address, with
// memory accesses guarded and compared; and that the first byte out of bounds traps at a known
// site.
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "code_paths.h"
#include "compiled_module.h"
#include "simd_reference.h"

namespace skerry::test {
namespace {

constexpr uint32_t kMemoryBytes = 65536;

// One kind of memory and of address.
struct Target {
  std::string_view name;
  bool explicit_bounds;
  unsigned memory;
  bool is_64;
  uint32_t offset;
};
constexpr Target kTargets[] = {
    {"guarded", false, 0, false, 0},
    {"guarded_offset", false, 0, false, 21},
    {"guarded_second", false, 1, false, 3},
    {"compared", true, 0, false, 0},
    {"compared_offset", true, 0, false, 21},
    {"compared_second", true, 1, false, 3},
    {"wide", false, 0, true, 5},
};

class SimdMemory : public testing::TestWithParam<std::tuple<CodePath, Target>> {
 protected:
  const baseline::x64::CpuFeatures& cpu() const { return std::get<0>(GetParam()).cpu; }
  const Target& target() const { return std::get<1>(GetParam()); }

  std::string memories() const {
    const std::string one = target().is_64 ? "(memory i64 1)" : "(memory 1)";
    return one + one;
  }
  std::string instr(Op op, int lane) const {
    std::string text(info(op).text);
    if (target().memory != 0) text += " " + std::to_string(target().memory);
    text += " offset=" + std::to_string(target().offset);
    if (lane >= 0) text += " " + std::to_string(lane);
    return text;
  }
  std::string_view address_type() const { return target().is_64 ? "i64" : "i32"; }

  CompiledModule compile(const std::string& funcs) const {
    CodeOptions options;
    options.explicit_bounds = target().explicit_bounds;
    return CompiledModule(memories() + funcs, cpu(), options);
  }
  std::span<uint8_t> fill(CompiledModule& module) const {
    std::mt19937_64 random(7);
    const auto memory = module.memory(target().memory);
    for (uint8_t& byte : memory) byte = static_cast<uint8_t>(random());
    return memory;
  }
  // Addresses whose accesses of `width` bytes lie within memory, the last one just so.
  std::vector<uint64_t> addresses(uint32_t width) const {
    return {0, 1, 2, 7, 1000, 4093, kMemoryBytes - target().offset - width};
  }
};

std::vector<Op> ops_of(Shape shape) {
  std::vector<Op> ops;
  for (size_t i = 0; i < kOpCount; ++i)
    if (kOpInfos[i].feature == Feature::Simd && kOpInfos[i].shape == shape)
      ops.push_back(static_cast<Op>(i));
  return ops;
}

template <class To, class From>
Bytes16 extended(const uint8_t* at) {
  LanesOf<To> result;
  for (size_t i = 0; i < result.size(); ++i) {
    From lane;
    std::memcpy(&lane, at + i * sizeof(lane), sizeof(lane));
    result[i] = static_cast<To>(lane);
  }
  return from_lanes<To>(result);
}

Bytes16 loaded(Op op, const uint8_t* at) {
  const unsigned width = 1u << info(op).width_log2;
  switch (op) {
    case Op::V128Load8x8S: return extended<int16_t, int8_t>(at);
    case Op::V128Load8x8U: return extended<uint16_t, uint8_t>(at);
    case Op::V128Load16x4S: return extended<int32_t, int16_t>(at);
    case Op::V128Load16x4U: return extended<uint32_t, uint16_t>(at);
    case Op::V128Load32x2S: return extended<int64_t, int32_t>(at);
    case Op::V128Load32x2U: return extended<uint64_t, uint32_t>(at);
    default: break;
  }
  Bytes16 result{};
  const bool splat = std::string_view(info(op).text).ends_with("splat");
  for (unsigned i = 0; i < (splat ? 16 : width); ++i) result[i] = at[i % width];
  return result;
}

TEST_P(SimdMemory, Loads) {
  const auto ops = ops_of(Shape::Load);
  ASSERT_EQ(ops.size(), 13u);
  std::string funcs;
  const std::string head = "(func (param " + std::string(address_type()) + ") (result v128) ";
  for (const Op op : ops) {
    funcs += head + "(" + instr(op, -1) + " (local.get 0)))";
    // An address that is computed, and a result that goes to a local.
    funcs += head + "(local v128) (local.set 1 (" + instr(op, -1) + " (" +
             std::string(address_type()) + ".sub (local.get 0) (" + std::string(address_type()) +
             ".const 0)))) (local.get 1))";
    // Constant addresses.
    for (const uint64_t address : addresses(1u << info(op).width_log2))
      funcs += head + "(" + instr(op, -1) + " (" + std::string(address_type()) + ".const " +
               std::to_string(address) + ")))";
  }
  CompiledModule module = compile(funcs);
  ASSERT_FALSE(HasFailure());
  const auto memory = fill(module);
  uint32_t func = 0;
  for (const Op op : ops) {
    const auto all = addresses(1u << info(op).width_log2);
    for (size_t i = 0; i < 2 + all.size(); ++i, ++func) {
      for (const uint64_t address : i < 2 ? all : std::vector<uint64_t>{all[i - 2]}) {
        uint64_t values[2] = {address};
        ASSERT_EQ(module.run(func, values), TrapCode::None);
        Bytes16 actual;
        std::memcpy(&actual, values, 16);
        ASSERT_EQ(to_hex(actual), to_hex(loaded(op, &memory[address + target().offset])))
            << info(op).text << " at " << address << " in func " << func;
      }
    }
    for (const uint64_t beyond : {uint64_t{all.back() + 1}, uint64_t{kMemoryBytes}}) {
      uint64_t values[2] = {beyond};
      ASSERT_EQ(module.run(func - static_cast<uint32_t>(all.size()) - 1, values),
                TrapCode::MemoryOutOfBounds)
          << info(op).text;
    }
  }
}

TEST_P(SimdMemory, LoadLanes) {
  const std::string params = "(param " + std::string(address_type()) + " v128)";
  for (const Op op : ops_of(Shape::LoadLane)) {
    const uint32_t width = 1u << info(op).width_log2;
    const int count = static_cast<int>(16 / width);
    std::string funcs;
    for (int lane = 0; lane < count; ++lane) {
      const std::string load = "(" + instr(op, lane) + " (local.get 0) ";
      funcs += "(func " + params + "(result v128) " + load + "(local.get 1)))";
      funcs += "(func " + params + "(result v128) (local.set 1 " + load +
               "(local.get 1))) (local.get 1))";
      funcs +=
          "(func " + params + "(result v128) " + load + "(v128.not (v128.not (local.get 1)))))";
    }
    CompiledModule module = compile(funcs);
    ASSERT_FALSE(HasFailure());
    const auto memory = fill(module);
    for (int lane = 0; lane < count; ++lane) {
      for (unsigned variant = 0; variant < 3; ++variant) {
        const auto func = static_cast<uint32_t>(lane) * 3 + variant;
        for (const uint64_t address : addresses(width)) {
          uint64_t values[3] = {address, 0x0102030405060708, 0x1112131415161718};
          Bytes16 expected, actual;
          std::memcpy(&expected, values + 1, 16);
          std::memcpy(&expected[static_cast<size_t>(lane) * width],
                      &memory[address + target().offset], width);
          ASSERT_EQ(module.run(func, values), TrapCode::None);
          std::memcpy(&actual, values, 16);
          ASSERT_EQ(to_hex(actual), to_hex(expected)) << info(op).text << ' ' << lane;
        }
        uint64_t values[3] = {addresses(width).back() + 1, 0, 0};
        ASSERT_EQ(module.run(func, values), TrapCode::MemoryOutOfBounds);
      }
    }
  }
}

TEST_P(SimdMemory, Stores) {
  const std::string params = "(param " + std::string(address_type()) + " v128)";
  auto ops = ops_of(Shape::StoreLane);
  ASSERT_EQ(ops.size(), 4u);
  ops.push_back(Op::V128Store);
  for (const Op op : ops) {
    const uint32_t width = 1u << info(op).width_log2;
    const int count = static_cast<int>(16 / width);
    std::string funcs;
    for (int lane = 0; lane < count; ++lane) {
      const std::string store =
          "(" + instr(op, op == Op::V128Store ? -1 : lane) + " (local.get 0) ";
      funcs += "(func " + params + store + "(local.get 1)))";
      funcs += "(func " + params + store + "(v128.not (v128.not (local.get 1)))))";
      funcs +=
          "(func " + params + store + "(v128.const i64x2 0x0102030405060708 0x1112131415161718)))";
    }
    CompiledModule module = compile(funcs);
    ASSERT_FALSE(HasFailure());
    const auto memory = fill(module);
    for (uint32_t func = 0; func < 3 * static_cast<uint32_t>(count); ++func) {
      for (const uint64_t address : addresses(width)) {
        uint64_t values[3] = {address, 0x0102030405060708, 0x1112131415161718};
        Bytes16 stored;
        std::memcpy(&stored, values + 1, 16);
        std::vector<uint8_t> expected(memory.begin(), memory.end());
        std::memcpy(&expected[address + target().offset], &stored[func / 3 * width], width);
        ASSERT_EQ(module.run(func, values), TrapCode::None);
        ASSERT_EQ(std::memcmp(memory.data(), expected.data(), memory.size()), 0)
            << info(op).text << " in func " << func << " at " << address;
      }
      uint64_t values[3] = {addresses(width).back() + 1, 0, 0};
      const std::vector<uint8_t> before(memory.begin(), memory.end());
      ASSERT_EQ(module.run(func, values), TrapCode::MemoryOutOfBounds);
      ASSERT_EQ(std::memcmp(memory.data(), before.data(), memory.size()), 0);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Baseline, SimdMemory,
                         testing::Combine(testing::ValuesIn(code_paths()),
                                          testing::ValuesIn(kTargets)),
                         [](const auto& test) {
                           return std::string(std::get<0>(test.param).name) + "_" +
                                  std::string(std::get<1>(test.param).name);
                         });

}  // namespace
}  // namespace skerry::test
