// Scripts: every command as a value, and modules inside them.
#include "text/script.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "parsing.h"

namespace skerry::text {
namespace {

std::vector<Command> commands_of(std::string_view source) {
  Diagnostic diagnostic;
  auto script = parse_script(source, Features(), &diagnostic);
  EXPECT_TRUE(script.has_value()) << format_diagnostic("test.wast", source, diagnostic);
  return script ? std::move(script->commands) : std::vector<Command>();
}

template <class T>
T only(std::string_view source) {
  const auto commands = commands_of(source);
  EXPECT_EQ(commands.size(), 1u) << source;
  const T* what = commands.empty() ? nullptr : std::get_if<T>(&commands[0].what);
  EXPECT_NE(what, nullptr) << source;
  return what ? *what : T();
}

TEST(Script, ModuleForms) {
  EXPECT_EQ(only<ScriptModule>("(module $M (func))").id, "M");
  const auto binary = only<ScriptModule>(R"((module binary "\00asm" "\01\00\00\00"))");
  EXPECT_EQ(binary.form, ModuleForm::Binary);
  EXPECT_EQ(binary.bytes, std::string("\0asm\1\0\0\0", 8));
  EXPECT_TRUE(load_module("", binary, Features()).has_value());
  const auto quote = only<ScriptModule>(R"-((module quote "(func" ")" " bad"))-");
  EXPECT_EQ(quote.bytes, "(func) bad");
  EXPECT_EQ(load_module("", quote, Features()).error().position, 7u);
  EXPECT_TRUE(only<ScriptModule>("(module definition $M (func))").is_definition);
  EXPECT_TRUE(only<ScriptModule>(R"((module definition $M binary ""))").is_definition);
  const auto instance = only<ScriptInstance>("(module instance $I $M)");
  EXPECT_EQ(instance.id, "I");
  EXPECT_EQ(instance.definition, "M");
  EXPECT_EQ(only<ScriptInstance>("(module instance)").id, std::nullopt);
}

TEST(Script, TextModulesAreParsedWhenAsked) {
  const std::string_view source = "(module (func))\n(module definition $D (func) (func (bad)))";
  const auto commands = commands_of(source);
  ASSERT_EQ(commands.size(), 2u);
  EXPECT_EQ(commands[1].position, 16u);
  const auto& good = std::get<ScriptModule>(commands[0].what);
  const auto& bad = std::get<ScriptModule>(commands[1].what);
  const auto module = load_module(source, good, Features());
  ASSERT_TRUE(module.has_value());
  EXPECT_EQ((*module)->bodies.size(), 1u);
  Diagnostic diagnostic;
  const auto failure = load_module(source, bad, Features(), &diagnostic);
  ASSERT_FALSE(failure.has_value());
  EXPECT_EQ(locate(source, failure.error().position), (TextPosition{2, 37}));
  EXPECT_EQ(diagnostic.message, "unknown operator `bad`");
}

TEST(Script, FieldsWithoutModule) {
  const std::string_view source = "(func) (memory 1) (@custom \"x\")\n(invoke \"f\") (func)";
  const auto commands = commands_of(source);
  ASSERT_EQ(commands.size(), 3u);
  const auto module = load_module(source, std::get<ScriptModule>(commands[0].what), Features());
  ASSERT_TRUE(module.has_value());
  EXPECT_EQ((*module)->memories.size(), 1u);
  EXPECT_EQ((*module)->customs.size(), 1u);
}

TEST(Script, Actions) {
  const auto invoke = std::get<Invoke>(
      only<Action>(
          R"((invoke $M "f\41" (i32.const -1) (f64.const 0.5) (v128.const i16x8 1 2 3 4 5 6 7 8)
          (ref.null extern) (ref.extern 7) (ref.host 1)))")
          .what);
  EXPECT_EQ(invoke.module, "M");
  EXPECT_EQ(invoke.function, "fA");
  ASSERT_EQ(invoke.arguments.size(), 6u);
  EXPECT_EQ(std::get<NumberValue>(invoke.arguments[0]).bits, 0xffffffffu);
  EXPECT_EQ(std::get<NumberValue>(invoke.arguments[1]).type, ValType::F64);
  EXPECT_EQ(std::get<VectorValue>(invoke.arguments[2]).bytes[14], 8);
  EXPECT_EQ(std::get<RefValue>(invoke.arguments[3]).heap, HeapType(HeapType::Extern));
  EXPECT_EQ(std::get<RefValue>(invoke.arguments[4]).number, 7u);
  EXPECT_EQ(std::get<RefValue>(invoke.arguments[5]).kind, RefKind::Host);
  EXPECT_EQ(std::get<Get>(only<Action>(R"((get "g"))").what).global, "g");
  EXPECT_FALSE(parse_script(R"((invoke "f" (f32.const nan:canonical)))", Features()).has_value());
}

TEST(Script, ResultPatterns) {
  const auto assertion = only<AssertReturn>(R"((assert_return (invoke "f")
    (i64.const 5) (f32.const nan:canonical) (f64.const nan:0x1)
    (v128.const f32x4 1 nan:arithmetic 3 nan:canonical) (ref.null) (ref.func) (ref.array) (ref.i31)
    (ref.eq) (either (i32.const 1) (i32.const 2) (f32.const nan:arithmetic))))");
  ASSERT_EQ(assertion.results.size(), 10u);
  const auto simple = [&](size_t i) { return assertion.results[i].alternatives.at(0); };
  EXPECT_EQ(std::get<NumberPattern>(simple(0)).bits, 5u);
  EXPECT_EQ(std::get<NumberPattern>(simple(1)).nan, NanPattern::Canonical);
  EXPECT_EQ(std::get<NumberPattern>(simple(2)).bits, 0x7ff0000000000001u);
  const auto vector = std::get<VectorPattern>(simple(3));
  EXPECT_EQ(vector.shape, LaneShape::F32x4);
  EXPECT_EQ(vector.lanes[1].nan, NanPattern::Arithmetic);
  EXPECT_EQ(vector.lanes[2].bits, 0x40400000u);
  EXPECT_EQ(std::get<RefPattern>(simple(4)).heap, std::nullopt);
  EXPECT_EQ(std::get<RefPattern>(simple(6)).kind, RefKind::Array);
  EXPECT_EQ(assertion.results[9].alternatives.size(), 3u);
}

