// Functions one after another, then what they need: handles, structs, the functions that they call.
#include "bindgen/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "bindgen/go_names.h"
#include "bindgen/method_plan.h"

namespace skerry::bindgen {
namespace {

using policy::DiagnosticCode;

constexpr std::string_view kWasiModules[] = {"wasi_snapshot_preview1", "wasi_unstable"};
// What toolchains export for the host, not for callers.
constexpr std::string_view kOfTheToolchain[] = {"_initialize", "_start", "memory"};

bool is_wasi(std::string_view module) {
  return std::ranges::find(kWasiModules, module) != std::end(kWasiModules);
}

class Planner {
 public:
  Planner(const PlanInput& input, std::vector<policy::Diagnostic>& diagnostics)
      : input_(input),
        rules_(*input.rules),
        diagnostics_(diagnostics),
        methods_(input, diagnostics) {}

  Package plan();

 private:
  const FunctionRule* rule_of(std::string_view name) const {
    const auto found = rules_.functions.find(name);
    return found == rules_.functions.end() ? nullptr : &found->second;
  }
  void leave_out(std::string_view name, std::string why) {
    package_.left_out.push_back({std::string(name), std::move(why)});
  }
  const FuncType* export_type(std::string_view name) const;
  bool has_memory() const;
  std::string go_name(std::string_view name, const std::string& given) const;
  std::string_view without_start(std::string_view name) const;
  std::string say_taken(const std::string& name) const;

  void declare_types();
  void declare_constants();
  void add_export(const Export& one);
  std::string why_not_callable(const Method& method) const;
  bool has_growing_table() const;
  void add_callbacks(const Method& method);
  void add_import(const Import& import);
  void add_guest_import(const CFunction& function);
  void need(const std::string& name);
  void need_all(const Method& method);
  void need_struct(const std::string& name);
  void need_types(const Method& method);
  void check_names();
  bool make_close(Method& method);

