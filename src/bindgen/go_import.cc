// Functions of Go that the module calls: those that it imports, as an interface, and the host
// modules made of one that has it; and those that it is passed as pointers, as types.
#include <fmt/format.h>

#include <algorithm>

#include "bindgen/go_host_func.h"
#include "bindgen/go_names.h"

namespace skerry::bindgen {
namespace {

HostFuncWriter import_writer(const GoTypes& types, const Method& method) {
  return HostFuncWriter(types, method, "imports." + method.name);
}

std::string interface_row(const GoTypes& types, const Method& method) {
  return doc_comment(
             "\t", method.name, method.module + "." + method.symbol,
             method.note.empty() ? "" : "Its types are those of WebAssembly: " + method.note) +
         fmt::format("\t{}{}\n", method.name, import_writer(types, method).signature());
}

}  // namespace

std::string imports_text(const Package& package, const GoTypes& types) {
  if (package.imports.empty()) return {};
  std::string text =
      "\n// Imports is what the module calls. A method can let its call fail by "
      "[skerry.Caller.Fail].\n"
      "type Imports interface {\n";
  for (const Method& one : package.imports) text += interface_row(types, one);
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
        text += fmt::format("\t{}.Func({}, {})\n", names.back(), quoted(one.symbol),
                            import_writer(types, one).definition());
  }
  return text + fmt::format("\treturn []*skerry.HostModule{{{}}}\n}}\n", joined(names));
}

std::string callback_field(const Callback& callback) { return "places" + callback.name; }

std::string callback_text(const Package& package, const GoTypes& types, const Callback& callback) {
  using Keep = Callback::Keep;
  const HostFuncWriter writer(
      types, callback, "(*called)",
      "\t\tif *called == nil {\n\t\t\tc.Fail(scratch.ErrNoCallback)\n\t\t\treturn\n\t\t}\n");
  const std::string_view until = callback.keep == Keep::Call ? "while that runs"
                                 : callback.keep == Keep::Instance
                                     ? "from then on, as long as there is the instance"
                                     : "from then on, until it releases it";
  return fmt::format(
      "\n// {0} is what the library calls as the parameter {1},\n// {2}. It can let the library's "
      "call fail by [skerry.Caller.Fail].\ntype {0} func{3}\n\n"
      "func (l *{4}) host{0}(called *{0}) skerry.HostFunc {{\n\treturn {5}\n}}\n",
      callback.name, callback.symbol, until, writer.signature(), package.type, writer.definition());
}

}  // namespace skerry::bindgen
