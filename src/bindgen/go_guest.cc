// The package of a guest in Go: functions that it imports, and malloc and free for its host.
#include <fmt/format.h>

#include "bindgen/go_names.h"
#include "bindgen/go_text.h"

namespace skerry::bindgen {
namespace {

using Kind = Argument::Kind;

constexpr std::string_view kAllocation = R"go(
// blocks are what the host has: the collector must not take them.
var blocks = map[unsafe.Pointer][]byte{}

//go:wasmexport malloc
func malloc(size uint32) unsafe.Pointer {
	block := make([]byte, max(size, 1))
	at := unsafe.Pointer(unsafe.SliceData(block))
	blocks[at] = block
	return at
}

//go:wasmexport free
func free(at unsafe.Pointer) { delete(blocks, at) }
)go";

class GuestWriter {
 public:
  GuestWriter(const GoTypes& types, const Method& method)
      : types_(types), method_(method), raw_("raw" + method.name) {}

  std::string write() const {
    const bool is_error = method_.error.kind != ErrorCheck::Kind::None;
    return declaration() + head(is_error) + before() + call() + after(is_error);
  }
  bool has_error() const { return method_.error.kind != ErrorCheck::Kind::None; }

 private:
  std::string declaration() const;
  std::string head(bool is_error) const;
  std::string before() const;
  std::string call() const;
  std::string after(bool is_error) const;
  static bool is_out(const Argument& one) {
    return (one.kind == Kind::Single || (one.kind == Kind::Length && one.is_pointer)) &&
           has_out(one.way);
  }