TEST(Script, Assertions) {
  EXPECT_EQ(only<AssertTrap>(R"((assert_trap (invoke "f") "unreachable"))").message, "unreachable");
  EXPECT_TRUE(std::holds_alternative<ScriptModule>(
      only<AssertTrap>(R"((assert_trap (module (func)) "x"))").subject));
  EXPECT_TRUE(std::holds_alternative<ScriptInstance>(
      only<AssertUnlinkable>(R"((assert_unlinkable (module instance $I $M) "x"))").subject));
  EXPECT_EQ(only<AssertExhaustion>(R"((assert_exhaustion (invoke "f") "call stack"))").message,
            "call stack");
  only<AssertException>(R"((assert_exception (invoke "f")))");
  EXPECT_EQ(only<AssertMalformed>(R"((assert_malformed (module quote "(") "x"))").module.bytes,
            "(");
  EXPECT_FALSE(only<AssertInvalid>(R"((assert_invalid (module) "x"))").is_custom);
  EXPECT_TRUE(only<AssertInvalid>(R"((assert_invalid_custom (module) "x"))").is_custom);
  EXPECT_EQ(only<Register>(R"((register "a" $M))").module, "M");
}

TEST(Script, Threads) {
  const auto thread = only<Thread>(R"((thread $T (shared (module $Mem))
    (register "mem" $Mem) (module (memory (import "mem" "m") 1)) (invoke "run")))");
  EXPECT_EQ(thread.id, "T");
  EXPECT_EQ(thread.shared_modules, std::vector<std::string>{"Mem"});
  ASSERT_EQ(thread.commands.size(), 3u);
  EXPECT_TRUE(std::holds_alternative<ScriptModule>(thread.commands[1].what));
  EXPECT_EQ(only<Wait>("(wait $T)").thread, "T");
}

TEST(Script, Errors) {
  const auto message = [](std::string_view source) {
    Diagnostic diagnostic;
    EXPECT_FALSE(parse_script(source, Features(), &diagnostic).has_value());
    return diagnostic.message;
  };
  EXPECT_EQ(message("(asert_return (invoke \"f\"))"), "unknown operator `asert_return`");
  EXPECT_EQ(message("(assert_return (module))"),
            "unexpected token `(`, expected `(invoke` or `(get`");
  EXPECT_EQ(message("(module"), "unexpected end of text, expected `)`");
  EXPECT_EQ(message("(wait)"), "unexpected token `)`, expected an identifier");
}

}  // namespace
}  // namespace skerry::text
