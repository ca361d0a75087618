// Features by declarations first, then by the rows of the instructions in bodies and constant
// expressions.
#include "cli/feature_scan.h"

#include "binary/const_expr_reader.h"
#include "wasm/type_features.h"

namespace skerry::cli {
namespace {

class FeatureScan {
 public:
  explicit FeatureScan(const Module& module) : module_(module) {}

  std::vector<FeatureUse> run() {
    scan_types();
    scan_items();
    scan_segments();
    for (const FuncBody& body : module_.bodies) scan_body(body);
    std::vector<FeatureUse> result;
    for (const FeatureInfo& row : all_features())
      if (const auto& use = uses_[static_cast<size_t>(row.feature)];
          use && row.feature != Feature::Mvp)
        result.push_back({row.feature, *use});
    return result;
  }

 private:
  void note(Feature feature, uint64_t position = kNoPosition) {
    auto& use = uses_[static_cast<size_t>(feature)];
    if (!use) use = position;
  }

  void note_type(ValType type, uint64_t position = kNoPosition) {
    note(feature_of(type), position);
  }

  void note_limits(const Limits& limits) {
    if (limits.is_64) note(Feature::Memory64);
  }

  void scan_types() {
    for (const RecGroup& group : module_.rec_groups)
      if (group.type_count != 1) note(Feature::Gc);
    for (const DefinedType& type : module_.types) {
      if (type.kind != CompositeKind::Func || !type.is_final || type.supertype) note(Feature::Gc);
      if (type.func.results.size() > 1) note(Feature::MultiValue);
      for (ValType param : type.func.params) note_type(param);
      for (ValType result : type.func.results) note_type(result);
      for (const FieldType& field : type.fields) note_type(field.type);
    }
  }

  void scan_items() {
    for (const Table& table : module_.tables) {
      note_limits(table.type.limits);
      // A table of plain funcrefs is as old as WebAssembly 1.0.
      if (table.type.element != ValType::funcref()) note_type(table.type.element);
      if (table.init) note(Feature::FunctionReferences), scan_const_expr(*table.init);
    }
    if (module_.tables.size() > 1) note(Feature::ReferenceTypes);
    for (const MemoryType& memory : module_.memories) {
      note_limits(memory.limits);
      if (memory.is_shared) note(Feature::Threads);
    }
    if (module_.memories.size() > 1) note(Feature::MultiMemory);
    for (size_t i = 0; i < module_.globals.size(); ++i) {
      const Global& global = module_.globals[i];
      note_type(global.type.type);
      if (i >= module_.imported_globals)
        scan_const_expr(global.init);
      else if (global.type.is_mutable)
        note(Feature::MutableGlobal);
    }
    for (const Export& item : module_.exports)
      if (item.kind == ExternKind::Global && item.index < module_.globals.size() &&
          module_.globals[item.index].type.is_mutable)
        note(Feature::MutableGlobal);
    if (!module_.tags.empty()) note(Feature::Exceptions);
  }

  void scan_segments() {
    if (module_.data_count) note(Feature::BulkMemory);
    for (const DataSegment& data : module_.datas) {
      if (data.mode == SegmentMode::Active)
        scan_const_expr(data.offset);
      else
        note(Feature::BulkMemory);
    }
    for (const ElemSegment& elem : module_.elems) {
      if (elem.mode == SegmentMode::Active) scan_const_expr(elem.offset);
      if (elem.mode == SegmentMode::Passive) note(Feature::BulkMemory);
      if (elem.mode == SegmentMode::Declarative || elem.table != 0) note(Feature::ReferenceTypes);
      if (elem.uses_exprs) {
        note(Feature::BulkMemory);
        if (elem.type != ValType::funcref()) note_type(elem.type);
        for (const ConstExpr& expr : elem.exprs) scan_const_expr(expr);
      }
    }
  }

  void scan_const_expr(const ConstExpr& expr) {
    // More than one instruction, or arithmetic, came after 1.0.
    for_each_instr(expr, [&](const Instr& instr) {
      const OpInfo& row = instr.row();
      if (row.shape == Shape::Binary) note(Feature::ExtendedConst, expr.offset);
      if (row.shape == Shape::GlobalGet && instr.index >= module_.imported_globals)
        note(Feature::Gc, expr.offset);
      note(row.feature, expr.offset);
    });
  }

  void scan_body(const FuncBody& body) {
    CheckedFunctionReader reader(body.code, body.offset, features_);
    uint32_t groups;
    if (!reader.read_local_group_count(groups)) return;
    for (LocalDecl decl; groups > 0; --groups) {
      if (!reader.read_local_group(decl)) return;
      note_type(decl.type, body.offset);
    }
    Instr instr;
    while (!reader.at_end() && reader.next(instr)) scan_instr(instr, reader.offset_of(instr.begin));
  }

  void scan_instr(const Instr& instr, uint64_t position) {
    const OpInfo& row = instr.row();
    if (row.feature != Feature::Mvp) note(row.feature, position);
    switch (row.imm) {
      case Imm::Block:
      case Imm::TryTable:
        if (instr.block.kind == BlockType::TypeIndex) note(Feature::MultiValue, position);
        if (instr.block.kind == BlockType::Value) note_type(instr.block.value, position);
        break;
      case Imm::MemArg:
      case Imm::MemArgLane:
        if (instr.mem.memory != 0) note(Feature::MultiMemory, position);
        break;
      case Imm::Memory:
        if (instr.index != 0) note(Feature::MultiMemory, position);
        break;
      case Imm::MemoryMemory:
        if (instr.index != 0 || instr.index2 != 0) note(Feature::MultiMemory, position);
        break;
      case Imm::DataMemory:
        if (instr.index2 != 0) note(Feature::MultiMemory, position);
        break;
      case Imm::TypeTable:
        if (instr.index2 != 0) note(Feature::ReferenceTypes, position);
        break;
      case Imm::ValTypes:
        if (instr.count == 1) note_type(instr.val_type, position);
        break;
      case Imm::HeapType: note(feature_of(instr.heap), position); break;
      default: break;
    }
  }

  const Module& module_;
  const Features features_ = Features::all();
  std::array<std::optional<uint64_t>, 32> uses_;
};

}  // namespace

std::vector<FeatureUse> features_used(const Module& module) { return FeatureScan(module).run(); }

}  // namespace skerry::cli
