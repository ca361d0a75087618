// Messages, word for word: what the reader of a refused text sees.
#include "text/diagnostic.h"

#include <gtest/gtest.h>

#include "parsing.h"
#include "text/lexer.h"

namespace skerry::text {
namespace {

TEST(Locate, CountsCharactersNotBytes) {
  const std::string_view source = "ab\n\xc3\xa9x\r\n";
  EXPECT_EQ(locate(source, 0), (TextPosition{1, 1}));
  EXPECT_EQ(locate(source, 2), (TextPosition{1, 3}));
  EXPECT_EQ(locate(source, 3), (TextPosition{2, 1}));
  EXPECT_EQ(locate(source, 5), (TextPosition{2, 2}));
  EXPECT_EQ(locate(source, 8), (TextPosition{3, 1}));
  EXPECT_EQ(locate(source, 1000), (TextPosition{3, 1}));
  EXPECT_EQ(locate("", 0), (TextPosition{1, 1}));
}

TEST(Diagnostic, UnknownOperatorSuggestsTheNearest) {
  EXPECT_EQ(complaint("(module\n  (func (param i32)\n    (drop (i32.ad (local.get 0)))))"),
            "test.wat:3:12: unknown operator `i32.ad`\n"
            "  3 |     (drop (i32.ad (local.get 0)))))\n"
            "    |            ^~~~~~\n"
            "  = help: did you mean `i32.add`?\n");
  EXPECT_EQ(complaint("(func (get_local 0))"),
            "test.wat:1:8: unknown operator `get_local`\n"
            "  1 | (func (get_local 0))\n"
            "    |        ^~~~~~~~~\n"
            "  = help: did you mean `local.get`?\n");
  EXPECT_EQ(complaint("(fnuc)"),
            "test.wat:1:2: unknown operator `fnuc`\n"
            "  1 | (fnuc)\n"
            "    |  ^~~~\n"
            "  = help: did you mean `func`?\n");
  EXPECT_EQ(complaint("(func (qwertyuiop))"),
            "test.wat:1:8: unknown operator `qwertyuiop`\n"
            "  1 | (func (qwertyuiop))\n"
            "    |        ^~~~~~~~~~\n");
}

TEST(Diagnostic, UnknownIdentifierSuggestsTheNearest) {
  EXPECT_EQ(complaint("(func $count (local $index i32)\n  local.get $indx)"),
            "test.wat:2:13: unknown local `$indx`\n"
            "  2 |   local.get $indx)\n"
            "    |             ^~~~~\n"
            "  = help: did you mean `$index`?\n");
  EXPECT_EQ(complaint("(func block $out br $uot end)"),
            "test.wat:1:21: unknown label `$uot`\n"
            "  1 | (func block $out br $uot end)\n"
            "    |                     ^~~~\n"
            "  = help: did you mean `$out`?\n");
}

TEST(Diagnostic, DuplicatesShowTheFirst) {
  EXPECT_EQ(complaint("(func $f)\n(func $g)\n(func $f)"),
            "test.wat:3:7: duplicate func `$f`\n"
            "  3 | (func $f)\n"
            "    |       ^~\n"
            "test.wat:1:7: note: first defined here\n"
            "  1 | (func $f)\n"
            "    |       ^~\n");
}

TEST(Diagnostic, UnclosedThings) {
  EXPECT_EQ(complaint("(module\n  (func (nop)\n"),
            "test.wat:3:1: unexpected end of text, expected `)`\n"
            "  3 | \n"
            "    | ^\n"
            "test.wat:2:3: note: this parenthesis is never closed\n"
            "  2 |   (func (nop)\n"
            "    |   ^\n");
  EXPECT_EQ(complaint("(func block nop)"),
            "test.wat:1:16: unexpected token `)`, expected an instruction or `end`\n"
            "  1 | (func block nop)\n"
            "    |                ^\n"
            "test.wat:1:7: note: inside this `block`\n"
            "  1 | (func block nop)\n"
            "    |       ^~~~~\n");
  EXPECT_EQ(complaint("(data \"abc)\n"),
            "test.wat:1:7: unclosed string: `\"` is missing before the end of the line\n"
            "  1 | (data \"abc)\n"
            "    |       ^~~~~\n");
  EXPECT_EQ(complaint("(func) (; (; ;)"),
            "test.wat:1:8: this comment is never closed\n"
            "  1 | (func) (; (; ;)\n"
            "    |        ^~\n");
}

TEST(Diagnostic, SaysWhatWasExpected) {
  EXPECT_EQ(complaint("(func (param $x))"),
            "test.wat:1:16: unexpected token `)`, expected a value type\n"
            "  1 | (func (param $x))\n"
            "    |                ^\n");
  EXPECT_EQ(complaint("(func (i32.const))"),
            "test.wat:1:17: unexpected token `)`, expected an i32 literal\n"
            "  1 | (func (i32.const))\n"
            "    |                 ^\n");
  EXPECT_EQ(complaint("(func (i32.const 0x1_0000_0000))"),
            "test.wat:1:18: constant out of range: `0x1_0000_0000` does not fit i32\n"
            "  1 | (func (i32.const 0x1_0000_0000))\n"
            "    |                  ^~~~~~~~~~~~~\n");
  EXPECT_EQ(complaint("(func (result i32) (param i32))"),
            "test.wat:1:21: unexpected token `param`, expected something else: `type`, `param` and "
            "`result` stand in this order\n"
            "  1 | (func (result i32) (param i32))\n"
            "    |                     ^~~~~\n");
  EXPECT_EQ(complaint("(type $t (func (param i32))) (func (type $t) (result i64))"),
            "test.wat:1:37: inline function type: the parameters and results written here are not "
            "those of the type\n"
            "  1 | (type $t (func (param i32))) (func (type $t) (result i64))\n"
            "    |                                     ^~~~\n"
            "  = help: the type is `(func (param i32))`\n");
}

TEST(Diagnostic, NamesTheMissingFeature) {
  Features features;
  features.set(Feature::Simd, false);
  EXPECT_EQ(complaint("(func (drop (v128.const i64x2 0 0)))", features),
            "test.wat:1:14: this needs the feature `simd`, which is not enabled\n"
            "  1 | (func (drop (v128.const i64x2 0 0)))\n"
            "    |              ^~~~~~~~~~\n");
}

TEST(Diagnostic, KeepsTabsAndShortensLongLines) {
  EXPECT_EQ(complaint("\t\t(bad)"),
            "test.wat:1:4: unknown operator `bad`\n"
            "  1 | \t\t(bad)\n"
            "    | \t\t ^~~\n");
  const std::string padding(500, ' ');
  EXPECT_EQ(complaint(padding + "(bad)" + padding),
            "test.wat:1:502: unknown operator `bad`\n"
            "  1 | ..." +
                std::string(59, ' ') + "(bad)" + std::string(36, ' ') +
                "...\n"
                "    | " +
                std::string(63, ' ') + "^~~\n");
}

TEST(Diagnostic, PassesOnNoControlCharacters) {
  // Terminal escapes and changes of direction in a module's text must not reach the terminal.
  const std::string text = complaint("(; \x1b[31m \xe2\x80\xae ;) (func (export \"\xc3\xa9\") $)");
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
  EXPECT_NE(text.find("\xc3\xa9"), std::string::npos);
}

TEST(Diagnostic, MalformedUtf8IsFound) {
  Diagnostic diagnostic;
  const auto tokens = tokenize("(func) ;; \xc3\xa9\xff", {}, Features(), diagnostic);
  ASSERT_FALSE(tokens.has_value());
  EXPECT_EQ(tokens.error().code, ErrorCode::MalformedUtf8);
  EXPECT_EQ(tokens.error().position, 12u);
}

TEST(Diagnostic, WithoutPositionOrMessage) {
  EXPECT_EQ(format_diagnostic("a.wasm", "", Error{ErrorCode::BadMagic}),
            "a.wasm: magic header not detected\n");
  EXPECT_EQ(format_diagnostic("a.wat", "(x)", Error{ErrorCode::UnexpectedToken, 1}),
            "a.wat:1:2: unexpected token\n"
            "  1 | (x)\n"
            "    |  ^\n");
}

}  // namespace
}  // namespace skerry::text
