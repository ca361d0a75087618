// Scripts: commands, modules inside them, values and result patterns.
#include "text/script.h"

#include <fmt/format.h>

#include "binary/decoder.h"
#include "text/cursor.h"
#include "text/lexer.h"
#include "text/literal.h"
#include "text/parse.h"
#include "text/vector_literal.h"

namespace skerry::text {
namespace {

constexpr Keyword kFieldWords[] = {
    Keyword::Type,   Keyword::Rec, Keyword::Import, Keyword::Func,  Keyword::Table, Keyword::Memory,
    Keyword::Global, Keyword::Tag, Keyword::Export, Keyword::Start, Keyword::Elem,  Keyword::Data,
};

struct NumberWord {
  Op op;
  ValType::Kind type;
};
constexpr NumberWord kNumberWords[] = {
    {Op::I32Const, ValType::I32},
    {Op::I64Const, ValType::I64},
    {Op::F32Const, ValType::F32},
    {Op::F64Const, ValType::F64},
};

struct RefWord {
  Word word;
  RefKind kind;
};
constexpr RefWord kRefWords[] = {
    {Word(Op::RefNull), RefKind::Null},    {Word(Op::RefFunc), RefKind::Func},
    {Keyword::RefExtern, RefKind::Extern}, {Keyword::RefHost, RefKind::Host},
    {Keyword::RefAny, RefKind::Any},       {Word(Op::RefEq), RefKind::Eq},
    {Word(Op::RefI31), RefKind::I31},      {Keyword::RefStruct, RefKind::Struct},
    {Keyword::RefArray, RefKind::Array},   {Keyword::RefExn, RefKind::Exn},
};

struct HeapWord {
  Keyword word;
  HeapType::Abstract type;
};
constexpr HeapWord kHeapWords[] = {
    {Keyword::Func, HeapType::Func},         {Keyword::Extern, HeapType::Extern},
    {Keyword::Any, HeapType::Any},           {Keyword::Eq, HeapType::Eq},
    {Keyword::I31, HeapType::I31},           {Keyword::Struct, HeapType::Struct},
    {Keyword::Array, HeapType::Array},       {Keyword::Exn, HeapType::Exn},
    {Keyword::NoExn, HeapType::NoExn},       {Keyword::NoFunc, HeapType::NoFunc},
    {Keyword::NoExtern, HeapType::NoExtern}, {Keyword::None, HeapType::None},
};

class ScriptParser : public TokenCursor {
 public:
  using TokenCursor::TokenCursor;
  Result<Script> parse();

 private:
  bool at_field() const;
  bool at_op(Op op) const { return peek().is(Word(op)); }
  ScriptId parse_id();
  Result<std::string> parse_module_name();
  Result<Command> parse_command(bool in_thread);
  Result<Command> parse_command_word(bool in_thread, Command command);
  Result<ScriptModule> parse_inline_module();
  // These stand behind "(module".
  Result<ScriptModule> parse_module(const Token& open);
  Result<ScriptInstance> parse_instance(const Token& open);
  Result<ScriptModule> expect_module();
  Result<std::variant<ScriptModule, ScriptInstance>> expect_module_or_instance();
  Result<Action> expect_action();
  bool at_action() const { return at_group(Keyword::Invoke) || at_group(Keyword::Get); }
  Result<AssertTrap> parse_assert_trap();
  Result<AssertReturn> parse_assert_return();
  Result<Thread> parse_thread();
  Result<std::string> expect_message() {
    return expect_string("the failure's message as a string");
  }

