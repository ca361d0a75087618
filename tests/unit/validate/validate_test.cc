// validate(): rules of the module, the order of errors, and bodies on several threads.
// The official test suite covers the rules themselves; here is what it does not look at.
#include "validate/validate.h"

#include <gtest/gtest.h>

#include "../support/sample_modules.h"
#include "binary/decoder.h"

namespace skerry {
namespace {

using namespace test;

Result<ValidatedModule> check(const Buffer& bytes, unsigned jobs = 1, Features features = {}) {
  auto module = TRY(decode_module(bytes, nullptr, features));
  return validate(std::move(module), features, std::make_shared<TypeRegistry>(), jobs);
}
Error error_of(const Buffer& bytes, unsigned jobs = 1, Features features = {}) {
  const auto result = check(bytes, jobs, features);
  EXPECT_FALSE(result);
  return result ? Error{} : result.error();
}

TEST(Validate, AcceptsTheSampleModule) {
  const Buffer bytes = sample_module();
  const auto result = check(bytes);
  ASSERT_TRUE(result) << error_text(result.error().code) << " at " << result.error().position;
  EXPECT_EQ(result->module().types.size(), 6u);
  EXPECT_EQ(result->type_ids().size(), 6u);
  EXPECT_EQ(result->registry()->size(), 6u);
}

TEST(Validate, TypeIdsAreSharedAcrossModules) {
  auto registry = std::make_shared<TypeRegistry>();
  const Buffer a = one_func(func_type({ValType::I64}, {}), {});
  const auto first = validate(*decode_module(a, nullptr, Features()), Features(), registry, 1);
  const auto second = validate(*decode_module(a, nullptr, Features()), Features(), registry, 1);
  EXPECT_EQ(first->type_ids()[0], second->type_ids()[0]);
  EXPECT_EQ(registry->size(), 1u);
}

TEST(Validate, ErrorsHaveTheOffsetOfTheInstruction) {
  const Buffer bytes = one_func(func_type({}, {}), {0x41, 0x00, 0x1a, 0x6a});
  EXPECT_EQ(error_of(bytes), (Error{ErrorCode::TypeMismatch, bytes.size() - 2}));
  const Buffer unknown = one_func(func_type({}, {}), {0x20, 0x05, 0x1a});
  EXPECT_EQ(error_of(unknown), (Error{ErrorCode::UnknownLocal, unknown.size() - 4, 5}));
}

// Many bodies, of which some are wrong: the first wrong one is reported, on however many threads.
TEST(Validate, ReportsTheFirstWrongBodyOnAnyNumberOfThreads) {
  constexpr uint32_t kFuncs = 3000;
  constexpr size_t kNops = 1000;
  const Buffer good(kNops, 0x01);
  Buffer code;
  Buffer funcs;
  append_u64_leb(code, kFuncs);
  append_u64_leb(funcs, kFuncs);
  std::vector<size_t> ends;
  for (uint32_t i = 0; i < kFuncs; ++i) {
    funcs.push_back(0);
    Buffer body = good;
    // `drop` of nothing, in three functions.
    if (i == 1234 || i == 1235 || i == 2999) body.back() = 0x1a;
    append(code, body_of(body));
    ends.push_back(code.size());
  }
  const Buffer bytes = ModuleBytes()
                           .section(SectionId::Type, list_of({func_type({}, {})}))
                           .section(SectionId::Function, funcs)
                           .section(SectionId::Code, code)
                           .bytes();
  const uint64_t wrong = bytes.size() - code.size() + ends[1234] - 2;
  for (const unsigned jobs : {1u, 2u, 5u, 0u})
    for (int i = 0; i < 5; ++i)
      EXPECT_EQ(error_of(bytes, jobs), (Error{ErrorCode::TypeMismatch, wrong})) << jobs;
}

TEST(Validate, AMalformedBodyComesBeforeWhatIsInvalid) {
  // The first function is invalid, the second has an opcode that does not exist.
  const Buffer bytes = ModuleBytes()
                           .section(SectionId::Type, list_of({func_type({}, {})}))
                           .section(SectionId::Function, {2, 0, 0})
                           .section(SectionId::Code, list_of({body_of({0x1a}), body_of({0x06})}))
                           .bytes();
  EXPECT_EQ(error_of(bytes).code, ErrorCode::IllegalOpcode);
  EXPECT_EQ(error_of(bytes).position, bytes.size() - 2);
}

TEST(Validate, BodiesEndWithTheirLastEnd) {
  EXPECT_EQ(error_of(one_func(func_type({}, {}), {0x0b})).code, ErrorCode::EndExpected);
  EXPECT_EQ(error_of(one_func(func_type({}, {}), {0x02, 0x40})).code, ErrorCode::EndExpected);
  EXPECT_EQ(error_of(one_func(func_type({}, {}), {0x05})).code, ErrorCode::EndExpected);
}

TEST(Validate, LocalsOfTheImplementation) {
  const auto with_locals = [](uint64_t count) {
    Buffer locals = {0x01};
    append_u64_leb(locals, count);
    locals.push_back(0x7f);
    return one_func(func_type({}, {}), {}, {}, locals);
  };
  EXPECT_TRUE(check(with_locals(50000)));
  EXPECT_EQ(error_of(with_locals(50001)).code, ErrorCode::ImplementationLimit);
  const Buffer too_many = {0x02, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x01, 0x7f};
  EXPECT_EQ(error_of(one_func(func_type({}, {}), {}, {}, too_many)).code, ErrorCode::TooManyLocals);
}

// Nothing recurses, and nothing is quadratic.
TEST(Validate, DeepNestingAndWideTables) {
  constexpr uint32_t kDepth = 50000;
  Buffer code;
  for (uint32_t i = 0; i < kDepth; ++i) append(code, {0x02, 0x40});
  append(code, {0x41, 0x00, 0x0e});
  append_u64_leb(code, kDepth);
  for (uint32_t i = 0; i <= kDepth; ++i) append_u64_leb(code, i);
  for (uint32_t i = 0; i < kDepth; ++i) code.push_back(0x0b);
  EXPECT_TRUE(check(one_func(func_type({}, {}), code)));
}

TEST(Validate, BrTableTargetsWithManyOperands) {
  // Blocks with 1000 results each: every target is checked, but only once.
  constexpr uint32_t kBlocks = 200;
  constexpr uint32_t kResults = 1000;
  Buffer results;
  append_u64_leb(results, kResults);
  results.insert(results.end(), kResults, 0x7f);
  const Buffer type = concat({{0x60, 0x00}, results});
  Buffer code;
  for (uint32_t i = 0; i < kBlocks; ++i) append(code, {0x02, 0x00});
  for (uint32_t i = 0; i < kResults; ++i) append(code, {0x41, 0x00});
  append(code, {0x41, 0x00, 0x0e});
  append_u64_leb(code, 20000);
  for (uint32_t i = 0; i <= 20000; ++i) append_u64_leb(code, i % kBlocks);
  for (uint32_t i = 0; i < kBlocks; ++i) code.push_back(0x0b);
  EXPECT_TRUE(check(one_func(type, code)));
}

TEST(Validate, CallsMayNotPileUpOperandsWithoutEnd) {
  Buffer results;
  append_u64_leb(results, 1000);
  results.insert(results.end(), 1000, 0x7f);
  Buffer code;
  for (int i = 0; i < 20000; ++i) append(code, {0x10, 0x00});
  EXPECT_EQ(error_of(one_func(concat({{0x60, 0x00}, results}), code)).code,
            ErrorCode::ImplementationLimit);
}

TEST(Validate, SupertypeChainsAreBounded) {
  const auto chain = [](uint32_t length) {
    Buffer types;
    append_u64_leb(types, length);
    append(types, {0x50, 0x00, 0x5f, 0x00});
    for (uint32_t i = 1; i < length; ++i) {
      append(types, {0x50, 0x01});
      append_u64_leb(types, i - 1);
      append(types, {0x5f, 0x00});
    }
    return ModuleBytes().section(SectionId::Type, types).bytes();
  };
  EXPECT_TRUE(check(chain(64)));
  EXPECT_EQ(error_of(chain(65)).code, ErrorCode::ImplementationLimit);
}

TEST(Validate, UnreachableCodeTakesOperandsFromNowhere) {
  EXPECT_TRUE(check(one_func(func_type({}, {ValType::I64}), {0x00, 0x7c})));
  EXPECT_TRUE(check(one_func(func_type({}, {ValType::I64}), {0x00, 0x1b})));
  // But not operands of the wrong type.
  EXPECT_EQ(error_of(one_func(func_type({}, {ValType::I64}), {0x00, 0x41, 0x00, 0x7c})).code,
            ErrorCode::TypeMismatch);
  EXPECT_EQ(error_of(one_func(func_type({}, {ValType::I32}), {0x00, 0xd4})).code,
            ErrorCode::TypeMismatch);
}

TEST(Validate, SegmentsAndInitialisersAreTyped) {
  const ModuleBytes memory64 = ModuleBytes().section(SectionId::Memory, {1, 4, 1});
  EXPECT_EQ(
      error_of(ModuleBytes(memory64).section(SectionId::Data, {1, 0, 0x41, 0, 0x0b, 0}).bytes())
          .code,
      ErrorCode::TypeMismatch);
  EXPECT_TRUE(
      check(ModuleBytes(memory64).section(SectionId::Data, {1, 0, 0x42, 0, 0x0b, 0}).bytes()));
  const auto global = [](const Buffer& expr) {
    return ModuleBytes().section(SectionId::Global, concat({{1, 0x7f, 0}, expr, {0x0b}})).bytes();
  };
  EXPECT_EQ(error_of(global({0x42, 0})).code, ErrorCode::TypeMismatch);
  EXPECT_EQ(error_of(global({})).code, ErrorCode::TypeMismatch);
  EXPECT_EQ(error_of(global({0x41, 0, 0x67})).code, ErrorCode::ConstantExpressionRequired);
  EXPECT_EQ(error_of(global({0x02, 0x7f, 0x41, 0, 0x0b})).code,
            ErrorCode::ConstantExpressionRequired);
  EXPECT_EQ(error_of(global({0x23, 0})).code, ErrorCode::UnknownGlobal);
  EXPECT_TRUE(check(global({0x41, 1, 0x41, 2, 0x6c})));
}

TEST(Validate, ConstantArithmeticAndEarlierGlobalsAreFeatures) {
  const Buffer extended =
      ModuleBytes().section(SectionId::Global, {1, 0x7f, 0, 0x41, 1, 0x41, 2, 0x6a, 0x0b}).bytes();
  Features features;
  features.set(Feature::ExtendedConst, false);
  EXPECT_EQ(error_of(extended, 1, features).code, ErrorCode::ConstantExpressionRequired);
  const Buffer earlier =
      ModuleBytes()
          .section(SectionId::Global, {2, 0x7f, 0, 0x41, 1, 0x0b, 0x7f, 0, 0x23, 0, 0x0b})
          .bytes();
  EXPECT_TRUE(check(earlier));
  features = Features();
  features.set(Feature::Gc, false);
  EXPECT_EQ(error_of(earlier, 1, features).code, ErrorCode::UnknownGlobal);
}

TEST(Validate, FeaturesThatCountThings) {
  const auto without = [](Feature feature) {
    Features features;
    features.set(feature, false);
    return features;
  };
  const Buffer memories = ModuleBytes().section(SectionId::Memory, {2, 0, 0, 0, 0}).bytes();
  EXPECT_TRUE(check(memories));
  EXPECT_EQ(error_of(memories, 1, without(Feature::MultiMemory)).code, ErrorCode::MultipleMemories);
  const Buffer tables =
      ModuleBytes().section(SectionId::Table, {2, 0x70, 0, 0, 0x70, 0, 0}).bytes();
  EXPECT_EQ(error_of(tables, 1, without(Feature::ReferenceTypes)).code, ErrorCode::MultipleTables);
  const Buffer results = one_func(func_type({}, {ValType::I32, ValType::I32}), {0x00});
  EXPECT_EQ(error_of(results, 1, without(Feature::MultiValue)).code, ErrorCode::InvalidResultArity);
  const Buffer import =
      ModuleBytes()
          .section(SectionId::Import, list_of({concat({name_of("a"), name_of("b"), {3, 0x7f, 1}})}))
          .bytes();
  EXPECT_EQ(error_of(import, 1, without(Feature::MutableGlobal)).code, ErrorCode::FeatureDisabled);
}

// The loop's fast path and the general step accept the same: an operand of a subtype, for one,
// makes the fast path give way.
TEST(Validate, FastAndGeneralPathsAgreeOnLongAndShortForms) {
  const Buffer nops(32, 0x01);  // so that the code before is far from the body's end
  const auto in_both = [&](const Buffer& code, std::initializer_list<ValType> results) {
    const auto near_end = check(one_func(func_type({ValType::I32}, results), code));
    Buffer far = code;
    append(far, nops);
    const auto far_from_end = check(one_func(func_type({ValType::I32}, results), far));
    EXPECT_EQ(near_end.has_value(), far_from_end.has_value());
    if (!near_end && !far_from_end) {
      EXPECT_EQ(near_end.error().code, far_from_end.error().code);
    }
    return near_end.has_value();
  };
  EXPECT_TRUE(in_both({0x20, 0x80, 0x80, 0x00}, {ValType::I32}));
  EXPECT_TRUE(in_both({0x20, 0x80, 0x80, 0x80, 0x00}, {ValType::I32}));
  EXPECT_FALSE(in_both({0x20, 0x81, 0x80, 0x80, 0x00}, {ValType::I32}));
  EXPECT_TRUE(in_both({0x41, 0xff, 0xff, 0xff, 0xff, 0x07}, {ValType::I32}));
  EXPECT_FALSE(in_both({0x41, 0xff, 0xff, 0xff, 0xff, 0x0f}, {ValType::I32}));
  EXPECT_FALSE(in_both({0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, {ValType::I32}));
  EXPECT_TRUE(
      in_both({0x42, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00}, {ValType::I64}));
  EXPECT_FALSE(
      in_both({0x42, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02}, {ValType::I64}));
  EXPECT_FALSE(in_both({0x41, 0x00, 0x28, 0x02, 0x00}, {ValType::I32}));  // no memory
  EXPECT_FALSE(in_both({0x1a}, {}));
  EXPECT_FALSE(in_both({0x21, 0x00}, {}));
  EXPECT_TRUE(in_both({0x20, 0x00, 0x04, 0x40, 0x05, 0x0b}, {}));
  EXPECT_FALSE(in_both({0x42, 0x00, 0x04, 0x40, 0x0b}, {}));
  EXPECT_FALSE(in_both({0x0c, 0x01}, {}));
  EXPECT_TRUE(in_both({0x0c, 0x00}, {}));
}

}  // namespace
}  // namespace skerry
