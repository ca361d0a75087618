// TypeRegistry: which types are the same, and which are subtypes.
#include "wasm/type_registry.h"

#include <gtest/gtest.h>

#include <thread>

namespace skerry {
namespace {

ValType ref_to(uint32_t index, bool nullable = true) {
  return ValType::ref(HeapType::concrete(index), nullable);
}

// Types gathered group by group, as a module declares them.
struct Types {
  std::vector<DefinedType> types;
  std::vector<RecGroup> groups;

  Types& group(std::vector<DefinedType> members) {
    groups.push_back({static_cast<uint32_t>(types.size()), static_cast<uint32_t>(members.size())});
    for (DefinedType& member : members) {
      member.rec_group = static_cast<uint32_t>(groups.size() - 1);
      types.push_back(std::move(member));
    }
    return *this;
  }
  std::vector<uint32_t> intern(TypeRegistry& registry) const {
    return registry.intern(types, groups);
  }
};

DefinedType func(std::vector<ValType> params, std::vector<ValType> results) {
  DefinedType type;
  type.func = {std::move(params), std::move(results)};
  return type;
}

DefinedType structure(std::vector<FieldType> fields, std::optional<uint32_t> super = {},
                      bool is_final = false) {
  DefinedType type;
  type.kind = CompositeKind::Struct;
  type.is_final = is_final;
  type.supertype = super;
  type.fields = std::move(fields);
  return type;
}

DefinedType array(ValType element) {
  DefinedType type;
  type.kind = CompositeKind::Array;
  type.fields = {{element, true}};
  return type;
}

TEST(TypeRegistry, EqualTypesGetEqualIdsAcrossModules) {
  TypeRegistry registry;
  const auto a = Types().group({func({ValType::I32}, {})}).group({func({}, {})}).intern(registry);
  const auto b = Types().group({func({}, {})}).group({func({ValType::I32}, {})}).intern(registry);
  EXPECT_EQ(a[0], b[1]);
  EXPECT_EQ(a[1], b[0]);
  EXPECT_NE(a[0], a[1]);
  EXPECT_EQ(registry.size(), 2u);
}

TEST(TypeRegistry, ReferencesCompareByWhatTheyReferTo) {
  TypeRegistry registry;
  // The same struct, at index 0 here and at index 1 there.
  const auto a =
      Types().group({structure({{ValType::I32}})}).group({func({ref_to(0)}, {})}).intern(registry);
  const auto b = Types()
                     .group({func({}, {})})
                     .group({structure({{ValType::I32}})})
                     .group({func({ref_to(1)}, {})})
                     .intern(registry);
  EXPECT_EQ(a[0], b[1]);
  EXPECT_EQ(a[1], b[2]);
  EXPECT_EQ(registry.type(a[1]).func.params[0], ref_to(a[0]));
}

TEST(TypeRegistry, RecursiveGroupsUnrollToThemselves) {
  TypeRegistry registry;
  const auto a = Types().group({structure({{ref_to(0)}})}).intern(registry);
  const auto b = Types().group({func({}, {})}).group({structure({{ref_to(1)}})}).intern(registry);
  EXPECT_EQ(a[0], b[1]);
  // A reference to an equal type outside of the group is not a reference into the group.
  const auto c =
      Types().group({structure({{ref_to(0)}})}).group({structure({{ref_to(0)}})}).intern(registry);
  EXPECT_EQ(c[0], a[0]);
  EXPECT_NE(c[1], a[0]);
}

TEST(TypeRegistry, PlaceWithinTheGroupMatters) {
  TypeRegistry registry;
  const auto a = Types().group({func({}, {}), array(ValType::I8)}).intern(registry);
  const auto b = Types().group({array(ValType::I8), func({}, {})}).intern(registry);
  const auto lone = Types().group({func({}, {})}).intern(registry);
  EXPECT_NE(a[0], b[1]);
  EXPECT_NE(a[0], lone[0]);
}

TEST(TypeRegistry, FinalityMutabilityAndNullabilityMatter) {
  TypeRegistry registry;
  std::vector<uint32_t> ids;
  for (const DefinedType& type :
       {structure({{ValType::I32}}), structure({{ValType::I32}}, {}, true),
        structure({{ValType::I32, true}}), structure({{ValType::funcref()}}),
        structure({{ValType::ref(HeapType::Func, false)}}), structure({{ValType::I8}})})
    ids.push_back(Types().group({type}).intern(registry)[0]);
  for (size_t i = 0; i < ids.size(); ++i)
    for (size_t j = 0; j < i; ++j) EXPECT_NE(ids[i], ids[j]);
}

TEST(TypeRegistry, HostFuncTypesAreTheModulesTypes) {
  TypeRegistry registry;
  const auto ids = Types()
                       .group({structure({})})
                       .group({func({ref_to(0), ValType::I64}, {ValType::F32})})
                       .intern(registry);
  EXPECT_EQ(registry.intern_func({{ref_to(ids[0]), ValType::I64}, {ValType::F32}}), ids[1]);
  const uint32_t other = registry.intern_func({{ValType::F64}, {}});
  EXPECT_EQ(Types().group({func({ValType::F64}, {})}).intern(registry)[0], other);
}

TEST(TypeRegistry, SubtypingFollowsDeclaredSupertypes) {
  TypeRegistry registry;
  Types types;
  types.group({structure({})});
  for (uint32_t i = 0; i < 20; ++i) types.group({structure({}, i)});
  types.group({structure({}, 0u), structure({}, 5u)});
  const auto ids = types.intern(registry);
  for (uint32_t i = 0; i <= 20; ++i)
    for (uint32_t j = 0; j <= 20; ++j)
      EXPECT_EQ(registry.is_subtype(ids[i], ids[j]), i >= j) << i << " " << j;
  EXPECT_TRUE(registry.is_subtype(ids[21], ids[0]));
  EXPECT_FALSE(registry.is_subtype(ids[21], ids[1]));
  EXPECT_TRUE(registry.is_subtype(ids[22], ids[4]));
  EXPECT_FALSE(registry.is_subtype(ids[22], ids[6]));
}

TEST(TypeRegistry, AbstractHeapTypesFormFourHierarchies) {
  TypeRegistry registry;
  using H = HeapType;
  const H all[] = {H::Any,    H::Eq,       H::I31,  H::Struct, H::Array, H::None,
                   H::Extern, H::NoExtern, H::Func, H::NoFunc, H::Exn,   H::NoExn};
  const std::string_view expected[] = {
      // By sub, then super, in the order above.
      "100000000000", "110000000000", "111000000000", "110100000000",
      "110010000000", "111111000000", "000000100000", "000000110000",
      "000000001000", "000000001100", "000000000010", "000000000011",
  };
  for (size_t i = 0; i < std::size(all); ++i)
    for (size_t j = 0; j < std::size(all); ++j)
      EXPECT_EQ(registry.is_subtype(all[i], all[j]), expected[i][j] == '1')
          << to_string(all[i]) << " <: " << to_string(all[j]);
}

TEST(TypeRegistry, DefinedTypesLieBetweenTheirKindAndItsBottom) {
  TypeRegistry registry;
  const auto ids = Types()
                       .group({func({}, {})})
                       .group({structure({})})
                       .group({array(ValType::I8)})
                       .intern(registry);
  const HeapType f = HeapType::concrete(ids[0]);
  const HeapType s = HeapType::concrete(ids[1]);
  const HeapType a = HeapType::concrete(ids[2]);
  EXPECT_TRUE(registry.is_subtype(f, HeapType::Func));
  EXPECT_FALSE(registry.is_subtype(f, HeapType::Any));
  EXPECT_TRUE(registry.is_subtype(s, HeapType::Struct));
  EXPECT_TRUE(registry.is_subtype(s, HeapType::Eq));
  EXPECT_FALSE(registry.is_subtype(s, HeapType::Array));
  EXPECT_TRUE(registry.is_subtype(a, HeapType::Array));
  EXPECT_TRUE(registry.is_subtype(a, HeapType::Any));
  EXPECT_TRUE(registry.is_subtype(HeapType::NoFunc, f));
  EXPECT_TRUE(registry.is_subtype(HeapType::None, s));
  EXPECT_FALSE(registry.is_subtype(HeapType::None, f));
  EXPECT_FALSE(registry.is_subtype(HeapType::Struct, s));
}

TEST(TypeRegistry, NullabilityOfReferences) {
  TypeRegistry registry;
  EXPECT_TRUE(
      registry.is_subtype(ValType::ref(HeapType::Eq, false), ValType::ref(HeapType::Any, true)));
  EXPECT_FALSE(
      registry.is_subtype(ValType::ref(HeapType::Eq, true), ValType::ref(HeapType::Any, false)));
  EXPECT_FALSE(registry.is_subtype(ValType(ValType::I32), ValType(ValType::I64)));
  EXPECT_FALSE(registry.is_subtype(ValType(ValType::I32), ValType::externref()));
}

TEST(TypeRegistry, ThreadsAgreeOnIds) {
  TypeRegistry registry;
  constexpr uint32_t kTypes = 500;
  std::vector<std::vector<uint32_t>> ids(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : ids)
      threads.emplace_back([&registry, &mine] {
        for (uint32_t i = 0; i < kTypes; ++i) {
          std::vector<ValType> params(i, ValType::I32);
          mine.push_back(registry.intern_func({std::move(params), {}}));
          // Reading needs no lock, also while others add types.
          EXPECT_EQ(registry.type(mine.back()).func.params.size(), i);
          EXPECT_TRUE(registry.is_subtype(mine.back(), mine.back()));
        }
      });
  }
  for (const auto& mine : ids) EXPECT_EQ(mine, ids[0]);
  EXPECT_EQ(registry.size(), kTypes);
}

}  // namespace
}  // namespace skerry
