// First what the module passes is read, then the method is called, then its results are written.
#include "bindgen/go_host_func.h"

#include <fmt/format.h>

#include "bindgen/go_names.h"
#include "wasm/func_type_text.h"

namespace skerry::bindgen {
namespace {

using Kind = Argument::Kind;

constexpr size_t kMostTyped = 6;  // parameters of skerry.Host6
constexpr std::string_view kStop = "\t\tif !ok {\n\t\t\treturn\n\t\t}\n";

bool is_out(const Argument& one) {
  return (one.kind == Kind::Single || (one.kind == Kind::Length && one.is_pointer)) &&
         has_out(one.way);
}

bool is_struct(const Argument& one) { return one.type.kind == CType::Kind::Record; }

}  // namespace

bool HostFuncWriter::is_typed() const {
  return method_.arguments.size() <= kMostTyped && method_.results.size() <= 1;
}

std::vector<std::string> HostFuncWriter::result_types() const {
  std::vector<std::string> gives;
  for (const Result& one : method_.results) gives.push_back(types_.name(one.type));
  for (const Argument& one : method_.arguments)
    if (is_out(one)) gives.push_back(types_.name(one.type));
  return gives;
}

std::string HostFuncWriter::signature() const {
  const std::string list = parameter_list(types_, method_);
  const auto gives = result_types();
  std::string text = fmt::format("(c *skerry.Caller{}{})", list.empty() ? "" : ", ", list);
  if (gives.size() == 1) text += " " + gives[0];
  if (gives.size() > 1) text += " (" + joined(gives) + ")";
  return text;
}

std::string HostFuncWriter::raw_name(const Argument& one) const {
  if (one.kind == Kind::Ignored) return "_";
  return one.kind == Kind::Number ? one.name : one.name + "At";
}

std::string HostFuncWriter::length_of(const Argument& slice) const {
  const Argument& other = method_.arguments[slice.other];
  return fmt::format("uint32({}{})", other.name, other.is_pointer ? "Given" : "At");
}

std::string HostFuncWriter::given_slice(const Argument& one) const {
  const std::string at = one.name + "At", length = length_of(one);
  if (one.is_text)
    return fmt::format("\t\t{}, ok := scratch.GivenText(c, {}, {})\n{}", one.name, at, length,
                       kStop);
  const std::string element = slice_element(types_, one.type);
  switch (element_of(one.type)) {
    case Element::Number: break;
    case Element::Text:
      return fmt::format("\t\t{}, ok := scratch.GivenCStrings(c, {}, {})\n{}", one.name, at, length,
                         kStop);
    case Element::Handle:
      return fmt::format(
          "\t\t{0}Addresses, ok := scratch.GivenSlice[uint32](c, {1}, {2})\n{3}"
          "\t\t{0} := make([]{4}, len({0}Addresses))\n\t\tfor i, at := range {0}Addresses {{\n"
          "\t\t\t{0}[i] = l.handle{5}(at)\n\t\t}}\n",
          one.name, at, length, kStop, element, types_.handle(*one.type.inner));
    case Element::Struct:
      return fmt::format(
          "\t\t{0}Bytes, ok := scratch.GivenStructs(c, {1}, {2}, {4})\n{3}"
          "\t\t{0} := make([]{5}, len({0}Bytes)/{4})\n\t\tfor i := range {0} {{\n"
          "\t\t\t{0}[i].decode({0}Bytes[{4}*i:])\n\t\t}}\n",
          one.name, at, length, kStop, types_.bytes(one.type), element);
  }
  return fmt::format("\t\t{}, ok := scratch.{}Slice[{}](c, {}, {})\n{}", one.name,
                     has_in(one.way) ? "Given" : "Wanted", element, at, length, kStop);
}

// The lines that read what the module passes.
std::string HostFuncWriter::given(const Argument& one) const {
  const std::string at = one.name + "At";
  switch (one.kind) {
    case Kind::Text:
      return fmt::format("\t\t{}, ok := scratch.GivenCString(c, {})\n{}", one.name, at, kStop);
    case Kind::Slice: return given_slice(one);
    case Kind::Single:
      if (!has_in(one.way)) return {};
      if (is_struct(one))
        return fmt::format(
            "\t\t{0}Bytes, ok := scratch.GivenStructs(c, {1}, 1, {2})\n{3}\t\tvar {0}Given {4}\n"
            "\t\t{0}Given.decode({0}Bytes)\n",
            one.name, at, types_.bytes(one.type), kStop, types_.name(one.type));
      return fmt::format("\t\t{}Given, ok := scratch.GetNumber[{}](c, {})\n{}", one.name,
                         types_.stored(one.type), at, kStop);
    default: return {};
  }
}

// What the method is called with; empty: nothing.
std::string HostFuncWriter::passed(const Argument& one) const {
  switch (one.kind) {
    case Kind::Number: return types_.from_raw(one.name, one.type);
    case Kind::Handle: return fmt::format("l.handle{}({}At)", types_.handle(one.type), one.name);
    case Kind::Text:
    case Kind::Slice: return one.name;
    case Kind::Single:
      if (!has_in(one.way)) return {};
      return is_struct(one) ? one.name + "Given" : types_.from_stored(one.name + "Given", one.type);
    default: return {};
  }
}

// The lines that write what the method returned.
std::string HostFuncWriter::answered(const Argument& one) const {
  const std::string at = one.name + "At";
  if (is_out(one) && is_struct(one))
    return fmt::format(
        "\t\tvar {0}Answer [{1}]byte\n\t\t{0}Out.encode({0}Answer[:])\n"
        "\t\tscratch.AnswerSlice(c, {2}, {0}Answer[:])\n",
        one.name, types_.bytes(one.type), at);
  if (is_out(one))
    return fmt::format("\t\tscratch.PutNumber(c, {}, {})\n", at,
                       types_.to_stored(one.name + "Out", one.type));
  if (one.kind != Kind::Slice || !has_out(one.way)) return {};
  std::string part = one.name;
  const std::string used = one.is_used_by_result ? "result"
                           : one.used            ? method_.arguments[*one.used].name + "Out"
                                                 : "";
  if (!used.empty()) part = fmt::format("{0}[:scratch.Capped({1}, len({0}))]", one.name, used);
  return fmt::format("\t\tscratch.AnswerSlice(c, {}, {})\n", at, part);
}

std::vector<std::string> HostFuncWriter::out_names() const {
  std::vector<std::string> names;
  for (size_t i = 0; i < method_.results.size(); ++i)
    names.push_back(method_.results.size() == 1 ? "result" : fmt::format("result{}", i));
  for (const Argument& one : method_.arguments)
    if (is_out(one)) names.push_back(one.name + "Out");
  return names;
}

std::string HostFuncWriter::body() const {
  std::string text = before_, list = "c";
  // Lengths behind pointers are what slices need.
  for (const Argument& one : method_.arguments)
    if (one.kind == Kind::Length && one.is_pointer)
      text += fmt::format("\t\t{}Given, ok := scratch.GetNumber[{}](c, {}At)\n{}", one.name,
                          types_.stored(one.type), one.name, kStop);
  for (const Argument& one : method_.arguments) {
    text += given(one);
    if (const std::string value = passed(one); !value.empty()) list += ", " + value;
  }
  const auto names = out_names();
  text +=
      fmt::format("\t\t{}{}{}({})\n", joined(names), names.empty() ? "" : " := ", callee_, list);
  for (const Argument& one : method_.arguments) text += answered(one);
  return text;
}

std::string HostFuncWriter::typed() const {
  std::vector<std::string> params = {"c *skerry.Caller"};
  for (const Argument& one : method_.arguments) params.push_back(raw_name(one) + " " + raw_of(one));
  // With a name, so that after a failure it can return at any place.
  std::string gives, last;
  if (!method_.results.empty()) {
    gives = fmt::format(" (answer {})", types_.raw(method_.results[0].type));
    last = fmt::format("\t\treturn {}\n", types_.to_raw("result", method_.results[0].type));
  }
  return fmt::format("skerry.Host{}{}(func({}){} {{\n{}{}\t}})",
                     method_.results.empty() ? "Proc" : "", method_.arguments.size(),
                     joined(params), gives, body(), last);
}

std::string HostFuncWriter::by_slots() const {
  std::string text = fmt::format("skerry.HostSlots({}, func(c *skerry.Caller, slots []uint64) {{\n",
                                 quoted(func_type_text(method_.type)));
  for (size_t i = 0; i < method_.arguments.size(); ++i) {
    const Argument& one = method_.arguments[i];
    if (one.kind == Kind::Ignored) continue;
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
  return text + "\t})";
}

std::string HostFuncWriter::definition() const { return is_typed() ? typed() : by_slots(); }

}  // namespace skerry::bindgen
