// Functions that the module imports, as an interface, and the host modules made of one that has it.
#include <fmt/format.h>

#include <algorithm>

#include "bindgen/go_names.h"
#include "bindgen/go_text.h"
#include "wasm/func_type_text.h"

namespace skerry::bindgen {
namespace {

using Kind = Argument::Kind;

constexpr size_t kMostTyped = 6;  // parameters of skerry.Host6
constexpr std::string_view kStop = "\t\tif !ok {\n\t\t\treturn\n\t\t}\n";

class ImportWriter {
 public:
  ImportWriter(const Package& package, const GoTypes& types, const Method& method)
      : package_(package), types_(types), method_(method) {}

  // Of the interface.
  std::string signature() const;
  // What makes it a function of a host module.
  std::string definition() const;

 private:
  bool is_typed() const {
    return method_.arguments.size() <= kMostTyped && method_.results.size() <= 1;
  }
  // The module's value for a parameter.
  std::string value(size_t index) const;
  std::string raw_name(const Argument& one) const;
  std::string raw_of(const Argument& one) const {
    return one.is_pointer ? "uint32" : types_.raw(one.type);
  }
  std::string before(const Argument& one) const;
  std::string after(const Argument& one) const;
  std::string body() const;
  std::vector<std::string> out_names() const;
  static bool is_out(const Argument& one) {
    return (one.kind == Kind::Single || (one.kind == Kind::Length && one.is_pointer)) &&
           has_out(one.way);
  }
  std::vector<std::string> result_types() const;

