// Modules: index spaces, abbreviations, types, segments, names. Instructions: instr_test.cc.
#include "text/parse.h"

#include "parsing.h"

namespace skerry::text {
namespace {

std::string names_of(std::string_view source) {
  const auto module = must_parse(source);
  const CustomSection* section = module->find_custom("name");
  return section ? hex(section->bytes) : "none";
}

TEST(ParseModule, EmptyForms) {
  for (const char* source : {"", "(module)", "(module $m)", ";; nothing\n(; at (; all ;) ;)"})
    EXPECT_TRUE(must_parse(source)->types.empty());
}

TEST(ParseModule, OwnsWhatItRefersTo) {
  std::shared_ptr<Module> module;
  {
    const std::string source = R"((import "mod" "name" (func)) (memory (data "abc")))";
    module = must_parse(source);
  }
  EXPECT_EQ(module->imports[0].module, "mod");
  EXPECT_EQ(module->imports[0].name, "name");
  EXPECT_EQ(hex(module->datas[0].bytes), "61 62 63");
}

TEST(ParseModule, ForwardReferencesInEverySpace) {
  const auto module = must_parse(R"((module
    (export "f" (func $f)) (export "t" (table $t)) (export "m" (memory $m))
    (export "g" (global $g)) (export "e" (tag $e)) (start $f)
    (func $f (type $ft) (drop (global.get $g)) (table.init $t $elem (i32.const 0) (i32.const 0)
      (i32.const 0)) (data.drop $data))
    (elem $elem func $f) (data $data "") (tag $e) (global $g i32 (i32.const 0)) (memory $m 1)
    (table $t 1 funcref) (type $ft (func))))");
  EXPECT_EQ(module->exports.size(), 5u);
  EXPECT_EQ(module->start, 0u);
  EXPECT_EQ(module->data_count, 1u);
  EXPECT_EQ(module->funcs, std::vector<uint32_t>{0});
}

TEST(ParseModule, InlineImportsAndExports) {
  const auto module = must_parse(R"(
    (func $f (export "a") (export "b") (import "m" "f") (param i32))
    (table (import "m" "t") 1 2 funcref)
    (memory (import "m" "m") i64 1 2 shared)
    (global (import "m" "g") (mut f32))
    (tag (import "m" "e") (param i64))
    (func (export "c")))");
  ASSERT_EQ(module->imports.size(), 5u);
  EXPECT_EQ(module->imports[0].kind(), ExternKind::Func);
  EXPECT_EQ(module->imports[4].kind(), ExternKind::Tag);
  EXPECT_EQ(module->imported_funcs, 1u);
  EXPECT_TRUE(module->memories[0].is_shared);
  EXPECT_TRUE(module->memories[0].limits.is_64);
  ASSERT_EQ(module->exports.size(), 3u);
  EXPECT_EQ(module->exports[1].name, "b");
  EXPECT_EQ(module->exports[2].index, 1u);
}

TEST(ParseModule, ImportsComeFirst) {
  EXPECT_EQ(error_of(R"((func) (import "" "" (func)))"), ErrorCode::ImportAfterDefinition);
  EXPECT_EQ(error_of(R"((tag) (memory (import "" "") 1))"), ErrorCode::ImportAfterDefinition);
  must_parse(R"((type (func)) (export "x" (func 0)) (import "" "" (func)))");
}

// Types ----------------------------------------------------------------------------------------

TEST(ParseTypes, ImplicitTypesAreAppendedInOrderOfUse) {
  const auto module = must_parse(R"(
    (func (param i32) (block (param i32) (result i64) (drop) (i64.const 0)) (drop))
    (func (result f32) (f32.const 0))
    (func (param i32))
    (type (func (param f64))))");
  // The explicit one, then param i32, the block's, result f32.
  ASSERT_EQ(module->types.size(), 4u);
  EXPECT_EQ(module->funcs, (std::vector<uint32_t>{1, 3, 1}));
  EXPECT_EQ(module->types[2].func.results, std::vector<ValType>{ValType::I64});
  EXPECT_EQ(module->rec_groups.size(), 4u);
}

TEST(ParseTypes, ImplicitTypesMatchOnlyPlainOnes) {
  // Open, in a group of two, or with a supertype: not what `(func)` means.
  const auto module = must_parse(R"(
    (type $open (sub (func)))
    (rec (type (func)) (type (struct)))
    (type $derived (sub final $open (func)))
    (rec (type $plain (func)))
    (func))");
  EXPECT_EQ(module->funcs[0], 4u);
  EXPECT_EQ(module->types.size(), 5u);
}

TEST(ParseTypes, Composites) {
  const auto module = must_parse(R"(
    (rec
      (type $list (sub (struct (field $head i8) (field $tail (mut (ref null $list))))))
      (type $bytes (array (mut i16))))
    (type (sub final $list (struct (field i8 (mut (ref null $list)) funcref)))))");
  ASSERT_EQ(module->types.size(), 3u);
  EXPECT_FALSE(module->types[0].is_final);
  EXPECT_EQ(module->types[0].fields[1].type, ValType::ref(HeapType::concrete(0), true));
  EXPECT_TRUE(module->types[0].fields[1].is_mutable);
  EXPECT_EQ(module->types[1].kind, CompositeKind::Array);
  EXPECT_EQ(module->types[2].supertype, 0u);
  EXPECT_EQ(module->types[2].fields.size(), 3u);
  EXPECT_EQ(module->rec_groups.size(), 2u);
}

TEST(ParseTypes, TypeUseMustAgree) {
  must_parse("(type $t (func (param i32))) (func (type $t) (param i32))");
  EXPECT_EQ(error_of("(type $t (func (param i32))) (func (type $t) (param i64))"),
            ErrorCode::InlineFuncType);
  EXPECT_EQ(error_of("(type $t (struct)) (func (type $t) (param i32))"), ErrorCode::InlineFuncType);
  EXPECT_EQ(error_of("(func (type 3) (param i32))"), ErrorCode::UndefinedId);
  EXPECT_EQ(error_of("(func (result i32) (param i32))"), ErrorCode::UnexpectedToken);
}

// Tables, memories, segments -------------------------------------------------------------------

TEST(ParseSegments, InlineElem) {
  const auto module = must_parse(R"(
    (type $t (func)) (func $f)
    (table funcref (elem $f $f))
    (table i64 (ref null $t) (elem $f))
    (table funcref (elem (ref.null func) (item ref.func $f))))");
  EXPECT_EQ(module->tables[0].type.limits.min, 2u);
  EXPECT_EQ(module->tables[0].type.limits.max, 2u);
  EXPECT_FALSE(module->elems[0].uses_exprs);
  // A table of other than any functions takes expressions.
  EXPECT_TRUE(module->elems[1].uses_exprs);
  EXPECT_EQ(module->elems[1].type, ValType::ref(HeapType::concrete(0), true));
  EXPECT_EQ(module->elems[1].table, 1u);
  EXPECT_EQ(hex(module->elems[1].offset.code), "42 00 0b");
  EXPECT_EQ(module->elems[2].exprs.size(), 2u);
}

TEST(ParseSegments, InlineSegmentsTakeTheirPlaceInTheIndexSpace) {
  const auto module = must_parse(R"(
    (elem $a func) (table funcref (elem)) (elem $b func)
    (data $c "") (memory (data "")) (data $d "")
    (func (elem.drop $b) (data.drop $d)))");
  EXPECT_EQ(module->elems.size(), 3u);
  EXPECT_EQ(hex(module->bodies[0].code), "00 fc 0d 02 fc 09 02 0b");
}

TEST(ParseSegments, ElemForms) {
  const auto module = must_parse(R"(
    (table $t 1 funcref) (table $u 1 externref) (func $f)
    (elem (i32.const 0) $f)
    (elem (offset (i32.const 1) (i32.const 2) i32.add) func $f)
    (elem (table $u) (i32.const 0) externref (ref.null extern))
    (elem declare func $f)
    (elem funcref (item (ref.func $f)) (ref.null func))
    (elem 0 (i32.const 0) $f))");
  ASSERT_EQ(module->elems.size(), 6u);
  EXPECT_EQ(module->elems[0].mode, SegmentMode::Active);
  EXPECT_EQ(hex(module->elems[1].offset.code), "41 01 41 02 6a 0b");
  EXPECT_EQ(module->elems[2].table, 1u);
  EXPECT_EQ(module->elems[3].mode, SegmentMode::Declarative);
  EXPECT_EQ(module->elems[4].mode, SegmentMode::Passive);
  EXPECT_EQ(module->elems[4].size(), 2u);
  EXPECT_EQ(error_of("(elem)"), ErrorCode::UnexpectedToken);
}

TEST(ParseSegments, InlineDataSizesTheMemory) {
  const auto module = must_parse(
      "(memory (data \"\")) (memory i64 (data \"a\" \"b\")) (data (memory 1) (i64.const 4) \"c\")");
  EXPECT_EQ(module->memories[0].limits.max, 0u);
  EXPECT_EQ(module->memories[1].limits.min, 1u);
  EXPECT_EQ(hex(module->datas[1].bytes), "61 62");
  EXPECT_EQ(module->datas[2].memory, 1u);
  EXPECT_EQ(module->data_count, std::nullopt);
}

TEST(ParseConst, ExpressionsAreEncoded) {
  const auto module = must_parse(R"(
    (type $a (array i8))
    (global $g v128 (v128.const i64x2 1 -1))
    (global (ref $a) (array.new_fixed $a 2 (i32.const 1) (i32.const 2)))
    (global (ref null func) ref.null func))");
  EXPECT_EQ(hex(module->globals[0].init.code),
            "fd 0c 01 00 00 00 00 00 00 00 ff ff ff ff ff ff ff ff 0b");
  EXPECT_EQ(hex(module->globals[1].init.code), "41 01 41 02 fb 08 00 02 0b");
  EXPECT_EQ(hex(module->globals[2].init.code), "d0 70 0b");
}

// Names and custom sections --------------------------------------------------------------------

TEST(ParseNames, SectionFromIdentifiers) {
  EXPECT_EQ(names_of("(module)"), "none");
  EXPECT_EQ(names_of("(module $m)"), "00 02 01 6d");
  EXPECT_EQ(names_of("(func) (func $f (param $p i32) (local i32) (local $l i64) block $b end)"),
            "01 04 01 01 01 66 "                 // func 1: f
            "02 09 01 01 02 00 01 70 02 01 6c "  // func 1: local 0 p, 2 l
            "03 06 01 01 01 00 01 62");          // func 1: label 0 b
  EXPECT_EQ(names_of("(type $t (struct (field $f i32))) (tag $e (type 1)) (type (func))"),
            "04 04 01 00 01 74 0a 06 01 00 01 00 01 66 0b 04 01 00 01 65");
}

TEST(ParseNames, LabelsAreNumberedInBinaryOrder) {
  // The condition's block comes before the `if` that holds it.
  EXPECT_EQ(names_of("(func (if $if (block $cond (result i32) (i32.const 0)) (then)))"),
            "03 0d 01 00 02 00 04 63 6f 6e 64 01 02 69 66");
}

TEST(ParseNames, AnnotationsOverrideIdentifiers) {
  EXPECT_EQ(names_of(R"((module (@name "a b") (func $f (@name "x"))))"),
            "00 04 03 61 20 62 01 04 01 00 01 78");
  EXPECT_EQ(names_of(R"((func (@name "f") (param (@name "p") i32)))"),
            "01 04 01 00 01 66 02 06 01 00 01 00 01 70");
  EXPECT_EQ(error_of("(func (@name))"), ErrorCode::UnexpectedToken);
  EXPECT_EQ(error_of(R"((func (nop (@name "x"))))"), ErrorCode::MisplacedAnnotation);
}

TEST(ParseNames, QuotedIdentifiersAreTheSameNames) {
  must_parse(R"((func $"\41B" (call $AB)) (func $"two words" (call $"two words")))");
  EXPECT_EQ(error_of(R"((func $a) (func $"a"))"), ErrorCode::DuplicateId);
  EXPECT_EQ(error_of(R"((func $""))"), ErrorCode::EmptyId);
}

TEST(ParseCustom, PlacesAndOrder) {
  const auto module = must_parse(R"((module $m
    (@custom "last" (after last) "4")
    (@custom "a")
    (@custom "code" (after code) "3")
    (@custom "first" (before first) "\00" "1")
    (@custom "before code" (before code))
    (func)))");
  std::string order;
  for (const CustomSection& custom : module->customs)
    order += std::string(custom.name) + " " + std::to_string(custom.after_section) + "; ";
  EXPECT_EQ(order, "first 0; before code 3; code 10; name 10; last 10; a 10; ");
  EXPECT_EQ(hex(module->customs[0].bytes), "00 31");
}

