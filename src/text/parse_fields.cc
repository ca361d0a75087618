// Pass 2: imports, functions, tables, memories, globals, tags, exports, start. Segments are in
// parse_segments.cc.
// Source: WebAssembly 3.0, text format, "Modules".
#include <cassert>
#include <limits>

#include <fmt/format.h>

#include "binary/const_expr_reader.h"
#include "text/literal.h"
#include "text/module_parser.h"

namespace skerry::text {
namespace {

constexpr uint64_t kMaxU32 = std::numeric_limits<uint32_t>::max();

struct ExternWord {
  Keyword word;
  ExternKind kind;
  Space space;
};
constexpr ExternWord kExternWords[] = {
    {Keyword::Func, ExternKind::Func, Space::Func},
    {Keyword::Table, ExternKind::Table, Space::Table},
    {Keyword::Memory, ExternKind::Memory, Space::Memory},
    {Keyword::Global, ExternKind::Global, Space::Global},
    {Keyword::Tag, ExternKind::Tag, Space::Tag},
};

}  // namespace

Result<void> ModuleParser::parse_field(const Field& field) {
  set_pos(field.pos);
  TRY([&]() -> Result<void> {
    switch (field.kind) {
      case Keyword::Import: return parse_import();
      case Keyword::Func: return parse_func(field.index);
      case Keyword::Table: return parse_table(field.index);
      case Keyword::Memory: return parse_memory(field.index);
      case Keyword::Global: return parse_global(field.index);
      case Keyword::Tag: return parse_tag(field.index);
      case Keyword::Export: return parse_export();
      case Keyword::Start: return parse_start();
      case Keyword::Elem: return parse_elem();
      case Keyword::Data: return parse_data();
      case Keyword::AnnotationCustom: return parse_custom();
      default: break;
    }
    assert(false && "pass 1 records no other kind of field");
    return {};
  }());
  return expect_close();
}

// Imports and exports
// ------------------------------------------------------------------------------

Result<void> ModuleParser::parse_import_names(Import& import) {
  import.module = store_name(TRY(expect_name("the module's name as a string")));
  import.name = store_name(TRY(expect_name("the import's name as a string")));
  return {};
}

Result<void> ModuleParser::parse_import() {
  Import import;
  TRY(parse_import_names(import));
  for (const ExternWord& row : kExternWords) {
    if (!accept_group(row.word)) continue;
    TRY(parse_binding());  // defined in pass 1
    TRY(parse_imported_item(row.kind, import));
    return expect_close();
  }
  return unexpected("`(func`, `(table`, `(memory`, `(global` or `(tag`");
}

Result<bool> ModuleParser::parse_inline_import(ExternKind kind) {
  if (!accept_group(Keyword::Import)) return false;
  Import import;
  TRY(parse_import_names(import));
  TRY(expect_close());
  TRY(parse_imported_item(kind, import));
  return true;
}

Result<void> ModuleParser::parse_imported_item(ExternKind kind, Import import) {
  switch (kind) {
    case ExternKind::Func: {
      const auto index = static_cast<uint32_t>(module_->funcs.size());
      const TypeUse use = TRY(parse_type_use(ParamIds::Allowed));
      module_->funcs.push_back(TRY(resolve(use)));
      import.type = module_->funcs.back();
      IdSpace params;
      TRY(define_params(use, index, params));
      ++module_->imported_funcs;
      break;
    }
    case ExternKind::Table:
      module_->tables.push_back({TRY(parse_table_type()), std::nullopt});
      import.type = module_->tables.back().type;
      ++module_->imported_tables;
      break;
    case ExternKind::Memory:
      module_->memories.push_back(TRY(parse_memory_type()));
      import.type = module_->memories.back();
      ++module_->imported_memories;
      break;
    case ExternKind::Global:
      module_->globals.push_back({TRY(parse_global_type()), {}});
      import.type = module_->globals.back().type;
      ++module_->imported_globals;
      break;
    case ExternKind::Tag:
      module_->tags.push_back(TRY(parse_tag_type()));
      import.type = module_->tags.back();
      ++module_->imported_tags;
      break;
  }
  module_->imports.push_back(import);
  return {};
}

Result<void> ModuleParser::parse_inline_exports(ExternKind kind, uint32_t index) {
  while (accept_group(Keyword::Export)) {
    const std::string name = TRY(expect_name("the export's name as a string"));
    module_->exports.push_back({store_name(name), kind, index});
    TRY(expect_close());
  }
  return {};
}

Result<void> ModuleParser::parse_export() {
  const std::string name = TRY(expect_name("the export's name as a string"));
  for (const ExternWord& row : kExternWords) {
    if (!accept_group(row.word)) continue;
    const uint32_t index = TRY(parse_index(row.space));
    module_->exports.push_back({store_name(name), row.kind, index});
    return expect_close();
  }
  return unexpected("`(func`, `(table`, `(memory`, `(global` or `(tag`");
}

Result<void> ModuleParser::parse_start() {
  // Behind the group's `(start`.
  set_pos(pos() - 1);
  const Token word = take();
  if (start_) {
    auto failure = fail_at(word, ErrorCode::MultipleStarts, "multiple start sections");
    add_note(*start_, "the first one is here");
    return failure;
  }
  start_ = word;
  module_->start = TRY(parse_index(Space::Func));
  return {};
}

// Functions
// ----------------------------------------------------------------------------------------

Result<void> ModuleParser::parse_func(uint32_t index) {
  TRY(parse_binding());
  TRY(parse_inline_exports(ExternKind::Func, index));
  if (TRY(parse_inline_import(ExternKind::Func))) return {};
  const TypeUse use = TRY(parse_type_use(ParamIds::Allowed));
  const uint32_t type = TRY(resolve(use));
  assert(module_->funcs.size() == index);
  module_->funcs.push_back(type);

  IdSpace locals;
  TRY(define_params(use, index, locals));
  std::vector<ValType> types;
  TRY(parse_locals(locals, index, param_count(type), types));
  std::vector<uint8_t> declarations;
  append_local_declarations(declarations, types);

  expr_.begin(&locals, source_map_, code_offset_ + declarations.size());
  TRY(expr_.parse_sequence());
  expr_.finish();
  if (!expr_.label_names().empty())
    names_.indirect(NameKind::Label).push_back({index, expr_.label_names()});
  declarations.insert(declarations.end(), expr_.code().begin(), expr_.code().end());
  module_->bodies.push_back({store(declarations), code_offset_});
  code_offset_ += declarations.size();
  return {};
}

Result<void> ModuleParser::define_params(const TypeUse& use, uint32_t func, IdSpace& locals) {
  NameMap names;
  for (const TypeUse::Param& param : use.params) {
    TRY(define(locals, Space::Local, param.binding, param.index));
    names.push_back({param.index, *param.binding.name});
  }
  if (!names.empty()) names_.indirect(NameKind::Local).push_back({func, std::move(names)});
  return {};
}

Result<void> ModuleParser::parse_locals(IdSpace& ids, uint32_t func, uint32_t first,
                                        std::vector<ValType>& types) {
  NameMap names;
  while (accept_group(Keyword::Local)) {
    const Binding binding = TRY(parse_binding());
    if (binding.name) {
      const auto index = first + static_cast<uint32_t>(types.size());
      TRY(define(ids, Space::Local, binding, index));
      names.push_back({index, *binding.name});
      types.push_back(TRY(parse_val_type()));
    } else {
      while (!at(TokenKind::RightParen)) types.push_back(TRY(parse_val_type()));
    }
    TRY(expect_close());
  }
  if (names.empty()) return {};
  std::vector<IndirectNames>& locals = names_.indirect(NameKind::Local);
  if (locals.empty() || locals.back().owner != func) locals.push_back({func, {}});
  NameMap& all = locals.back().names;
  all.insert(all.end(), names.begin(), names.end());
  return {};
}

// Locals of equal type are declared together.
void ModuleParser::append_local_declarations(std::vector<uint8_t>& out,
                                             const std::vector<ValType>& types) {
  std::vector<LocalDecl> groups;
  for (const ValType type : types) {
    if (groups.empty() || groups.back().type != type) groups.push_back({0, type});
    ++groups.back().count;
  }
  append_u64_leb(out, groups.size());
  for (const LocalDecl& group : groups) {
    append_u64_leb(out, group.count);
    append_val_type(out, group.type);
  }
}

// Tables, memories, globals, tags
// ------------------------------------------------------------------

Result<bool> ModuleParser::parse_address_type() {
  const Token token = peek();
  if (accept(Keyword::I32)) return false;
  if (!accept(Keyword::I64)) return false;
  TRY(require(Feature::Memory64, token));
  return true;
}

Result<Limits> ModuleParser::parse_limits(bool is_64) {
  // With 64-bit memories around, how much is too much is for validation to say.
  const uint64_t max = features_.has(Feature::Memory64) ? ~uint64_t{0} : kMaxU32;
  Limits limits;
  limits.is_64 = is_64;
  limits.min = TRY(expect_nat(max, "a size"));
  if (at(TokenKind::Nat)) limits.max = TRY(expect_nat(max, "a size"));
  return limits;
}

Result<TableType> ModuleParser::parse_table_type() {
  TableType type;
  type.limits = TRY(parse_limits(TRY(parse_address_type())));
  type.element = TRY(parse_ref_type());
  return type;
}

Result<MemoryType> ModuleParser::parse_memory_type() {
  MemoryType type;
  type.limits = TRY(parse_limits(TRY(parse_address_type())));
  const Token token = peek();
  type.is_shared = accept(Keyword::Shared);
  if (type.is_shared) TRY(require(Feature::Threads, token));
  return type;
}

Result<GlobalType> ModuleParser::parse_global_type() {
  GlobalType type;
  type.is_mutable = accept_group(Keyword::Mut);
  type.type = TRY(parse_val_type());
  if (type.is_mutable) TRY(expect_close());
  return type;
}

Result<TagType> ModuleParser::parse_tag_type() {
  TRY(require(Feature::Exceptions, peek()));
  return TagType{TRY(resolve(TRY(parse_type_use(ParamIds::Allowed))))};
}

Result<void> ModuleParser::parse_table(uint32_t index) {
  TRY(parse_binding());
  TRY(parse_inline_exports(ExternKind::Table, index));
  if (TRY(parse_inline_import(ExternKind::Table))) return {};
  assert(module_->tables.size() == index);
  const size_t begin = pos();
  const bool is_64 = TRY(parse_address_type());
  Table table;
  if (at_ref_type()) {
    table.type.limits.is_64 = is_64;
    table.type.element = TRY(parse_ref_type());
    TRY(parse_inline_elem(table.type, index));
  } else {
    set_pos(begin);
    table.type = TRY(parse_table_type());
    if (!at(TokenKind::RightParen)) {
      TRY(require(Feature::FunctionReferences, peek()));
      table.init = TRY(parse_const_expr());
    }
  }
  module_->tables.push_back(std::move(table));
  return {};
}

Result<void> ModuleParser::parse_memory(uint32_t index) {
  TRY(parse_binding());
  TRY(parse_inline_exports(ExternKind::Memory, index));
  if (TRY(parse_inline_import(ExternKind::Memory))) return {};
  assert(module_->memories.size() == index);
  const size_t begin = pos();
  MemoryType type;
  type.limits.is_64 = TRY(parse_address_type());
  if (accept_group(Keyword::Data)) {
    TRY(parse_inline_data(type, index));
  } else {
    set_pos(begin);
    type = TRY(parse_memory_type());
  }
  module_->memories.push_back(type);
  return {};
}

Result<void> ModuleParser::parse_global(uint32_t index) {
  TRY(parse_binding());
  TRY(parse_inline_exports(ExternKind::Global, index));
  if (TRY(parse_inline_import(ExternKind::Global))) return {};
  assert(module_->globals.size() == index);
  Global global;
  global.type = TRY(parse_global_type());
  global.init = TRY(parse_const_expr());
  module_->globals.push_back(std::move(global));
  return {};
}

Result<void> ModuleParser::parse_tag(uint32_t index) {
  TRY(parse_binding());
  TRY(parse_inline_exports(ExternKind::Tag, index));
  if (TRY(parse_inline_import(ExternKind::Tag))) return {};
  assert(module_->tags.size() == index);
  module_->tags.push_back(TRY(parse_tag_type()));
  return {};
}

// Constant expressions
// -----------------------------------------------------------------------------

Result<ConstExpr> ModuleParser::parse_const_expr() {
  expr_.begin(nullptr, source_map_, code_offset_);
  TRY(expr_.parse_sequence());
  expr_.finish();
  return make_const_expr(expr_.code());
}

Result<ConstExpr> ModuleParser::parse_folded_const_expr() {
  expr_.begin(nullptr, source_map_, code_offset_);
  TRY(expr_.parse_folded());
  expr_.finish();
  return make_const_expr(expr_.code());
}

Result<ConstExpr> ModuleParser::make_const_expr(const std::vector<uint8_t>& code) {
  ByteReader in(store(code), code_offset_);
  auto expr = read_const_expr(in, features_);
  if (!expr) return fail_at(peek(), expr.error().code, std::string(error_text(expr.error().code)));
  assert(in.at_end());
  code_offset_ += code.size();
  return *std::move(expr);
}

}  // namespace skerry::text
