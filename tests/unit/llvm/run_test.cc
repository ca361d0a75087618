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

// Loops over bytes at an address that is not known, four a round and with a condition, as C
// compilers write them: `up` from p - 16 + i, `down` from p + 3 - i, where i is below n and not
// below from.
constexpr char kByteLoops[] = R"((module (memory 2)
  (func (export "fill") (local $i i32)
    (loop $l
      (i32.store8 (local.get $i) (i32.mul (local.get $i) (i32.const 7)))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                          (i32.const 131072)))))
  (func (export "up") (param $p i32) (param $from i32) (param $n i32) (result i32)
    (local $i i32) (local $sum i32)
    (loop $l
      (if (i32.ge_u (local.get $i) (local.get $from)) (then
        (local.set $sum (i32.add (local.get $sum) (i32.add
          (i32.load8_u (i32.add (local.get $i) (i32.add (local.get $p) (i32.const -16))))
          (i32.load8_u (i32.add (local.get $i) (i32.add (local.get $p) (i32.const 4)))))))))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                          (local.get $n))))
    (local.get $sum))
  (func (export "down") (param $p i32) (param $from i32) (param $n i32) (result i32)
    (local $i i32) (local $sum i32)
    (loop $l
      (if (i32.ge_u (local.get $i) (local.get $from)) (then
        (local.set $sum (i32.add (local.get $sum) (i32.load8_u
          (i32.sub (i32.add (local.get $p) (i32.const 3)) (local.get $i)))))))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                          (local.get $n))))
    (local.get $sum))))";

TEST_F(LlvmTest, AddressesInALoopMayWrapAround) {
  Instance& instance = instantiate(kByteLoops);
  ASSERT_TRUE(invoke(instance, "fill"));
  const auto byte = [](uint32_t at) { return static_cast<uint8_t>(at * 7); };
  const auto word = [](uint32_t value) { return Value::i32(static_cast<int32_t>(value)); };
  struct Case {
    uint32_t p, from, n;
  };
  // The first round's addresses are below 0 in some, the last one's behind 2^32.
  for (const auto& [p, from, n] : {Case{16, 0, 1000}, Case{8, 8, 1000}, Case{0, 16, 333},
                                   Case{1000, 0, 1}, Case{0xffffff00, 272, 2000}}) {
    uint32_t expected = 0;
    for (uint32_t i = from; i < n; ++i) expected += byte(p - 16 + i) + byte(p + 4 + i);
    const auto sum = invoke(instance, "up", {word(p), word(from), word(n)});
    ASSERT_TRUE(sum) << p;
    EXPECT_EQ(static_cast<uint32_t>((*sum)[0].as_i32()), expected) << p;
  }
  for (const auto& [p, from, n] :
       {Case{1000, 0, 1000}, Case{0xfffffffe, 0, 2}, Case{0xffffffff, 0, 1},
        Case{70'000, 0, 70'000}, Case{0xfffffffd + 500, 0, 500}}) {
    uint32_t expected = 0;
    for (uint32_t i = from; i < n; ++i) expected += byte(p + 3 - i);
    const auto sum = invoke(instance, "down", {word(p), word(from), word(n)});
    ASSERT_TRUE(sum) << p;
    EXPECT_EQ(static_cast<uint32_t>((*sum)[0].as_i32()), expected) << p;
  }
}

TEST_F(LlvmTest, ALoopTrapsWhereItsAddressesWrapAround) {
  Instance& instance = instantiate(kByteLoops);
  const std::vector<Value> up = {Value::i32(8), Value::i32(0), Value::i32(1000)};
  EXPECT_EQ(error(instance, "up", up), ErrorCode::TrapMemoryOutOfBounds);
  const std::vector<Value> down = {Value::i32(100), Value::i32(0), Value::i32(1000)};
  EXPECT_EQ(error(instance, "down", down), ErrorCode::TrapMemoryOutOfBounds);
}

TEST_F(LlvmTest, WithExplicitBoundsStoresBeforeATrapAreMade) {
  // The count of rounds is stored in each; without a trap in between the last store would do.
  EngineOptions options;
  options.code.explicit_bounds = true;
  use(options);
  Instance& instance = instantiate(R"((module (memory 1)
    (func (export "run") (param $p i32) (result i32) (local $sum i32) (local $n i32)
      (loop $l
        (i32.store (i32.const 8) (local.tee $n (i32.add (local.get $n) (i32.const 1))))
        (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
        (br_if $l (local.tee $p (i32.add (local.get $p) (i32.const 256)))))
      (local.get $sum))
    (func (export "rounds") (result i32) (i32.load (i32.const 8)))))");
  EXPECT_EQ(error(instance, "run", {Value::i32(60000)}), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_EQ(i32(instance, "rounds"), (65536 - 60000) / 256 + 2);
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

TEST_F(LlvmTest, AFuncGoesOnWhereItsParameterSays) {
  // Each block leaves a digit; what is entered before it is skipped. LLVM has the code for 0 only.
  Instance& instance = instantiate(R"((module (func (export "f") (param $pc i32) (result i32)
    (local $digits i32)
    (loop $dispatch
      (block $b2 (block $b1 (block $b0
        (br_table $b0 $b1 $b2 (local.get $pc)))
        (local.set $digits (i32.const 1))
        (local.set $pc (i32.const 1)) (br $dispatch))
        (local.set $digits (i32.add (i32.mul (local.get $digits) (i32.const 10)) (i32.const 2)))
        (local.set $pc (i32.const 2)) (br $dispatch))
      (local.set $digits (i32.add (i32.mul (local.get $digits) (i32.const 10)) (i32.const 3))))
    (local.get $digits))))");
  EXPECT_EQ(i32(instance, "f", {Value::i32(0)}), 123);
  EXPECT_EQ(i32(instance, "f", {Value::i32(1)}), 23);
  EXPECT_EQ(i32(instance, "f", {Value::i32(2)}), 3);
  EXPECT_EQ(i32(instance, "f", {Value::i32(7)}), 3);
  EXPECT_EQ(i32(instance, "f", {Value::i32(0)}), 123);
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
