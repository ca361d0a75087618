// First what rules say of parameters, then their types, then the result.
#include "bindgen/method_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "bindgen/c_abi.h"
#include "bindgen/go_names.h"

namespace skerry::bindgen {
namespace {

using Kind = Argument::Kind;
using policy::DiagnosticCode;

// What generated code puts behind a parameter's name for variables of its own.
constexpr std::string_view kEnds[] = {"At",      "Bytes",     "Out",   "Given",
                                      "Address", "Addresses", "Answer"};

std::unexpected<std::string> no(std::string why) { return std::unexpected(std::move(why)); }

bool is_text_pointer(const CType& type) {
  return type.kind == CType::Kind::Pointer && type.inner->is_char && type.inner->is_const;
}

bool is_number(const CType& type) { return type.is_number() && type.bytes <= 8; }

bool is_byte(const CType& type) { return type.kind == CType::Kind::Int && type.bytes == 1; }

// Of the byte slices of Go, whatever they are in C.
CType byte_type() {
  CType made;
  made.kind = CType::Kind::Int;
  made.bytes = 1;
  return made;
}

constexpr std::string_view kKeepHint =
    "\"instance\": as long as there is the instance; \"release(user)\", two parameters: until the "
    "library calls release with user";

CType number_type(ValType type) {
  CType made;
  made.kind = type.kind() == ValType::F32 || type.kind() == ValType::F64 ? CType::Kind::Float
                                                                         : CType::Kind::Int;
  made.bytes = type.kind() == ValType::I32 || type.kind() == ValType::F32 ? 4 : 8;
  made.is_signed = true;
  return made;
}

}  // namespace

bool MethodPlanner::is_handle(const CType& type) const {
  if (!type.is_pointer_to(CType::Kind::Record) || type.inner->name.empty()) return false;
  const auto record = input_.header->records.find(type.inner->name);
  return input_.rules->handles.contains(type.inner->name) ||
         (record != input_.header->records.end() && !record->second.is_complete);
}

std::optional<size_t> MethodPlanner::find(const CFunction& function, const std::string& name,
                                          const policy::Place& place) {
  const auto found = std::ranges::find(function.parameters, name, &CParameter::name);
  if (found != function.parameters.end() && !name.empty())
    return static_cast<size_t>(found - function.parameters.begin());
  for (size_t i = 0; i < function.parameters.size(); ++i)
    if (name == std::to_string(i + 1)) return i;
  std::string hint = fmt::format("the parameters of {} are", function.name);
  for (size_t i = 0; i < function.parameters.size(); ++i)
    hint += fmt::format(" {} {}", i + 1, function.parameters[i].name);
  diagnostics_.push_back({DiagnosticCode::UnknownName, place, name, hint});
  return std::nullopt;
}

void MethodPlanner::mark(const CFunction& function, const std::vector<PointerRule>& rules, Way way,
                         Method& method) {
  for (const PointerRule& rule : rules) {
    const auto index = find(function, rule.pointer, rule.place);
    if (!index) continue;
    Argument& argument = method.arguments[*index];
    if (marked_[*index])
      diagnostics_.push_back({DiagnosticCode::GivenTwice, rule.place, rule.pointer, {}});
    marked_[*index] = true;
    argument.way = way;
    argument.kind = rule.length.empty() ? Kind::Single : Kind::Slice;
    if (rule.length.empty()) continue;
    const auto length = find(function, rule.length, rule.place);
    if (!length) continue;
    // Slices may share their length: it is the first one's.
    if (marked_[*length] && method.arguments[*length].kind != Kind::Length)
      wrong_ = fmt::format("`{}` is said to be two things", rule.length);
    argument.other = *length;
    if (!marked_[*length]) method.arguments[*length].other = *index;
    method.arguments[*length].kind = Kind::Length;
    marked_[*length] = true;
    if (rule.used == "result")
      argument.is_used_by_result = true;
    else if (!rule.used.empty())
      argument.used = find(function, rule.used, rule.place);
    else if (function.parameters[*length].type.kind == CType::Kind::Pointer)
      argument.used = length;
  }
}

void MethodPlanner::mark_callbacks(const CFunction& function, const FunctionRule& rule,
                                   Method& method) {
  const auto mark_as = [&](const std::string& name, const policy::Place& place, Kind kind) {
    const auto index = find(function, name, place);
    if (!index) return index;
    Argument& argument = method.arguments[*index];
    // Several callbacks may be released together.
    if (marked_[*index] && argument.kind != kind)
      diagnostics_.push_back({DiagnosticCode::GivenTwice, place, name, {}});
    marked_[*index] = true;
    argument.kind = kind;
    return index;
  };
  callbacks_.assign(function.parameters.size(), nullptr);
  std::string kept;  // how all are that are kept: they are one loan
  for (const auto& [name, callback] : rule.callbacks) {
    if (const auto index = mark_as(name, callback.place, Kind::Callback))
      callbacks_[*index] = &callback;
    const std::string& keep = callback.keep.value;
    if (keep.empty()) continue;
    if (kept.empty()) kept = keep;
    if (kept != keep)
      wrong_ = fmt::format("its callbacks are kept in two ways: `{}` and `{}`", kept, keep);
    if (keep == "instance") continue;
    const size_t open = keep.find('(');
    if (open == 0 || open == std::string::npos || !keep.ends_with(')') || open + 2 == keep.size()) {
      diagnostics_.push_back(
          {DiagnosticCode::NotAType, callback.keep.place, keep, std::string(kKeepHint)});
      continue;
    }
    mark_as(keep.substr(0, open), callback.keep.place, Kind::Release);
    mark_as(keep.substr(open + 1, keep.size() - open - 2), callback.keep.place, Kind::User);
  }
  for (const auto& [name, place] : rule.ignore) mark_as(name, place, Kind::Ignored);
}

void MethodPlanner::mark_all(const CFunction& function, const FunctionRule& rule, Method& method) {
  marked_.assign(function.parameters.size(), false);
  wrong_.clear();
  mark(function, rule.in, Way::In, method);
  mark(function, rule.out, Way::Out, method);
  mark(function, rule.inout, Way::InOut, method);
  for (const auto& [name, value] : rule.fixed) {
    const auto index = find(function, name, value.place);
    if (!index) continue;
    marked_[*index] = true;
    method.arguments[*index].kind = Kind::Fixed;
    method.arguments[*index].fixed = value.value;
  }
  mark_callbacks(function, rule, method);
  texts_.assign(function.parameters.size(), false);
  for (const auto& [name, place] : rule.strings)
    if (name != "result")
      if (const auto index = find(function, name, place)) texts_[*index] = true;
  for (const auto& [name, freed] : rule.owned)
    if (name != "result") find(function, name, freed.place);
}

auto MethodPlanner::slice(const CFunction& function, Method& method, size_t index, Side side) const
    -> Planned<void> {
  Argument& argument = method.arguments[index];
  const CType& type = function.parameters[index].type;
  if (type.kind != CType::Kind::Pointer) return no("it is no pointer");
  const CType& inner = *type.inner;
  if (has_out(argument.way) && inner.is_const)
    return no(fmt::format("`{}` cannot be written to", type.spelling));
  argument.is_pointer = true;
  const bool is_bytes = inner.kind == CType::Kind::Void || is_byte(inner);
  argument.is_text = inner.is_char && argument.way == Way::In;
  argument.type = is_bytes ? byte_type() : inner;
  if (!is_bytes)
    if (const auto good = element(side, texts_[index], argument); !good) return good;
  const CType& length = function.parameters[argument.other].type;
  const CType& number = length.kind == CType::Kind::Pointer ? *length.inner : length;
  if (number.kind != CType::Kind::Int || number.bytes < 4)
    return no(fmt::format("its length is of type `{}`", length.spelling));
  Argument& other = method.arguments[argument.other];
  other.type = number;
  other.is_pointer = length.kind == CType::Kind::Pointer;
  other.way = other.is_pointer ? Way::InOut : Way::In;
  if (other.is_pointer && number.is_const) other.way = Way::In;
  if (argument.used) {
    const Argument& used = method.arguments[*argument.used];
    const bool is_good = (used.kind == Kind::Single && has_out(used.way)) ||
                         (used.kind == Kind::Length && *argument.used == argument.other);
    if (!is_good) return no("what says how much of it is used is no `out` parameter");
  }
  return {};
}

// Of a slice whose elements are no bytes.
auto MethodPlanner::element(Side side, bool is_text, const Argument& argument) const
    -> Planned<void> {
  const CType& type = argument.type;
  if (is_number(type) && type.kind != CType::Kind::Bool) return {};
  if (side == Side::GuestImport) return no("only numbers can be elements there");
  switch (element_of(type)) {
    case Element::Number: break;
    case Element::Struct: {
      if (side != Side::Export && argument.way != Way::In)
        return no("structs go to functions of Go in slices, but not back");
      const std::string why = why_not_copied(*input_.header, type.name);
      return why.empty() ? Planned<void>() : no(fmt::format("`{}`: {}", type.spelling, why));
    }
    case Element::Text:
      if (argument.way != Way::In) return no("slices of texts can only be read");
      if (type.inner->is_char || (is_text && is_byte(*type.inner))) return {};
      break;
    case Element::Handle:
      if (argument.way != Way::In) return no("slices of handles can only be read");
      if (is_handle(type) && side != Side::HostImport) return {};
      break;
  }
  return no(fmt::format("`{}` can be no element of a slice", type.spelling));
}

// `type` is of what the pointer leads to.
auto MethodPlanner::single(Side side, Argument& argument) const -> Planned<void> {
  const CType& type = argument.type;
  if (has_out(argument.way) && type.is_const) return no("it is const, and cannot be written to");
  if (is_number(type)) return {};
  if (side == Side::GuestImport) return no("only numbers go to the host by a pointer");
  if (type.kind == CType::Kind::Record) {
    const std::string why = why_not_copied(*input_.header, type.name);
    return why.empty() ? Planned<void>() : no(fmt::format("`{}`: {}", type.spelling, why));
  }
  if (side != Side::Export)
    return no("only numbers and structs go to functions of Go by a pointer");
  if (is_handle(type)) return {};
  if (is_text_pointer(type) || (type.kind == CType::Kind::Pointer && type.inner->is_char)) {
    if (argument.way == Way::Out) return {};
  }
  return no(fmt::format("what `{}` leads to is not said", type.spelling));
}

auto MethodPlanner::pointer(const CType& type, bool is_text, Side side, Argument& argument) const
    -> Planned<void> {
  if (is_text_pointer(type) || (is_text && is_byte(*type.inner))) {
    argument.kind = Kind::Text;
    return {};
  }
  if (type.inner->kind == CType::Kind::Function)
    return no(side == Side::Export
                  ? "a pointer to a function: say what it is by rules (callbacks), or fix it: "
                    "fixed = { ... = 0 }"
                  : "a pointer to a function");
  if (is_handle(type)) {
    if (side == Side::HostImport || side == Side::GuestImport)
      return no("handles do not go to the host");
    argument.kind = Kind::Handle;
    argument.type = *type.inner;
    return {};
  }
  if (input_.has_single_pointers &&
      (is_number(*type.inner) || type.inner->kind == CType::Kind::Record) && !type.inner->is_char) {
    argument.kind = Kind::Single;
    argument.way = type.inner->is_const ? Way::In : Way::InOut;
    argument.type = *type.inner;
    return single(side, argument);
  }
  return no(
      fmt::format("`{}`: what it leads to, one or many, to read or to write, has to be said "
                  "by rules",
                  type.spelling));
}

auto MethodPlanner::callback(const CFunction& function, size_t index, Side side,
                             Argument& argument) const -> Planned<void> {
  const CParameter& own = function.parameters[index];
  const CallbackRule& rule = *callbacks_[index];
  if (side != Side::Export) return no("only what the module exports gets functions of Go");
  if (!own.type.is_pointer_to(CType::Kind::Function)) return no("it is no pointer to a function");
  CFunction called = *own.type.inner->function;
  called.name = fmt::format("{} of {}", own.name.empty() ? std::to_string(index + 1) : own.name,
                            function.name);
  FunctionRule said;
  static_cast<SignatureRule&>(said) = rule;
  auto planned = MethodPlanner(input_, diagnostics_).plan(called, &said, Side::Callback);
  if (!planned) return no(planned.error());
  auto made = std::make_shared<Callback>();
  static_cast<Method&>(*made) = std::move(*planned);
  made->name = rule.name;
  made->keep = rule.keep.value.empty()         ? Callback::Keep::Call
               : rule.keep.value == "instance" ? Callback::Keep::Instance
                                               : Callback::Keep::Release;
  argument.callback = std::move(made);
  return {};
}

auto MethodPlanner::by_value(const CType& type, Side side, Argument& argument) const
    -> Planned<void> {
  if (side == Side::GuestImport || argument.kind != Kind::Number)
    return no("a struct that is passed by value");
  const std::string why = why_not_by_value(*input_.header, type.name);
  if (!why.empty()) return no("a struct that is passed by value: " + why);
  argument.type = type;
  argument.is_pointer = !raw_type(*input_.header, type);
  if (argument.is_pointer) argument.kind = Kind::Single;
  return {};
}

auto MethodPlanner::released(const CType& type, const Argument& argument) -> Planned<void> {
  if (argument.kind == Kind::User)
    return type.kind == CType::Kind::Pointer ? Planned<void>() : no("it is no pointer");
  const CFunction* const called =
      type.is_pointer_to(CType::Kind::Function) ? type.inner->function.get() : nullptr;
  const bool fits = called && called->has_prototype && !called->is_variadic &&
                    called->result.kind == CType::Kind::Void && called->parameters.size() == 1 &&
                    called->parameters[0].type.kind == CType::Kind::Pointer;
  return fits ? Planned<void>() : no("it is not of type `void (*)(void*)`");
}

auto MethodPlanner::parameter(const CType& type, bool is_text, Side side, Argument& argument) const
    -> Planned<void> {
  if (type.kind == CType::Kind::Record) return by_value(type, side, argument);
  if (!raw_type(*input_.header, type)) return no(fmt::format("its type is `{}`", type.spelling));
  argument.is_pointer = type.kind == CType::Kind::Pointer;
  argument.type = type;
  if (argument.kind == Kind::Ignored || argument.kind == Kind::Callback) return {};
  if (argument.kind == Kind::User || argument.kind == Kind::Release)
    return released(type, argument);
  if (argument.kind == Kind::Fixed) {
    if (side == Side::HostImport) return no("a fixed value is the caller's to give");
    return type.kind == CType::Kind::Float ? no("only whole numbers can be fixed")
                                           : Planned<void>();
  }
  if (argument.kind == Kind::Single) {
    if (type.kind != CType::Kind::Pointer) return no("it is no pointer");
    argument.type = *type.inner;
    return single(side, argument);
  }
  if (type.kind != CType::Kind::Pointer) return {};
  return pointer(type, is_text, side, argument);
}

auto MethodPlanner::result(const CFunction& function, const FunctionRule& rule, Side side,
                           Method& method) -> Planned<void> {
  const CType& type = function.result;
  if (type.kind == CType::Kind::Void) return {};
  if (type.kind == CType::Kind::Record) {
    if (side == Side::GuestImport) return no("it returns a struct");
    const std::string why = why_not_by_value(*input_.header, type.name);
    if (!why.empty()) return no(fmt::format("it returns `{}`: {}", type.spelling, why));
    if (!raw_type(*input_.header, type)) return {};  // see return_by_pointer
  } else if (!raw_type(*input_.header, type)) {
    return no(fmt::format("it returns `{}`", type.spelling));
  }
  Result made;
  made.type = type;
  const bool is_text =
      std::ranges::any_of(rule.strings, [](const auto& name) { return name.value == "result"; });
  if (type.kind == CType::Kind::Pointer) {
    if (side != Side::Export) return no("it returns a pointer");
    if (type.inner->is_char || (is_text && is_byte(*type.inner))) {
      made.kind = Result::Kind::Text;
    } else if (is_handle(type)) {
      made.kind = Result::Kind::Handle;
      made.type = *type.inner;
    } else {
      return no(fmt::format("it returns `{}`: what that leads to is not said", type.spelling));
    }
  }
  const auto owned = rule.owned.find("result");
  if (owned != rule.owned.end()) {
    if (made.kind != Result::Kind::Text)
      return no("`owned` is of texts alone; handles have `close`");
    made.freed_by = owned->second.value;
  }
  method.results.push_back(std::move(made));
  return {};
}

auto MethodPlanner::error(const FunctionRule& rule, Side side, Method& method) const
    -> Planned<void> {
  using Check = ErrorCheck::Kind;
  if (rule.error.empty()) return {};
  if (side == Side::HostImport) return no("what a host function answers is a number");
  if (method.results.empty()) return no("`error`: it returns nothing");
  Result& result = method.results.front();
  ErrorCheck& check = method.error;
  check.ok = rule.ok;
  check.message = rule.message.empty() ? input_.rules->message : rule.message;
  if (side == Side::GuestImport) check.message.clear();
  check.kind = rule.error == "nonzero"    ? Check::NonZero
               : rule.error == "negative" ? Check::Negative
               : rule.error == "zero"     ? Check::Zero
                                          : Check::Function;
  if (check.kind == Check::Function) {
    if (side == Side::GuestImport) return no("`error`: nonzero, negative or zero");
    check.function = rule.error;
  }
  const bool is_number = result.kind == Result::Kind::Number && result.type.is_number();
  if (!is_number && (check.kind != Check::Zero || result.kind == Result::Kind::Number))
    return no("`error`: its result is no number");
  if (is_number && (result.type.kind == CType::Kind::Float))
    return no("`error`: its result is no whole number");
  if (check.kind == Check::Negative && !result.type.is_signed)
    return no("`error`: its result is never negative");
  const bool is_only_error =
      (check.kind == Check::NonZero && check.ok.empty()) || check.kind == Check::Zero;
  result.is_shown = !(is_number && is_only_error);
  return {};
}

void MethodPlanner::name_arguments(const CFunction& function, Method& method) {
  std::set<std::string> taken;
  for (size_t i = 0; i < method.arguments.size(); ++i) {
    const std::string& own = function.parameters[i].name;
    std::string name = own.empty() ? fmt::format("p{}", i + 1) : local_name(own);
    const auto is_taken = [&](const std::string& word) {
      if (taken.contains(word)) return true;
      return std::ranges::any_of(kEnds, [&](std::string_view end) {
        return taken.contains(word + std::string(end)) ||
               (word.ends_with(end) && taken.contains(word.substr(0, word.size() - end.size())));
      });
    };
    while (is_taken(name)) name += "_";
    taken.insert(name);
    method.arguments[i].name = std::move(name);
  }
}

auto MethodPlanner::plan(const CFunction& function, const FunctionRule* given, Side side)
    -> Planned<Method> {
  static const FunctionRule kNone;
  const FunctionRule& rule = given ? *given : kNone;
  if (!rule.skip.empty()) return no(rule.skip);
  if (!function.has_prototype) return no("its parameters are not said: write (void) for none");
  if (function.is_variadic) return no("it takes any number of arguments");
  Method method;
  method.symbol = function.name;
  method.arguments.resize(function.parameters.size());
  mark_all(function, rule, method);
  if (!wrong_.empty()) return no(wrong_);
  for (size_t i = 0; i < method.arguments.size(); ++i) {
    Argument& argument = method.arguments[i];
    const CParameter& own = function.parameters[i];
    Planned<void> good;
    if (argument.kind == Kind::Slice)
      good = slice(function, method, i, side);
    else if (argument.kind != Kind::Length)
      good = parameter(own.type, texts_[i], side, argument);
    if (good && argument.kind == Kind::Callback) good = callback(function, i, side, argument);
    if (!good)
      return no(fmt::format(
          "{}: {}",
          own.name.empty() ? fmt::format("parameter {}", i + 1) : fmt::format("`{}`", own.name),
          good.error()));
    method.type.params.push_back(raw_type(*input_.header, own.type).value_or(ValType::I32));
  }
  name_arguments(function, method);
  if (const auto good = result(function, rule, side, method); !good) return no(good.error());
  if (!method.results.empty())
    method.type.results.push_back(*raw_type(*input_.header, function.result));
  for (const Argument& argument : method.arguments)
    if (argument.is_used_by_result &&
        (method.results.empty() || method.results[0].type.kind != CType::Kind::Int))
      return no("its result does not say how much is used: it is no whole number");
  if (const auto good = error(rule, side, method); !good) return no(good.error());
  for (const auto& [name, freed] : rule.owned)
    if (name != "result") return no("`owned` is of the result");
  if (function.result.kind == CType::Kind::Record && method.results.empty())
    return_by_pointer(function.result, method);
  return method;
}

// The struct is the first that comes out.
void MethodPlanner::return_by_pointer(const CType& type, Method& method) {
  for (Argument& one : method.arguments) {
    ++one.other;
    if (one.used) ++*one.used;
  }
  Argument room;
  room.kind = Kind::Single;
  room.way = Way::Out;
  room.name = "result";
  room.type = type;
  room.is_pointer = true;
  method.arguments.insert(method.arguments.begin(), std::move(room));
  method.type.params.insert(method.type.params.begin(), ValType::I32);
}

Element element_of(const CType& type) {
  if (type.kind == CType::Kind::Record) return Element::Struct;
  if (type.kind != CType::Kind::Pointer) return Element::Number;
  return type.inner->kind == CType::Kind::Record ? Element::Handle : Element::Text;
}

auto MethodPlanner::plan_raw(const FuncType& type) -> Planned<Method> {
  Method method;
  method.type = type;
  const auto is_plain = [](ValType one) {
    return one.kind() == ValType::I32 || one.kind() == ValType::I64 || one.kind() == ValType::F32 ||
           one.kind() == ValType::F64;
  };
  for (const auto* list : {&type.params, &type.results})
    for (const ValType one : *list)
      if (!is_plain(one)) return no(fmt::format("Go has no type for {}", to_string(one)));
  for (size_t i = 0; i < type.params.size(); ++i) {
    Argument argument;
    argument.name = fmt::format("p{}", i);
    argument.type = number_type(type.params[i]);
    method.arguments.push_back(std::move(argument));
  }
  for (const ValType one : type.results) {
    Result result;
    result.type = number_type(one);
    method.results.push_back(std::move(result));
  }
  return method;
}

bool Method::needs_frame() const {
  return std::ranges::any_of(arguments, [](const Argument& one) {
    return one.kind == Argument::Kind::Text || one.kind == Argument::Kind::Slice ||
           one.kind == Argument::Kind::Single ||
           (one.kind == Argument::Kind::Length && one.is_pointer);
  });
}

}  // namespace skerry::bindgen