  Result<ScriptValue> parse_value();
  Result<ResultPattern> parse_result();
  // Both stand behind the group's `(`; values are patterns without a NaN.
  Result<SimplePattern> parse_pattern();
  Result<VectorPattern> parse_vector();
  Result<RefPattern> parse_ref(RefKind kind);
  Result<LanePattern> parse_lane(const VectorShape& shape);
};

Result<Script> ScriptParser::parse() {
  Script script;
  while (!at(TokenKind::End)) script.commands.push_back(TRY(parse_command(false)));
  return script;
}

bool ScriptParser::at_field() const {
  if (at(TokenKind::Annotation)) return true;
  for (const Keyword word : kFieldWords)
    if (at_group(word)) return true;
  return false;
}

ScriptId ScriptParser::parse_id() {
  if (!at(TokenKind::Id)) return std::nullopt;
  const std::string_view id = text(take()).substr(1);
  return id[0] == '"' ? unescape(id) : std::string(id);
}

Result<std::string> ScriptParser::parse_module_name() {
  ScriptId id = parse_id();
  if (!id) return unexpected("an identifier");
  return *std::move(id);
}

Result<Command> ScriptParser::parse_command(bool in_thread) {
  Command command;
  command.position = peek().begin;
  if (at_field()) {
    command.what = TRY(parse_inline_module());
    return command;
  }
  if (at_action()) {
    command.what = TRY(expect_action());
    return command;
  }
  if (at_group(Keyword::Module)) {
    if (peek(2).is(Keyword::Instance))
      std::visit([&](auto subject) { command.what = std::move(subject); },
                 TRY(expect_module_or_instance()));
    else
      command.what = TRY(expect_module());
    return command;
  }
  TRY(expect_open("a command"));
  command = TRY(parse_command_word(in_thread, std::move(command)));
  TRY(expect_close());
  return command;
}

Result<Command> ScriptParser::parse_command_word(bool in_thread, Command command) {
  if (accept(Keyword::Register)) {
    Register what{.name = TRY(expect_name("a name as a string")), .module = {}};
    what.module = parse_id();
    command.what = std::move(what);
  } else if (accept(Keyword::AssertReturn)) {
    command.what = TRY(parse_assert_return());
  } else if (accept(Keyword::AssertTrap)) {
    command.what = TRY(parse_assert_trap());
  } else if (accept(Keyword::AssertExhaustion)) {
    AssertExhaustion what;
    what.action = TRY(expect_action());
    what.message = TRY(expect_message());
    command.what = std::move(what);
  } else if (accept(Keyword::AssertException)) {
    command.what = AssertException{TRY(expect_action())};
  } else if (at(Keyword::AssertMalformed) || at(Keyword::AssertMalformedCustom)) {
    AssertMalformed what;
    what.is_custom = take().is(Keyword::AssertMalformedCustom);
    what.module = TRY(expect_module());
    what.message = TRY(expect_message());
    command.what = std::move(what);
  } else if (at(Keyword::AssertInvalid) || at(Keyword::AssertInvalidCustom)) {
    AssertInvalid what;
    what.is_custom = take().is(Keyword::AssertInvalidCustom);
    what.module = TRY(expect_module());
    what.message = TRY(expect_message());
    command.what = std::move(what);
  } else if (accept(Keyword::AssertUnlinkable)) {
    AssertUnlinkable what;
    what.subject = TRY(expect_module_or_instance());
    what.message = TRY(expect_message());
    command.what = std::move(what);
  } else if (!in_thread && accept(Keyword::Thread)) {
    command.what = TRY(parse_thread());
  } else if (accept(Keyword::Wait)) {
    command.what = Wait{TRY(parse_module_name())};
  } else {
    return unexpected("a command");
  }
  return command;
}

// Modules
// ------------------------------------------------------------------------------------------

// Fields without "(module" around them are one module.
Result<ScriptModule> ScriptParser::parse_inline_module() {
  ScriptModule module;
  module.position = peek().begin;
  module.range.begin = module.position;
  while (at_field()) {
    take();
    TRY(skip_groups(1));
  }
  module.range.end = peek().begin;
  return module;
}

Result<ScriptModule> ScriptParser::parse_module(const Token& open) {
  ScriptModule module;
  module.position = open.begin;
  module.is_definition = accept(Keyword::Definition);
  module.id = parse_id();
  const bool is_binary = at(Keyword::Binary);
  if (!is_binary && !at(Keyword::Quote)) {
    TRY(skip_groups(1));
    module.range = {open.begin, peek().begin};
    return module;
  }
  take();
  module.form = is_binary ? ModuleForm::Binary : ModuleForm::Quote;
  while (at(TokenKind::String)) module.bytes += unescape(text(take()));
  TRY(expect_close());
  return module;
}

Result<ScriptInstance> ScriptParser::parse_instance(const Token& open) {
  ScriptInstance instance;
  instance.position = open.begin;
  instance.id = parse_id();
  instance.definition = parse_id();
  TRY(expect_close());
  return instance;
}

Result<ScriptModule> ScriptParser::expect_module() {
  const Token open = peek();
  if (!accept_group(Keyword::Module)) return unexpected("`(module`");
  return parse_module(open);
}

Result<std::variant<ScriptModule, ScriptInstance>> ScriptParser::expect_module_or_instance() {
  const Token open = peek();
  if (!accept_group(Keyword::Module)) return unexpected("`(module`");
  if (accept(Keyword::Instance)) return TRY(parse_instance(open));
  return TRY(parse_module(open));
}

// Actions and assertions
// ---------------------------------------------------------------------------

Result<Action> ScriptParser::expect_action() {
  Action action;
  action.position = peek().begin;
  if (accept_group(Keyword::Invoke)) {
    Invoke invoke;
    invoke.module = parse_id();
    invoke.function = TRY(expect_name("the function's name as a string"));
    while (at(TokenKind::LeftParen)) invoke.arguments.push_back(TRY(parse_value()));
    action.what = std::move(invoke);
  } else if (accept_group(Keyword::Get)) {
    Get get;
    get.module = parse_id();
    get.global = TRY(expect_name("the global's name as a string"));
    action.what = std::move(get);
  } else {
    return unexpected("`(invoke` or `(get`");
  }
  TRY(expect_close());
  return action;
}

Result<AssertReturn> ScriptParser::parse_assert_return() {
  AssertReturn assertion{.action = TRY(expect_action()), .results = {}};
  while (at(TokenKind::LeftParen)) assertion.results.push_back(TRY(parse_result()));
  return assertion;
}

Result<AssertTrap> ScriptParser::parse_assert_trap() {
  AssertTrap assertion;
  if (at_action())
    assertion.subject = TRY(expect_action());
  else
    std::visit([&](auto subject) { assertion.subject = std::move(subject); },
               TRY(expect_module_or_instance()));
  assertion.message = TRY(expect_message());
  return assertion;
}

Result<Thread> ScriptParser::parse_thread() {
  Thread thread{.id = TRY(parse_module_name()), .shared_modules = {}, .commands = {}};
  while (accept_group(Keyword::Shared)) {
    while (accept_group(Keyword::Module)) {
      thread.shared_modules.push_back(TRY(parse_module_name()));
      TRY(expect_close());
    }
    TRY(expect_close());
  }
  while (!at(TokenKind::RightParen)) thread.commands.push_back(TRY(parse_command(true)));
  return thread;
}

// Values
// -------------------------------------------------------------------------------------------

Result<ScriptValue> ScriptParser::parse_value() {
  const Token begin = peek(1);
  TRY(expect_open("a value"));
  const SimplePattern pattern = TRY(parse_pattern());
  TRY(expect_close());
  if (const auto* number = std::get_if<NumberPattern>(&pattern)) {
    if (number->nan != NanPattern::None)
      return fail_at(begin, ErrorCode::UnexpectedToken, "a NaN pattern is not a value");
    return NumberValue{number->type, number->bits};
  }
  if (const auto* ref = std::get_if<RefPattern>(&pattern))
    return RefValue{ref->kind, ref->heap, ref->number};
  const auto& vector = std::get<VectorPattern>(pattern);
  VectorValue value;
  size_t at = 0;
  for (const LanePattern& lane : vector.lanes) {
    if (lane.nan != NanPattern::None)
      return fail_at(begin, ErrorCode::UnexpectedToken, "a NaN pattern is not a value");
    for (size_t i = 0; i < value.bytes.size() / vector.lanes.size(); ++i)
      value.bytes[at++] = static_cast<uint8_t>(lane.bits >> (8 * i));
  }
  return value;
}

Result<ResultPattern> ScriptParser::parse_result() {
  ResultPattern result;
  if (!accept_group(Keyword::Either)) {
    TRY(expect_open("a result"));
    result.alternatives.push_back(TRY(parse_pattern()));
    TRY(expect_close());
    return result;
  }
  while (at(TokenKind::LeftParen)) {
    take();
    result.alternatives.push_back(TRY(parse_pattern()));
    TRY(expect_close());
  }
  TRY(expect_close());
  return result;
}

Result<SimplePattern> ScriptParser::parse_pattern() {
  for (const NumberWord& row : kNumberWords) {
    if (!at_op(row.op)) continue;
    take();
    const bool is_float = row.type == ValType::F32 || row.type == ValType::F64;
    const bool is_wide = row.type == ValType::I64 || row.type == ValType::F64;
    const VectorShape shape{Keyword::I32, 1, is_wide ? 64u : 32u, is_float};
    const LanePattern value = TRY(parse_lane(shape));
    return NumberPattern{row.type, value.bits, value.nan};
  }
  if (at_op(Op::V128Const)) {
    take();
    return TRY(parse_vector());
  }
  for (const RefWord& row : kRefWords) {
    if (!peek().is(row.word)) continue;
    take();
    return TRY(parse_ref(row.kind));
  }
  return unexpected("a constant such as `i32.const`");
}

Result<RefPattern> ScriptParser::parse_ref(RefKind kind) {
  RefPattern ref{.kind = kind, .heap = {}, .number = {}};
  if (kind == RefKind::Null) {
    for (const HeapWord& row : kHeapWords)
      if (!ref.heap && accept(row.word)) ref.heap = row.type;
  } else if (at(TokenKind::Nat)) {
    ref.number = TRY(expect_nat(~uint64_t{0}, "a number"));
  }
  return ref;
}

Result<VectorPattern> ScriptParser::parse_vector() {
  VectorPattern vector;
  const VectorShape* shape = nullptr;
  for (const VectorShape& candidate : kVectorShapes)
    if (accept(candidate.word)) shape = &candidate;
  if (!shape) return unexpected("a vector shape such as `i32x4`");
  vector.shape = static_cast<LaneShape>(shape - kVectorShapes);
  for (unsigned i = 0; i < shape->lanes; ++i) vector.lanes.push_back(TRY(parse_lane(*shape)));
  return vector;
}

Result<LanePattern> ScriptParser::parse_lane(const VectorShape& shape) {
  if (shape.is_float && accept(Keyword::NanCanonical)) return LanePattern{0, NanPattern::Canonical};
  if (shape.is_float && accept(Keyword::NanArithmetic))
    return LanePattern{0, NanPattern::Arithmetic};
  const Token& token = peek();
  if (!token.is_integer() && !(shape.is_float && token.kind == TokenKind::Float))
    return unexpected(shape.is_float ? "a number" : "an integer");
  take();
  const auto bits = parse_lane_literal(shape, text(token));
  if (!bits) return out_of_range(token, "its type");
  return LanePattern{*bits, NanPattern::None};
}

}  // namespace

Result<std::shared_ptr<const Module>> load_module(std::string_view source,
                                                  const ScriptModule& module, Features features,
                                                  Diagnostic* diagnostic) {
  ParseOptions options;
  options.diagnostic = diagnostic;
  if (module.form == ModuleForm::Quote) return parse_module(module.bytes, features, options);
  if (module.form == ModuleForm::Text) {
    options.range = module.range;
    return parse_module(source, features, options);
  }
  const auto bytes = std::make_shared<const std::string>(module.bytes);
  auto decoded = decode_module(as_bytes(*bytes), bytes, features);
  if (!decoded && diagnostic) {
    *diagnostic = Diagnostic{};
    diagnostic->error = decoded.error();
  }
  return decoded;
}

Result<Script> parse_script(std::string_view source, Features features, Diagnostic* diagnostic) {
  Diagnostic ignored;
  Diagnostic& out = diagnostic ? *diagnostic : ignored;
  const auto tokens = TRY(tokenize(source, {}, features, out));
  return ScriptParser(source, tokens, out).parse();
}

}  // namespace skerry::text
