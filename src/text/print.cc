// The module's fields as text; bodies are BodyPrinter's.
#include "text/print.h"

#include <fmt/format.h>

#include "text/body_printer.h"
#include "text/instr_printer.h"
#include "text/quote.h"
#include "text/sections_present.h"
#include "wasm/implementation_limits.h"

namespace skerry::text {
namespace {

constexpr size_t kDataBytesPerLine = 64;

std::string_view extern_word(ExternKind kind) {
  constexpr std::string_view kWords[] = {"func", "table", "memory", "global", "tag"};
  return kWords[static_cast<size_t>(kind)];
}
Space extern_space(ExternKind kind) {
  constexpr Space kSpaces[] = {Space::Func, Space::Table, Space::Memory, Space::Global, Space::Tag};
  return kSpaces[static_cast<size_t>(kind)];
}

// As (@custom ...) names places; by id.
constexpr std::string_view kSectionWords[] = {
    "first",  "type",  "import", "func", "table", "memory",    "global",
    "export", "start", "elem",   "code", "data",  "datacount", "tag",
};

std::string limits_text(const Limits& limits) {
  std::string out = fmt::format(" {}{}", limits.is_64 ? "i64 " : "", limits.min);
  if (limits.max) out += fmt::format(" {}", *limits.max);
  return out;
}

class ModulePrinter {
 public:
  ModulePrinter(const Module& module, const PrintOptions& options)
      : module_(module),
        options_(options),
        names_(module, options.names ? module.find_custom("name") : nullptr),
        instrs_(module, names_),
        body_(instrs_, options_, out_) {}

  Result<std::string> print();
  Result<std::vector<InstrLine>> list_instrs(uint32_t func);

 private:
  // "(word $id (;7;)", on a new line.
  void open(std::string_view word, Space space, uint32_t index, unsigned indent = 1);
  void open_item(std::string_view word, Space space, uint32_t index);
  void print_types();
  void print_type(uint32_t index, unsigned indent);
  std::string composite_text(const DefinedType& type, uint32_t index);
  std::string field_text(const FieldType& field) const;
  void print_imports();
  void print_import_type(const Import& import, uint32_t index);
  CheckedFunctionReader reader_of(uint32_t func) const;
  Result<void> print_func(uint32_t index);
  Result<uint64_t> print_locals(CheckedFunctionReader& reader, uint32_t func, uint32_t first);
  void print_signature(uint32_t func);
  Result<void> print_tables();
  std::string table_text(const TableType& type) const;
  static std::string memory_text(const MemoryType& type);
  std::string global_text(const GlobalType& type) const;
  Result<void> print_globals();
  void print_exports();
  Result<void> print_elem(uint32_t index);
  Result<void> print_data(uint32_t index);
  Result<void> print_offset(const ConstExpr& expr);
  void print_strings(Bytes bytes);
  void print_customs();
  uint8_t section_before(const CustomSection& custom) const;
  bool is_said_by_names(const CustomSection& custom) const;

