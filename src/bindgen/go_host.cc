// The package of the program that calls the module.
#include <fmt/format.h>

#include <algorithm>

#include "bindgen/go_names.h"
#include "bindgen/go_text.h"

namespace skerry::bindgen {
namespace {

constexpr size_t kMostTyped = 6;  // parameters of skerry.Func6

class HostWriter {
 public:
  explicit HostWriter(const Package& package) : package_(package), types_(package) {}

  std::string write();

 private:
  bool has_space() const {
    const auto needs = [](const Method& one) { return one.needs_frame(); };
    return std::ranges::any_of(package_.exports, needs);
  }
  bool has_table() const { return !package_.callbacks.empty(); }
  std::string imported_packages(const std::string& body) const;
  std::string embedding() const;
  std::string type() const;
  std::string raw_type(const std::string& name) const;
  std::string instantiate() const;
  std::string find(const std::string& name, const std::string& field) const;
  std::string find_untyped(const std::string& name, const std::string& field) const;
  std::string failures() const;
  std::string handles() const;
  FieldSignature raw_types(const std::string& name) const {
    return field_signature(package_, types_, name);
  }

  const Package& package_;
  const GoTypes types_;
};

std::string HostWriter::embedding() const {
  std::string text;
  const bool has_imports = !package_.imports.empty();
  const std::string_view more = has_imports ? ", imports Imports" : "";
  const std::string_view passed = has_imports ? ", imports" : "";
  if (!package_.module_file.empty())
    text += fmt::format(
        "\n//go:embed {0}\nvar wasm []byte\n\n"
        "// Compile compiles the module, which is part of the program. It can be instantiated many "
        "times.\n"
        "func Compile(ctx context.Context, rt *skerry.Runtime) (*skerry.Module, error) {{\n"
        "\treturn rt.CompileNamed(ctx, {1}, wasm)\n}}\n\n"
        "// New compiles the module and makes one instance of it. config may be nil.\n"
        "func New(ctx context.Context, rt *skerry.Runtime{2}, config *skerry.Config) (*{3}, error) "
        "{{\n\tmod, err := Compile(ctx, rt)\n\tif err != nil {{\n\t\treturn nil, err\n\t}}\n"
        "\tdefer mod.Close()\n\treturn Instantiate(ctx, mod{4}, config)\n}}\n",
        package_.module_file, quoted(package_.module_file), more, package_.type, passed);
  return text;
}

std::string HostWriter::raw_type(const std::string& name) const {
  auto [params, results] = raw_types(name);
  params.insert(params.begin(), "context.Context");
  results.push_back("error");
  return fmt::format("func({}) {}", joined(params),
                     results.size() == 1 ? "error" : "(" + joined(results) + ")");
}

std::string HostWriter::type() const {
  std::vector<std::pair<std::string, std::string>> rows = {{"instance", "*skerry.Instance"}};
  if (has_space()) rows.emplace_back("space", "*scratch.Space");
  if (has_table()) rows.emplace_back("table", "*scratch.Table");
  for (const auto& one : package_.callbacks)
    rows.emplace_back(callback_field(*one), "*scratch.Callbacks[" + one->name + "]");
  for (const auto& [name, field] : package_.fields) rows.emplace_back(field, raw_type(name));
  return fmt::format(
      "\n// {0} is an instance of the module. One goroutine at a time uses it.\n"
      "type {0} struct {{\n{1}}}\n\n"
      "// Instance is what runs.\nfunc (l *{0}) Instance() *skerry.Instance {{ return l.instance "
      "}}\n"
      "\n// Close gives its memory back.\nfunc (l *{0}) Close() error {{ return l.instance.Close() "
      "}}\n",
      package_.type, aligned(rows));
}

std::string HostWriter::find_untyped(const std::string& name, const std::string& field) const {
  const auto [params, results] = raw_types(name);
  const FuncType& type = package_.field_types.at(name);
  std::vector<std::string> list = {"ctx context.Context"}, slots, gives, values, zeros;
  const auto words = [](const std::vector<ValType>& all) {
    std::vector<std::string> text;
    for (const ValType one : all) text.push_back(to_string(one));
    return joined(text);
  };
  for (size_t i = 0; i < params.size(); ++i) {
    const std::string p = fmt::format("p{}", i);
    list.push_back(p + " " + params[i]);
    const auto kind = type.params[i].kind();
    slots.push_back(kind == ValType::F32                           ? "skerry.EncodeF32(" + p + ")"
                    : kind == ValType::F64                         ? "skerry.EncodeF64(" + p + ")"
                    : kind == ValType::I32 && params[i] == "int32" ? "skerry.EncodeI32(" + p + ")"
                                                                   : "uint64(" + p + ")");
  }
  for (size_t i = 0; i < results.size(); ++i) {
    const std::string slot = fmt::format("slots[{}]", i);
    const auto kind = type.results[i].kind();
    gives.push_back(results[i]);
    zeros.push_back("0");
    values.push_back(kind == ValType::F32   ? "skerry.DecodeF32(" + slot + ")"
                     : kind == ValType::F64 ? "skerry.DecodeF64(" + slot + ")"
                                            : results[i] + "(" + slot + ")");
  }
  const std::string own = "untyped" + field.substr(2);
  std::string in_words = "(" + words(type.params) + ")";
  if (type.results.size() == 1) in_words += " -> " + words(type.results);
  if (type.results.size() > 1) in_words += " -> (" + words(type.results) + ")";
  gives.push_back("error"), zeros.push_back("err"), values.push_back("nil");
  std::string text = fmt::format(
      "\t{0}, err := scratch.Typed(in, {1}, {2})\n\tif err != nil {{\n\t\treturn nil, err\n\t}}\n"
      "\tl.{3} = func({4}) {5} {{\n",
      own, quoted(name), quoted(in_words), field, joined(list),
      gives.size() == 1 ? "error" : "(" + joined(gives) + ")");
  text += fmt::format("\t\tslots := [{}]uint64{{{}}}\n",
                      std::max<size_t>({params.size(), results.size(), 1}), joined(slots));
  if (results.empty())
    return text + fmt::format("\t\treturn {}.CallSlots(ctx, slots[:])\n\t}}\n", own);
  return text + fmt::format(
                    "\t\tif err := {}.CallSlots(ctx, slots[:]); err != nil {{\n"
                    "\t\t\treturn {}\n\t\t}}\n\t\treturn {}\n\t}}\n",
                    own, joined(zeros), joined(values));
}

std::string HostWriter::find(const std::string& name, const std::string& field) const {
  auto [params, results] = raw_types(name);
  if (params.size() > kMostTyped || results.size() > 1) return find_untyped(name, field);
  const std::string func =
      fmt::format("skerry.{}{}", results.empty() ? "Proc" : "Func", params.size());
  params.insert(params.end(), results.begin(), results.end());
  return fmt::format("\tif l.{}, err = {}{}(in, {}); err != nil {{\n\t\treturn nil, err\n\t}}\n",
                     field, func, params.empty() ? "" : "[" + joined(params) + "]", quoted(name));
}

std::string HostWriter::instantiate() const {
  const bool has_imports = !package_.imports.empty();
  std::string text = fmt::format(
      "\n// Instantiate makes an instance of the module. config may be nil.\n"
      "func Instantiate(ctx context.Context, mod *skerry.Module{}, config *skerry.Config) (*{}, "
      "error) {{\n",
      has_imports ? ", imports Imports" : "", package_.type);
  if (has_imports || package_.has_wasi) {
    text += "\tvar own skerry.Config\n\tif config != nil {\n\t\town = *config\n\t}\n";
    if (has_imports) text += "\town.Hosts = append(hostModules(imports), own.Hosts...)\n";
    if (package_.has_wasi)
      text +=
          "\tif own.WASI == nil {\n\t\town.WASI = &skerry.WASI{} // which grants nothing\n\t}\n";
    text += "\tin, err := mod.Instantiate(ctx, &own)\n";
  } else {
    text += "\tin, err := mod.Instantiate(ctx, config)\n";
  }
  text += fmt::format(
      "\tif err != nil {{\n\t\treturn nil, err\n\t}}\n\tl, err := bind(in)\n"
      "\tif err != nil {{\n\t\tin.Close()\n\t\treturn nil, err\n\t}}\n\treturn l, nil\n}}\n\n"
      "// bind finds the functions.\nfunc bind(in *skerry.Instance) (l *{0}, err error) {{\n"
      "\tl = &{0}{{instance: in}}\n",
      package_.type);
  if (has_space())
    text += fmt::format(
        "\tif l.space, err = scratch.New(in, {}, {}); err != nil {{\n\t\treturn nil, err\n\t}}\n",
        quoted(package_.malloc), quoted(package_.free));
  if (has_table())
    text += fmt::format("\tl.table = scratch.NewTable(in, {})\n", quoted(package_.table));
  for (const auto& one : package_.callbacks)
    text += fmt::format("\tl.{} = scratch.NewCallbacks(l.table, l.host{})\n", callback_field(*one),
                        one->name);
  for (const auto& [name, field] : package_.fields) text += find(name, field);
  return text + "\treturn l, nil\n}\n";
}

std::string HostWriter::failures() const {
  std::set<std::string> messages;
  const auto note = [&](const Method& one) {
    if (!one.error.message.empty()) messages.insert(one.error.message);
  };
  for (const Method& one : package_.exports) note(one);
  for (const auto& [name, handle] : package_.handles)
    if (handle.close) note(*handle.close);
  std::string text;
  for (const std::string& name : messages) {
    const std::string& field = package_.fields.at(name);
    const auto [params, results] = raw_types(name);
    text += fmt::format(
        "\nfunc (l *{}) fail{}(ctx context.Context, name string, code int64) error {{\n"
        "\tfailure := &scratch.Error{{Func: name, Code: code}}\n"
        "\tif at, err := l.{}(ctx, {}(code)); err == nil {{\n"
        "\t\tfailure.Message, _ = scratch.CString(l.instance, uint32(at))\n\t}}\n"
        "\treturn failure\n}}\n",
        package_.type, field.substr(2), field, params[0]);
  }
  return text;
}

std::string HostWriter::handles() const {
  using Kind = Argument::Kind;
  std::set<std::string> used;
  const auto note = [&](const Method& method) {
    for (const Argument& one : method.arguments) {
      if (one.kind == Kind::Handle) used.insert(one.type.name);
      const bool has_elements = one.kind == Kind::Single || one.kind == Kind::Slice;
      if (has_elements && element_of(one.type) == Element::Handle)
        used.insert(one.type.inner->name);
    }
    for (const Result& one : method.results)
      if (one.kind == Result::Kind::Handle) used.insert(one.type.name);
  };
  for (const Method& one : package_.exports) note(one);
  for (const auto& one : package_.callbacks) note(*one);
  std::string text;
  for (const auto& [c_name, handle] : package_.handles) {
    if (!used.contains(c_name) && !handle.close) continue;
    text += fmt::format(
        "\n// {0} is a pointer to {1} of C. nil is the null pointer.\ntype {0} struct {{\n"
        "\tlibrary *{2}\n\taddress uint32\n}}\n\n"
        "func (h *{0}) in(l *{2}) (uint32, error) {{\n\tif h == nil {{\n\t\treturn 0, nil\n\t}}\n"
        "\tif h.library != l || h.address == 0 {{\n\t\treturn 0, scratch.ErrClosedHandle\n\t}}\n"
        "\treturn h.address, nil\n}}\n\n"
        "func (l *{2}) handle{0}(address uint32) *{0} {{\n\tif address == 0 {{\n\t\treturn nil\n"
        "\t}}\n\treturn &{0}{{l, address}}\n}}\n",
        handle.name, c_name, package_.type);
    if (handle.close) text += close_text(package_, types_, handle);
  }
  return text;
}

std::string HostWriter::imported_packages(const std::string& body) const {
  std::string text = "\nimport (\n\t\"context\"\n";
  if (!package_.module_file.empty()) text += "\t_ \"embed\"\n";
  text += "\n\t\"skerry.dev/skerry\"\n";
  if (body.find("scratch.") != std::string::npos) text += "\t\"skerry.dev/skerry/scratch\"\n";
  return text + ")\n";
}

std::string HostWriter::write() {
  std::string body = embedding() + type() + instantiate() + imports_text(package_, types_) +
                     constants_text(package_, types_) + struct_text(package_, types_) + handles();
  for (const auto& one : package_.callbacks) body += callback_text(package_, types_, *one);
  for (const Method& one : package_.exports) body += method_text(package_, types_, one);
  body += failures();
  return generated_by(package_, "calls the functions of") + imported_packages(body) + body +
         left_out_comment(package_);
}

}  // namespace

std::string go_host_text(const Package& package) { return HostWriter(package).write(); }

}  // namespace skerry::bindgen
