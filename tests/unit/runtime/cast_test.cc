// ref.test, ref.cast, br_on_cast and br_on_cast_fail on function references.
#include "fixture.h"

namespace skerry::runtime {
namespace {

// Table: 0 a $super, 1 a $sub, 2 a $final, 3 null, 4 an imported function of type $sub.
constexpr const char* kTypes = R"((module
  (type $super (sub (func (result i32))))
  (type $sub (sub $super (func (result i32))))
  (type $final (func (result i32)))
  (type $pair (func (result i32 i32)))
  (import "" "sub" (func $imported (type $sub)))
  (func $a (type $super) (i32.const 10))
  (func $b (type $sub) (i32.const 20))
  (func $c (type $final) (i32.const 30))
  (table 5 5 funcref)
  (elem (i32.const 0) $a $b $c)
  (elem (i32.const 4) $imported)

  (func (export "test_super") (param i32) (result i32)
    (ref.test (ref $super) (table.get (local.get 0))))
  (func (export "test_sub") (param i32) (result i32)
    (ref.test (ref null $sub) (table.get (local.get 0))))
  (func (export "test_final") (param i32) (result i32)
    (ref.test (ref $final) (table.get (local.get 0))))
  (func (export "test_func") (param i32) (result i32)
    (ref.test (ref func) (table.get (local.get 0))))
  (func (export "test_null_func") (param i32) (result i32)
    (ref.test (ref null func) (table.get (local.get 0))))
  (func (export "test_nofunc") (param i32) (result i32)
    (ref.test (ref nofunc) (table.get (local.get 0))))
  (func (export "test_null_nofunc") (param i32) (result i32)
    (ref.test (ref null nofunc) (table.get (local.get 0))))

  (func (export "call_super") (param i32) (result i32)
    (call_ref $super (ref.cast (ref $super) (table.get (local.get 0)))))
  (func (export "cast_null_final") (param i32) (result i32)
    (ref.is_null (ref.cast (ref null $final) (table.get (local.get 0)))))

  ;; Operands below the reference and locals of all kinds survive; a branch takes some of them along.
  (func (export "branch") (param $i i32) (param $x i64) (param $y f64) (result i32)
    (local $k i32)
    (loop $again
      (local.set $k (i32.add (local.get $k) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $k) (i32.const 50))))
    (block $is (result i32 (ref $super))
      (call $a) (call $b) (call $c)
      (table.get (local.get $i))
      (br_on_cast $is funcref (ref $super))
      drop                                       ;; below: 10 20 30
      i32.sub i32.sub                            ;; 10 - (20 - 30) = 20
      (i32.add (local.get $k))                   ;; 70
      (i32.add (i32.wrap_i64 (local.get $x)))
      (i32.add (i32.trunc_f64_s (local.get $y)))
      return)
    ;; 30, the reference
    (call_ref $super)
    i32.add
    (i32.add (local.get $k))
    (i32.add (i32.wrap_i64 (local.get $x))))

  (func (export "branch_fail") (param $i i32) (result i32)
    (block $not (result funcref)
      (i32.const 7)
      (table.get (local.get $i))
      (br_on_cast_fail $not funcref (ref null $sub))
      (i32.add (ref.is_null) (i32.const 100))
      (return (i32.add)))
    ref.is_null)

  ;; The branch leaves the func, or goes back to the head of a loop.
  (func (export "branch_out") (param $i i32) (result funcref)
    (table.get (local.get $i))
    (br_on_cast 0 funcref (ref $final))
    drop (ref.null func))
  (func (export "branch_back") (param $i i32) (result i32)
    (local $k i32)
    (ref.null func)
    (loop $again (param funcref) (result i32)
      drop
      (local.set $k (i32.add (local.get $k) (i32.const 1)))
      (if (i32.eq (local.get $k) (i32.const 4)) (then (return (local.get $k))))
      (table.get (local.get $i))
      (br_on_cast $again funcref (ref $sub))
      drop (i32.const -1)))
))";

