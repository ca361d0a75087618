// ModuleParser: the parser of one module, in two passes over its tokens. The first gives every
// identifier its index and finds the types; the second reads fields and bodies in order.
// Internal to the room; parse.h is the interface. Split by subject: module_parser.cc (passes),
// parse_types.cc, parse_fields.cc, parse_segments.cc, module_finish.cc; instructions are
// ExprParser's. Invariant: an index space's vector in the Module grows in the order in which pass 1
// counted.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "text/cursor.h"
#include "text/expr_parser.h"
#include "text/id_space.h"
#include "text/parse.h"
#include "wasm/module.h"

namespace skerry::text {

// An optional `$id` and an optional `(@name "...")` behind it.
struct Binding {
  Token token;  // of the id
  std::optional<std::string_view> id;
  std::optional<std::string_view> name;  // the annotation's, or else the id
};

// `(type x)? (param ...)* (result ...)*`.
struct TypeUse {
  struct Param {
    Binding binding;
    uint32_t index = 0;
  };
  Token token;  // where it begins
  std::optional<uint32_t> index;
  bool has_inline = false;    // a param or result is written out
  FuncType type;              // what is written out
  std::vector<Param> params;  // those with a name
};

class ModuleParser : public TokenCursor {
 public:
  ModuleParser(std::string_view source, std::span<const Token> tokens, Features features,
               Diagnostic& diagnostic, SourceMap* source_map);

  Result<std::shared_ptr<Module>> parse();

  // What ExprParser needs of the module.
  Features features() const { return features_; }
  Result<void> require(Feature feature, const Token& token);
  bool at_index() const { return at(TokenKind::Nat) || at(TokenKind::Id); }
  Result<uint32_t> parse_index(Space space) { return parse_index(space, ids_of(space)); }
  Result<uint32_t> parse_index(Space space, const IdSpace& ids);
  Result<uint32_t> parse_field_index(uint32_t type_index);
  // The name an Id token stands for.
  std::string_view id_name(const Token& token);
  Result<Binding> parse_binding();
  Result<void> define(IdSpace& ids, Space space, const Binding& binding, uint32_t index);
  // An unknown identifier: says so, with the nearest known one.
  std::unexpected<Error> unknown_id(const Token& token, Space space, std::string_view id,
                                    std::string_view nearest);

  bool at_ref_type() const;
  Result<ValType> parse_ref_type();
  Result<ValType> parse_val_type();
  Result<HeapType> parse_heap_type();
  enum class ParamIds : bool { Forbidden, Allowed };
  Result<TypeUse> parse_type_use(ParamIds ids);
  // The type's index, after a check of what is written out; adds the type if it is new.
  Result<uint32_t> resolve(const TypeUse& use);
  uint32_t param_count(uint32_t type_index) const;

  void note_data_use() { uses_data_index_ = true; }

 private:
  struct Field {
    Keyword kind;
    size_t pos;          // of the token behind the keyword
    uint32_t index = 0;  // in the kind's space
  };

  IdSpace& ids_of(Space space) { return ids_[static_cast<size_t>(space)]; }
  uint32_t& count_of(Space space) { return counts_[static_cast<size_t>(space)]; }

  // Pass 1 (module_parser.cc).
  Result<void> scan_fields();
  Result<void> scan_field();
  Result<void> scan_type();
  Result<void> scan_rec();
  Result<void> scan_import();
  Result<void> scan_item(Keyword kind, Space space);
  Result<void> define_item(Space space, const Binding& binding);
  // The import whose keyword is at this token must not follow a definition.
  Result<void> note_import(size_t pos_of_word);
  bool has_group_before_close(Keyword keyword);

  // Types (parse_types.cc).
  Result<void> parse_types();
  Result<void> parse_type_def(uint32_t index);
  Result<void> parse_sub_type(uint32_t index);
  Result<void> parse_composite_type(uint32_t index);
  Result<void> parse_struct_fields(uint32_t index);
  Result<FieldType> parse_field_type();
  Result<ValType> parse_storage_type();
  Result<void> parse_params(TypeUse& use, ParamIds ids);
  Result<void> parse_results(FuncType& type);
  uint32_t add_func_type(const FuncType& type);

