// Weights are computed per segment (a stretch between loop borders or jump goals): first every
// segment counts its accesses, then backward jumps say how deep in loops each segment is.
#include "baseline/prescan.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace skerry::baseline {
namespace {

constexpr uint32_t kNoSegment = UINT32_MAX;

struct Scope {
  uint32_t dispatch = UINT32_MAX;  // the loop itself
  uint32_t owner = UINT32_MAX;     // a dispatch loop's block: which loop
  uint32_t block = 0;              // and which of its blocks
  uint32_t first_segment = 0;
  uint32_t last_jump = kNoSegment;  // a loop: segment of the last branch back to it
  bool is_loop = false;
};

// The end of a dispatch loop's block: segment behind it, and of the last jump back to it.
struct Goal {
  uint32_t segment = kNoSegment;
  uint32_t last_jump = kNoSegment;
};

// How to get past an instruction that the scan has no other interest in; by first byte.
enum class Step : uint8_t { Visit, I32Const, Bare, Number, MemArg, Bytes4, Bytes8, Get, Set };

constexpr Step step_of(const OpEntry& entry) {
  if (!entry.is_known) return Step::Visit;
  switch (entry.shape) {
    case Shape::LocalGet: return Step::Get;
    case Shape::LocalSet:
    case Shape::LocalTee: return Step::Set;
    // Those that visit() takes.
    case Shape::Block:
    case Shape::Loop:
    case Shape::If:
    case Shape::TryTable:
    case Shape::End:
    case Shape::Br:
    case Shape::BrIf:
    case Shape::BrOnNull:
    case Shape::BrOnNonNull:
    case Shape::BrOnCast:
    case Shape::BrTable:
    case Shape::Call:
    case Shape::CallIndirect:
    case Shape::CallRef:
    case Shape::GlobalGet: return Step::Visit;
    default: break;
  }
  switch (entry.imm) {
    case Imm::None: return Step::Bare;
    case Imm::I32: return Step::I32Const;
    case Imm::I64:
    case Imm::Global: return Step::Number;
    case Imm::MemArg: return Step::MemArg;
    case Imm::F32: return Step::Bytes4;
    case Imm::F64: return Step::Bytes8;
    default: return Step::Visit;
  }
}

constexpr auto kSteps = [] {
  std::array<Step, 256> steps{};
  for (size_t byte = 0; byte < steps.size(); ++byte) steps[byte] = step_of(kPlainOps[byte]);
  return steps;
}();

const uint8_t* skip_number(const uint8_t* p) {
  while (*p++ & 0x80) {
  }
  return p;
}

const uint8_t* skip_mem_arg(const uint8_t* p) {
  constexpr uint32_t kNamesMemory = 0x40;
  if (FunctionReader::read_leb_unchecked(p) & kNamesMemory) p = skip_number(p);
  return skip_number(p);
}

class Scanner {
 public:
  Scanner(const Module& module, Features features, uint32_t func)
      : body_(module.bodies[func - module.imported_funcs]),
        reader_(body_.code, body_.offset, features),
        module_(module),
        func_(func) {}

  Prescan run();

 private:
  struct Access {
    uint32_t segment;
    uint32_t local;
    uint32_t count;
  };
  struct LocalState {
    uint32_t latest_access = UINT32_MAX;  // in accesses_
    uint32_t reads = 0;                   // number of local.get
    bool is_seen() const { return latest_access != UINT32_MAX; }
  };
  struct Segment {
    uint32_t calls = 0;
    int32_t depth_change = 0;  // loops opening minus loops closing
    float factor = 0;          // how often it is thought to run
  };

  void declare_locals();
  const uint8_t* step_over(const uint8_t* p);
  void visit(const Instr& instr);
  void access(uint32_t local, bool is_write);
  void start_segment() {
    ++segment_;
    segments_.emplace_back();
  }
  // One level of loop over segments first..last.
  void add_loop(uint32_t first, uint32_t last) {
    segments_[first].depth_change += 1;
    segments_[last + 1].depth_change -= 1;
  }
  void enter_loop(const Instr& instr);
  void leave_scope();
  void branch(uint32_t depth);
  void const_jump(const ConstJump& jump);
  void fill_targets(const Instr& instr);
  void note_results(const FuncType& type) {
    for (ValType result : type.results)
      if (result == ValType::V128) out_.has_v128 = true;
  }
  void finish();