constexpr const char* kOther = R"((module
  (type $super (sub (func (result i32))))
  (type $sub (sub $super (func (result i32))))
  (func (export "sub") (type $sub) (i32.const 40))))";

class Casts : public RuntimeTest {
 protected:
  Instance& casts() { return instantiate(kTypes, {*instantiate(kOther).find_export("sub")}); }
  // The outcome for each element of the table.
  std::vector<int32_t> all(Instance& instance, std::string_view name) {
    std::vector<int32_t> results;
    for (int32_t i = 0; i < 5; ++i) results.push_back(i32(instance, name, {Value::i32(i)}));
    return results;
  }
  using Row = std::vector<int32_t>;
};

TEST_F(Casts, Tests) {
  Instance& instance = casts();
  EXPECT_EQ(all(instance, "test_super"), (Row{1, 1, 0, 0, 1}));
  EXPECT_EQ(all(instance, "test_sub"), (Row{0, 1, 0, 1, 1}));
  EXPECT_EQ(all(instance, "test_final"), (Row{0, 0, 1, 0, 0}));
  EXPECT_EQ(all(instance, "test_func"), (Row{1, 1, 1, 0, 1}));
  EXPECT_EQ(all(instance, "test_null_func"), (Row{1, 1, 1, 1, 1}));
  EXPECT_EQ(all(instance, "test_nofunc"), (Row{0, 0, 0, 0, 0}));
  EXPECT_EQ(all(instance, "test_null_nofunc"), (Row{0, 0, 0, 1, 0}));
}

TEST_F(Casts, CastsGiveTheReferenceOrTrap) {
  Instance& instance = casts();
  EXPECT_EQ(i32(instance, "call_super", {Value::i32(0)}), 10);
  EXPECT_EQ(i32(instance, "call_super", {Value::i32(1)}), 20);
  EXPECT_EQ(error(instance, "call_super", {Value::i32(2)}), ErrorCode::TrapCastFailure);
  EXPECT_EQ(error(instance, "call_super", {Value::i32(3)}), ErrorCode::TrapCastFailure);
  EXPECT_EQ(i32(instance, "call_super", {Value::i32(4)}), 40);
  EXPECT_EQ(i32(instance, "cast_null_final", {Value::i32(2)}), 0);
  EXPECT_EQ(i32(instance, "cast_null_final", {Value::i32(3)}), 1);
  EXPECT_EQ(error(instance, "cast_null_final", {Value::i32(1)}), ErrorCode::TrapCastFailure);
}

TEST_F(Casts, BranchesKeepOperandsAndLocals) {
  Instance& instance = casts();
  const auto branch = [&](int32_t i) {
    return i32(instance, "branch", {Value::i32(i), Value::i64(1000), Value::f64(5)});
  };
  EXPECT_EQ(branch(0), 30 + 10 + 50 + 1000);
  EXPECT_EQ(branch(1), 30 + 20 + 50 + 1000);
  EXPECT_EQ(branch(2), 20 + 50 + 1000 + 5);
  EXPECT_EQ(branch(3), 20 + 50 + 1000 + 5);
  EXPECT_EQ(branch(4), 30 + 40 + 50 + 1000);
  EXPECT_EQ(all(instance, "branch_fail"), (Row{0, 107, 0, 108, 107}));
}

TEST_F(Casts, BranchesOutAndBack) {
  Instance& instance = casts();
  for (int32_t i = 0; i < 5; ++i) {
    const auto results = invoke(instance, "branch_out", {Value::i32(i)});
    ASSERT_TRUE(results);
    EXPECT_EQ(results->at(0).is_null(), i != 2) << i;
  }
  EXPECT_EQ(all(instance, "branch_back"), (Row{-1, 4, -1, -1, 4}));
}

TEST_F(Casts, OfObjectsAreNotExecuted) {
  Instance& instance = instantiate(R"((module
    (func (export "f") (result i32) (ref.test (ref i31) (ref.null any)))))");
  EXPECT_EQ(error(instance, "f"), ErrorCode::TrapUnsupported);
}

}  // namespace
}  // namespace skerry::runtime
