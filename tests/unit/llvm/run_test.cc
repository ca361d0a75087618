// Code that runs: what optimising must not lose, and bodies of unusual size. (The official suite
// and the runtime's tests run on this compiler as well.)
#include "../runtime/fixture.h"

namespace skerry::runtime {
namespace {

using LlvmTest = RuntimeTest;

TEST_F(LlvmTest, AnUnusedLoadTrapsAllTheSame) {
  Instance& instance = instantiate(R"((module (memory 1)
    (func (export "drop") (drop (i32.load (i32.const 65536))))
    (func (export "local") (local i64) (local.set 0 (i64.load (i32.const -8))))
    (func (export "sum") (drop (i32.add (i32.load8_u (i32.const 70000)) (i32.const 1))))))");
  for (const char* name : {"drop", "local", "sum"})
    EXPECT_EQ(error(instance, name), ErrorCode::TrapMemoryOutOfBounds) << name;
}

TEST_F(LlvmTest, ATrapKeepsThePlaceItCameFrom) {
  // Two equal traps, which could share code.
  Instance& instance = instantiate(R"((module
    (func (export "f") (param i32 i32 i32) (result i32)
      (i32.add (i32.div_u (local.get 0) (local.get 1)) (i32.div_u (local.get 0) (local.get 2))))))");
  uint32_t places[2];
  for (int i = 0; i < 2; ++i) {
    const std::vector<Value> arguments = {Value::i32(1), Value::i32(i), Value::i32(1 - i)};
    EXPECT_EQ(error(instance, "f", arguments), ErrorCode::TrapIntegerDivideByZero);
    places[i] = store->backtrace().frames[0].module_offset;
  }
  EXPECT_NE(places[0], places[1]);
}

TEST_F(LlvmTest, APollPreservesWhatTheLoopHolds) {
  // More values than there are saved registers, in vectors too, across an interrupt that resumes.
  Instance& instance = instantiate(R"((module (memory 1)
    (func (export "f") (param $n i32) (result i64) (local $i i32) (local $a i64) (local $b i64)
      (local $c i64) (local $d i64) (local $e i64) (local $v v128) (local $x f64)
      (loop $l
        (local.set $a (i64.add (local.get $a) (i64.const 1)))
        (local.set $b (i64.add (local.get $b) (local.get $a)))
        (local.set $c (i64.xor (local.get $c) (local.get $b)))
        (local.set $d (i64.add (local.get $d) (local.get $c)))
        (local.set $e (i64.rotl (i64.add (local.get $e) (local.get $d)) (i64.const 3)))
        (local.set $v (i32x4.add (local.get $v) (i32x4.splat (i32.wrap_i64 (local.get $d)))))
        (local.set $x (f64.add (local.get $x) (f64.convert_i64_s (local.get $a))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $l (i32.lt_u (local.get $i) (local.get $n))))
      (i64.add (i64.add (local.get $e) (i64x2.extract_lane 1 (local.get $v)))
               (i64.trunc_sat_f64_s (local.get $x))))))");
  const std::vector<Value> arguments = {Value::i32(100'000)};
  const auto undisturbed = invoke(instance, "f", arguments);
  ASSERT_TRUE(undisturbed);
  uint64_t polls = 0;
  store->set_interrupt_handler([&](Store& self, InterruptReason) -> Result<void> {
    if (++polls < 10'000) self.interrupt_handle().interrupt();
    return {};
  });
  store->interrupt_handle().interrupt();
  const auto disturbed = invoke(instance, "f", arguments);
  ASSERT_TRUE(disturbed);
  EXPECT_EQ(polls, 10'000u);
  EXPECT_EQ(undisturbed->at(0).as_i64(), disturbed->at(0).as_i64());
}

TEST_F(LlvmTest, APollPreservesWideVectors) {
  // A loop of known bounds is vectorized as widely as the processor can.
  Instance& instance = instantiate(R"((module (memory 1)
    (func (export "fill") (local $i i32)
      (loop $l
        (i32.store (local.get $i) (i32.mul (local.get $i) (i32.const 0x9e3779b1)))
        (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4)))
                            (i32.const 65536)))))
    (func (export "sum") (result i32) (local $i i32) (local $n i32) (local $sum i32)
      (loop $again
        (local.set $i (i32.const 0))
        (loop $l
          (local.set $sum (i32.add (local.get $sum)
            (i32.xor (local.get $n) (i32.load (local.get $i)))))
          (br_if $l (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 4)))
                            (i32.const 65536))))
        (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1)))
                                (i32.const 20))))
      (local.get $sum))))");
  ASSERT_TRUE(invoke(instance, "fill"));
  const int32_t undisturbed = i32(instance, "sum");
  uint64_t polls = 0;
  store->set_interrupt_handler([&](Store& self, InterruptReason) -> Result<void> {
    if (++polls < 1000) self.interrupt_handle().interrupt();
    return {};
  });
  store->interrupt_handle().interrupt();
  EXPECT_EQ(i32(instance, "sum"), undisturbed);
  EXPECT_EQ(polls, 1000u);
}

TEST_F(LlvmTest, ATailCallAfterTheMemoryMovedHasTheNewOne) {
  EngineOptions options;
  options.code.explicit_bounds = true;
  options.explicit_reservation_bytes = 65536;
  use(options);
  Instance& instance = instantiate(R"((module (memory 1 1000)
    (func $read (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "f") (result i32)
      (i32.store (i32.const 8) (i32.const 77))
      (drop (memory.grow (i32.const 500)))
      (return_call $read (i32.const 8)))))");
  EXPECT_EQ(i32(instance, "f"), 77);
}

std::string repeated(std::string_view text, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += text;
  return result;
}

TEST_F(LlvmTest, ATableOfManyTargets) {
  constexpr int kTargets = 12'000;
  std::string body = repeated("block ", kTargets) + "local.get 0 br_table";
  for (int i = 0; i < kTargets; ++i) body += " " + std::to_string(i);
  body +=
      " " + repeated("end local.get 0 i32.const 1 i32.add local.set 0 ", kTargets) + "local.get 0";
  Instance& instance =
      instantiate("(module (func (export \"f\") (param i32) (result i32) " + body + "))");
  EXPECT_EQ(i32(instance, "f", {Value::i32(0)}), kTargets);
  EXPECT_EQ(i32(instance, "f", {Value::i32(kTargets - 1)}), kTargets);
}

TEST_F(LlvmTest, DeepNesting) {
  constexpr int kNesting = 50'000;
  const std::string ends = repeated("end ", kNesting);
  Instance& instance = instantiate("(module (func (export \"loops\") (param i32) (result i32) " +
                                   repeated("loop ", kNesting) + ends +
                                   "local.get 0) (func (export \"ifs\") (param i32) (result i32) " +
                                   repeated("local.get 0 if ", kNesting) + ends + "local.get 0))");
  EXPECT_EQ(i32(instance, "loops", {Value::i32(4)}), 4);
  EXPECT_EQ(i32(instance, "ifs", {Value::i32(1)}), 1);
}

}  // namespace
}  // namespace skerry::runtime