TEST(ParseCustom, AnExplicitNameSectionReplacesTheGenerated) {
  const auto module = must_parse(R"((func $f) (@custom "name" "x"))");
  ASSERT_EQ(module->customs.size(), 1u);
  EXPECT_EQ(hex(module->customs[0].bytes), "78");
}

TEST(ParseCustom, UnknownAnnotationsAreSkipped) {
  must_parse(R"((module (@x (y "(") ; [ ]) ((@b) func (@"quoted id" 0x) $f)))");
  EXPECT_EQ(error_of("(@x (y)"), ErrorCode::UnclosedAnnotation);
  EXPECT_EQ(error_of("(@ x)"), ErrorCode::EmptyAnnotationId);
  Features features;
  features.set(Feature::CustomAnnotations, false);
  EXPECT_EQ(error_of("(@x)", features), ErrorCode::FeatureDisabled);
}

// Features, scale ------------------------------------------------------------------------------

TEST(ParseFeatures, DisabledOnesAreNamed) {
  const auto without = [](Feature feature) {
    Features features;
    features.set(feature, false);
    return features;
  };
  const auto refused = [&](std::string_view source, Feature feature) {
    must_parse(source);
    const auto module = parse_module(source, without(feature));
    ASSERT_FALSE(module.has_value()) << source;
    EXPECT_EQ(module.error().code, ErrorCode::FeatureDisabled) << source;
    EXPECT_EQ(module.error().a, static_cast<uint64_t>(feature)) << source;
  };
  refused("(func (param v128))", Feature::Simd);
  refused("(func (drop (i32.extend8_s (i32.const 0))))", Feature::SignExt);
  refused("(func (param externref))", Feature::ReferenceTypes);
  refused("(type (struct))", Feature::Gc);
  refused("(tag)", Feature::Exceptions);
  refused("(memory i64 1)", Feature::Memory64);
  refused("(memory 1 1 shared)", Feature::Threads);
  refused("(data \"\")", Feature::BulkMemory);
  refused("(func (param (ref null func)))", Feature::FunctionReferences);
  refused("(func (param i32) (local.get 0) (block (param i32) drop))", Feature::MultiValue);
  refused("(memory 1) (memory 1) (func (drop (memory.size 1)))", Feature::MultiMemory);
}

TEST(ParseScale, DeepNestingNeedsNoStack) {
  constexpr int kDepth = 50'000;
  std::string folded = "(func ";
  std::string flat = "(func ";
  std::string operands = "(func (drop ";
  for (int i = 0; i < kDepth; ++i) {
    folded += "(block $l ";
    flat += "block $l ";
    operands += "(i32.eqz ";
  }
  operands += "(i32.const 0)";
  for (int i = 0; i < kDepth; ++i) {
    folded += "(br $l))";
    flat += "br $l end $l ";
    operands += ")";
  }
  EXPECT_EQ(must_parse(folded + ")")->bodies[0].code.size(), 2u + kDepth * 5u);
  EXPECT_EQ(must_parse(flat + ")")->bodies[0].code.size(), 2u + kDepth * 5u);
  EXPECT_EQ(must_parse(operands + "))")->bodies[0].code.size(), 2u + kDepth + 3u);
  EXPECT_EQ(must_parse("(func (if (i32.const 0) (then " + std::string(kDepth, '\n') + ")))")
                ->bodies[0]
                .code.size(),
            7u);
  std::string comment;
  for (int i = 0; i < kDepth; ++i) comment += "(;";
  for (int i = 0; i < kDepth; ++i) comment += ";)";
  must_parse(comment);
  EXPECT_EQ(error_of("(func " + std::string(kDepth, '(')), ErrorCode::UnexpectedEnd);
}

TEST(ParseSourceMap, FindsTheInstruction) {
  const std::string_view source =
      "(func (nop)) (global i32 (i32.const 5)) (func (drop (i32.add\n"
      "  (i32.const 1) (i32.const 2))))";
  SourceMap map;
  ParseOptions options;
  options.source_map = &map;
  const auto module = parse_module(source, Features(), options);
  ASSERT_TRUE(module.has_value());
  const FuncBody& body = (*module)->bodies[1];
  ASSERT_EQ(hex(body.code), "00 41 01 41 02 6a 1a 0b");
  const auto text_at = [&](uint64_t code_offset, size_t length) {
    return source.substr(map.text_offset(body.offset + code_offset).value(), length);
  };
  EXPECT_EQ(text_at(1, 11), "i32.const 1");
  EXPECT_EQ(text_at(2, 11), "i32.const 1");
  EXPECT_EQ(text_at(3, 11), "i32.const 2");
  EXPECT_EQ(text_at(5, 7), "i32.add");
  EXPECT_EQ(text_at(6, 4), "drop");
  EXPECT_EQ(source.substr(map.text_offset((*module)->globals[0].init.offset).value(), 11),
            "i32.const 5");
  EXPECT_EQ(SourceMap().text_offset(0), std::nullopt);
}

TEST(ParseRange, OnlyThatPartIsRead) {
  const std::string_view source = "junk (module (func)) junk";
  ParseOptions options;
  options.range = {5, 20};
  const auto module = parse_module(source, Features(), options);
  ASSERT_TRUE(module.has_value());
  EXPECT_EQ((*module)->bodies.size(), 1u);
}

}  // namespace
}  // namespace skerry::text