  const Module& module_;
  const PrintOptions options_;
  std::string out_;
  PrintNames names_;
  InstrPrinter instrs_;
  BodyPrinter body_;
};

Result<std::string> ModulePrinter::print() {
  out_ = "(module" + names_.declare_module();
  print_types();
  print_imports();
  for (uint32_t i = 0; i < module_.bodies.size(); ++i) TRY(print_func(module_.imported_funcs + i));
  TRY(print_tables());
  for (uint32_t i = module_.imported_memories; i < module_.memories.size(); ++i) {
    open("memory", Space::Memory, i);
    out_ += memory_text(module_.memories[i]) + ")";
  }
  for (uint32_t i = module_.imported_tags; i < module_.tags.size(); ++i) {
    open("tag", Space::Tag, i);
    out_ += instrs_.type_use_text(module_.tags[i].type_index) + ")";
  }
  TRY(print_globals());
  print_exports();
  for (uint32_t i = 0; i < module_.elems.size(); ++i) TRY(print_elem(i));
  for (uint32_t i = 0; i < module_.datas.size(); ++i) TRY(print_data(i));
  print_customs();
  out_ += out_.find('\n') == std::string::npos ? ")\n" : "\n)\n";
  return std::move(out_);
}

void ModulePrinter::open_item(std::string_view word, Space space, uint32_t index) {
  out_ += fmt::format("({}{} (;{};)", word, names_.declare(space, index), index);
}

void ModulePrinter::open(std::string_view word, Space space, uint32_t index, unsigned indent) {
  body_.newline(indent);
  open_item(word, space, index);
}

// Types
// --------------------------------------------------------------------------------------------

void ModulePrinter::print_types() {
  for (const RecGroup& group : module_.rec_groups) {
    const bool is_rec = group.type_count != 1;
    if (is_rec) {
      body_.newline(1);
      out_ += "(rec";
    }
    for (uint32_t i = 0; i < group.type_count; ++i)
      print_type(group.first_type + i, is_rec ? 2 : 1);
    if (is_rec) out_ += ")";
  }
}

void ModulePrinter::print_type(uint32_t index, unsigned indent) {
  const DefinedType& type = module_.types[index];
  open("type", Space::Type, index, indent);
  const std::string composite = composite_text(type, index);
  if (type.is_final && !type.supertype) {
    out_ += fmt::format(" {})", composite);
    return;
  }
  out_ += type.is_final ? " (sub final" : " (sub";
  if (type.supertype) out_ += " " + names_.refer(Space::Type, *type.supertype);
  out_ += fmt::format(" {}))", composite);
}

std::string ModulePrinter::field_text(const FieldType& field) const {
  const std::string type = instrs_.type_text(field.type);
  return field.is_mutable ? fmt::format("(mut {})", type) : type;
}

std::string ModulePrinter::composite_text(const DefinedType& type, uint32_t index) {
  switch (type.kind) {
    case CompositeKind::Func:
      return "(func" + instrs_.list_text("param", type.func.params) +
             instrs_.list_text("result", type.func.results) + ")";
    case CompositeKind::Array: return fmt::format("(array {})", field_text(type.fields[0]));
    case CompositeKind::Struct: break;
  }
  std::string out = "(struct";
  for (uint32_t i = 0; i < type.fields.size(); ++i)
    out += fmt::format(" (field{} {})", names_.declare_field(index, i), field_text(type.fields[i]));
  return out + ")";
}

std::string ModulePrinter::table_text(const TableType& type) const {
  return limits_text(type.limits) + " " + instrs_.type_text(type.element);
}

std::string ModulePrinter::memory_text(const MemoryType& type) {
  return limits_text(type.limits) + (type.is_shared ? " shared" : "");
}

std::string ModulePrinter::global_text(const GlobalType& type) const {
  return " " + field_text({type.type, type.is_mutable});
}

// Imports and exports
// ------------------------------------------------------------------------------

void ModulePrinter::print_imports() {
  uint32_t counts[5] = {};  // by ExternKind
  for (const Import& import : module_.imports) {
    body_.newline(1);
    out_ += fmt::format("(import {} {} ", quoted_name(import.module), quoted_name(import.name));
    print_import_type(import, counts[static_cast<size_t>(import.kind())]++);
    out_ += "))";
  }
}

void ModulePrinter::print_import_type(const Import& import, uint32_t index) {
  open_item(extern_word(import.kind()), extern_space(import.kind()), index);
  switch (import.kind()) {
    case ExternKind::Func: print_signature(index); break;
    case ExternKind::Table: out_ += table_text(std::get<TableType>(import.type)); break;
    case ExternKind::Memory: out_ += memory_text(std::get<MemoryType>(import.type)); break;
    case ExternKind::Global: out_ += global_text(std::get<GlobalType>(import.type)); break;
    case ExternKind::Tag:
      out_ += instrs_.type_use_text(std::get<TagType>(import.type).type_index);
      break;
  }
}

void ModulePrinter::print_exports() {
  for (const Export& item : module_.exports) {
    body_.newline(1);
    out_ += fmt::format("(export {} ({} {}))", quoted_name(item.name), extern_word(item.kind),
                        names_.refer(extern_space(item.kind), item.index));
  }
  if (module_.start) {
    body_.newline(1);
    out_ += fmt::format("(start {})", names_.refer(Space::Func, *module_.start));
  }
}

// Functions
// ----------------------------------------------------------------------------------------

// A run of unnamed types shares a group; a name needs one of its own.
class DeclarationList {
 public:
  DeclarationList(std::string& out, std::string_view word) : out_(out), word_(word) {}
  void add(const std::string& name, const std::string& type) {
    if (!name.empty() || !is_open_) {
      close();
      out_ += fmt::format(" ({}{}", word_, name);
      is_open_ = true;
    }
    out_ += " " + type;
    if (!name.empty()) close();
  }
  void close() {
    if (is_open_) out_ += ")";
    is_open_ = false;
  }

