// Which tables are known never to change, and what is known of their entries.
#include "llvm/fixed_tables.h"

#include <gtest/gtest.h>

#include <string>

#include "text/parse.h"
#include "validate/validate.h"

namespace skerry::llvm_tier {
namespace {

class FixedTablesTest : public ::testing::Test {
 protected:
  // Of the module with these fields, its first table.
  const FixedTables::Table* table(const std::string& fields) {
    const auto parsed = text::parse_module(
        "(module (type $v (func)) (type $i (func (param i32))) " + fields + ")", Features());
    EXPECT_TRUE(parsed) << fields;
    valid = validate(*parsed, Features(), std::make_shared<TypeRegistry>(), 1);
    EXPECT_TRUE(valid) << fields;
    tables = std::make_unique<FixedTables>(*valid);
    return tables->find(0);
  }

  Result<ValidatedModule> valid = fail(ErrorCode::InternalError);
  std::unique_ptr<FixedTables> tables;
};

constexpr char kOwn[] = "(table 3 funcref) (elem (i32.const 1) $f $g) (func $f) (func $g) ";

TEST_F(FixedTablesTest, KnowTheirSizeAndWhatEntriesHaveInCommon) {
  const FixedTables::Table* const own = table(kOwn);
  ASSERT_NE(own, nullptr);
  EXPECT_EQ(own->size, 3u);
  EXPECT_EQ(own->type_id, valid->type_ids()[0]);
  EXPECT_TRUE(own->are_all_defined);
}

TEST_F(FixedTablesTest, EntriesMayDiffer) {
  const FixedTables::Table* const mixed =
      table("(table 3 funcref) (elem (i32.const 0) $f $g) (func $f) (func $g (param i32))");
  ASSERT_NE(mixed, nullptr);
  EXPECT_EQ(mixed->type_id, std::nullopt);
  const FixedTables::Table* const imported =
      table("(import \"m\" \"f\" (func $f)) (table 1 funcref) (elem (i32.const 0) $f)");
  ASSERT_NE(imported, nullptr);
  EXPECT_FALSE(imported->are_all_defined);
  const FixedTables::Table* const empty = table("(table 3 funcref)");
  ASSERT_NE(empty, nullptr);
  EXPECT_EQ(empty->type_id, std::nullopt);
}

TEST_F(FixedTablesTest, WhatOthersReachIsNotFixed) {
  EXPECT_EQ(table(std::string(kOwn) + "(export \"t\" (table 0))"), nullptr);
  EXPECT_EQ(table("(import \"m\" \"t\" (table 1 funcref))"), nullptr);
  EXPECT_EQ(table("(table 2 funcref) (elem (table 0) (i32.const 0) funcref (ref.null func))"),
            nullptr);
}

TEST_F(FixedTablesTest, WhatIsWrittenToIsNotFixed) {
  const std::string other = "(table $other 9 funcref) (elem $e func $f) ";
  for (const char* write : {"(table.set 0 (i32.const 0) (ref.null func))",
                            "(drop (table.grow 0 (ref.null func) (i32.const 1)))",
                            "(table.fill 0 (i32.const 0) (ref.null func) (i32.const 1))",
                            "(table.copy 0 $other (i32.const 0) (i32.const 0) (i32.const 1))",
                            "(table.init 0 $e (i32.const 0) (i32.const 0) (i32.const 1))"})
    EXPECT_EQ(table(kOwn + other + "(func (local i64) " + write + ")"), nullptr) << write;
  // Reading does no harm, nor does writing to another.
  EXPECT_NE(table(kOwn + other + "(func (drop (table.get 0 (i32.const 0))))"), nullptr);
  EXPECT_NE(table(kOwn + other +
                  "(func (table.copy $other 0 (i32.const 0) (i32.const 0) (i32.const 1))"
                  " (table.init $other $e (i32.const 0) (i32.const 0) (i32.const 1)))"),
            nullptr);
}

}  // namespace
}  // namespace skerry::llvm_tier