  const GoTypes& types_;
  const Method& method_;
  const std::string raw_;
};

// Names of modules and functions stand in a comment, as words.
bool is_word(const std::string& name) {
  return !name.empty() && name.find_first_of(" \t\r\n\"`\\") == std::string::npos;
}

std::string GuestWriter::declaration() const {
  std::vector<std::string> params;
  for (const Argument& one : method_.arguments)
    params.push_back(one.name + " " +
                     (one.is_pointer && one.kind != Kind::Fixed ? "unsafe.Pointer"
                      : one.is_pointer                          ? "uint32"
                                                                : types_.raw(one.type)));
  const std::string gives =
      method_.results.empty() ? "" : " " + types_.raw(method_.results[0].type);
  return fmt::format("\n//go:wasmimport {} {}\nfunc {}({}){}\n", method_.module, method_.symbol,
                     raw_, joined(params), gives);
}

std::string GuestWriter::head(bool is_error) const {
  std::vector<std::string> gives;
  for (const Result& one : method_.results)
    if (one.is_shown) gives.push_back("result " + types_.name(one.type));
  for (const Argument& one : method_.arguments)
    if (is_out(one)) gives.push_back(one.name + "Out " + types_.name(one.type));
  if (is_error) gives.push_back("err error");
  return fmt::format("\n// {} is {}.{} of the host.\nfunc {}({}){} {{\n", method_.name,
                     method_.module, method_.symbol, method_.name, parameter_list(types_, method_),
                     gives.empty() ? "" : " (" + joined(gives) + ")");
}

std::string GuestWriter::before() const {
  std::string text;
  for (const Argument& one : method_.arguments) {
    if (const Argument* const first = shares_length(method_, one))
      text +=
          fmt::format("\tif len({}) != len({}) {{\n\t\tpanic(\"slices differ in length\")\n\t}}\n",
                      one.name, first->name);
    if (one.kind == Kind::Text)
      text += fmt::format("\t{0}Bytes := append([]byte({0}), 0)\n", one.name);
    else if (one.kind == Kind::Length && one.is_pointer)
      text += fmt::format("\t{}At := {}(len({}))\n", one.name, types_.stored(one.type),
                          method_.arguments[one.other].name);
    else if (one.kind == Kind::Single && !has_in(one.way))
      text += fmt::format("\tvar {}At {}\n", one.name, types_.stored(one.type));
    else if (one.kind == Kind::Single)
      text += fmt::format("\t{}At := {}\n", one.name, types_.to_stored(one.name, one.type));
  }
  // Where the type is another, to_raw() is wanted.
  return text;
}

std::string to_raw_bool(const std::string& value) { return "boolNumber(" + value + ")"; }

std::string GuestWriter::call() const {
  std::vector<std::string> list;
  for (const Argument& one : method_.arguments) {
    switch (one.kind) {
      case Kind::Number:
        list.push_back(one.type.kind == CType::Kind::Bool ? to_raw_bool(one.name)
                                                          : types_.to_raw(one.name, one.type));
        break;
      case Kind::Fixed:
        list.push_back(one.is_pointer || !one.type.is_signed
                           ? std::to_string(static_cast<uint32_t>(one.fixed))
                           : std::to_string(one.fixed));
        break;
      case Kind::Text: list.push_back(fmt::format("unsafe.Pointer(&{}Bytes[0])", one.name)); break;
      case Kind::Slice:
        list.push_back(fmt::format("unsafe.Pointer(unsafe.{}Data({}))",
                                   one.is_text ? "String" : "Slice", one.name));
        break;
      case Kind::Length:
        list.push_back(one.is_pointer ? fmt::format("unsafe.Pointer(&{}At)", one.name)
                                      : fmt::format("{}(len({}))", types_.raw(one.type),
                                                    method_.arguments[one.other].name));
        break;
      default: list.push_back(fmt::format("unsafe.Pointer(&{}At)", one.name)); break;
    }
  }
  return fmt::format("\t{}{}({})\n", method_.results.empty() ? "" : "raw := ", raw_, joined(list));
}

std::string GuestWriter::after(bool is_error) const {
  std::string text;
  for (const Argument& one : method_.arguments)
    if (is_out(one))
      text +=
          fmt::format("\t{}Out = {}\n", one.name, types_.from_stored(one.name + "At", one.type));
  if (is_error) {
    const ErrorCheck& check = method_.error;
    std::string condition = check.kind == ErrorCheck::Kind::NonZero    ? "raw != 0"
                            : check.kind == ErrorCheck::Kind::Negative ? "raw < 0"
                                                                       : "raw == 0";
    for (const int64_t good : check.ok) condition += fmt::format(" && raw != {}", good);
    text += fmt::format("\tif {} {{\n\t\terr = &Error{{Func: {}, Code: int64(raw)}}\n\t}}\n",
                        condition, quoted(method_.symbol));
  }
  bool has_results = is_error;
  for (const Result& one : method_.results) {
    if (!one.is_shown) continue;
    has_results = true;
    text += fmt::format("\tresult = {}\n", types_.from_raw("raw", one.type));
  }
  for (const Argument& one : method_.arguments) has_results = has_results || is_out(one);
  return text + (has_results ? "\treturn\n}\n" : "}\n");
}

constexpr std::string_view kError = R"go(
// Error is a failure that the host reports by a result.
type Error struct {
	Func string
	Code int64
}

func (e *Error) Error() string { return e.Func + " failed with " + strconv.FormatInt(e.Code, 10) }
)go";

constexpr std::string_view kBool = R"go(
func boolNumber(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}
)go";

}  // namespace

std::string go_guest_text(const Package& package) {
  const GoTypes types(package);
  std::string body;
  Package shown = package;
  bool has_error = false;
  for (const Method& one : package.imports) {
    if (!is_word(one.module) || !is_word(one.symbol)) {
      shown.left_out.push_back({one.symbol, "its name, or its module's, is no word"});
      continue;
    }
    const GuestWriter writer(types, one);
    has_error = has_error || writer.has_error();
    body += writer.write();
  }
  // The names are the SDK's, which a guest does not have.
  for (size_t at; (at = body.find("scratch.Bool(")) != std::string::npos;)
    body.replace(at, std::string_view("scratch.Bool(").size(), "boolNumber(");
  if (body.find("boolNumber(") != std::string::npos) body += kBool;
  if (has_error) body += kError;
  return generated_by(package, "is for guests that import the functions of") + "\nimport " +
         (has_error ? "(\n\t\"strconv\"\n\t\"unsafe\"\n)\n" : "\"unsafe\"\n") +
         constants_text(package, types) + body + std::string(kAllocation) + left_out_comment(shown);
}

}  // namespace skerry::bindgen
