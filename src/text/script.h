// The .wast script: modules, actions and assertions as typed values, in order.
// Not here: running them. Text modules are found but not parsed, so that what is wrong with one is
// the runner's to report (or to expect): load_module() parses it when asked.
// Source: the reference interpreter's script grammar, with the threads proposal's commands.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "text/diagnostic.h"
#include "wasm/module.h"

namespace skerry::text {

// Names of modules and threads are without their `$`.
using ScriptId = std::optional<std::string>;

// Modules
// ------------------------------------------------------------------------------------------

enum class ModuleForm : uint8_t { Text, Binary, Quote };

struct ScriptModule {
  uint64_t position = 0;
  ModuleForm form = ModuleForm::Text;
  bool is_definition = false;  // `(module definition ...)`: only to be instantiated by name
  ScriptId id;
  SourceRange range;  // Text: what parse_module() is to read
  std::string bytes;  // Binary: the module; Quote: its text
};

// `(module instance $id $definition)`: one more instance of a definition, the last one by default.
struct ScriptInstance {
  uint64_t position = 0;
  ScriptId id;
  ScriptId definition;
};

// Parses or decodes the module. Positions in the error and the diagnostic refer to `source` for a
// Text, to `module.bytes` for the others.
Result<std::shared_ptr<const Module>> load_module(std::string_view source,
                                                  const ScriptModule& module, Features features,
                                                  Diagnostic* diagnostic = nullptr);

// Values
// -------------------------------------------------------------------------------------------

enum class RefKind : uint8_t {
  Null,
  Func,
  Extern,
  Host,
  Any,
  Eq,
  I31,
  Struct,
  Array,
  Exn,
};

struct NumberValue {
  ValType::Kind type = ValType::I32;  // I32, I64, F32 or F64
  uint64_t bits = 0;
};
struct VectorValue {
  std::array<uint8_t, 16> bytes{};
};
struct RefValue {
  RefKind kind = RefKind::Null;
  std::optional<HeapType> heap;    // Null: its type, if given
  std::optional<uint64_t> number;  // Extern, Host, Func: which one, if given
};
using ScriptValue = std::variant<NumberValue, VectorValue, RefValue>;

// What a result must look like. ---

enum class NanPattern : uint8_t { None, Canonical, Arithmetic };

struct NumberPattern {
  ValType::Kind type = ValType::I32;
  uint64_t bits = 0;                  // nan None
  NanPattern nan = NanPattern::None;  // F32 and F64 only
};
enum class LaneShape : uint8_t { I8x16, I16x8, I32x4, I64x2, F32x4, F64x2 };
struct LanePattern {
  uint64_t bits = 0;
  NanPattern nan = NanPattern::None;
};
struct VectorPattern {
  LaneShape shape = LaneShape::I32x4;
  std::vector<LanePattern> lanes;  // as many as the shape has
};
// `number` absent: any reference of the kind. Null with a heap type: null is null, the type is not
// compared by the reference interpreter either.
struct RefPattern {
  RefKind kind = RefKind::Null;
  std::optional<HeapType> heap;
  std::optional<uint64_t> number;
};
using SimplePattern = std::variant<NumberPattern, VectorPattern, RefPattern>;
// More than one alternative: `(either ...)`.
struct ResultPattern {
  std::vector<SimplePattern> alternatives;
};

// Commands
// -----------------------------------------------------------------------------------------

struct Invoke {
  ScriptId module;  // absent: the last one instantiated
  std::string function;
  std::vector<ScriptValue> arguments;
};
struct Get {
  ScriptId module;
  std::string global;
};
struct Action {
  uint64_t position = 0;
  std::variant<Invoke, Get> what;
};

struct Register {
  std::string name;
  ScriptId module;
};
struct AssertReturn {
  Action action;
  std::vector<ResultPattern> results;
};
struct AssertTrap {
  std::variant<Action, ScriptModule, ScriptInstance> subject;
  std::string message;
};
struct AssertExhaustion {
  Action action;
  std::string message;
};
struct AssertException {
  Action action;
};
struct AssertMalformed {
  ScriptModule module;
  std::string message;
  bool is_custom =
      false;  // assert_malformed_custom: only custom sections or annotations are at fault
};
struct AssertInvalid {
  ScriptModule module;
  std::string message;
  bool is_custom = false;
};
struct AssertUnlinkable {
  std::variant<ScriptModule, ScriptInstance> subject;
  std::string message;
};
struct Command;
// `(thread $T (shared (module $M))* command*)`: runs its commands beside those that follow.
struct Thread {
  std::string id;
  std::vector<std::string> shared_modules;
  std::vector<Command> commands;
};
struct Wait {
  std::string thread;
};

struct Command {
  uint64_t position = 0;
  std::variant<ScriptModule, ScriptInstance, Register, Action, AssertReturn, AssertTrap,
               AssertExhaustion, AssertException, AssertMalformed, AssertInvalid, AssertUnlinkable,
               Thread, Wait>
      what;
};

struct Script {
  std::vector<Command> commands;
};

// `features` matter for the lexical format only (annotations).
Result<Script> parse_script(std::string_view source, Features features,
                            Diagnostic* diagnostic = nullptr);

}  // namespace skerry::text