  // Pass 2 (parse_fields.cc, parse_segments.cc).
  Result<void> parse_field(const Field& field);
  Result<void> parse_func(uint32_t index);
  Result<void> define_params(const TypeUse& use, uint32_t func, IdSpace& locals);
  Result<void> parse_locals(IdSpace& ids, uint32_t func, uint32_t first,
                            std::vector<ValType>& types);
  static void append_local_declarations(std::vector<uint8_t>& out,
                                        const std::vector<ValType>& types);
  Result<void> parse_table(uint32_t index);
  Result<void> parse_memory(uint32_t index);
  Result<void> parse_global(uint32_t index);
  Result<void> parse_tag(uint32_t index);
  Result<void> parse_import();
  Result<void> parse_export();
  Result<void> parse_start();
  Result<void> parse_elem();
  Result<void> parse_data();
  Result<void> parse_custom();
  Result<uint32_t> parse_custom_place();

  Result<void> parse_inline_exports(ExternKind kind, uint32_t index);
  // True if the item is an import, which is then complete.
  Result<bool> parse_inline_import(ExternKind kind);
  Result<void> parse_import_names(Import& import);
  // Reads the type of an item; adds import and item to the module.
  Result<void> parse_imported_item(ExternKind kind, Import import);
  Result<bool> parse_address_type();  // true: i64
  Result<Limits> parse_limits(bool is_64);
  Result<TableType> parse_table_type();
  Result<MemoryType> parse_memory_type();
  Result<GlobalType> parse_global_type();
  Result<TagType> parse_tag_type();
  Result<void> parse_inline_elem(TableType& type, uint32_t table);
  Result<void> parse_inline_data(MemoryType& type, uint32_t memory);
  Result<void> parse_elem_list(ElemSegment& elem);
  Result<void> parse_elem_exprs(ElemSegment& elem);
  Result<void> make_elem_exprs(ElemSegment& elem, ValType type);
  Result<std::vector<uint32_t>> parse_func_indices();
  Result<ConstExpr> parse_offset();
  Result<ConstExpr> zero_offset(bool is_64);
  Result<ConstExpr> parse_const_expr();         // up to the group's `)`
  Result<ConstExpr> parse_folded_const_expr();  // one folded instruction
  Result<ConstExpr> make_const_expr(const std::vector<uint8_t>& code);
  Result<Bytes> parse_strings();

  // module_finish.cc.
  void finish();
  void add_name_section();
  void place_customs();

  // Copies into storage that the module owns.
  Bytes store(Bytes bytes);
  std::string_view store_name(std::string_view name);

  Features features_;
  std::shared_ptr<Module> module_ = std::make_shared<Module>();
  SourceMap* source_map_;
  uint64_t code_offset_ = 0;  // length of all code so far: the virtual sequence of SourceMap

  std::array<IdSpace, 8> ids_;  // by Space, Type to Data
  std::array<uint32_t, 8> counts_{};
  std::unordered_map<uint32_t, IdSpace> field_ids_;  // by type index
  std::deque<std::string> unescaped_;                // names that are not spelled so in the source
  NameSection names_;

  std::vector<Field> fields_;
  std::vector<size_t> type_defs_;          // places of the type definitions, by type index
  std::optional<Token> first_definition_;  // that an import must not follow
  std::optional<Token> start_;
  std::unordered_map<std::u32string, uint32_t> func_types_;  // signature -> smallest type index
  bool uses_data_index_ = false;

  // Custom sections are sorted by rank: kRankStep * place in the section order, + 1 if directly
  // before that section, + kRankStep if behind it.
  static constexpr uint32_t kRankStep = 2;
  static constexpr uint32_t kNameRank = 1000;
  static constexpr uint32_t kAfterLast = 1001;
  struct PlacedCustom {
    uint32_t rank = kAfterLast;
    CustomSection section;
  };
  std::vector<PlacedCustom> customs_;

  ExprParser expr_;
};

}  // namespace skerry::text
