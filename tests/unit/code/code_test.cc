// The contract between compilers and the runtime: site maps, value locations, context layout.
#include "code/code.h"

#include <gtest/gtest.h>

namespace skerry {
namespace {

constexpr auto kFault = SiteMap::Kind::Fault;
constexpr auto kCall = SiteMap::Kind::Call;

TEST(SiteMap, FindsExactOffsetsOnly) {
  SiteMap map;
  map.append({10, 1000, TrapCode::MemoryOutOfBounds});
  map.append({14, 1004, TrapCode::None});
  map.append({12, 900, TrapCode::Unreachable});  // out of order, as cold code is
  map.append({UINT32_MAX, UINT32_MAX, TrapCode::IntegerOverflow});
  const auto first = map.find(10, kFault);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->module_offset, 1000u);
  EXPECT_EQ(first->trap, TrapCode::MemoryOutOfBounds);
  EXPECT_EQ(map.find(12, kFault)->module_offset, 900u);
  EXPECT_EQ(map.find(14, kCall)->trap, TrapCode::None);
  EXPECT_EQ(map.find(UINT32_MAX, kFault)->module_offset, UINT32_MAX);
  EXPECT_FALSE(map.find(11, kFault));
  EXPECT_FALSE(map.find(0, kCall));
  EXPECT_FALSE(SiteMap().find(0, kFault));
}

TEST(SiteMap, TellsAFaultFromTheReturnAddressAtTheSamePlace) {
  SiteMap map;
  map.append({10, 1, TrapCode::None});
  map.append({10, 2, TrapCode::MemoryOutOfBounds});
  EXPECT_EQ(map.find(10, kCall)->module_offset, 1u);
  EXPECT_EQ(map.find(10, kFault)->module_offset, 2u);
}

TEST(SiteMap, CanBeReadFromACopyOfItsBytes) {
  SiteMap map;
  for (uint32_t i = 0; i < 1000; ++i) map.append({4 * i, 10 + i, TrapCode::None});
  EXPECT_LE(map.size_bytes(), 3000u + 10);
  const std::vector<uint8_t> copy = map.bytes();
  EXPECT_EQ(SiteMap::find_in(copy, 4 * 999, kCall)->module_offset, 1009u);
}

TEST(SiteMap, KnowsWhatStandsInPlaceOfACall) {
  SiteMap map;
  map.append({10, 100, TrapCode::Unreachable, CodeSite::InPlace{7, 50}});
  map.append({20, 60, TrapCode::None});
  map.append({30, 2000, TrapCode::None, CodeSite::InPlace{3, 70}});
  map.append({30, 80, TrapCode::MemoryOutOfBounds});
  EXPECT_EQ(map.find(10, kFault)->in_place, (CodeSite::InPlace{7, 50}));
  EXPECT_EQ(map.find(10, kFault)->trap, TrapCode::Unreachable);
  EXPECT_EQ(map.find(20, kCall)->in_place, std::nullopt);
  EXPECT_EQ(map.find(30, kCall)->in_place, (CodeSite::InPlace{3, 70}));
  EXPECT_EQ(map.find(30, kCall)->trap, TrapCode::None);
  EXPECT_EQ(map.find(30, kFault)->in_place, std::nullopt);
  EXPECT_EQ(map.find(30, kFault)->module_offset, 80u);
}

TEST(SiteMap, ATruncatedMapFindsNothing) {
  SiteMap map;
  map.append({300, 500, TrapCode::Unreachable, CodeSite::InPlace{200, 300}});
  for (size_t length = 0; length < map.size_bytes(); ++length)
    EXPECT_FALSE(SiteMap::find_in(Bytes(map.bytes()).first(length), 300, kFault)) << length;
}

TEST(Traps, EveryTrapHasItsError) {
  EXPECT_EQ(trap_error(TrapCode::Unreachable), ErrorCode::TrapUnreachable);
  EXPECT_EQ(trap_error(TrapCode::Unsupported), ErrorCode::TrapUnsupported);
  EXPECT_EQ(trap_error(TrapCode::None), ErrorCode::InternalError);
}

TEST(Abi, ParametersFillRegistersThenTheBuffer) {
  const std::vector<ValType> params = {
      ValType::I32,       ValType::F64, ValType::I64, ValType::I32,  ValType::I32,
      ValType::funcref(), ValType::I32, ValType::I32, ValType::V128, ValType::I64};
  const auto at = param_locations(params);
  EXPECT_EQ(at[0].kind, ValueLocation::IntReg);
  EXPECT_EQ(at[1].kind, ValueLocation::FloatReg);
  EXPECT_EQ(at[5].index, 4);
  EXPECT_EQ(at[6].index, 5);
  EXPECT_EQ(at[7].kind, ValueLocation::Buffer);
  EXPECT_EQ(at[7].index, 0);
  EXPECT_EQ(at[8].kind, ValueLocation::FloatReg);
  EXPECT_EQ(at[8].index, 1);
  EXPECT_EQ(at[9].index, 1);
}

TEST(Abi, SeveralResultsGoThroughTheBuffer) {
  const std::vector<ValType> one = {ValType::F32};
  EXPECT_EQ(result_locations(one)[0].kind, ValueLocation::FloatReg);
  const std::vector<ValType> three = {ValType::I32, ValType::V128, ValType::I32};
  const auto at = result_locations(three);
  EXPECT_EQ(at[0].index, 0);
  EXPECT_EQ(at[1].index, 1);
  EXPECT_EQ(at[2].index, 3);
}

TEST(ContextLayout, PlacesEveryArrayApartAndAligned) {
  Module module;
  module.types.resize(3);
  module.funcs = {0, 0, 0, 0, 0};
  module.imported_funcs = 2;
  module.globals.resize(3);
  module.imported_globals = 1;
  module.memories.resize(2);
  module.tables.resize(1);
  const ContextLayout layout(module);
  EXPECT_TRUE(layout.is_imported_global(0));
  EXPECT_FALSE(layout.is_imported_global(1));
  EXPECT_EQ(layout.global(1) % 16, 0u);
  EXPECT_EQ(layout.global(2) - layout.global(1), 16u);
  EXPECT_EQ(layout.memory(1) - layout.memory(0), 8u);
  EXPECT_EQ(layout.import_func(1) - layout.import_func(0), sizeof(VmImport));
  EXPECT_EQ(layout.func_entry(4) - layout.func_entry(2), 16u);
  EXPECT_GE(layout.global(1), sizeof(VmContext));
  EXPECT_LE(layout.func_entry(4) + 8, layout.size_bytes());
}

}  // namespace
}  // namespace skerry