  const Package& package_;
  const GoTypes& types_;
  const Method& method_;
};

std::vector<std::string> ImportWriter::result_types() const {
  std::vector<std::string> gives;
  for (const Result& one : method_.results) gives.push_back(types_.name(one.type));
  for (const Argument& one : method_.arguments)
    if (is_out(one)) gives.push_back(types_.name(one.type));
  return gives;
}

std::string ImportWriter::signature() const {
  const std::string list = parameter_list(package_, types_, method_);
  const auto gives = result_types();
  std::string text = doc_comment(
      "\t", method_.name, method_.module + "." + method_.symbol,
      method_.note.empty() ? "" : "Its types are those of WebAssembly: " + method_.note);
  text += fmt::format("\t{}(c *skerry.Caller{}{})", method_.name, list.empty() ? "" : ", ", list);
  if (gives.size() == 1) text += " " + gives[0];
  if (gives.size() > 1) text += " (" + joined(gives) + ")";
  return text + "\n";
}

std::string ImportWriter::raw_name(const Argument& one) const {
  return one.kind == Kind::Number ? one.name : one.name + "At";
}

std::string ImportWriter::before(const Argument& one) const {
  const std::string at = one.name + "At";
  const auto length = [&] {
    const Argument& other = method_.arguments[one.other];
    return other.is_pointer ? fmt::format("uint32({}Given)", other.name)
                            : fmt::format("uint32({}At)", other.name);
  };
  switch (one.kind) {
    case Kind::Text:
      return fmt::format("\t\t{}, ok := scratch.GivenCString(c, {})\n{}", one.name, at, kStop);
    case Kind::Slice: {
      const std::string_view by = one.way == Way::Out ? "Wanted"
                                  : one.is_text       ? "GivenText"
                                                      : "Given";
      return fmt::format("\t\t{}, ok := scratch.{}(c, {}, {})\n{}", one.name, by, at, length(),
                         kStop);
    }
    case Kind::Single:
      if (!has_in(one.way)) return {};
      return fmt::format("\t\t{}Given, ok := scratch.GetNumber[{}](c, {})\n{}", one.name,
                         types_.stored(one.type), at, kStop);
    default: return {};
  }
}

std::string ImportWriter::after(const Argument& one) const {
  const std::string at = one.name + "At";
  if (is_out(one))
    return fmt::format("\t\tscratch.PutNumber(c, {}, {})\n", at,
                       types_.to_stored(one.name + "Out", one.type));
  if (one.kind != Kind::Slice || !has_out(one.way)) return {};
  std::string part = one.name;
  const std::string used = one.is_used_by_result ? "result"
                           : one.used            ? method_.arguments[*one.used].name + "Out"
                                                 : "";
  if (!used.empty())
    part = fmt::format("{}[:scratch.Capped({}, len({}))]", one.name, used, one.name);
  return fmt::format("\t\tscratch.Answer(c, {}, {})\n", at, part);
}

std::vector<std::string> ImportWriter::out_names() const {
  std::vector<std::string> names;
  for (size_t i = 0; i < method_.results.size(); ++i)
    names.push_back(method_.results.size() == 1 ? "result" : fmt::format("result{}", i));
  for (const Argument& one : method_.arguments)
    if (is_out(one)) names.push_back(one.name + "Out");
  return names;
}

std::string ImportWriter::body() const {
  std::string text, list = "c";
  // Lengths behind pointers are what slices need.
  for (const Argument& one : method_.arguments)
    if (one.kind == Kind::Length && one.is_pointer)
      text += fmt::format("\t\t{}Given, ok := scratch.GetNumber[{}](c, {}At)\n{}", one.name,
                          types_.stored(one.type), one.name, kStop);
  for (const Argument& one : method_.arguments) {
    text += before(one);
    if (one.kind == Kind::Number)
      list += ", " + types_.from_raw(one.name, one.type);
    else if (one.kind == Kind::Single && has_in(one.way))
      list += ", " + types_.from_stored(one.name + "Given", one.type);
    else if (one.kind == Kind::Text || one.kind == Kind::Slice)
      list += ", " + one.name;
  }
  const auto names = out_names();
  text += fmt::format("\t\t{}{}imports.{}({})\n", joined(names),
                      names.empty() ? "" : " := ", method_.name, list);
  for (const Argument& one : method_.arguments) text += after(one);
  return text;
}

std::string ImportWriter::definition() const {
  std::vector<std::string> params = {"c *skerry.Caller"};
  std::string text;
  if (is_typed()) {
    for (const Argument& one : method_.arguments)
      params.push_back(raw_name(one) + " " + raw_of(one));
    const std::string name = fmt::format("skerry.Host{}{}", method_.results.empty() ? "Proc" : "",
                                         method_.arguments.size());
    // So that after a failure it can return at any place.
    std::string gives;
    if (!method_.results.empty())
      gives = fmt::format(" (answer {})", types_.raw(method_.results[0].type));
    text = fmt::format("{}(func({}){} {{\n{}", name, joined(params), gives, body());
    if (!method_.results.empty())
      text += fmt::format("\t\treturn {}\n", types_.to_raw("result", method_.results[0].type));
    return text + "\t}))\n";
  }
  text = fmt::format("skerry.HostSlots({}, func(c *skerry.Caller, slots []uint64) {{\n",
                     quoted(func_type_text(method_.type)));
  for (size_t i = 0; i < method_.arguments.size(); ++i) {
    const Argument& one = method_.arguments[i];
    const ValType type = method_.type.params[i];
    const bool is_float = type.kind() == ValType::F32 || type.kind() == ValType::F64;
    const std::string slot = fmt::format("slots[{}]", i);
    text += fmt::format("\t\t{} := {}\n", raw_name(one),
                        is_float ? fmt::format("skerry.Decode{}({})",
                                               type.kind() == ValType::F32 ? "F32" : "F64", slot)
                                 : fmt::format("{}({})", raw_of(one), slot));
  }
  text += body();
  const auto names = out_names();
  for (size_t i = 0; i < method_.results.size(); ++i) {
    const std::string value = types_.to_raw(names[i], method_.results[i].type);
    const auto kind = method_.type.results[i].kind();
    text += fmt::format("\t\tslots[{}] = {}\n", i,
                        kind == ValType::F32   ? "skerry.EncodeF32(" + value + ")"
                        : kind == ValType::F64 ? "skerry.EncodeF64(" + value + ")"
                        : kind == ValType::I32 ? "uint64(uint32(" + value + "))"
                                               : "uint64(" + value + ")");
  }
  return text + "\t}))\n";
}

}  // namespace

std::string imports_text(const Package& package, const GoTypes& types) {
  if (package.imports.empty()) return {};
  std::string text =
      "\n// Imports is what the module calls. A method can let its call fail by "
      "[skerry.Caller.Fail].\n"
      "type Imports interface {\n";
  for (const Method& one : package.imports) text += ImportWriter(package, types, one).signature();
  text +=
      "}\n\n// hostModules makes them functions that the module can import.\n"
      "func hostModules(imports Imports) []*skerry.HostModule {\n";
  std::vector<std::string> modules;
  for (const Method& one : package.imports)
    if (std::ranges::find(modules, one.module) == modules.end()) modules.push_back(one.module);
  std::vector<std::string> names;
  for (const std::string& module : modules) {
    names.push_back(fmt::format("host{}", names.size()));
    text += fmt::format("\t{} := skerry.NewHostModule({})\n", names.back(), quoted(module));
    for (const Method& one : package.imports)
      if (one.module == module)
        text += fmt::format("\t{}.Func({}, {}", names.back(), quoted(one.symbol),
                            ImportWriter(package, types, one).definition());
  }
  return text + fmt::format("\treturn []*skerry.HostModule{{{}}}\n}}\n", joined(names));
}

}  // namespace skerry::bindgen
