// decode_module(): what it finds, and what it calls malformed.
#include "binary/decoder.h"

#include <gtest/gtest.h>

#include "../support/sample_modules.h"
#include "binary/const_expr_reader.h"

namespace skerry {
namespace {

using namespace test;

Error error_of(const Buffer& bytes, Features features = {}) {
  const auto module = decode_module(bytes, nullptr, features);
  EXPECT_FALSE(module);
  return module ? Error{} : module.error();
}
ErrorCode code_of(const Buffer& bytes, Features features = {}) {
  return error_of(bytes, features).code;
}

TEST(Decoder, LeavesOutDataSegmentsAndAddsThemLater) {
  const Buffer bytes = sample_module();
  const auto whole = *decode_module(bytes, nullptr, Features());
  const auto decoded = decode_module_without_datas(bytes, nullptr, Features());
  ASSERT_TRUE(decoded && decoded->datas);
  Module& module = *decoded->module;
  EXPECT_TRUE(module.datas.empty());
  EXPECT_EQ(decoded->datas->count, whole->datas.size());
  EXPECT_EQ(decoded->datas->bytes.data(), bytes.data() + decoded->datas->offset);
  EXPECT_EQ(module.customs.size(), whole->customs.size());
  ASSERT_TRUE(decode_datas(module, *decoded->datas, Features()));
  ASSERT_EQ(module.datas.size(), whole->datas.size());
  for (size_t i = 0; i < module.datas.size(); ++i) {
    EXPECT_EQ(module.datas[i].mode, whole->datas[i].mode);
    EXPECT_EQ(module.datas[i].offset.offset, whole->datas[i].offset.offset);
    EXPECT_EQ(module.datas[i].bytes.data(), whole->datas[i].bytes.data());
  }
}

TEST(Decoder, FindsEverythingInTheSampleModule) {
  const Buffer bytes = sample_module();
  const auto decoded = decode_module(bytes, nullptr, Features());
  ASSERT_TRUE(decoded) << error_text(decoded.error().code) << decoded.error().position;
  const Module& m = **decoded;
  ASSERT_EQ(m.types.size(), 6u);
  EXPECT_EQ(m.rec_groups.size(), 5u);
  EXPECT_EQ(m.types[1].func, (FuncType{{ValType::I32, ValType::I64}, {ValType::I32}}));
  EXPECT_EQ(m.types[3].supertype, 2u);
  EXPECT_EQ(m.types[3].rec_group, m.types[4].rec_group);
  EXPECT_EQ(m.types[4].kind, CompositeKind::Array);
  EXPECT_EQ(m.types[4].fields[0].type, ValType::ref(HeapType::concrete(3), true));

  ASSERT_EQ(m.imports.size(), 5u);
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(m.imports[i].kind(), static_cast<ExternKind>(i));
  EXPECT_EQ(m.imports[2].name, "m");
  EXPECT_EQ(m.funcs, (std::vector<uint32_t>{0, 1, 0}));
  EXPECT_EQ(m.imported_funcs, 1u);
  ASSERT_EQ(m.tables.size(), 3u);
  EXPECT_TRUE(m.tables[2].init);
  EXPECT_TRUE(m.tables[2].type.limits.is_64);
  EXPECT_EQ(m.tables[2].type.limits.max, 16u);
  ASSERT_EQ(m.memories.size(), 3u);
  EXPECT_TRUE(m.memories[1].limits.is_64);
  EXPECT_TRUE(m.memories[2].is_shared);
  EXPECT_EQ(m.tags.size(), 2u);
  ASSERT_EQ(m.globals.size(), 4u);
  EXPECT_TRUE(m.globals[1].type.is_mutable);
  EXPECT_EQ(single_int_const(m.globals[1].init)->value, UINT64_MAX);
  EXPECT_FALSE(single_int_const(m.globals[2].init));
  std::vector<Op> ops;
  for_each_instr(m.globals[2].init, [&](const Instr& instr) { ops.push_back(instr.op); });
  EXPECT_EQ(ops, (std::vector{Op::GlobalGet, Op::I32Const, Op::I32Add}));
  EXPECT_EQ(m.exports[0].name, "run");
  EXPECT_EQ(m.start, 2u);
  ASSERT_EQ(m.elems.size(), 8u);
  EXPECT_EQ(m.elems[0].funcs, (std::vector<uint32_t>{0, 1}));
  EXPECT_EQ(m.elems[0].type, ValType::ref(HeapType::Func, false));
  EXPECT_EQ(m.elems[3].mode, SegmentMode::Declarative);
  EXPECT_EQ(m.elems[6].table, 1u);
  EXPECT_EQ(m.elems[6].size(), 1u);
  EXPECT_EQ(m.data_count, 3u);
  EXPECT_EQ(m.datas[2].memory, 1u);
  EXPECT_EQ(m.datas[1].mode, SegmentMode::Passive);
  ASSERT_EQ(m.customs.size(), 3u);
  EXPECT_EQ(m.customs[0].after_section, 0);
  EXPECT_EQ(m.customs[1].after_section, static_cast<uint8_t>(SectionId::Export));
  EXPECT_EQ(m.customs[2].after_section, static_cast<uint8_t>(SectionId::Data));
}

TEST(Decoder, BodiesStaySpansOfTheInput) {
  const Buffer bytes = sample_module();
  const auto module = *decode_module(bytes, nullptr, Features());
  ASSERT_EQ(module->bodies.size(), 2u);
  for (const FuncBody& body : module->bodies) {
    EXPECT_EQ(body.code.data(), bytes.data() + body.offset);
    EXPECT_EQ(body.code.back(), 0x0b);
  }
}

TEST(Decoder, KeepsTheOwnerAlive) {
  auto owner = std::make_shared<Buffer>(sample_module());
  std::weak_ptr<Buffer> watch = owner;
  const Bytes bytes = *owner;
  auto module = *decode_module(bytes, std::move(owner), Features());
  EXPECT_FALSE(watch.expired());
  module.reset();
  EXPECT_TRUE(watch.expired());
}

TEST(Decoder, Header) {
  EXPECT_EQ(code_of({}), ErrorCode::UnexpectedEnd);
  EXPECT_EQ(code_of({0, 'a', 's'}), ErrorCode::UnexpectedEnd);
  EXPECT_EQ(code_of({'a', 's', 'm', 0, 1, 0, 0, 0}), ErrorCode::BadMagic);
  EXPECT_EQ(error_of({0, 'a', 's', 'm', 2, 0, 0, 0}), (Error{ErrorCode::UnknownVersion, 4}));
  EXPECT_TRUE(decode_module(kModuleHeader, nullptr, Features()));
}

TEST(Decoder, SectionsStandInOrderAndOnce) {
  const auto module = [](SectionId a, SectionId b) {
    return ModuleBytes().section(a, {0}).section(b, {0}).bytes();
  };
  EXPECT_TRUE(decode_module(module(SectionId::Tag, SectionId::Global), nullptr, Features()));
  EXPECT_EQ(code_of(module(SectionId::Global, SectionId::Tag)), ErrorCode::UnexpectedSection);
  EXPECT_EQ(code_of(module(SectionId::Type, SectionId::Type)), ErrorCode::UnexpectedSection);
  EXPECT_EQ(code_of(module(SectionId::Code, SectionId::DataCount)), ErrorCode::UnexpectedSection);
  EXPECT_EQ(error_of(ModuleBytes().section(static_cast<SectionId>(14), {}).bytes()),
            (Error{ErrorCode::MalformedSectionId, 8, 14}));
}

TEST(Decoder, SectionSizes) {
  EXPECT_EQ(code_of(ModuleBytes().section(SectionId::Type, {0, 0}).bytes()),
            ErrorCode::SectionSizeMismatch);
  EXPECT_EQ(code_of(ModuleBytes().section(SectionId::Type, {1}).bytes()), ErrorCode::UnexpectedEnd);
  Buffer cut = ModuleBytes().section(SectionId::Type, {0}).bytes();
  cut.pop_back();
  EXPECT_EQ(code_of(cut), ErrorCode::LengthOutOfBounds);
}

TEST(Decoder, SectionsThatMustAgree) {
  ModuleBytes module;
  module.section(SectionId::Type, list_of({func_type({}, {})}))
      .section(SectionId::Function, {1, 0});
  EXPECT_EQ(code_of(module.bytes()), ErrorCode::CountMismatch);
  EXPECT_EQ(code_of(ModuleBytes().section(SectionId::DataCount, {1}).bytes()),
            ErrorCode::DataCountMismatch);
  EXPECT_EQ(
      code_of(
          ModuleBytes().section(SectionId::DataCount, {1}).section(SectionId::Data, {0}).bytes()),
      ErrorCode::DataCountMismatch);
}

TEST(Decoder, CountsDoNotAllocate) {
  const Buffer huge = {0xff, 0xff, 0xff, 0xff, 0x0f};
  for (const SectionId id : kSectionOrder) {
    if (id == SectionId::Start || id == SectionId::DataCount) continue;
    EXPECT_EQ(error_phase(code_of(ModuleBytes().section(id, huge).bytes())), Phase::Malformed);
  }
}

TEST(Decoder, LimitsOfTheImplementation) {
  Buffer types;
  append_u64_leb(types, 1'000'001);
  for (int i = 0; i < 1'000'001; ++i) append(types, func_type({}, {}));
  const Error error = error_of(ModuleBytes().section(SectionId::Type, types).bytes());
  EXPECT_EQ(error.code, ErrorCode::ImplementationLimit);
  EXPECT_EQ(error.b, 1'000'000u);
}

TEST(Decoder, MalformedDefinitions) {
  const auto type = [](const Buffer& bytes) {
    return ModuleBytes().section(SectionId::Type, list_of({bytes})).bytes();
  };
  EXPECT_EQ(code_of(type({0x5d, 0x00})), ErrorCode::MalformedDefinitionType);
  EXPECT_EQ(code_of(type({0x60, 0x01, 0x41, 0x00})), ErrorCode::MalformedValType);
  EXPECT_EQ(code_of(type({0x5e, 0x79, 0x00})), ErrorCode::MalformedStorageType);
  EXPECT_EQ(code_of(type({0x5e, 0x78, 0x02})), ErrorCode::MalformedMutability);
  EXPECT_EQ(code_of(type({0x50, 0x02, 0x00, 0x00, 0x60, 0x00, 0x00})),
            ErrorCode::MultipleSupertypes);
  const auto memory = [](const Buffer& bytes) {
    return ModuleBytes().section(SectionId::Memory, list_of({bytes})).bytes();
  };
  EXPECT_EQ(code_of(memory({0x08, 0x00, 0x00})), ErrorCode::MalformedLimitsFlags);
  EXPECT_EQ(code_of(memory({0x80, 0x00, 0x00})), ErrorCode::MalformedLimitsFlags);
  const auto table = [](const Buffer& bytes) {
    return ModuleBytes().section(SectionId::Table, list_of({bytes})).bytes();
  };
  EXPECT_EQ(code_of(table({0x70, 0x03, 0x00, 0x00})), ErrorCode::MalformedLimitsFlags);
  EXPECT_EQ(code_of(table({0x7f, 0x00, 0x00})), ErrorCode::MalformedRefType);
  EXPECT_EQ(code_of(table({0x40, 0x01, 0x70, 0x00, 0x00})), ErrorCode::MalformedTable);
  const auto import = [](const Buffer& bytes) {
    return ModuleBytes()
        .section(SectionId::Import, list_of({concat({name_of("a"), name_of("b"), bytes})}))
        .bytes();
  };
  EXPECT_EQ(code_of(import({0x05, 0x00})), ErrorCode::MalformedImportKind);
  EXPECT_EQ(code_of(import({0x03, 0x7f, 0x02})), ErrorCode::MalformedMutability);
  EXPECT_EQ(code_of(import({0x04, 0x01, 0x00})), ErrorCode::MalformedTag);
  EXPECT_EQ(
      code_of(ModuleBytes().section(SectionId::Export, list_of({{0x01, 'x', 0x05, 0x00}})).bytes()),
      ErrorCode::MalformedExportKind);
  EXPECT_EQ(
      code_of(
          ModuleBytes().section(SectionId::Export, list_of({{0x01, 0xff, 0x00, 0x00}})).bytes()),
      ErrorCode::MalformedUtf8);
  EXPECT_EQ(code_of(ModuleBytes().section(SectionId::Element, {1, 8}).bytes()),
            ErrorCode::MalformedElemSegment);
  EXPECT_EQ(code_of(ModuleBytes().section(SectionId::Element, {1, 1, 1, 0}).bytes()),
            ErrorCode::MalformedElemKind);
  EXPECT_EQ(code_of(ModuleBytes().section(SectionId::Data, {1, 3}).bytes()),
            ErrorCode::MalformedDataSegment);
  EXPECT_EQ(code_of(ModuleBytes().section(SectionId::Global, {1, 0x7f, 0, 0x41, 0}).bytes()),
            ErrorCode::UnexpectedEnd);
}

TEST(Decoder, DisabledFeaturesAreNamed) {
  const auto without = [](Feature feature) {
    Features features;
    features.set(feature, false);
    return features;
  };
  const Buffer bytes = sample_module();
  for (const Feature feature : {Feature::Gc, Feature::FunctionReferences}) {
    const Error error = error_of(bytes, without(feature));
    EXPECT_EQ(error.code, ErrorCode::FeatureDisabled);
    EXPECT_EQ(error.a, static_cast<uint64_t>(feature));
  }
  // What a section or a flag brings is unknown to the older formats, in their words.
  EXPECT_EQ(
      code_of(ModuleBytes().section(SectionId::Tag, {0}).bytes(), without(Feature::Exceptions)),
      ErrorCode::MalformedSectionId);
  EXPECT_EQ(code_of(ModuleBytes().section(SectionId::DataCount, {0}).bytes(),
                    without(Feature::BulkMemory)),
            ErrorCode::MalformedSectionId);
  const Buffer memory64 = ModuleBytes().section(SectionId::Memory, {1, 4, 1}).bytes();
  EXPECT_EQ(code_of(memory64, without(Feature::Memory64)), ErrorCode::MalformedLimitsFlags);
  EXPECT_EQ(code_of(memory64, Features::only({})), ErrorCode::IntegerTooLarge);
}

}  // namespace
}  // namespace skerry
