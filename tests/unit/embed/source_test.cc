// Sources: what they are taken for, and the reports of what is wrong with them.
#include "embed/source.h"

#include "../platform/temp_dir.h"
#include "../support/module_bytes.h"
#include "embedding.h"

namespace skerry::embed {
namespace {

std::string parse_error(const std::shared_ptr<const Source>& source) {
  const auto parsed = parse(source, Features());
  return parsed ? "it parses" : parsed.error().text;
}

std::string validation_error(const std::shared_ptr<const Source>& source) {
  const auto parsed = parse(source, Features());
  if (!parsed) return "it does not parse";
  const auto valid = validate(*parsed, Features(), std::make_shared<TypeRegistry>());
  return valid ? "it is valid" : valid.error().text;
}

TEST(Source, TextIsKnownByItsContent) {
  using namespace std::string_view_literals;
  EXPECT_TRUE(source_of("a", "(module)")->is_text());
  EXPECT_TRUE(source_of("a.wasm", " \r\n\t;; a remark\n(module)")->is_text());
  EXPECT_TRUE(source_of("a.wat", "")->is_text());
  EXPECT_TRUE(source_of("a.wast", " \n")->is_text());
  EXPECT_FALSE(source_of("a.wasm", "")->is_text());
  EXPECT_FALSE(source_of("a.wat", "\0asm\x01\0\0\0"sv)->is_text());
  EXPECT_FALSE(source_of("a.wat", "noise")->is_text());
}

TEST(Source, DataSegmentsMayBeReadLater) {
  using namespace std::string_view_literals;
  // A memory, a segment of one letter, a custom section.
  const auto module = [](std::string_view segment, std::string_view last) {
    std::string bytes("\0asm\x01\0\0\0\x05\x03\x01\0\x01\x0b"sv);
    bytes += static_cast<char>(segment.size());
    bytes += segment;
    bytes += last;
    return source_of("m.wasm", bytes);
  };
  const std::string_view segment = "\x01\0\x41\0\x0b\x01x"sv;
  const std::string_view custom = "\0\x02\x01n"sv;
  const auto good = module(segment, custom);
  auto parsed = parse_without_datas(good, Features());
  ASSERT_TRUE(parsed && parsed->datas_left_out);
  EXPECT_EQ(parsed->datas_left_out->count, 1u);
  EXPECT_TRUE(parsed->module->datas.empty());
  ASSERT_TRUE(read_datas(*parsed, Features()));
  EXPECT_FALSE(parsed->datas_left_out);
  EXPECT_EQ(parsed->module->datas.at(0).bytes.size(), 1u);
  ASSERT_TRUE(read_datas(*parsed, Features()));  // there is nothing to do
  EXPECT_EQ(parsed->module->datas.size(), 1u);

  // What is reported is the same, in whichever part it is.
  const std::string_view bad = "\x01\x07\x41\0\x0b\x01x"sv, cut = "\0\x09\x01n"sv;
  for (const auto& source : {module(bad, custom), module(segment, cut), module(bad, cut)}) {
    const auto whole = parse(source, Features());
    ASSERT_FALSE(whole);
    auto partly = parse_without_datas(source, Features());
    const auto rest = partly ? read_datas(*partly, Features()) : Reported<void>();
    EXPECT_EQ(whole.error().text, partly ? rest.error().text : partly.error().text);
  }
  // Text is parsed at once.
  parsed = parse_without_datas(source_of("m.wat", "(module (memory 1) (data (i32.const 0) \"x\"))"),
                               Features());
  ASSERT_TRUE(parsed);
  EXPECT_FALSE(parsed->datas_left_out);
  EXPECT_EQ(parsed->module->datas.size(), 1u);
}

TEST(Source, OpensFiles) {
  const TempDir temp;
  temp.write("a.wat", "(module)");
  const auto source = Source::open(temp.path("a.wat"));
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->name(), temp.path("a.wat"));
  EXPECT_EQ((*source)->text(), "(module)");
  EXPECT_TRUE((*source)->is_text());
  temp.write("empty.wasm", "");
  const auto empty = Source::open(temp.path("empty.wasm"));
  ASSERT_TRUE(empty);
  EXPECT_TRUE((*empty)->bytes().empty());

  const auto absent = Source::open(temp.path("absent"));
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().error.code, ErrorCode::FileNotFound);
  EXPECT_EQ(absent.error().text, "error: " + temp.path("absent") + ": no such file or directory\n");
}

TEST(Source, BytesThatAreNoModule) {
  using namespace std::string_view_literals;
  EXPECT_EQ(parse_error(source_of("a", "noise")),
            "error: a: not a WebAssembly module (magic header not detected)\n");
  EXPECT_EQ(parse_error(source_of("a", "\0asm\x0d\0\x01\0"sv)),
            "error: a: this is a component; only core modules are supported\n");
  EXPECT_EQ(parse_error(source_of("a", "\0asm\x02\0\0\0"sv)),
            "error: a: malformed module: unknown binary version\n  at offset 0x4\n");
  EXPECT_EQ(parse_error(source_of("a", "\0asm\x01\0\0\0\x01\x05"sv)),
            "error: a: malformed module: length out of bounds\n  at offset 0xa\n");
}

TEST(Source, TextErrorsShowTheLine) {
  EXPECT_EQ(parse_error(source_of("a.wat", "(module\n  (fnc))")),
            "error: a.wat:2:4: unknown operator `fnc`\n"
            "  2 |   (fnc))\n"
            "    |    ^~~\n"
            "  = help: did you mean `func`?\n");
}

TEST(Source, InvalidModulesNameTheFunctionAndThePlace) {
  EXPECT_EQ(validation_error(source_of("a.wat", "(module\n  (func $f\n    i32.add))")),
            "error: a.wat:3:5: type mismatch\n"
            "  3 |     i32.add))\n"
            "    |     ^\n"
            "  in func 0 (`f`)\n");
  const auto bytes = test::one_func(test::func_type({}, {ValType::I32}), {});
  EXPECT_EQ(validation_error(Source::of_bytes("a.wasm", bytes)),
            "error: a.wasm: invalid module: type mismatch\n  at offset 0x18\n  in func 0\n");
  // Outside of functions.
  EXPECT_EQ(validation_error(source_of("b.wat", "(module (memory 1 0))")),
            "error: b.wat: invalid module: size minimum must not be greater than maximum\n");
}

TEST(Source, PlacesInTextAndBinary) {
  const auto text = parse(source_of("a.wat", "(module\n  (func nop))"), Features());
  ASSERT_TRUE(text);
  const uint64_t code = text->module->bodies[0].offset;
  EXPECT_EQ(locate(*text, kNoPosition).name, "a.wat");
  EXPECT_EQ(locate(*text, code + 1).name, "a.wat:2:9");
  EXPECT_EQ(locate(*text, code + 1).snippet, "  2 |   (func nop))\n    |         ^\n");
  const auto binary =
      parse(Source::of_bytes("a.wasm", test::one_func(test::func_type({}, {}), {})), Features());
  ASSERT_TRUE(binary);
  EXPECT_EQ(locate(*binary, 0x1f).name, "a.wasm, offset 0x1f");
  EXPECT_EQ(locate(*binary, 0x1f).snippet, "");
  EXPECT_EQ(locate(*binary, kNoPosition).name, "a.wasm");
}

}  // namespace
}  // namespace skerry::embed
