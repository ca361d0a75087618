// Routines over bytes that LLVM's code hurries through: results and traps are those of the bodies
// as they are, which the baseline compiler's code shows. (That Go's modules hold these bodies is
// shown by tests/e2e/cli/disasm.test.)
#include "../runtime/fixture.h"
#include "../support/module_bytes.h"
#include "binary/decoder.h"

namespace skerry::runtime {
namespace {

struct Routine {
  std::string_view name, body;  // in hexadecimal, local groups first
  ValType::Kind word;
};
constexpr Routine kRoutines[] = {
#define BYTE_ROUTINE(name, word, stops_at, body) {#name, body, ValType::word},
#include "llvm/byte_routines.def"
#undef BYTE_ROUTINE
};
constexpr uint32_t kMemoryBytes = 65536;

test::Buffer module_with(const Routine& routine) {
  using namespace test;
  const ValType word(routine.word);
  Buffer body;
  for (size_t i = 0; i < routine.body.size(); i += 2)
    body.push_back(
        static_cast<uint8_t>(std::stoul(std::string(routine.body.substr(i, 2)), nullptr, 16)));
  Buffer sized;
  append_sized(sized, body);
  // put: i32.store8 of the second parameter at the first
  const Buffer put = body_of({0x20, 0x00, 0x20, 0x01, 0x3a, 0x00, 0x00});
  ModuleBytes module;
  module
      .section(SectionId::Type, list_of({func_type({word, word, word}, {word}),
                                         func_type({ValType::I32, ValType::I32}, {})}))
      .section(SectionId::Function, {2, 0, 1})
      .section(SectionId::Memory, {1, 0, 1})
      .section(SectionId::Export, list_of({concat({name_of("f"), {0x00, 0x00}}),
                                           concat({name_of("put"), {0x00, 0x01}})}))
      .section(SectionId::Code, list_of({sized, put}));
  return module.bytes();
}

class ByteRoutinesTest : public RuntimeTest, public ::testing::WithParamInterface<bool> {
 protected:
  struct Outcome {
    ErrorCode code = ErrorCode::InternalError;
    uint64_t result = 0;
    bool operator==(const Outcome&) const = default;
  };
  struct Side {
    std::shared_ptr<Engine> engine;
    std::unique_ptr<Store> store;
    Instance* instance = nullptr;
  };

  void begin(const Routine& routine) {
    word = routine.word;
    for (Side& side : sides) {
      const bool is_first = &side == sides;
      EngineOptions options;
      options.code.explicit_bounds = GetParam();
      use(options, StoreLimits{},
          is_first ? std::shared_ptr<const Compiler>(baseline::make_compiler())
                   : compiler_under_test());
      const auto bytes = std::make_shared<const test::Buffer>(module_with(routine));
      const auto parsed = decode_module(*bytes, bytes, Features());
      ASSERT_TRUE(parsed) << routine.name;
      const auto valid = validate(*parsed, Features(), engine->registry());
      ASSERT_TRUE(valid) << routine.name;
      const auto code = ModuleCode::create(engine, *valid);
      ASSERT_TRUE(code);
      const auto made = runtime::instantiate(*store, *code, {});
      ASSERT_TRUE(made);
      side = {engine, std::move(store), *made};
    }
  }
  void put(uint32_t address, uint8_t byte) {
    for (Side& side : sides) {
      const std::vector<Value> values = {Value::i32(static_cast<int32_t>(address)),
                                         Value::i32(byte)};
      ASSERT_TRUE(call(*side.store, func(*side.instance, "put"), std::span<const Value>(values)));
    }
  }
  Outcome run(Side& side, uint64_t a, uint64_t b, uint64_t count) {
    std::vector<Value> values;
    for (const uint64_t value : {a, b, count})
      values.push_back(word == ValType::I64 ? Value::i64(static_cast<int64_t>(value))
                                            : Value::i32(static_cast<int32_t>(value)));
    const auto results =
        call(*side.store, func(*side.instance, "f"), std::span<const Value>(values));
    if (!results) return {results.error().code, 0};
    return {ErrorCode::InternalError, word == ValType::I64
                                          ? static_cast<uint64_t>(results->at(0).as_i64())
                                          : static_cast<uint32_t>(results->at(0).as_i32())};
  }
  void expect_equal(uint64_t a, uint64_t b, uint64_t count) {
    const Outcome expected = run(sides[0], a, b, count), outcome = run(sides[1], a, b, count);
    EXPECT_EQ(outcome.code, expected.code) << a << ' ' << b << ' ' << count;
    EXPECT_EQ(outcome.result, expected.result) << a << ' ' << b << ' ' << count;
  }

  ValType::Kind word = ValType::I32;
  Side sides[2];  // the baseline compiler's code, and that under test
};

INSTANTIATE_TEST_SUITE_P(Bounds, ByteRoutinesTest, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Explicit" : "Guarded"; });

TEST_P(ByteRoutinesTest, ComparisonsStopAtTheFirstDifference) {
  for (const Routine& routine : kRoutines) {
    if (routine.name == "memchr") continue;
    begin(routine);
    for (uint32_t count = 0; count < 50; ++count) {
      const uint32_t a = 101, b = 300 + count % 3;
      expect_equal(a, b, count);
      for (uint32_t at = 0; at < count; ++at) {
        put(a + at, 0x90);
        expect_equal(a, b, count);
        expect_equal(b, a, count);
        if (at + 3 < count) {  // a second one does not matter
          put(b + at + 3, 1);
          expect_equal(a, b, count);
          put(b + at + 3, 0);
        }
        put(a + at, 0);
      }
    }
  }
}

TEST_P(ByteRoutinesTest, ASearchStopsAtTheFirstMatch) {
  begin(kRoutines[2]);
  for (uint32_t count = 0; count < 50; ++count) {
    const uint32_t start = 99 + count % 5;
    for (const uint64_t wanted : {0, 7, 0xa0, 0x1a0}) {
      expect_equal(start, wanted, count);
      for (uint32_t at = 0; at < count; ++at) {
        put(start + at, 0xa0);
        expect_equal(start, wanted, count);
        put(start + at, 0);
      }
    }
  }
}

TEST_P(ByteRoutinesTest, TheEndOfTheMemoryIsWhereItWas) {
  for (const Routine& routine : kRoutines) {
    begin(routine);
    put(kMemoryBytes - 6, 9);
    for (uint32_t count = 1; count < 40; ++count) {
      expect_equal(kMemoryBytes - count, 9, count);
      expect_equal(kMemoryBytes - count, 100, count);
      // Beyond the end, with and without something before it to stop at.
      expect_equal(kMemoryBytes - count, 9, count + 8);
      expect_equal(kMemoryBytes - count, 100, count + 8);
      expect_equal(kMemoryBytes - 5, 100, count);
      expect_equal(100, kMemoryBytes - 5, count);
    }
    for (const uint64_t huge : {uint64_t{UINT32_MAX}, uint64_t{1} << 32, UINT64_MAX}) {
      expect_equal(100, 9, huge);
      expect_equal(kMemoryBytes - 20, 9, huge);
      expect_equal(huge, 9, 20);
    }
  }
}

}  // namespace
}  // namespace skerry::runtime
