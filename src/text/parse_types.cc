// Value types, type definitions and type uses.
// Source: WebAssembly 3.0, text format, "Types".
#include <limits>

#include <fmt/format.h>

#include "text/module_parser.h"

namespace skerry::text {
namespace {

struct NumberTypeWord {
  Keyword word;
  ValType::Kind kind;
  Feature feature;
};
constexpr NumberTypeWord kNumberTypes[] = {
    {Keyword::I32, ValType::I32, Feature::Mvp},    {Keyword::I64, ValType::I64, Feature::Mvp},
    {Keyword::F32, ValType::F32, Feature::Mvp},    {Keyword::F64, ValType::F64, Feature::Mvp},
    {Keyword::V128, ValType::V128, Feature::Simd},
};

struct HeapTypeWord {
  Keyword word;
  Keyword shorthand;  // the nullable reference
  HeapType::Abstract type;
  Feature feature;
};
constexpr HeapTypeWord kHeapTypes[] = {
    {Keyword::Func, Keyword::FuncRef, HeapType::Func, Feature::ReferenceTypes},
    {Keyword::Extern, Keyword::ExternRef, HeapType::Extern, Feature::ReferenceTypes},
    {Keyword::Any, Keyword::AnyRef, HeapType::Any, Feature::Gc},
    {Keyword::Eq, Keyword::EqRef, HeapType::Eq, Feature::Gc},
    {Keyword::I31, Keyword::I31Ref, HeapType::I31, Feature::Gc},
    {Keyword::Struct, Keyword::StructRef, HeapType::Struct, Feature::Gc},
    {Keyword::Array, Keyword::ArrayRef, HeapType::Array, Feature::Gc},
    {Keyword::Exn, Keyword::ExnRef, HeapType::Exn, Feature::Exceptions},
    {Keyword::NoExn, Keyword::NullExnRef, HeapType::NoExn, Feature::Exceptions},
    {Keyword::NoFunc, Keyword::NullFuncRef, HeapType::NoFunc, Feature::Gc},
    {Keyword::NoExtern, Keyword::NullExternRef, HeapType::NoExtern, Feature::Gc},
    {Keyword::None, Keyword::NullRef, HeapType::None, Feature::Gc},
};

std::u32string signature_key(const FuncType& type) {
  std::u32string key(1, static_cast<char32_t>(type.params.size()));
  for (const ValType param : type.params) key.push_back(param.bits());
  for (const ValType result : type.results) key.push_back(result.bits());
  return key;
}

std::string type_list(std::string_view word, const std::vector<ValType>& types) {
  if (types.empty()) return "";
  std::string out = fmt::format(" ({}", word);
  for (const ValType type : types) out += " " + to_string(type);
  return out + ")";
}

}  // namespace

bool ModuleParser::at_ref_type() const {
  if (at_group(Keyword::Ref)) return true;
  for (const HeapTypeWord& row : kHeapTypes)
    if (at(row.shorthand)) return true;
  return false;
}

Result<HeapType> ModuleParser::parse_heap_type() {
  const Token token = peek();
  for (const HeapTypeWord& row : kHeapTypes) {
    if (!accept(row.word)) continue;
    TRY(require(row.feature, token));
    return HeapType(row.type);
  }
  if (!at_index()) return unexpected("a heap type");
  TRY(require(Feature::FunctionReferences, token));
  const uint32_t index = TRY(parse_index(Space::Type));
  if (index > HeapType::kMaxTypeIndex)
    return fail_at(token, ErrorCode::UnknownType, fmt::format("unknown type {}", index));
  return HeapType::concrete(index);
}

Result<ValType> ModuleParser::parse_ref_type() {
  const Token token = peek();
  for (const HeapTypeWord& row : kHeapTypes) {
    if (!accept(row.shorthand)) continue;
    // A table of functions needs no feature, other than a value of that type.
    if (row.word != Keyword::Func) TRY(require(row.feature, token));
    return ValType::ref(row.type, true);
  }
  if (!accept_group(Keyword::Ref)) return unexpected("a reference type");
  TRY(require(Feature::FunctionReferences, token));
  const bool is_nullable = accept(Keyword::Null);
  const HeapType heap = TRY(parse_heap_type());
  TRY(expect_close());
  return ValType::ref(heap, is_nullable);
}

Result<ValType> ModuleParser::parse_val_type() {
  const Token token = peek();
  for (const NumberTypeWord& row : kNumberTypes) {
    if (!accept(row.word)) continue;
    TRY(require(row.feature, token));
    return ValType(row.kind);
  }
  if (!at_ref_type()) return unexpected("a value type");
  if (at(Keyword::FuncRef)) TRY(require(Feature::ReferenceTypes, token));
  return parse_ref_type();
}

Result<ValType> ModuleParser::parse_storage_type() {
  if (accept(Keyword::I8)) return ValType(ValType::I8);
  if (accept(Keyword::I16)) return ValType(ValType::I16);
  return parse_val_type();
}

Result<FieldType> ModuleParser::parse_field_type() {
  FieldType field;
  field.is_mutable = accept_group(Keyword::Mut);
  field.type = TRY(parse_storage_type());
  if (field.is_mutable) TRY(expect_close());
  return field;
}

Result<void> ModuleParser::parse_types() {
  const size_t end = pos();
  module_->types.resize(type_defs_.size());
  for (uint32_t group = 0; group < module_->rec_groups.size(); ++group) {
    const RecGroup& row = module_->rec_groups[group];
    for (uint32_t i = 0; i < row.type_count; ++i)
      module_->types[row.first_type + i].rec_group = group;
  }
  for (uint32_t index = 0; index < type_defs_.size(); ++index) {
    set_pos(type_defs_[index]);
    TRY(parse_binding());  // defined in pass 1
    TRY(parse_type_def(index));
    TRY(expect_close());
    // What `(func (param ...))` without `(type ...)` means: a plain type, alone in its group.
    const DefinedType& type = module_->types[index];
    const bool is_plain = type.kind == CompositeKind::Func && type.is_final && !type.supertype &&
                          module_->rec_groups[type.rec_group].type_count == 1;
    if (is_plain) func_types_.try_emplace(signature_key(type.func), index);
  }
  set_pos(end);
  return {};
}

Result<void> ModuleParser::parse_type_def(uint32_t index) {
  DefinedType& type = module_->types[index];
  const Token word = peek(1);
  if (!accept_group(Keyword::Sub)) return parse_composite_type(index);
  TRY(require(Feature::Gc, word));
  type.is_final = accept(Keyword::Final);
  if (at_index()) type.supertype = TRY(parse_index(Space::Type));
  if (at_index())
    return fail_at(peek(), ErrorCode::SubtypeMismatch,
                   "sub type: at most one supertype is allowed");
  TRY(parse_composite_type(index));
  return expect_close();
}

Result<void> ModuleParser::parse_composite_type(uint32_t index) {
  DefinedType& type = module_->types[index];
  const Token word = peek(1);
  if (accept_group(Keyword::Func)) {
    TypeUse use;
    TRY(parse_params(use, ParamIds::Allowed));
    TRY(parse_results(use.type));
    type.func = std::move(use.type);
  } else if (accept_group(Keyword::Struct)) {
    TRY(require(Feature::Gc, word));
    type.kind = CompositeKind::Struct;
    TRY(parse_struct_fields(index));
  } else if (accept_group(Keyword::Array)) {
    TRY(require(Feature::Gc, word));
    type.kind = CompositeKind::Array;
    type.fields.push_back(TRY(parse_field_type()));
  } else {
    return unexpected("`(func`, `(struct`, `(array` or `(sub`");
  }
  return expect_close();
}

Result<void> ModuleParser::parse_struct_fields(uint32_t index) {
  std::vector<FieldType>& fields = module_->types[index].fields;
  NameMap names;
  while (accept_group(Keyword::Field)) {
    const Binding binding = TRY(parse_binding());
    const auto field = static_cast<uint32_t>(fields.size());
    if (binding.id) TRY(define(field_ids_[index], Space::Field, binding, field));
    if (binding.name) {
      names.push_back({field, *binding.name});
      fields.push_back(TRY(parse_field_type()));
    } else {
      while (!at(TokenKind::RightParen)) fields.push_back(TRY(parse_field_type()));
    }
    TRY(expect_close());
  }
  if (!names.empty()) names_.indirect(NameKind::Field).push_back({index, std::move(names)});
  return {};
}

Result<TypeUse> ModuleParser::parse_type_use(ParamIds ids) {
  TypeUse use;
  use.token = at(TokenKind::LeftParen) ? peek(1) : peek();
  if (accept_group(Keyword::Type)) {
    use.index = TRY(parse_index(Space::Type));
    TRY(expect_close());
  }
  TRY(parse_params(use, ids));
  TRY(parse_results(use.type));
  if (at_group(Keyword::Type) || at_group(Keyword::Param)) {
    take();
    return unexpected("something else: `type`, `param` and `result` stand in this order");
  }
  use.has_inline = !use.type.params.empty() || !use.type.results.empty();
  return use;
}

Result<void> ModuleParser::parse_params(TypeUse& use, ParamIds ids) {
  std::vector<ValType>& params = use.type.params;
  while (accept_group(Keyword::Param)) {
    if (ids == ParamIds::Forbidden && at(TokenKind::Id))
      return unexpected("a value type: parameters have no names here");
    const Binding binding = TRY(parse_binding());
    if (binding.name) {
      use.params.push_back({binding, static_cast<uint32_t>(params.size())});
      params.push_back(TRY(parse_val_type()));
    } else {
      while (!at(TokenKind::RightParen)) params.push_back(TRY(parse_val_type()));
    }
    TRY(expect_close());
  }
  return {};
}

Result<void> ModuleParser::parse_results(FuncType& type) {
  while (accept_group(Keyword::Result)) {
    while (!at(TokenKind::RightParen)) type.results.push_back(TRY(parse_val_type()));
    TRY(expect_close());
  }
  return {};
}

Result<uint32_t> ModuleParser::resolve(const TypeUse& use) {
  if (!use.index) {
    const auto known = func_types_.find(signature_key(use.type));
    return known != func_types_.end() ? known->second : add_func_type(use.type);
  }
  if (!use.has_inline) return *use.index;
  if (*use.index >= module_->types.size())
    return fail_at(use.token, ErrorCode::UndefinedId, fmt::format("unknown type {}", *use.index));
  const DefinedType& type = module_->types[*use.index];
  if (type.kind != CompositeKind::Func || type.func != use.type) {
    std::string help = "the type is not a function type";
    if (type.kind == CompositeKind::Func)
      help = fmt::format("the type is `(func{}{})`", type_list("param", type.func.params),
                         type_list("result", type.func.results));
    return fail_at(use.token, ErrorCode::InlineFuncType,
                   "inline function type: the parameters and results written here are not those of "
                   "the type",
                   std::move(help));
  }
  return *use.index;
}

uint32_t ModuleParser::add_func_type(const FuncType& type) {
  const auto index = static_cast<uint32_t>(module_->types.size());
  DefinedType added;
  added.rec_group = static_cast<uint32_t>(module_->rec_groups.size());
  added.func = type;
  module_->rec_groups.push_back({index, 1});
  module_->types.push_back(std::move(added));
  func_types_.emplace(signature_key(type), index);
  return index;
}

uint32_t ModuleParser::param_count(uint32_t type_index) const {
  if (type_index >= module_->types.size()) return 0;
  return static_cast<uint32_t>(module_->types[type_index].func.params.size());
}

}  // namespace skerry::text
