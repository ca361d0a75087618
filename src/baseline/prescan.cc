// Weights are computed per segment (a stretch between loop borders or jump goals): first every
// segment counts its accesses, then backward jumps say how deep in loops each segment is.
#include "baseline/prescan.h"

#include <algorithm>
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

  void declare_locals();
  void visit(const Instr& instr);
  void access(uint32_t local, bool is_write);
  void start_segment() {
    ++segment_;
    calls_.push_back(0);
  }
  // One level of loop over segments first..last.
  void add_loop(uint32_t first, uint32_t last) {
    if (depth_change_.size() < last + 2) depth_change_.resize(last + 2);
    depth_change_[first] += 1;
    depth_change_[last + 1] -= 1;
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
  std::vector<uint32_t> latest_access_;   // per local: its newest entry in accesses_
  std::vector<uint32_t> reads_;           // per local: number of local.get
  std::vector<bool> seen_;                // per local: accessed before
  std::vector<uint32_t> calls_{0};        // per segment
  std::vector<int32_t> depth_change_;     // per segment: loops opening minus loops closing
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
  latest_access_.assign(out_.locals.size(), UINT32_MAX);
  reads_.assign(out_.locals.size(), 0);
  seen_.assign(out_.locals.size(), false);
}

void Scanner::access(uint32_t local, bool is_write) {
  if (!is_write) ++reads_[local];
  if (!seen_[local]) {
    seen_[local] = true;
    // A write in the func's outermost block comes before all code after it.
    if (is_write && scopes_.size() == 1) out_.locals[local].needs_initial = false;
  }
  uint32_t& latest = latest_access_[local];
  if (latest != UINT32_MAX && accesses_[latest].segment == segment_) {
    ++accesses_[latest].count;
  } else {
    latest = static_cast<uint32_t>(accesses_.size());
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
    case Shape::LocalGet: access(instr.index, false); return;
    case Shape::LocalSet:
    case Shape::LocalTee: access(instr.index, true); return;
    case Shape::Call:
      ++calls_[segment_];
      note_results(module_.func_type(instr.index));
      return;
    case Shape::CallIndirect:
    case Shape::CallRef:
      ++calls_[segment_];
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
  depth_change_.resize(segment_ + 2);
  std::vector<float> factor(segment_ + 1);
  int32_t depth = 0;
  for (uint32_t i = 0; i <= segment_; ++i) {
    depth += depth_change_[i];
    // Each level of loop is taken for eight rounds; beyond six levels the order no longer matters.
    factor[i] = std::ldexp(1.0f, 3 * std::clamp(depth, 0, 6));
    out_.call_weight += static_cast<float>(calls_[i]) * factor[i];
  }
  for (const Access& access : accesses_)
    out_.locals[access.local].weight += static_cast<float>(access.count) * factor[access.segment];
  for (ScannedDispatch& dispatch : out_.dispatches)
    if (reads_[dispatch.local] != 1) dispatch.store_is_dead = false;
  for (size_t i = 0; i < out_.locals.size(); ++i)
    if (!seen_[i]) out_.locals[i].needs_initial = false;
}

Prescan Scanner::run() {
  declare_locals();
  scopes_.emplace_back();
  Instr instr;
  while (!reader_.at_end()) {
    (void)reader_.next(instr);
    visit(instr);
  }
  finish();
  return std::move(out_);
}

}  // namespace

Prescan prescan(const Module& module, Features features, uint32_t func) {
  return Scanner(module, features, func).run();
}

}  // namespace skerry::baseline
