// A method that calls the module: what it passes goes into a frame of the module's memory, what
// comes back is taken out of it.
#include <fmt/format.h>

#include <algorithm>

#include "bindgen/go_names.h"
#include "bindgen/go_text.h"

namespace skerry::bindgen {
namespace {

using Kind = Argument::Kind;

constexpr std::string_view kReturnError = "\tif err != nil {\n\t\treturn\n\t}\n";
constexpr std::string_view kFrameError = "\tif err = frame.Err(); err != nil {\n\t\treturn\n\t}\n";

class MethodWriter {
 public:
  MethodWriter(const Package& package, const GoTypes& types, const Method& method)
      : package_(package), types_(types), method_(method) {}

  std::string write();

 private:
  void name_results();
  std::string head() const;
  std::string handles() const;
  std::string handle_slice(const Argument& one) const;
  std::string lengths() const;
  std::string frame() const;
  std::string frame_size() const;
  std::string slice_size(const Argument& one) const;
  static std::string slice_room(const GoTypes& types, const Argument& one,
                                std::string_view times = "*");
  std::string part(const Argument& one) const;
  std::string slice_part(const Argument& one) const;
  std::string callbacks() const;
  std::string call() const;
  std::string argument(const Argument& one) const;
  std::string outs() const;
  std::string error() const;
  std::string used_slices() const;
  std::string used_slice(const Argument& one, const std::string& used) const;
  std::string results() const;
  static bool is_out(const Argument& one) {
    return (one.kind == Kind::Single || (one.kind == Kind::Length && one.is_pointer)) &&
           has_out(one.way);
  }
  // An InOut parameter and its result cannot have one name.
  static std::string out_name(const Argument& one) {
    return one.kind == Kind::Single && one.way == Way::InOut ? one.name + "Out" : one.name;
  }
  const Package& package_;
  const GoTypes& types_;
  const Method& method_;
  std::vector<std::string> names_;  // of the results
};

void MethodWriter::name_results() {
  for (size_t i = 0; i < method_.results.size(); ++i)
    names_.push_back(method_.results.size() == 1 ? "result" : fmt::format("r{}", i));
}

std::string MethodWriter::head() const {
  std::vector<std::string> gives;
  for (size_t i = 0; i < method_.results.size(); ++i) {
    const Result& one = method_.results[i];
    if (!one.is_shown) continue;
    gives.push_back(names_[i] + " " +
                    (one.kind == Result::Kind::Text     ? "string"
                     : one.kind == Result::Kind::Handle ? "*" + types_.handle(one.type)
                                                        : types_.name(one.type)));
  }
  for (const Argument& one : method_.arguments)
    if (is_out(one)) gives.push_back(out_name(one) + " " + types_.element(one.type));
  gives.push_back("err error");
  const std::string list = parameter_list(types_, method_);
  return fmt::format("\n{}func (l *{}) {}(ctx context.Context{}{}) ({}) {{\n",
                     doc_comment("", method_.name, method_.symbol), package_.type, method_.name,
                     list.empty() ? "" : ", ", list, joined(gives));
}

std::string MethodWriter::handles() const {
  std::string text;
  for (const Argument& one : method_.arguments) {
    const bool is_single =
        one.kind == Kind::Single && has_in(one.way) && one.type.kind == CType::Kind::Pointer;
    if (one.kind == Kind::Handle || is_single)
      text += fmt::format("\t{0}{1}, err := {0}.in(l)\n{2}", one.name, is_single ? "Address" : "At",
                          kReturnError);
    if (one.kind == Kind::Slice && element_of(one.type) == Element::Handle)
      text += handle_slice(one);
  }
  return text;
}

std::string MethodWriter::lengths() const {
  std::string text;
  for (const Argument& one : method_.arguments) {
    if (const Argument* const first = shares_length(method_, one))
      text += fmt::format(
          "\tif len({}) != len({}) {{\n\t\terr = scratch.ErrLengths\n\t\treturn\n\t}}\n", one.name,
          first->name);
  }
  return text;
}

std::string MethodWriter::handle_slice(const Argument& one) const {
  return fmt::format(
      "\t{0}Addresses := make([]uint32, len({0}))\n\tfor i, one := range {0} {{\n"
      "\t\tif {0}Addresses[i], err = one.in(l); err != nil {{\n\t\t\treturn\n\t\t}}\n\t}}\n",
      one.name);
}

// In bytes, as an int of Go.
std::string MethodWriter::slice_room(const GoTypes& types, const Argument& one,
                                     std::string_view times) {
  const Element element = element_of(one.type);
  const uint64_t bytes = element == Element::Struct   ? types.bytes(one.type)
                         : element == Element::Number ? one.type.bytes
                                                      : sizeof(uint32_t);
  return bytes == 1 ? fmt::format("len({})", one.name)
                    : fmt::format("{}{}len({})", bytes, times, one.name);
}

std::string MethodWriter::slice_size(const Argument& one) const {
  return element_of(one.type) == Element::Text
             ? fmt::format("scratch.CStringsSize({})", one.name)
             : fmt::format("scratch.Size({})", slice_room(types_, one));
}

std::string MethodWriter::frame_size() const {
  uint64_t fixed = 0;
  std::vector<std::string> parts;
  for (const Argument& one : method_.arguments) {
    if (one.kind == Kind::Text)
      parts.push_back(fmt::format("scratch.Size(len({})+1)", one.name));
    else if (one.kind == Kind::Slice)
      parts.push_back(slice_size(one));
    else if (one.kind == Kind::Single && one.type.kind == CType::Kind::Record)
      fixed += (types_.bytes(one.type) + 15) / 16 * 16;
    else if (one.kind == Kind::Single || (one.kind == Kind::Length && one.is_pointer))
      fixed += 16;
  }
  if (fixed != 0) parts.push_back(std::to_string(fixed));
  return joined(parts, "+");
}

// The line that makes an argument's part of the frame.
std::string MethodWriter::part(const Argument& one) const {
  const std::string& name = one.name;
  switch (one.kind) {
    case Kind::Text: return fmt::format("\t{}At := frame.CString({})\n", name, name);
    case Kind::Slice: return slice_part(one);
    case Kind::Length:
      if (!one.is_pointer) return {};
      return fmt::format("\t{}At := scratch.Put(&frame, {}(len({})))\n", name,
                         types_.stored(one.type), method_.arguments[one.other].name);
    case Kind::Single: break;
    default: return {};
  }
  if (one.type.kind == CType::Kind::Record) {
    const uint64_t bytes = types_.bytes(one.type);
    if (!has_in(one.way)) return fmt::format("\t{}At := frame.Zeros({})\n", name, bytes);
    return fmt::format(
        "\tvar {0}Bytes [{1}]byte\n\t{0}.encode({0}Bytes[:])\n"
        "\t{0}At := frame.Bytes({0}Bytes[:])\n",
        name, bytes);
  }
  if (!has_in(one.way))
    return fmt::format("\t{}At := scratch.Put(&frame, {}(0))\n", name, types_.stored(one.type));
  const std::string value =
      one.type.kind == CType::Kind::Pointer ? name + "Address" : types_.to_stored(name, one.type);
  return fmt::format("\t{}At := scratch.Put(&frame, {})\n", name, value);
}

std::string MethodWriter::slice_part(const Argument& one) const {
  const std::string& name = one.name;
  if (one.is_text) return fmt::format("\t{0}At := frame.Text({0})\n", name);
  if (!has_in(one.way))
    // As gofmt has it where a product is the only argument.
    return fmt::format("\t{}At := frame.Room({})\n", name, slice_room(types_, one, " * "));
  switch (element_of(one.type)) {
    case Element::Number: return fmt::format("\t{0}At := scratch.PutSlice(&frame, {0})\n", name);
    case Element::Text: return fmt::format("\t{0}At := frame.CStrings({0})\n", name);
    case Element::Handle:
      return fmt::format("\t{0}At := scratch.PutSlice(&frame, {0}Addresses)\n", name);
    case Element::Struct: break;
  }
  return fmt::format(
      "\t{0}Bytes := make([]byte, {1})\n\tfor i := range {0} {{\n"
      "\t\t{0}[i].encode({0}Bytes[{2}*i:])\n\t}}\n\t{0}At := frame.Bytes({0}Bytes)\n",
      name, slice_room(types_, one), types_.bytes(one.type));
}

// Pointers to functions, which are last: what is kept from then on is the library's to release.
std::string MethodWriter::callbacks() const {
  using Keep = Callback::Keep;
  std::string text;
  const auto lend = [&](std::string_view from, bool is_lent) {
    std::string lines;
    for (const Argument& one : method_.arguments) {
      if (one.kind != Kind::Callback || (one.callback->keep == Keep::Call) != is_lent) continue;
      lines += fmt::format("\t{0}At := scratch.Lend(&{1}, l.{2}, {0}, {0} != nil)\n", one.name,
                           from, callback_field(*one.callback));
    }
    if (!lines.empty()) text += fmt::format("\tvar {} scratch.Lent\n{}", from, lines);
    return !lines.empty();
  };
  if (lend("lent", true))
    text += "\tdefer lent.End()\n\tif err = lent.Err(); err != nil {\n\t\treturn\n\t}\n";
  if (!lend("kept", false)) return text;
  const auto name_of = [&](Kind kind) {
    const auto found = std::ranges::find(method_.arguments, kind, &Argument::kind);
    return found == method_.arguments.end() ? std::string() : found->name + "At";
  };
  if (const std::string user = name_of(Kind::User); !user.empty())
    text += fmt::format("\t{}, {} := kept.Keep(l.table)\n", user, name_of(Kind::Release));
  return text + "\tif err = kept.Err(); err != nil {\n\t\treturn\n\t}\n";
}

std::string MethodWriter::frame() const {
  if (!method_.needs_frame()) return {};
  std::string text = fmt::format("\tframe, err := l.space.Take(ctx, {})\n{}\tdefer frame.Give()\n",
                                 frame_size(), kReturnError);
  for (const Argument& one : method_.arguments) text += part(one);
  return text + std::string(kFrameError);
}

std::string MethodWriter::argument(const Argument& one) const {
  switch (one.kind) {
    case Kind::Number: return types_.to_raw(one.name, one.type);
    case Kind::Fixed: {
      // Pointers such as SQLITE_TRANSIENT are -1.
      const bool is_unsigned = one.is_pointer || !one.type.is_signed;
      const bool is_wide = one.type.bytes == 8 && !one.is_pointer;
      if (!is_unsigned)
        return std::to_string(is_wide ? one.fixed : static_cast<int32_t>(one.fixed));
      return std::to_string(is_wide ? static_cast<uint64_t>(one.fixed)
                                    : static_cast<uint32_t>(one.fixed));
    }
    case Kind::Length:
      if (one.is_pointer) return one.name + "At";
      return fmt::format("{}(len({}))", types_.raw(one.type), method_.arguments[one.other].name);
    default: return one.name + "At";
  }
}

std::string MethodWriter::call() const {
  std::string list = "ctx";
  for (const Argument& one : method_.arguments) list += ", " + argument(one);
  std::vector<std::string> raw;
  for (size_t i = 0; i < method_.results.size(); ++i)
    raw.push_back(method_.results.size() == 1 ? "raw" : fmt::format("raw{}", i));
  raw.push_back("err");
  const std::string& field = package_.fields.at(method_.symbol);
  return fmt::format("\t{} {} l.{}({})\n{}", joined(raw), raw.size() == 1 ? "=" : ":=", field, list,
                     kReturnError);
}

std::string MethodWriter::outs() const {
  std::string text;
  for (const Argument& one : method_.arguments) {
    if (!is_out(one)) continue;
    const std::string name = out_name(one), at = one.name + "At";
    if (one.type.kind == CType::Kind::Record) {
      const bool has_bytes = has_in(one.way);
      if (!has_bytes)
        text += fmt::format("\tvar {}Bytes [{}]byte\n", one.name, types_.bytes(one.type));
      text += fmt::format("\tframe.ReadInto({}, {}Bytes[:])\n\t{}.decode({}Bytes[:])\n", at,
                          one.name, name, one.name);
      continue;
    }
    const std::string value =
        fmt::format("scratch.Get[{}](&frame, {})", types_.stored(one.type), at);
    if (one.type.kind != CType::Kind::Pointer)
      text += fmt::format("\t{} = {}\n", name, types_.from_stored(value, one.type));
    else if (element_of(one.type) == Element::Handle)
      text += fmt::format("\t{} = l.handle{}({})\n", name, types_.handle(*one.type.inner), value);
    else
      text +=
          fmt::format("\t{}, err = scratch.CString(l.instance, {})\n{}", name, value, kReturnError);
  }
  return text.empty() ? text : text + std::string(kFrameError);
}

std::string error_lines(const Package& package, const GoTypes& types, const Method& method,
                        std::string_view library) {
  const ErrorCheck& check = method.error;
  std::string condition, text;
  switch (check.kind) {
    case ErrorCheck::Kind::None: return {};
    case ErrorCheck::Kind::NonZero: condition = "raw != 0"; break;
    case ErrorCheck::Kind::Negative: condition = "raw < 0"; break;
    case ErrorCheck::Kind::Zero: condition = "raw == 0"; break;
    case ErrorCheck::Kind::Function: {
      const FieldSignature takes = field_signature(package, types, check.function);
      text = fmt::format("\tfailed, err := {}.{}(ctx, {}(raw))\n{}", library,
                         package.fields.at(check.function), takes.params[0], kReturnError);
      condition = "failed != 0";
    }
  }
  for (const int64_t good : check.ok) condition += fmt::format(" && raw != {}", good);
  const std::string failure =
      check.message.empty()
          ? fmt::format("&scratch.Error{{Func: {}, Code: int64(raw)}}", quoted(method.symbol))
          : fmt::format("{}.fail{}(ctx, {}, int64(raw))", library,
                        package.fields.at(check.message).substr(2), quoted(method.symbol));
  return text + fmt::format("\tif {} {{\n\t\terr = {}\n\t\treturn\n\t}}\n", condition, failure);
}

std::string MethodWriter::used_slices() const {
  std::string text;
  for (const Argument& one : method_.arguments) {
    if (one.kind != Kind::Slice || !has_out(one.way)) continue;
    const std::string used = one.is_used_by_result ? "raw"
                             : one.used            ? out_name(method_.arguments[*one.used])
                                                   : "";
    text += used_slice(one, used);
  }
  return text.empty() ? text : text + std::string(kFrameError);
}

std::string MethodWriter::used_slice(const Argument& one, const std::string& used) const {
  const std::string& name = one.name;
  const std::string part =
      used.empty() ? name : fmt::format("{0}[:scratch.Capped({1}, len({0}))]", name, used);
  if (element_of(one.type) != Element::Struct)
    return fmt::format("\tscratch.GetSlice(&frame, {}At, {})\n", name, part);
  std::string text;
  if (has_in(one.way))
    text = fmt::format("\tframe.ReadInto({0}At, {0}Bytes)\n", name);
  else
    text = fmt::format("\t{0}Bytes := make([]byte, {1})\n\tframe.ReadInto({0}At, {0}Bytes)\n", name,
                       slice_room(types_, one));
  return text + fmt::format("\tfor i := range {0} {{\n\t\t{1}[i].decode({1}Bytes[{2}*i:])\n\t}}\n",
                            part, name, types_.bytes(one.type));
}

std::string MethodWriter::results() const {
  std::string text;
  for (size_t i = 0; i < method_.results.size(); ++i) {
    const Result& one = method_.results[i];
    if (!one.is_shown) continue;
    const std::string raw = method_.results.size() == 1 ? "raw" : fmt::format("raw{}", i);
    if (one.kind == Result::Kind::Number) {
      text += fmt::format("\t{} = {}\n", names_[i], types_.from_raw(raw, one.type));
    } else if (one.kind == Result::Kind::Handle) {
      text += fmt::format("\t{} = l.handle{}({})\n", names_[i], types_.handle(one.type), raw);
    } else {
      text += fmt::format("\t{}, err = scratch.CString(l.instance, {})\n", names_[i], raw);
      // Also if it could not be read.
      if (!one.freed_by.empty())
        text += fmt::format(
            "\tif freed := l.{}(ctx, {}); err == nil {{\n\t\terr = freed\n\t}}\n",
            package_.fields.at(one.freed_by),
            GoTypes::converted(raw, "uint32",
                               field_signature(package_, types_, one.freed_by).params[0]));
    }
  }
  return text;
}

std::string MethodWriter::write() {
  name_results();
  std::string text = head() + lengths() + handles() + frame() + callbacks() + call() + outs() +
                     error_lines(package_, types_, method_, "l") + used_slices() + results();
  // What is returned last needs no look at it.
  if (text.ends_with(kReturnError))
    text.resize(text.size() - kReturnError.size());
  else if (text.ends_with(kFrameError))
    text.replace(text.size() - kFrameError.size(), kFrameError.size(), "\terr = frame.Err()\n");
  return text + "\treturn\n}\n";
}

}  // namespace

std::string method_text(const Package& package, const GoTypes& types, const Method& method) {
  return MethodWriter(package, types, method).write();
}

std::string close_text(const Package& package, const GoTypes& types, const Handle& handle) {
  const Method& method = *handle.close;
  std::string text = fmt::format(
      "\n// Close frees it, by {}. After that it cannot be used; closing it again does nothing.\n"
      "func (h *{}) Close(ctx context.Context) (err error) {{\n"
      "\tif h == nil || h.address == 0 {{\n\t\treturn nil\n\t}}\n",
      method.symbol, handle.name);
  const bool has_check = method.error.kind != ErrorCheck::Kind::None;
  const std::string gives = method.results.empty() ? "err ="
                            : has_check            ? "raw, err :="
                                                   : "_, err =";
  text += fmt::format("\t{} h.library.{}(ctx, h.address)\n{}", gives,
                      package.fields.at(method.symbol), kReturnError);
  return text + error_lines(package, types, method, "h.library") + "\th.address = 0\n\treturn\n}\n";
}

}  // namespace skerry::bindgen
