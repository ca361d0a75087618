// Immediates of instructions, as each row of the opcode table says.
// Source: WebAssembly 3.0, text format, "Instructions".
#include <bit>
#include <cassert>
#include <limits>

#include <fmt/format.h>

#include "text/expr_parser.h"
#include "text/lexer.h"
#include "text/literal.h"
#include "text/module_parser.h"
#include "text/vector_literal.h"

namespace skerry::text {
namespace {

constexpr uint32_t kMaxU32 = std::numeric_limits<uint32_t>::max();

struct CatchWord {
  Keyword word;
  CatchKind kind;
  bool has_tag;
};
constexpr CatchWord kCatchWords[] = {
    {Keyword::Catch, CatchKind::Catch, true},
    {Keyword::CatchRef, CatchKind::CatchRef, true},
    {Keyword::CatchAll, CatchKind::CatchAll, false},
    {Keyword::CatchAllRef, CatchKind::CatchAllRef, false},
};

bool is_number(const Token& token) { return token.is_integer() || token.kind == TokenKind::Float; }

}  // namespace

Result<void> ExprParser::parse_instr(Op op, const Token& token) {
  TRY(module_.require(info(op).feature, token));
  switch (info(op).shape) {
    case Shape::Select:
    case Shape::SelectTyped: return parse_select(token);
    case Shape::RefTest:
    case Shape::RefCast: return parse_ref_test_or_cast(op);
    default: writer().op(op); return parse_immediates(op);
  }
}

Result<ExprParser::Label> ExprParser::parse_block_head(Op op, const Token& token) {
  TRY(module_.require(info(op).feature, token));
  const Binding binding = TRY(module_.parse_binding());
  writer().op(op);
  const BlockType type = TRY(parse_block_type());
  writer().block_type(type);
  if (op == Op::TryTable) TRY(parse_catches());
  return Label{binding.id, binding.name};
}

Result<BlockType> ExprParser::parse_block_type() {
  const Token token = module_.peek(1);
  const TypeUse use = TRY(module_.parse_type_use(ModuleParser::ParamIds::Forbidden));
  BlockType type;
  if (!use.index && use.type.params.empty() && use.type.results.size() <= 1) {
    if (use.type.results.empty()) return type;
    type.kind = BlockType::Value;
    type.value = use.type.results[0];
    return type;
  }
  TRY(module_.require(Feature::MultiValue, token));
  type.kind = BlockType::TypeIndex;
  type.type_index = TRY(module_.resolve(use));
  return type;
}

Result<void> ExprParser::parse_catches() {
  std::vector<CatchClause> clauses;
  for (;;) {
    const CatchWord* word = nullptr;
    for (const CatchWord& candidate : kCatchWords)
      if (module_.accept_group(candidate.word)) word = &candidate;
    if (!word) break;
    CatchClause clause{.kind = word->kind};
    if (word->has_tag) clause.tag = TRY(module_.parse_index(Space::Tag));
    clause.label = TRY(parse_label());
    TRY(module_.expect_close());
    clauses.push_back(clause);
  }
  writer().u32(static_cast<uint32_t>(clauses.size()));
  for (const CatchClause& clause : clauses) writer().catch_clause(clause);
  return {};
}

Result<void> ExprParser::parse_select(const Token& token) {
  if (!module_.at_group(Keyword::Result)) {
    writer().op(Op::Select);
    return {};
  }
  TRY(module_.require(info(Op::SelectTyped).feature, token));
  std::vector<ValType> types;
  while (module_.accept_group(Keyword::Result)) {
    while (!module_.at(TokenKind::RightParen)) types.push_back(TRY(module_.parse_val_type()));
    TRY(module_.expect_close());
  }
  writer().op(Op::SelectTyped);
  writer().u32(static_cast<uint32_t>(types.size()));
  for (const ValType type : types) writer().val_type(type);
  return {};
}

Result<void> ExprParser::parse_ref_test_or_cast(Op op) {
  const ValType type = TRY(module_.parse_ref_type());
  if (type.is_nullable()) op = op == Op::RefTest ? Op::RefTestNull : Op::RefCastNull;
  writer().op(op);
  writer().heap_type(type.heap());
  return {};
}

Result<void> ExprParser::parse_br_on_cast() {
  const uint32_t label = TRY(parse_label());
  const ValType from = TRY(module_.parse_ref_type());
  const ValType to = TRY(module_.parse_ref_type());
  writer().byte(static_cast<uint8_t>(from.is_nullable() | to.is_nullable() << 1));
  writer().u32(label);
  writer().heap_type(from.heap());
  writer().heap_type(to.heap());
  return {};
}

Result<void> ExprParser::parse_immediates(Op op) {
  const auto index = [&](Space space) -> Result<void> {
    writer().u32(TRY(module_.parse_index(space)));
    return {};
  };
  const Imm imm = info(op).imm;
  switch (imm) {
    case Imm::None: return {};
    case Imm::Label: writer().u32(TRY(parse_label())); return {};
    case Imm::LabelTable: return parse_label_table();
    case Imm::Local: writer().u32(TRY(parse_local())); return {};
    case Imm::Func: return index(Space::Func);
    case Imm::Type: return index(Space::Type);
    case Imm::Tag: return index(Space::Tag);
    case Imm::Global: return index(Space::Global);
    case Imm::Elem: return index(Space::Elem);
    case Imm::Data: note_data_use(); return index(Space::Data);
    case Imm::Table: writer().u32(TRY(parse_optional(Space::Table))); return {};
    case Imm::Memory: writer().u32(TRY(parse_optional(Space::Memory))); return {};
    case Imm::TypeTable: return parse_type_table();
    case Imm::MemoryMemory: return parse_two_or_none(Space::Memory);
    case Imm::TableTable: return parse_two_or_none(Space::Table);
    case Imm::DataMemory: note_data_use(); return parse_segment_and(Space::Data, Space::Memory);
    case Imm::ElemTable: return parse_segment_and(Space::Elem, Space::Table);
    case Imm::TypeField:
    case Imm::TypeLength:
    case Imm::TypeData:
    case Imm::TypeElem:
    case Imm::TypeType: return parse_type_and(imm);
    case Imm::MemArg: return parse_mem_arg(info(op));
    case Imm::MemArgLane: TRY(parse_mem_arg(info(op))); return parse_lane();
    case Imm::Lane: return parse_lane();
    case Imm::Shuffle: return parse_shuffle_lanes();
    case Imm::I32:
    case Imm::I64:
    case Imm::F32:
    case Imm::F64: return parse_number(imm);
    case Imm::V128: return parse_v128();
    case Imm::HeapType: writer().heap_type(TRY(module_.parse_heap_type())); return {};
    case Imm::BrOnCast: return parse_br_on_cast();
    case Imm::Fence: writer().byte(0); return {};
    case Imm::Block:
    case Imm::TryTable:
    case Imm::ValTypes: break;
  }
  assert(false && "blocks and select are parsed by their own functions");
  return {};
}

Result<uint32_t> ExprParser::parse_label() {
  if (!module_.at(TokenKind::Id))
    return static_cast<uint32_t>(TRY(module_.expect_nat(kMaxU32, "a label")));
  const Token token = module_.take();
  const std::string_view id = module_.id_name(token);
  const auto levels = label_levels_.find(id);
  if (levels != label_levels_.end() && !levels->second.empty())
    return static_cast<uint32_t>(labels_.size() - 1 - levels->second.back());
  IdSpace open;
  for (size_t i = 0; i < labels_.size(); ++i)
    if (labels_[i].id) open.define(*labels_[i].id, static_cast<uint32_t>(i), token);
  return module_.unknown_id(token, Space::Label, id, open.nearest(id));
}

Result<uint32_t> ExprParser::parse_local() {
  static const IdSpace kNoLocals;
  return module_.parse_index(Space::Local, locals_ ? *locals_ : kNoLocals);
}

Result<uint32_t> ExprParser::parse_optional(Space space) {
  if (!module_.at_index()) return uint32_t{0};
  const Token token = module_.peek();
  const uint32_t index = TRY(module_.parse_index(space));
  if (space == Space::Memory && index != 0) TRY(module_.require(Feature::MultiMemory, token));
  return index;
}

// Only bodies make the data count section necessary.
void ExprParser::note_data_use() {
  if (locals_) module_.note_data_use();
}

Result<void> ExprParser::parse_label_table() {
  std::vector<uint32_t> labels;
  do labels.push_back(TRY(parse_label()));
  while (module_.at_index());
  writer().u32(static_cast<uint32_t>(labels.size() - 1));
  for (const uint32_t label : labels) writer().u32(label);
  return {};
}

Result<void> ExprParser::parse_type_table() {
  const uint32_t table = TRY(parse_optional(Space::Table));
  const TypeUse use = TRY(module_.parse_type_use(ModuleParser::ParamIds::Forbidden));
  writer().u32(TRY(module_.resolve(use)));
  writer().u32(table);
  return {};
}

// `memory.copy`, `table.copy`: destination and source, or neither.
Result<void> ExprParser::parse_two_or_none(Space space) {
  const bool both = module_.at_index();
  for (int i = 0; i < 2; ++i) {
    if (both && !module_.at_index())
      return module_.unexpected(
          fmt::format("a second {}: source after destination", space_name(space)));
    writer().u32(TRY(parse_optional(space)));
  }
  return {};
}

// `memory.init mem? data`, `table.init table? elem`: the segment is encoded first.
Result<void> ExprParser::parse_segment_and(Space segment, Space target) {
  const bool has_target = module_.at_index() && (module_.peek(1).kind == TokenKind::Nat ||
                                                 module_.peek(1).kind == TokenKind::Id);
  const uint32_t target_index = has_target ? TRY(parse_optional(target)) : 0;
  writer().u32(TRY(module_.parse_index(segment)));
  writer().u32(target_index);
  return {};
}

Result<void> ExprParser::parse_type_and(Imm imm) {
  const uint32_t type = TRY(module_.parse_index(Space::Type));
  writer().u32(type);
  switch (imm) {
    case Imm::TypeField: writer().u32(TRY(module_.parse_field_index(type))); break;
    case Imm::TypeData:
      note_data_use();
      writer().u32(TRY(module_.parse_index(Space::Data)));
      break;
    case Imm::TypeElem: writer().u32(TRY(module_.parse_index(Space::Elem))); break;
    case Imm::TypeType: writer().u32(TRY(module_.parse_index(Space::Type))); break;
    default:
      writer().u32(static_cast<uint32_t>(TRY(module_.expect_nat(kMaxU32, "an array length"))));
      break;
  }
  return {};
}

Result<void> ExprParser::parse_mem_arg(const OpInfo& row) {
  MemArg mem;
  // Before a lane index, a number alone is that lane; only one of two is a memory.
  const bool is_lane = row.imm == Imm::MemArgLane && module_.at(TokenKind::Nat) &&
                       module_.peek(1).kind != TokenKind::Nat &&
                       !module_.peek(1).is(Keyword::OffsetEq) &&
                       !module_.peek(1).is(Keyword::AlignEq);
  if (!is_lane) mem.memory = TRY(parse_optional(Space::Memory));
  if (module_.at(Keyword::OffsetEq)) mem.offset = TRY(parse_mem_offset());
  mem.align_log2 = row.width_log2;
  if (module_.at(Keyword::AlignEq)) mem.align_log2 = TRY(parse_align());
  writer().mem_arg(mem);
  return {};
}

// The number in `word=number`.
Result<std::string_view> ExprParser::parse_assigned() {
  const std::string_view text = module_.text(module_.peek());
  const std::string_view number = text.substr(text.find('=') + 1);
  if (!is_nat(number))
    return module_.fail_at(module_.peek(), ErrorCode::UnknownOperator,
                           fmt::format("unknown operator `{}`: a number must follow `=`", text));
  return number;
}

Result<uint64_t> ExprParser::parse_mem_offset() {
  const std::string_view number = TRY(parse_assigned());
  const Token& token = module_.take();
  const bool is_64 = module_.features().has(Feature::Memory64);
  const auto offset = parse_nat(number, is_64 ? std::numeric_limits<uint64_t>::max() : kMaxU32);
  if (!offset) return module_.out_of_range(token, "an offset");
  return *offset;
}

Result<uint32_t> ExprParser::parse_align() {
  const std::string_view number = TRY(parse_assigned());
  const Token& token = module_.take();
  const auto align = parse_nat(number, std::numeric_limits<uint64_t>::max());
  if (!align) return module_.out_of_range(token, "an alignment");
  if (!std::has_single_bit(*align))
    return module_.fail_at(token, ErrorCode::AlignmentNotPowerOfTwo,
                           "alignment must be a power of two");
  return static_cast<uint32_t>(std::countr_zero(*align));
}

Result<void> ExprParser::parse_lane() {
  if (!module_.at(TokenKind::Nat)) return module_.unexpected("a lane index");
  const Token& token = module_.take();
  const auto lane = parse_nat(module_.text(token), 0xff);
  if (!lane)
    return module_.fail_at(
        token, ErrorCode::MalformedLane,
        fmt::format("malformed lane index `{}`: at most 255", module_.text(token)));
  writer().byte(static_cast<uint8_t>(*lane));
  return {};
}

Result<void> ExprParser::parse_shuffle_lanes() {
  constexpr unsigned kLanes = 16;
  for (unsigned i = 0; i < kLanes; ++i) {
    if (is_number(module_.peek()))
      TRY(parse_lane());
    else
      return wrong_lane_count("lane indices", kLanes, i);
  }
  if (is_number(module_.peek())) return wrong_lane_count("lane indices", kLanes, kLanes + 1);
  return {};
}

std::unexpected<Error> ExprParser::wrong_lane_count(std::string_view what, unsigned wanted,
                                                    unsigned found) {
  const Token& token = module_.peek();
  if (token.kind == TokenKind::Reserved || token.kind == TokenKind::End)
    return module_.unexpected(what);
  return module_.fail_at(token, ErrorCode::WrongLaneCount,
                         fmt::format("wrong number of {}: expected {}, found {}{}", what, wanted,
                                     found > wanted ? "more than " : "", std::min(found, wanted)));
}

Result<void> ExprParser::parse_v128() {
  const VectorShape* shape = nullptr;
  for (const VectorShape& candidate : kVectorShapes)
    if (module_.accept(candidate.word)) shape = &candidate;
  if (!shape) return module_.unexpected("a vector shape such as `i32x4`");
  for (unsigned i = 0; i < shape->lanes; ++i) {
    const Token& token = module_.peek();
    if (!is_number(token)) return wrong_lane_count("lane literals", shape->lanes, i);
    if (!shape->is_float && !token.is_integer()) return module_.unexpected("an integer");
    module_.take();
    const auto value = parse_lane_literal(*shape, module_.text(token));
    if (!value)
      return module_.out_of_range(token, fmt::format("a lane of {}", spelling(shape->word)));
    for (unsigned bit = 0; bit < shape->lane_bits; bit += 8)
      writer().byte(static_cast<uint8_t>(*value >> bit));
  }
  if (is_number(module_.peek()))
    return wrong_lane_count("lane literals", shape->lanes, shape->lanes + 1);
  return {};
}

Result<void> ExprParser::parse_number(Imm imm) {
  const Token& token = module_.peek();
  const bool is_int = imm == Imm::I32 || imm == Imm::I64;
  const std::string_view type = imm == Imm::I32   ? "i32"
                                : imm == Imm::I64 ? "i64"
                                : imm == Imm::F32 ? "f32"
                                                  : "f64";
  if (!(is_int ? token.is_integer() : is_number(token)))
    return module_.unexpected(fmt::format("an {} literal", type));
  module_.take();
  const std::string_view text = module_.text(token);
  std::optional<uint64_t> bits;
  switch (imm) {
    case Imm::I32: bits = parse_int(text, 32); break;
    case Imm::I64: bits = parse_int(text, 64); break;
    case Imm::F32: bits = parse_f32(text); break;
    default: bits = parse_f64(text); break;
  }
  if (!bits) return module_.out_of_range(token, type);
  switch (imm) {
    case Imm::I32: writer().i32(static_cast<int32_t>(*bits)); break;
    case Imm::I64: writer().i64(static_cast<int64_t>(*bits)); break;
    case Imm::F32: writer().f32(static_cast<uint32_t>(*bits)); break;
    default: writer().f64(*bits); break;
  }
  return {};
}

}  // namespace skerry::text