 private:
  std::string& out_;
  std::string_view word_;
  bool is_open_ = false;
};

void ModulePrinter::print_signature(uint32_t func) {
  const uint32_t index = module_.funcs[func];
  out_ += fmt::format(" (type {})", names_.refer(Space::Type, index));
  if (index >= module_.types.size() || module_.types[index].kind != CompositeKind::Func) return;
  const FuncType& type = module_.types[index].func;
  DeclarationList params(out_, "param");
  for (uint32_t i = 0; i < type.params.size(); ++i)
    params.add(names_.declare_local(func, i), instrs_.type_text(type.params[i]));
  params.close();
  out_ += instrs_.list_text("result", type.results);
}

CheckedFunctionReader ModulePrinter::reader_of(uint32_t func) const {
  const FuncBody& body = module_.bodies[func - module_.imported_funcs];
  return {body.code, body.offset, Features::all()};
}

Result<std::vector<InstrLine>> ModulePrinter::list_instrs(uint32_t func) {
  CheckedFunctionReader reader = reader_of(func);
  const uint32_t params = static_cast<uint32_t>(module_.func_type(func).params.size());
  instrs_.begin_func(func, TRY(print_locals(reader, func, params)));
  return body_.list_func(reader);
}

Result<void> ModulePrinter::print_func(uint32_t index) {
  CheckedFunctionReader reader = reader_of(index);
  open("func", Space::Func, index);
  print_signature(index);
  const uint32_t type = module_.funcs[index];
  const bool has_type = type < module_.types.size();
  const auto params = has_type ? static_cast<uint32_t>(module_.types[type].func.params.size()) : 0;
  const auto results =
      has_type ? static_cast<uint32_t>(module_.types[type].func.results.size()) : 0;
  instrs_.begin_func(index, TRY(print_locals(reader, index, params)));
  TRY(body_.print_func(reader, 2, results));
  out_ += ")";
  return {};
}

// Returns the number of locals, parameters included.
Result<uint64_t> ModulePrinter::print_locals(CheckedFunctionReader& reader, uint32_t func,
                                             uint32_t first) {
  uint32_t group_count = 0;
  if (!reader.read_local_group_count(group_count)) return std::unexpected(reader.error());
  uint64_t index = first;
  const size_t begin = out_.size();
  DeclarationList locals(out_, "local");
  for (; group_count > 0; --group_count) {
    LocalDecl group;
    if (!reader.read_local_group(group)) return std::unexpected(reader.error());
    if (index + group.count > kMaxLocals)
      return fail(ErrorCode::TooManyLocals, reader.offset(), index + group.count, kMaxLocals);
    for (; group.count > 0; --group.count, ++index)
      locals.add(names_.declare_local(func, static_cast<uint32_t>(index)),
                 instrs_.type_text(group.type));
  }
  locals.close();
  if (out_.size() > begin) out_.insert(begin, "\n   ");
  return index;
}

// Tables and globals
// -------------------------------------------------------------------------------

Result<void> ModulePrinter::print_tables() {
  for (uint32_t i = module_.imported_tables; i < module_.tables.size(); ++i) {
    open("table", Space::Table, i);
    out_ += table_text(module_.tables[i].type);
    if (module_.tables[i].init) TRY(body_.print_const(*module_.tables[i].init));
    out_ += ")";
  }
  return {};
}

Result<void> ModulePrinter::print_globals() {
  for (uint32_t i = module_.imported_globals; i < module_.globals.size(); ++i) {
    open("global", Space::Global, i);
    out_ += global_text(module_.globals[i].type);
    TRY(body_.print_const(module_.globals[i].init));
    out_ += ")";
  }
  return {};
}

// Segments
// -----------------------------------------------------------------------------------------

// One folded instruction as it is, others inside `(offset ...)`.
Result<void> ModulePrinter::print_offset(const ConstExpr& expr) {
  const size_t begin = out_.size();
  if (TRY(body_.print_const(expr)) == 1) return {};
  out_.insert(begin, " (offset");
  out_ += ")";
  return {};
}

Result<void> ModulePrinter::print_elem(uint32_t index) {
  const ElemSegment& elem = module_.elems[index];
  open("elem", Space::Elem, index);
  if (elem.mode == SegmentMode::Declarative) out_ += " declare";
  if (elem.mode == SegmentMode::Active) {
    if (elem.table != 0) out_ += fmt::format(" (table {})", names_.refer(Space::Table, elem.table));
    TRY(print_offset(elem.offset));
  }
  if (!elem.uses_exprs) {
    out_ += " func";
    for (const uint32_t func : elem.funcs) out_ += " " + names_.refer(Space::Func, func);
  } else {
    out_ += " " + instrs_.type_text(elem.type);
    for (const ConstExpr& expr : elem.exprs) {
      const size_t begin = out_.size();
      if (TRY(body_.print_const(expr)) == 1) continue;
      out_.insert(begin, " (item");
      out_ += ")";
    }
  }
  out_ += ")";
  return {};
}

Result<void> ModulePrinter::print_data(uint32_t index) {
  const DataSegment& data = module_.datas[index];
  open("data", Space::Data, index);
  if (data.mode == SegmentMode::Active) {
    if (data.memory != 0)
      out_ += fmt::format(" (memory {})", names_.refer(Space::Memory, data.memory));
    TRY(print_offset(data.offset));
  }
  print_strings(data.bytes);
  out_ += ")";
  return {};
}

void ModulePrinter::print_strings(Bytes bytes) {
  const bool is_long = bytes.size() > kDataBytesPerLine;
  do {
    const size_t count = std::min(bytes.size(), kDataBytesPerLine);
    if (is_long)
      body_.newline(2);
    else
      out_.push_back(' ');
    out_ += quoted_bytes(bytes.first(count));
    bytes = bytes.subspan(count);
  } while (!bytes.empty());
}

// Custom sections
// ----------------------------------------------------------------------------------

// True if the identifiers and annotations of the text make the parser write this very section.
bool ModulePrinter::is_said_by_names(const CustomSection& custom) const {
  const std::vector<uint8_t> written = names_.written();
  return options_.names && !written.empty() &&
         std::equal(written.begin(), written.end(), custom.bytes.begin(), custom.bytes.end());
}

// The last section with content before the custom section: empty ones do not survive as text.
uint8_t ModulePrinter::section_before(const CustomSection& custom) const {
  uint8_t before = 0;
  for (const SectionId id : kSectionOrder) {
    if (custom.after_section == 0) break;
    if (has_section(module_, id)) before = static_cast<uint8_t>(id);
    if (static_cast<uint8_t>(id) == custom.after_section) break;
  }
  return before;
}

void ModulePrinter::print_customs() {
  // The parser puts the names it makes behind all sections, before what is `(after last)`.
  uint8_t last_section = 0;
  size_t name_sections = 0;
  for (const CustomSection& custom : module_.customs) name_sections += custom.name == "name";
  for (const SectionId id : kSectionOrder)
    if (has_section(module_, id)) last_section = static_cast<uint8_t>(id);
  bool is_behind_names = false;
  for (const CustomSection& custom : module_.customs) {
    const uint8_t before = section_before(custom);
    const bool is_names = custom.name == "name" && name_sections == 1 && before == last_section &&
                          is_said_by_names(custom);
    if (is_names) {
      is_behind_names = true;
      continue;
    }
    body_.newline(1);
    out_ += "(@custom " + quoted_name(custom.name);
    if (!is_behind_names)
      out_ += before == 0 ? " (before first)" : fmt::format(" (after {})", kSectionWords[before]);
    print_strings(custom.bytes);
    out_ += ")";
  }
}

}  // namespace

Result<std::string> print_module(const Module& module, const PrintOptions& options) {
  return ModulePrinter(module, options).print();
}

Result<std::vector<InstrLine>> list_instrs(const Module& module, uint32_t func) {
  const PrintOptions options;
  return ModulePrinter(module, options).list_instrs(func);
}

}  // namespace skerry::text