  const FuncBody& body_;
  FunctionReader reader_;
  const Module& module_;
  uint32_t func_;
  Prescan out_;
  std::vector<Scope> scopes_;
  std::vector<Access> accesses_;
  std::vector<LocalState> locals_;
  std::vector<Segment> segments_;         // up to the current one, and one more to end loops at
  std::vector<std::vector<Goal>> goals_;  // per dispatch, per block
  uint32_t segment_ = 0;
  uint32_t loop_depth_ = 0;
  uint32_t pending_table_ = UINT32_MAX;    // dispatch whose br_table comes next
  uint32_t pending_blocks_ = 0;            // its blocks entered so far
  const uint8_t* matched_jump_ = nullptr;  // end of a const jump already handled
};

void Scanner::declare_locals() {
  for (ValType param : module_.func_type(func_).params) out_.locals.push_back({param, 0, false});
  uint32_t groups = 0;
  (void)reader_.read_local_group_count(groups);
  for (uint32_t i = 0; i < groups; ++i) {
    LocalDecl decl;
    (void)reader_.read_local_group(decl);
    out_.locals.resize(out_.locals.size() + decl.count, LocalUse{decl.type, 0, true});
  }
  for (const LocalUse& local : out_.locals)
    if (local.type == ValType::V128) out_.has_v128 = true;
  locals_.resize(out_.locals.size());
}

void Scanner::access(uint32_t local, bool is_write) {
  LocalState& state = locals_[local];
  if (!is_write)
    ++state.reads;
  else if (!state.is_seen() && scopes_.size() == 1)
    // A write in the func's outermost block comes before all code after it.
    out_.locals[local].needs_initial = false;
  if (state.is_seen() && accesses_[state.latest_access].segment == segment_) {
    ++accesses_[state.latest_access].count;
  } else {
    state.latest_access = static_cast<uint32_t>(accesses_.size());
    accesses_.push_back({segment_, local, 1});
  }
}

void Scanner::enter_loop(const Instr& instr) {
  Scope scope;
  scope.is_loop = true;
  ScannedDispatch dispatch;
  if (instr.block.kind == BlockType::Empty &&
      match_dispatch(reader_.pos(), body_.code.data() + body_.code.size(), dispatch)) {
    scope.dispatch = static_cast<uint32_t>(out_.dispatches.size());
    dispatch.is_backward_goal.assign(dispatch.block_count, false);
    // Re-entered by falling in: the local may hold a value whose store was dropped.
    if (loop_depth_ > 0) dispatch.store_is_dead = false;
    goals_.emplace_back(dispatch.block_count);
    out_.dispatches.push_back(std::move(dispatch));
    pending_table_ = scope.dispatch;
    pending_blocks_ = 0;
  }
  ++loop_depth_;
  start_segment();
  scope.first_segment = segment_;
  scopes_.push_back(scope);
}

void Scanner::leave_scope() {
  const Scope scope = scopes_.back();
  scopes_.pop_back();
  if (scope.is_loop) {
    --loop_depth_;
    if (scope.last_jump != kNoSegment) add_loop(scope.first_segment, scope.last_jump);
    start_segment();
  }
  if (scope.owner != UINT32_MAX) {
    start_segment();
    goals_[scope.owner][scope.block].segment = segment_;
  }
}

void Scanner::branch(uint32_t depth) {
  Scope& scope = scopes_[scopes_.size() - 1 - depth];
  if (!scope.is_loop) return;
  if (scope.dispatch != UINT32_MAX)
    out_.dispatches[scope.dispatch].store_is_dead = false;
  else
    scope.last_jump = segment_;
}

void Scanner::const_jump(const ConstJump& jump) {
  const Scope& scope = scopes_[scopes_.size() - 1 - jump.depth];
  if (scope.dispatch == UINT32_MAX) return;
  ScannedDispatch& dispatch = out_.dispatches[scope.dispatch];
  if (dispatch.local != jump.local) return;
  const uint32_t block =
      dispatch.blocks.empty() ? DispatchLoop::kNoBlock : dispatch.block_for(jump.value);
  if (block == DispatchLoop::kNoBlock) return;
  matched_jump_ = jump.end;
  Goal& goal = goals_[scope.dispatch][block];
  if (goal.segment == kNoSegment) return;  // forward
  dispatch.is_backward_goal[block] = true;
  goal.last_jump = segment_;
}

void Scanner::fill_targets(const Instr& instr) {
  ScannedDispatch& dispatch = out_.dispatches[pending_table_];
  reader_.for_each_target(instr, [&](uint32_t depth) {
    dispatch.blocks.push_back(dispatch.block_at_depth(depth));
    if (depth == dispatch.block_count) dispatch.store_is_dead = false;
  });
  pending_table_ = UINT32_MAX;
}

// To the next instruction that is more than a use of a local.
const uint8_t* Scanner::step_over(const uint8_t* p) {
  for (;;) {
    switch (kSteps[*p]) {
      case Step::Visit: return p;
      case Step::I32Const:
        if (!out_.dispatches.empty()) return p;
        [[fallthrough]];
      case Step::Number: p = skip_number(p + 1); break;
      case Step::Bare: ++p; break;
      case Step::MemArg: p = skip_mem_arg(p + 1); break;
      case Step::Bytes4: p += 1 + 4; break;
      case Step::Bytes8: p += 1 + 8; break;
      case Step::Get: access(FunctionReader::read_leb_unchecked(++p), false); break;
      case Step::Set: access(FunctionReader::read_leb_unchecked(++p), true); break;
    }
  }
}

void Scanner::visit(const Instr& instr) {
  switch (instr.shape) {
    case Shape::Block:
    case Shape::If:
    case Shape::TryTable: {
      Scope scope;
      if (pending_table_ != UINT32_MAX) {
        scope.owner = pending_table_;
        scope.block = pending_blocks_++;
      }
      scopes_.push_back(scope);
      return;
    }
    case Shape::Loop: enter_loop(instr); return;
    case Shape::End: leave_scope(); return;
    case Shape::Br:
      if (matched_jump_ != reader_.pos()) branch(instr.index);
      return;
    case Shape::BrIf:
    case Shape::BrOnNull:
    case Shape::BrOnNonNull:
    case Shape::BrOnCast: branch(instr.index); return;
    case Shape::BrTable:
      if (pending_table_ != UINT32_MAX)
        fill_targets(instr);
      else
        reader_.for_each_target(instr, [&](uint32_t depth) { branch(depth); });
      return;
    case Shape::Call:
      ++segments_[segment_].calls;
      note_results(module_.func_type(instr.index));
      return;
    case Shape::CallIndirect:
    case Shape::CallRef:
      ++segments_[segment_].calls;
      note_results(module_.types[instr.index].func);
      return;
    case Shape::GlobalGet:
      if (module_.globals[instr.index].type.type == ValType::V128) out_.has_v128 = true;
      return;
    case Shape::Const: {
      if (instr.op == Op::V128Const) out_.has_v128 = true;
      ConstJump jump;
      if (instr.op == Op::I32Const && reader_.peek() == 0x21 && !out_.dispatches.empty() &&
          match_const_jump(instr.begin, body_.code.data() + body_.code.size(), jump))
        const_jump(jump);
      return;
    }
    default:
      if (instr.row().prefix == 0xfd) out_.has_v128 = true;
      return;
  }
}

void Scanner::finish() {
  for (const auto& goals : goals_)
    for (const Goal& goal : goals)
      if (goal.last_jump != kNoSegment) add_loop(goal.segment, goal.last_jump);
  int32_t depth = 0;
  for (Segment& segment : segments_) {
    depth += segment.depth_change;
    // Each level of loop is taken for eight rounds; beyond six levels the order no longer matters.
    segment.factor = std::ldexp(1.0f, 3 * std::clamp(depth, 0, 6));
    out_.call_weight += static_cast<float>(segment.calls) * segment.factor;
  }
  for (const Access& access : accesses_)
    out_.locals[access.local].weight +=
        static_cast<float>(access.count) * segments_[access.segment].factor;
  for (ScannedDispatch& dispatch : out_.dispatches)
    if (locals_[dispatch.local].reads != 1) dispatch.store_is_dead = false;
  for (size_t i = 0; i < out_.locals.size(); ++i)
    if (!locals_[i].is_seen()) out_.locals[i].needs_initial = false;
}

Prescan Scanner::run() {
  declare_locals();
  segments_.reserve(16);
  segments_.resize(2);
  scopes_.reserve(16);
  scopes_.emplace_back();
  accesses_.reserve(64);
  Instr instr;
  do {
    reader_.set_pos(step_over(reader_.pos()));
    (void)reader_.next(instr);
    visit(instr);
  } while (!reader_.at_end());
  finish();
  return std::move(out_);
}

}  // namespace

Prescan prescan(const Module& module, Features features, uint32_t func) {
  return Scanner(module, features, func).run();
}

}  // namespace skerry::baseline
