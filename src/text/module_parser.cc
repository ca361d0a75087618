// The two passes of ModuleParser, identifiers and indices.
#include "text/module_parser.h"

#include <limits>

#include <fmt/format.h>

#include "text/lexer.h"
#include "text/literal.h"

namespace skerry::text {
namespace {

// Items that imports and definitions bring alike.
struct ItemKind {
  Keyword word;
  Space space;
};
constexpr ItemKind kItemKinds[] = {
    {Keyword::Func, Space::Func},     {Keyword::Table, Space::Table},
    {Keyword::Memory, Space::Memory}, {Keyword::Global, Space::Global},
    {Keyword::Tag, Space::Tag},
};

const ItemKind* item_kind(const Token& token) {
  for (const ItemKind& item : kItemKinds)
    if (token.is(item.word)) return &item;
  return nullptr;
}

}  // namespace

ModuleParser::ModuleParser(std::string_view source, std::span<const Token> tokens,
                           Features features, Diagnostic& diagnostic, SourceMap* source_map)
    : TokenCursor(source, tokens, diagnostic),
      features_(features),
      source_map_(source_map),
      expr_(*this) {}

Result<std::shared_ptr<Module>> ModuleParser::parse() {
  const bool is_wrapped = accept_group(Keyword::Module);
  if (is_wrapped) accept(Keyword::Definition);  // scripts have it
  if (is_wrapped) names_.module_name = TRY(parse_binding()).name;
  TRY(scan_fields());
  if (is_wrapped) TRY(expect_close());
  if (!at(TokenKind::End))
    return unexpected(is_wrapped ? "the end of the text behind the module" : "a module field");
  TRY(parse_types());
  for (const Field& field : fields_) TRY(parse_field(field));
  finish();
  return std::move(module_);
}

Result<void> ModuleParser::require(Feature feature, const Token& token) {
  if (features_.has(feature)) return {};
  return report_disabled(diagnostic(), feature, token.begin, token.length());
}

std::string_view ModuleParser::id_name(const Token& token) {
  const std::string_view name = text(token).substr(1);
  if (name[0] != '"') return name;
  return unescaped_.emplace_back(unescape(name));
}

Result<Binding> ModuleParser::parse_binding() {
  Binding binding;
  if (at(TokenKind::Id)) {
    binding.token = take();
    binding.id = id_name(binding.token);
    binding.name = binding.id;
  }
  if (at(TokenKind::Annotation) && peek().word == Word(Keyword::AnnotationName)) {
    take();
    binding.name = unescaped_.emplace_back(TRY(expect_name("a name as a string")));
    TRY(expect_close());
  }
  return binding;
}

Result<void> ModuleParser::define(IdSpace& ids, Space space, const Binding& binding,
                                  uint32_t index) {
  if (!binding.id) return {};
  const IdSpace::Entry* before = ids.define(*binding.id, index, binding.token);
  if (!before) return {};
  auto failure = fail_at(binding.token, ErrorCode::DuplicateId,
                         fmt::format("duplicate {} `{}`", space_name(space), text(binding.token)));
  add_note(before->token, "first defined here");
  return failure;
}

Result<uint32_t> ModuleParser::parse_index(Space space, const IdSpace& ids) {
  if (!at(TokenKind::Id))
    return static_cast<uint32_t>(TRY(expect_nat(std::numeric_limits<uint32_t>::max(),
                                                fmt::format("a {} index", space_name(space)))));
  const Token& token = take();
  const std::string_view id = id_name(token);
  if (const auto index = ids.find(id)) return *index;
  return unknown_id(token, space, id, ids.nearest(id));
}

Result<uint32_t> ModuleParser::parse_field_index(uint32_t type_index) {
  static const IdSpace kNoFields;
  const auto ids = field_ids_.find(type_index);
  return parse_index(Space::Field, ids == field_ids_.end() ? kNoFields : ids->second);
}

std::unexpected<Error> ModuleParser::unknown_id(const Token& token, Space space,
                                                std::string_view id, std::string_view nearest) {
  std::string help;
  if (!nearest.empty() && nearest != id) help = fmt::format("did you mean `${}`?", nearest);
  return fail_at(token, ErrorCode::UndefinedId,
                 fmt::format("unknown {} `{}`", space_name(space), text(token)), std::move(help));
}

// Pass 1 ------------------------------------------------------------------------------------------

Result<void> ModuleParser::scan_fields() {
  for (;;) {
    if (at(TokenKind::LeftParen)) {
      TRY(scan_field());
    } else if (at(TokenKind::Annotation) && peek().word == Word(Keyword::AnnotationCustom)) {
      take();
      fields_.push_back({Keyword::AnnotationCustom, pos()});
      TRY(skip_groups(1));
    } else {
      return {};
    }
  }
}

Result<void> ModuleParser::scan_field() {
  take();
  const Token word = peek();
  if (const ItemKind* item = item_kind(word)) {
    TRY(scan_item(item->word, item->space));
  } else if (accept(Keyword::Type)) {
    TRY(scan_type());
  } else if (accept(Keyword::Rec)) {
    TRY(require(Feature::Gc, word));
    TRY(scan_rec());
  } else if (accept(Keyword::Import)) {
    TRY(scan_import());
  } else if (at(Keyword::Export) || at(Keyword::Start)) {
    const Keyword kind = at(Keyword::Export) ? Keyword::Export : Keyword::Start;
    take();
    fields_.push_back({kind, pos()});
  } else if (at(Keyword::Elem) || at(Keyword::Data)) {
    const bool is_elem = at(Keyword::Elem);
    take();
    const Space space = is_elem ? Space::Elem : Space::Data;
    fields_.push_back({is_elem ? Keyword::Elem : Keyword::Data, pos(), count_of(space)});
    TRY(define_item(space, TRY(parse_binding())));
  } else {
    return unexpected("a module field");
  }
  return skip_groups(1);
}

Result<void> ModuleParser::define_item(Space space, const Binding& binding) {
  const uint32_t index = count_of(space)++;
  if (binding.name) names_.of(name_kind(space)).push_back({index, *binding.name});
  return define(ids_of(space), space, binding, index);
}

Result<void> ModuleParser::scan_type() {
  type_defs_.push_back(pos());
  module_->rec_groups.push_back({count_of(Space::Type), 1});
  return define_item(Space::Type, TRY(parse_binding()));
}

Result<void> ModuleParser::scan_rec() {
  RecGroup group{count_of(Space::Type), 0};
  while (accept_group(Keyword::Type)) {
    type_defs_.push_back(pos());
    ++group.type_count;
    TRY(define_item(Space::Type, TRY(parse_binding())));
    TRY(skip_groups(1));
  }
  if (!at(TokenKind::RightParen)) return unexpected("`(type` or `)`");
  module_->rec_groups.push_back(group);
  return {};
}

// Only what gives the item its index; pass 2 reports what is wrong with the rest.
Result<void> ModuleParser::scan_import() {
  fields_.push_back({Keyword::Import, pos()});
  const bool is_complete = at(TokenKind::String) && peek(1).kind == TokenKind::String &&
                           peek(2).kind == TokenKind::LeftParen && item_kind(peek(3));
  if (!is_complete) return {};
  const Space space = item_kind(peek(3))->space;
  TRY(note_import(fields_.back().pos - 1));
  set_pos(pos() + 4);
  TRY(define_item(space, TRY(parse_binding())));
  return skip_groups(1);
}

Result<void> ModuleParser::note_import(size_t pos_of_word) {
  if (!first_definition_) return {};
  set_pos(pos_of_word);
  auto failure = fail_at(peek(), ErrorCode::ImportAfterDefinition,
                         fmt::format("import after {}", text(*first_definition_)));
  add_note(*first_definition_, "imports must stand before this definition");
  return failure;
}

Result<void> ModuleParser::scan_item(Keyword kind, Space space) {
  const Token word = take();
  fields_.push_back({kind, pos(), count_of(space)});
  TRY(define_item(space, TRY(parse_binding())));
  while (accept_group(Keyword::Export)) TRY(skip_groups(1));
  if (at_group(Keyword::Import)) return note_import(pos() + 1);
  if (!first_definition_) first_definition_ = word;
  // Inline segments take their index where they stand.
  if (space == Space::Table && has_group_before_close(Keyword::Elem)) ++count_of(Space::Elem);
  if (space == Space::Memory && has_group_before_close(Keyword::Data)) ++count_of(Space::Data);
  return {};
}

// True if the group that is open has a direct child `(keyword ...)`.
bool ModuleParser::has_group_before_close(Keyword keyword) {
  const size_t begin = pos();
  bool found = false;
  for (size_t depth = 0; !found && !at(TokenKind::End); take()) {
    if (depth == 0 && at_group(keyword)) found = true;
    if (at(TokenKind::LeftParen) || at(TokenKind::Annotation)) ++depth;
    if (at(TokenKind::RightParen) && depth-- == 0) break;
  }
  set_pos(begin);
  return found;
}

// The interface -----------------------------------------------------------------------------------

std::optional<uint64_t> SourceMap::text_offset(uint64_t code_offset) const {
  auto after = std::upper_bound(
      entries_.begin(), entries_.end(), code_offset,
      [](uint64_t offset, const Entry& entry) { return offset < entry.code_offset; });
  if (after == entries_.begin()) return std::nullopt;
  return std::prev(after)->text_offset;
}

Result<std::shared_ptr<Module>> parse_module(std::string_view source, Features features,
                                             const ParseOptions& options) {
  Diagnostic ignored;
  Diagnostic& diagnostic = options.diagnostic ? *options.diagnostic : ignored;
  const auto tokens = TRY(tokenize(source, options.range, features, diagnostic));
  return ModuleParser(source, tokens, features, diagnostic, options.source_map).parse();
}

}  // namespace skerry::text
