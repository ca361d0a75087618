// Instructions as text: the mirror of expr_immediates.cc.
#include "text/instr_printer.h"

#include <cassert>
#include <cstring>

#include <fmt/format.h>

#include "text/literal.h"
#include "text/quote.h"

namespace skerry::text {
namespace {

constexpr std::string_view kCatchWords[] = {"catch", "catch_ref", "catch_all", "catch_all_ref"};

}  // namespace

void InstrPrinter::begin_func(uint32_t func, uint64_t local_count) {
  func_ = func;
  local_count_ = local_count;
  label_count_ = 0;
  labels_.clear();
  // A cleared map keeps, and clears again, the buckets of its largest function.
  if (!label_levels_.empty()) label_levels_ = {};
}

// Types
// --------------------------------------------------------------------------------------------

std::string InstrPrinter::heap_text(HeapType type) const {
  return type.is_concrete() ? names_.refer(Space::Type, type.type_index()) : to_string(type);
}

std::string InstrPrinter::type_text(ValType type) const {
  if (!type.is_ref() || !type.heap().is_concrete()) return to_string(type);
  return fmt::format("(ref {}{})", type.is_nullable() ? "null " : "", heap_text(type.heap()));
}

std::string InstrPrinter::list_text(std::string_view word,
                                    const std::vector<ValType>& types) const {
  if (types.empty()) return "";
  std::string out = fmt::format(" ({}", word);
  for (const ValType type : types) out += " " + type_text(type);
  return out + ")";
}

std::string InstrPrinter::type_use_text(uint32_t type) const {
  std::string out = fmt::format(" (type {})", names_.refer(Space::Type, type));
  if (type >= module_.types.size() || module_.types[type].kind != CompositeKind::Func) return out;
  const FuncType& func = module_.types[type].func;
  return out + list_text("param", func.params) + list_text("result", func.results);
}

std::string InstrPrinter::block_type_text(const BlockType& type) const {
  switch (type.kind) {
    case BlockType::Empty: return "";
    case BlockType::Value: return fmt::format(" (result {})", type_text(type.value));
    case BlockType::TypeIndex: return type_use_text(type.type_index);
  }
  return "";
}

// Labels
// -------------------------------------------------------------------------------------------

void InstrPrinter::open_label(std::string& out) {
  const auto id = names_.label(func_, label_count_);
  out += names_.declare_label(func_, label_count_);
  if (id) label_levels_[*id].push_back(labels_.size());
  labels_.push_back(id);
  ++label_count_;
  if (!id) out += fmt::format(" (;@{};)", labels_.size());
}

void InstrPrinter::close_label() {
  assert(!labels_.empty());
  if (labels_.back()) label_levels_[*labels_.back()].pop_back();
  labels_.pop_back();
}

std::string InstrPrinter::label_text(uint32_t depth) const {
  // Only the innermost label of a name can be called by it.
  if (depth < labels_.size()) {
    const size_t level = labels_.size() - 1 - depth;
    const auto& id = labels_[level];
    if (id && label_levels_.at(*id).back() == level) return id_text(*id);
    return fmt::format("{} (;@{};)", depth, level + 1);
  }
  return std::to_string(depth);
}

std::string InstrPrinter::local_text(uint32_t local) const {
  return local < local_count_ ? names_.refer_local(func_, local) : std::to_string(local);
}

// Instructions
// -------------------------------------------------------------------------------------

void InstrPrinter::append(std::string& out, const CheckedFunctionReader& reader,
                          const Instr& instr) {
  out += instr.row().text;
  if (opens_block(instr.shape))
    append_block(out, reader, instr);
  else
    append_immediates(out, reader, instr);
}

void InstrPrinter::append_block(std::string& out, const CheckedFunctionReader& reader,
                                const Instr& instr) {
  // The block's own label is not in scope in its catch clauses, though it stands before them.
  std::string clauses;
  if (instr.shape == Shape::TryTable) {
    reader.for_each_catch(instr, [&](const CatchClause& clause) {
      clauses += fmt::format(" ({}", kCatchWords[static_cast<size_t>(clause.kind)]);
      if (clause.kind <= CatchKind::CatchRef) clauses += " " + names_.refer(Space::Tag, clause.tag);
      clauses += " " + label_text(clause.label) + ")";
    });
  }
  open_label(out);
  out += block_type_text(instr.block);
  out += clauses;
}

void InstrPrinter::append_immediates(std::string& out, const CheckedFunctionReader& reader,
                                     const Instr& instr) {
  const auto add = [&](std::string_view text) { out.append(" ").append(text); };
  const auto refer = [&](Space space, uint32_t index) { add(names_.refer(space, index)); };
  // An index that may be left out if it is 0.
  const auto refer_other = [&](Space space, uint32_t index) {
    if (index != 0) refer(space, index);
  };
  const auto refer_both = [&](Space space) {
    if (instr.index == 0 && instr.index2 == 0) return;
    refer(space, instr.index);
    refer(space, instr.index2);
  };
  switch (instr.row().imm) {
    case Imm::None:
    case Imm::Fence:
    case Imm::Block:
    case Imm::TryTable: return;
    case Imm::Label: return add(label_text(instr.index));
    case Imm::LabelTable:
      return reader.for_each_target(instr, [&](uint32_t depth) { add(label_text(depth)); });
    case Imm::Func: return refer(Space::Func, instr.index);
    case Imm::Type: return refer(Space::Type, instr.index);
    case Imm::Tag: return refer(Space::Tag, instr.index);
    case Imm::Global: return refer(Space::Global, instr.index);
    case Imm::Elem: return refer(Space::Elem, instr.index);
    case Imm::Data: return refer(Space::Data, instr.index);
    case Imm::Local: return add(local_text(instr.index));
    case Imm::Table: return refer_other(Space::Table, instr.index);
    case Imm::Memory: return refer_other(Space::Memory, instr.index);
    case Imm::MemoryMemory: return refer_both(Space::Memory);
    case Imm::TableTable: return refer_both(Space::Table);
    case Imm::TypeTable:
      refer_other(Space::Table, instr.index2);
      out += type_use_text(instr.index);
      return;
    case Imm::DataMemory:
      refer_other(Space::Memory, instr.index2);
      return refer(Space::Data, instr.index);
    case Imm::ElemTable:
      refer_other(Space::Table, instr.index2);
      return refer(Space::Elem, instr.index);
    case Imm::TypeField:
      refer(Space::Type, instr.index);
      return add(names_.refer_field(instr.index, instr.index2));
    case Imm::TypeLength: refer(Space::Type, instr.index); return add(std::to_string(instr.index2));
    case Imm::TypeData: refer(Space::Type, instr.index); return refer(Space::Data, instr.index2);
    case Imm::TypeElem: refer(Space::Type, instr.index); return refer(Space::Elem, instr.index2);
    case Imm::TypeType: refer(Space::Type, instr.index); return refer(Space::Type, instr.index2);
    case Imm::MemArg: return append_mem_arg(out, instr);
    case Imm::MemArgLane: append_mem_arg(out, instr); return add(std::to_string(instr.lane));
    case Imm::Lane: return add(std::to_string(instr.lane));
    case Imm::Shuffle:
      for (int i = 0; i < 16; ++i) add(std::to_string(instr.operand[i]));
      return;
    case Imm::I32: return add(std::to_string(static_cast<int32_t>(instr.value)));
    case Imm::I64: return add(std::to_string(static_cast<int64_t>(instr.value)));
    case Imm::F32: return add(f32_text(static_cast<uint32_t>(instr.value)));
    case Imm::F64: return add(f64_text(instr.value));
    case Imm::V128: {
      uint32_t lanes[4];
      std::memcpy(lanes, instr.operand, sizeof lanes);
      return add(fmt::format("i32x4 {:#010x} {:#010x} {:#010x} {:#010x}", lanes[0], lanes[1],
                             lanes[2], lanes[3]));
    }
    case Imm::HeapType: return append_heap_immediate(out, instr);
    case Imm::BrOnCast: return append_br_on_cast(out, instr);
    case Imm::ValTypes: return append_val_types(out, instr);
  }
}

// `ref.null` takes a heap type, `ref.test` and `ref.cast` a reference to it.
void InstrPrinter::append_heap_immediate(std::string& out, const Instr& instr) const {
  if (instr.shape == Shape::RefNull) {
    out += " " + heap_text(instr.heap);
    return;
  }
  const bool is_nullable = instr.op == Op::RefTestNull || instr.op == Op::RefCastNull;
  out += " " + ref_text(instr.heap, is_nullable);
}

std::string InstrPrinter::ref_text(HeapType heap, bool is_nullable) const {
  return type_text(ValType::ref(heap, is_nullable));
}

void InstrPrinter::append_br_on_cast(std::string& out, const Instr& instr) const {
  out += " " + label_text(instr.index);
  out += " " + ref_text(instr.heap, instr.cast_flags & 1);
  out += " " + ref_text(instr.heap2, instr.cast_flags & 2);
}

void InstrPrinter::append_val_types(std::string& out, const Instr& instr) const {
  out += " (result";
  // The reader has checked the list; it keeps only the type of a list of one.
  ByteReader in(Bytes(instr.operand, instr.operand_bytes));
  for (uint32_t i = 0; i < instr.count; ++i) {
    const auto type = read_val_type(in, Features::all());
    if (type) out += " " + type_text(*type);
  }
  out += ")";
}

void InstrPrinter::append_mem_arg(std::string& out, const Instr& instr) const {
  if (instr.mem.memory != 0) out += " " + names_.refer(Space::Memory, instr.mem.memory);
  if (instr.mem.offset != 0) out += fmt::format(" offset={}", instr.mem.offset);
  if (instr.mem.align_log2 != instr.row().width_log2)
    out += fmt::format(" align={}", uint64_t{1} << instr.mem.align_log2);
}

}  // namespace skerry::text