  const PlanInput& input_;
  const Rules& rules_;
  std::vector<policy::Diagnostic>& diagnostics_;
  MethodPlanner methods_;
  Package package_;
  std::set<std::string> top_names_, method_names_ = {"Close", "Instance"}, import_names_;
};

const FuncType* Planner::export_type(std::string_view name) const {
  if (!input_.module) return nullptr;
  for (const Export& one : input_.module->exports)
    if (one.name == name && one.kind == ExternKind::Func)
      return &input_.module->func_type(one.index);
  return nullptr;
}

bool Planner::has_memory() const {
  return std::ranges::any_of(input_.module->exports, [&](const Export& one) {
    return one.name == "memory" && one.kind == ExternKind::Memory;
  });
}

bool Planner::has_growing_table() const {
  return std::ranges::any_of(input_.module->exports, [&](const Export& one) {
    if (one.name != rules_.table || one.kind != ExternKind::Table) return false;
    const TableType& type = input_.module->tables[one.index].type;
    return type.element == ValType::funcref() &&
           type.limits.max.value_or(UINT64_MAX) > type.limits.min;
  });
}

std::string Planner::go_name(std::string_view name, const std::string& given) const {
  return given.empty() ? exported_name(without_start(name)) : given;
}

std::string_view Planner::without_start(std::string_view name) const {
  for (const auto& start : rules_.trim)
    if (name.starts_with(start.value) && name.size() > start.value.size())
      return name.substr(start.value.size());
  return name;
}

std::string Planner::say_taken(const std::string& name) const {
  return fmt::format("its name in Go, {}, is taken: the rules can give it another", name);
}

void Planner::declare_types() {
  top_names_ = {rules_.type, "New", "Compile", "Instantiate", "Imports"};
  if (!input_.header) return;
  for (const CEnum& one : input_.header->enums) {
    if (one.name.empty()) continue;
    std::string name = go_name(one.name, {});
    if (!top_names_.insert(name).second) {
      leave_out(one.name, say_taken(name));
      continue;
    }
    package_.enum_types.emplace(name, one.type);
    package_.enums.emplace(one.name, std::move(name));
  }
  for (const auto& [name, record] : input_.header->records) {
    const auto rule = rules_.handles.find(name);
    const bool is_handle = rule != rules_.handles.end() || !record.is_complete;
    std::string go =
        go_name(name, rule == rules_.handles.end() ? std::string() : rule->second.name);
    // Of two types of one name the second has its whole name in C.
    if (top_names_.contains(go)) go = exported_name(name) + "Struct";
    while (!top_names_.insert(go).second) go += "_";
    if (is_handle)
      package_.handles[name].name = go;
    else
      package_.structs[name] = go;
  }
}

void Planner::declare_constants() {
  if (!input_.header) return;
  const auto add = [&](const CConstant& one, const std::string& type) {
    CConstant named = one;
    // Such as SQLITE_OK, which keep their underscores.
    named.name = is_exported_name(without_start(one.name)) ? std::string(without_start(one.name))
                                                           : exported_name(without_start(one.name));
    // A macro often has the name and the value of an enumerator.
    for (const auto& [other, known] : package_.constants)
      if (known.name == named.name && known.value == named.value) return;
    if (top_names_.insert(named.name).second)
      package_.constants.emplace_back(type, std::move(named));
    else
      leave_out(one.name, fmt::format("a constant: its name in Go, {}, is taken", named.name));
  };
  for (const CEnum& one : input_.header->enums) {
    const auto type = package_.enums.find(one.name);
    for (const CConstant& value : one.values)
      add(value, type == package_.enums.end() ? "" : type->second);
  }
  for (const CConstant& one : input_.header->macros)
    // Macros that say only that a header was read, and the compiler's.
    if (!one.name.starts_with("_")) add(one, "");
}

void Planner::need(const std::string& name) {
  if (package_.fields.contains(name)) return;
  std::string field = "fn" + exported_name(name);
  const auto is_taken = [&](const auto& row) { return row.second == field; };
  while (std::ranges::any_of(package_.fields, is_taken)) field += "_";
  package_.fields.emplace(name, field);
  package_.field_types.emplace(name, *export_type(name));
}

void Planner::need_struct(const std::string& name) {
  if (package_.records.contains(name)) return;
  const CRecord& record = input_.header->records.at(name);
  package_.records.emplace(name, record);
  for (const CField& field : record.fields)
    if (field.type.kind == CType::Kind::Record) need_struct(field.type.name);
}

void Planner::need_types(const Method& method) {
  using Kind = Argument::Kind;
  for (const Argument& one : method.arguments) {
    if (one.kind != Kind::Handle && one.type.kind == CType::Kind::Record)
      need_struct(one.type.name);
    if (one.kind == Kind::Callback) need_types(*one.callback);
  }
  for (const Result& one : method.results)
    if (one.kind == Result::Kind::Number && one.type.kind == CType::Kind::Record)
      need_struct(one.type.name);
}

void Planner::need_all(const Method& method) {
  need(method.symbol);
  if (!method.error.function.empty()) need(method.error.function);
  if (!method.error.message.empty()) need(method.error.message);
  for (const Result& one : method.results)
    if (!one.freed_by.empty()) need(one.freed_by);
  need_types(method);
}

// What the module lacks for a method of this kind; empty: nothing.
std::string Planner::why_not_callable(const Method& method) const {
  const FuncType* const type = export_type(method.symbol);
  if (*type != method.type) {
    const auto list = [](const std::vector<ValType>& types) {
      std::string text;
      for (const ValType one : types) text += (text.empty() ? "" : ", ") + to_string(one);
      return "(" + text + ")";
    };
    return fmt::format("the module has it as {} -> {}, the header as {} -> {}", list(type->params),
                       list(type->results), list(method.type.params), list(method.type.results));
  }
  const bool reads_text = std::ranges::any_of(
      method.results, [](const Result& one) { return one.kind == Result::Kind::Text; });
  const bool has_pointers =
      method.needs_frame() || std::ranges::any_of(method.arguments, [](const Argument& one) {
        return one.callback && one.callback->needs_frame();
      });
  if ((has_pointers || reads_text || !method.error.message.empty()) && !has_memory())
    return "it needs the module's memory, which is not exported as `memory`";
  const auto is = [&](const std::string& name, std::vector<ValType> params,
                      std::vector<ValType> results) {
    const FuncType* const found = export_type(name);
    return found && *found == FuncType{std::move(params), std::move(results)};
  };
  const ValType i32 = ValType::I32;
  if (method.needs_frame() && (!is(rules_.malloc, {i32}, {i32}) || !is(rules_.free, {i32}, {})))
    return fmt::format(
        "it needs memory for its arguments, and the module does not export {}(size) and "
        "{}(address) "
        "(link it with --export={} --export={}, or name others in the rules: malloc, free)",
        rules_.malloc, rules_.free, rules_.malloc, rules_.free);
  const auto needs_table = [](const Argument& one) { return one.kind == Argument::Kind::Callback; };
  if (std::ranges::any_of(method.arguments, needs_table) && !has_growing_table())
    return fmt::format(
        "it takes a pointer to a function, and the module exports no table of funcs `{}` that can "
        "grow (link it with --export-table --growable-table)",
        rules_.table);
  for (const Result& one : method.results)
    if (!one.freed_by.empty() && !is(one.freed_by, {i32}, {}))
      return fmt::format("`owned`: the module exports no {}(address)", one.freed_by);
  const ErrorCheck& error = method.error;
  if (!error.function.empty() && !is(error.function, {method.type.results[0]}, {i32}))
    return fmt::format(
        "`error`: the module exports no function {} that takes its result and answers an int",
        error.function);
  if (!error.message.empty() && !is(error.message, {i32}, {i32}) &&
      !is(error.message, {method.type.results[0]}, {i32}))
    return fmt::format("`message`: the module exports no function {} that takes a code",
                       error.message);
  return {};
}

// Whether the function is what closes a handle.
bool Planner::make_close(Method& method) {
  for (const auto& [name, rule] : rules_.handles) {
    if (rule.close != method.symbol) continue;
    const bool fits = method.arguments.size() == 1 &&
                      method.arguments[0].kind == Argument::Kind::Handle &&
                      method.arguments[0].type.name == name;
    if (!fits) {
      leave_out(method.symbol, fmt::format("`close`: it does not take a {} alone", name));
      return true;
    }
    for (Result& one : method.results) one.is_shown = false;
    package_.handles[name].close = method;
    need_all(method);
    return true;
  }
  return false;
}

void Planner::add_export(const Export& one) {
  if (one.kind != ExternKind::Func) return;
  const std::string name(one.name);
  if (std::ranges::find(kOfTheToolchain, name) != std::end(kOfTheToolchain)) return;
  // Names go through C strings.
  if (name.find('\0') != std::string::npos) return leave_out(name, "its name has a zero byte");
  const FunctionRule* const rule = rule_of(name);
  const CFunction* const declared = input_.header ? input_.header->find(name) : nullptr;
  if (input_.header && !declared) {
    const bool is_allocator = name == rules_.malloc || name == rules_.free;
    if (!is_allocator) leave_out(name, "the header does not declare it");
    return;
  }
  auto method = declared ? methods_.plan(*declared, rule, Side::Export)
                : rule && !rule->skip.empty()
                    ? MethodPlanner::Planned<Method>(std::unexpected(rule->skip))
                    : MethodPlanner::plan_raw(input_.module->func_type(one.index));
  if (!method) return leave_out(name, method.error());
  method->symbol = name;
  if (std::string why = why_not_callable(*method); !why.empty())
    return leave_out(name, std::move(why));
  if (declared && make_close(*method)) return;
  method->name = go_name(name, rule ? rule->name : std::string());
  if (!method_names_.insert(method->name).second) return leave_out(name, say_taken(method->name));
  need_all(*method);
  add_callbacks(*method);
  package_.exports.push_back(std::move(*method));
}

// They have types of their own, which need names.
void Planner::add_callbacks(const Method& method) {
  for (const Argument& one : method.arguments) {
    if (one.kind != Argument::Kind::Callback) continue;
    Callback& callback = *one.callback;
    if (callback.name.empty()) callback.name = method.name + exported_name(one.name);
    while (!top_names_.insert(callback.name).second) callback.name += "_";
    package_.callbacks.push_back(one.callback);
  }
}

void Planner::add_import(const Import& import) {
  const std::string name(import.name), module(import.module);
  const std::string full = module + "." + name;
  if (is_wasi(module)) {
    package_.has_wasi = true;
    return;
  }
  if (import.kind() != ExternKind::Func)
    return leave_out(full,
                     "it is no function: an instance in the configuration's Links can have it");
  const FuncType& type = input_.module->types[std::get<0>(import.type)].func;
  auto method = MethodPlanner::plan_raw(type);
  if (!method || name.find('\0') != name.npos || module.find('\0') != module.npos)
    return leave_out(full, method ? "its name has a zero byte" : method.error());
  const FunctionRule* const rule = rule_of(name);
  if (const CFunction* const declared = input_.header ? input_.header->find(name) : nullptr) {
    auto typed = methods_.plan(*declared, rule, Side::HostImport);
    if (typed && typed->type != type)
      typed = std::unexpected("the module has another type for it than the header");
    if (typed)
      method = std::move(typed);
    else
      method->note = typed.error();
  }
  method->module = module;
  method->symbol = name;
  method->name = go_name(name, rule ? rule->name : std::string());
  need_types(*method);
  // The same function may be imported twice.
  for (const Method& known : package_.imports)
    if (known.module == module && known.symbol == name) return;
  if (!import_names_.insert(method->name).second) {
    method->name = exported_name(module) + method->name;
    while (!import_names_.insert(method->name).second) method->name += "_";
  }
  package_.imports.push_back(std::move(*method));
}

void Planner::add_guest_import(const CFunction& function) {
  const FunctionRule* const rule = rule_of(function.name);
  auto method = methods_.plan(function, rule, Side::GuestImport);
  if (!method) return leave_out(function.name, method.error());
  method->module = rules_.import_module;
  method->name = go_name(function.name, rule ? rule->name : std::string());
  if (!top_names_.insert(method->name).second)
    return leave_out(function.name, say_taken(method->name));
  package_.imports.push_back(std::move(*method));
}

void Planner::check_names() {
  for (const auto& [name, rule] : rules_.functions) {
    const bool is_imported =
        input_.module && std::ranges::any_of(input_.module->imports,
                                             [&](const Import& one) { return one.name == name; });
    if (!export_type(name) && !is_imported && !(input_.header && input_.header->find(name)))
      diagnostics_.push_back({DiagnosticCode::UnknownName, rule.place, name,
                              "neither the module nor the header has such a function"});
  }
  for (const auto& [name, rule] : rules_.handles) {
    if (!input_.header || !input_.header->records.contains(name))
      diagnostics_.push_back({DiagnosticCode::UnknownName, rule.place, name,
                              "no function of the header has a pointer to such a struct"});
    if (input_.module && !rule.close.empty() && !export_type(rule.close))
      diagnostics_.push_back({DiagnosticCode::UnknownName, rule.place, rule.close,
                              "`close`: the module exports no such function"});
  }
}

Package Planner::plan() {
  package_.type = rules_.type;
  package_.name = rules_.package;
  package_.malloc = rules_.malloc;
  package_.free = rules_.free;
  package_.table = rules_.table;
  package_.document = input_.document;
  check_names();
  declare_types();
  if (input_.module) {
    for (const Export& one : input_.module->exports) add_export(one);
    for (const Import& one : input_.module->imports) add_import(one);
    if (input_.header)
      for (const CFunction& one : input_.header->functions) {
        const auto is_it = [&](const Import& import) { return import.name == one.name; };
        if (!export_type(one.name) && std::ranges::none_of(input_.module->imports, is_it))
          ++package_.undefined_count;
      }
  } else {
    for (const CFunction& one : input_.header->functions) add_guest_import(one);
  }
  declare_constants();
  return std::move(package_);
}

}  // namespace

std::expected<Package, std::vector<policy::Diagnostic>> plan_package(const PlanInput& input) {
  std::vector<policy::Diagnostic> diagnostics;
  Package package = Planner(input, diagnostics).plan();
  if (!diagnostics.empty()) return std::unexpected(std::move(diagnostics));
  return package;
}

}  // namespace skerry::bindgen
