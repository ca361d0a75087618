// Pass 2: element and data segments, also those written inside a table or memory, and custom
// sections. Source: WebAssembly 3.0, text format, "Element Segments", "Data Segments"; appendix
// "Custom Sections".
#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "binary/sections.h"
#include "text/literal.h"
#include "text/module_parser.h"

namespace skerry::text {
namespace {

struct SectionWord {
  Keyword word;
  SectionId id;
};
constexpr SectionWord kSectionWords[] = {
    {Keyword::Type, SectionId::Type},           {Keyword::Import, SectionId::Import},
    {Keyword::Func, SectionId::Function},       {Keyword::Table, SectionId::Table},
    {Keyword::Memory, SectionId::Memory},       {Keyword::Tag, SectionId::Tag},
    {Keyword::Global, SectionId::Global},       {Keyword::Export, SectionId::Export},
    {Keyword::Start, SectionId::Start},         {Keyword::Elem, SectionId::Element},
    {Keyword::DataCount, SectionId::DataCount}, {Keyword::Code, SectionId::Code},
    {Keyword::Data, SectionId::Data},
};

uint32_t place_of(SectionId id) {
  const auto place = std::find(kSectionOrder.begin(), kSectionOrder.end(), id);
  assert(place != kSectionOrder.end());
  return static_cast<uint32_t>(place - kSectionOrder.begin());
}

}  // namespace

// `offset=0`, where a table's or memory's own segment goes.
Result<ConstExpr> ModuleParser::zero_offset(bool is_64) {
  std::vector<uint8_t> code;
  FunctionWriter writer(code);
  writer.op(is_64 ? Op::I64Const : Op::I32Const);
  writer.i32(0);
  writer.op(Op::End);
  return make_const_expr(code);
}

// `(offset expr)`, or one folded instruction.
Result<ConstExpr> ModuleParser::parse_offset() {
  if (!accept_group(Keyword::Offset)) return parse_folded_const_expr();
  ConstExpr expr = TRY(parse_const_expr());
  TRY(expect_close());
  return expr;
}

// Element segments
// ---------------------------------------------------------------------------------

Result<void> ModuleParser::parse_elem() {
  const Token begin = peek();
  TRY(parse_binding());
  ElemSegment elem;
  if (accept(Keyword::Declare)) {
    elem.mode = SegmentMode::Declarative;
  } else if (accept_group(Keyword::Table)) {
    elem.mode = SegmentMode::Active;
    elem.table = TRY(parse_index(Space::Table));
    TRY(expect_close());
  } else if (at(TokenKind::Nat)) {
    // WebAssembly 1.0 wrote the table without its word.
    elem.mode = SegmentMode::Active;
    elem.table = TRY(parse_index(Space::Table));
  } else if (at(TokenKind::LeftParen) && !at_ref_type()) {
    elem.mode = SegmentMode::Active;
  }
  if (elem.mode == SegmentMode::Active)
    elem.offset = TRY(parse_offset());
  else if (!features_.has(Feature::BulkMemory) && !features_.has(Feature::ReferenceTypes))
    TRY(require(Feature::BulkMemory, begin));
  TRY(parse_elem_list(elem));
  module_->elems.push_back(std::move(elem));
  return {};
}

Result<void> ModuleParser::parse_elem_list(ElemSegment& elem) {
  if (at_ref_type()) {
    elem.type = TRY(parse_ref_type());
    return parse_elem_exprs(elem);
  }
  const bool may_be_bare = elem.mode == SegmentMode::Active;
  if (!accept(Keyword::Func) && !may_be_bare) return unexpected("`func` or a reference type");
  elem.type = ValType::ref(HeapType::Func, false);
  elem.funcs = TRY(parse_func_indices());
  return {};
}

Result<void> ModuleParser::parse_elem_exprs(ElemSegment& elem) {
  elem.uses_exprs = true;
  while (at(TokenKind::LeftParen)) {
    if (accept_group(Keyword::Item)) {
      elem.exprs.push_back(TRY(parse_const_expr()));
      TRY(expect_close());
    } else {
      elem.exprs.push_back(TRY(parse_folded_const_expr()));
    }
  }
  return {};
}

Result<std::vector<uint32_t>> ModuleParser::parse_func_indices() {
  std::vector<uint32_t> funcs;
  while (at_index()) funcs.push_back(TRY(parse_index(Space::Func)));
  return funcs;
}

// `(elem ...)` behind a table's type: the table is as large as the segment.
Result<void> ModuleParser::parse_inline_elem(TableType& type, uint32_t table) {
  if (!accept_group(Keyword::Elem))
    return unexpected("`(elem`, or the table's size before its type");
  ElemSegment elem;
  elem.mode = SegmentMode::Active;
  elem.table = table;
  elem.offset = TRY(zero_offset(type.limits.is_64));
  elem.type = type.element;
  if (at_index()) {
    elem.funcs = TRY(parse_func_indices());
    elem.type = ValType::ref(HeapType::Func, false);
    // Only a table of any functions may be filled by index.
    if (type.element != ValType::funcref()) TRY(make_elem_exprs(elem, type.element));
  } else {
    TRY(parse_elem_exprs(elem));
  }
  TRY(expect_close());
  type.limits.min = elem.size();
  type.limits.max = elem.size();
  module_->elems.push_back(std::move(elem));
  return {};
}

// Function indices as `ref.func` expressions.
Result<void> ModuleParser::make_elem_exprs(ElemSegment& elem, ValType type) {
  for (const uint32_t func : elem.funcs) {
    std::vector<uint8_t> code;
    FunctionWriter writer(code);
    writer.op(Op::RefFunc);
    writer.u32(func);
    writer.op(Op::End);
    elem.exprs.push_back(TRY(make_const_expr(code)));
  }
  elem.funcs.clear();
  elem.uses_exprs = true;
  elem.type = type;
  return {};
}

// Data segments
// ------------------------------------------------------------------------------------

Result<void> ModuleParser::parse_data() {
  const Token begin = peek();
  TRY(parse_binding());
  DataSegment data;
  const bool has_memory = accept_group(Keyword::Memory);
  // WebAssembly 1.0 wrote the memory without its word.
  if (has_memory || at(TokenKind::Nat)) data.memory = TRY(parse_index(Space::Memory));
  if (has_memory) TRY(expect_close());
  if (at(TokenKind::LeftParen)) {
    data.mode = SegmentMode::Active;
    data.offset = TRY(parse_offset());
  } else if (has_memory) {
    return unexpected("an offset: `(offset` or an instruction");
  } else {
    TRY(require(Feature::BulkMemory, begin));
  }
  data.bytes = TRY(parse_strings());
  module_->datas.push_back(std::move(data));
  return {};
}

Result<Bytes> ModuleParser::parse_strings() {
  std::string bytes;
  while (at(TokenKind::String)) bytes += unescape(text(take()));
  return store(as_bytes(bytes));
}

// `(data ...)` in a memory: the memory has as many pages as the data needs.
Result<void> ModuleParser::parse_inline_data(MemoryType& type, uint32_t memory) {
  DataSegment data;
  data.mode = SegmentMode::Active;
  data.memory = memory;
  data.offset = TRY(zero_offset(type.limits.is_64));
  data.bytes = TRY(parse_strings());
  TRY(expect_close());
  type.limits.min = (data.bytes.size() + kWasmPageBytes - 1) / kWasmPageBytes;
  type.limits.max = type.limits.min;
  module_->datas.push_back(std::move(data));
  return {};
}

// Custom sections
// ----------------------------------------------------------------------------------

// `(@custom "name" place? "bytes"*)`.
Result<void> ModuleParser::parse_custom() {
  PlacedCustom custom;
  custom.section.name = store_name(TRY(expect_name("the section's name as a string")));
  if (at(TokenKind::LeftParen)) custom.rank = TRY(parse_custom_place());
  custom.section.bytes = TRY(parse_strings());
  customs_.push_back(custom);
  return {};
}

Result<uint32_t> ModuleParser::parse_custom_place() {
  take();
  const bool is_after = accept(Keyword::After);
  if (!is_after) TRY(expect(Keyword::Before));
  std::optional<uint32_t> rank;
  if (is_after && accept(Keyword::Last)) rank = kAfterLast;
  if (!is_after && accept(Keyword::First)) rank = 0;
  for (const SectionWord& row : kSectionWords)
    if (!rank && accept(row.word)) rank = kRankStep * place_of(row.id) + (is_after ? kRankStep : 1);
  if (!rank) return unexpected(is_after ? "a section or `last`" : "a section or `first`");
  TRY(expect_close());
  return *rank;
}

}  // namespace skerry::text
