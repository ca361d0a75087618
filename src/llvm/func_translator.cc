// The func as a whole: signature, locals, the walk over the body, constants and variables.
#include "llvm/func_translator.h"

#include <llvm/IR/DIBuilder.h>
#include <llvm/IR/MDBuilder.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "llvm/frame_pointers.h"
#include "llvm/llvm_version.h"

namespace skerry::llvm_tier {

FuncTranslator::FuncTranslator(llvm::Module& out, const ValidatedModule& module,
                               const FixedTables& tables, const ContextLayout& layout,
                               uint32_t func, const CodeOptions& options, const LoopEntry* loop)
    : context_(out.getContext()),
      out_(out),
      validated_(module),
      tables_(tables),
      module_(module.module()),
      layout_(layout),
      func_index_(func),
      options_(options),
      loop_(loop),
      body_(module_.bodies[func - module_.imported_funcs]),
      type_(module_.func_type(func)),
      reader_(body_.code, body_.offset, module.features()),
      ir_(context_),
      i32_(ir_.getInt32Ty()),
      i64_(ir_.getInt64Ty()),
      f32_(ir_.getFloatTy()),
      f64_(ir_.getDoubleTy()),
      pointer_(ir_.getPtrTy()),
      v128_(llvm::FixedVectorType::get(i64_, 2)),
      memory_may_move_(!module_.memories.empty() &&
                       (options.explicit_bounds || module_.memories[0].limits.is_64)) {}

llvm::Type* FuncTranslator::type_of(ValType type) const {
  switch (type.kind()) {
    case ValType::I32: return i32_;
    case ValType::F32: return f32_;
    case ValType::F64: return f64_;
    case ValType::V128: return v128_;
    default: return i64_;  // references are words
  }
}

FuncTranslator::Value FuncTranslator::zero_of(ValType type) const {
  return llvm::Constant::getNullValue(type_of(type));
}

// --- Accesses to what is not guest memory ------------------------------------------------------

void FuncTranslator::mark(llvm::Instruction* access, Region region) {
  const auto index = static_cast<size_t>(region);
  access->setMetadata(llvm::LLVMContext::MD_alias_scope, region_scopes_[index]);
  access->setMetadata(llvm::LLVMContext::MD_noalias, region_others_[index]);
}

FuncTranslator::Value FuncTranslator::load(llvm::Type* type, Value pointer, Region region,
                                           unsigned align) {
  llvm::LoadInst* const load = ir_.CreateAlignedLoad(type, pointer, llvm::Align(align));
  mark(load, region);
  return load;
}

void FuncTranslator::store(Value value, Value pointer, Region region, unsigned align) {
  mark(ir_.CreateAlignedStore(value, pointer, llvm::Align(align)), region);
}

FuncTranslator::Value FuncTranslator::load_fixed(llvm::Type* type, uint64_t context_offset,
                                                 unsigned align) {
  llvm::LoadInst* const load =
      ir_.CreateAlignedLoad(type, offset_pointer(own_context_, context_offset), llvm::Align(align));
  mark(load, Region::Context);
  mark_invariant(load);
  return load;
}

void FuncTranslator::mark_invariant(Value load) {
  llvm::cast<llvm::LoadInst>(load)->setMetadata(llvm::LLVMContext::MD_invariant_load,
                                                llvm::MDNode::get(context_, {}));
}

FuncTranslator::Value FuncTranslator::stack_pointer() {
  llvm::Metadata* const name[] = {llvm::MDString::get(context_, "rsp")};
  Value const reg = llvm::MetadataAsValue::get(context_, llvm::MDNode::get(context_, name));
  return intrinsic(llvm::Intrinsic::read_register, {i64_}, {reg});
}

// --- The func ----------------------------------------------------------------------------------

void FuncTranslator::declare() {
  llvm::FunctionType* signature = signature_of(type_, false);
  if (loop_ != nullptr)
    signature =
        llvm::FunctionType::get(signature->getReturnType(), {pointer_, pointer_, pointer_}, false);
  func_ = llvm::Function::Create(signature, llvm::GlobalValue::ExternalLinkage, "f", out_);
  func_->addParamAttr(0, llvm::Attribute::SwiftSelf);
  func_->addParamAttr(1, llvm::Attribute::SwiftAsync);
  for (const llvm::Attribute::AttrKind kind :
       {llvm::Attribute::NoUnwind, llvm::Attribute::NoRedZone, llvm::Attribute::NullPointerIsValid})
    func_->addFnAttr(kind);
  // A frame is its size and nothing else (FuncCode::frame_bytes); no call leaves for the C library.
  func_->addFnAttr("frame-pointer", "none");
  func_->addFnAttr("no-realign-stack");
  func_->addFnAttr("no-builtins");
  func_->addFnAttr("no-jump-tables", "false");

  llvm::DIBuilder debug(out_);
  llvm::DIFile* const file = debug.createFile("m", "");
  debug.createCompileUnit(source_language(), file, "", true, "", 0, "",
                          llvm::DICompileUnit::DebugDirectivesOnly);
  scope_ = declare_scope(debug, file);
  func_->setSubprogram(scope_);
  debug.finalize();
  out_.addModuleFlag(llvm::Module::Warning, "Debug Info Version", llvm::DEBUG_METADATA_VERSION);
  out_.addModuleFlag(llvm::Module::Warning, "Dwarf Version", 4);

  llvm::MDBuilder metadata(context_);
  rarely_ = metadata.createBranchWeights(1, 1 << 20);
  llvm::MDNode* const domain = metadata.createAnonymousAliasScopeDomain();
  llvm::Metadata* scopes[3];
  for (auto& scope : scopes) scope = metadata.createAnonymousAliasScope(domain);
  for (size_t i = 0; i < 3; ++i) {
    region_scopes_[i] = llvm::MDNode::get(context_, {scopes[i]});
    region_others_[i] = llvm::MDNode::get(context_, {scopes[(i + 1) % 3], scopes[(i + 2) % 3]});
  }
}

llvm::DISubprogram* FuncTranslator::declare_scope(llvm::DIBuilder& debug,
                                                  llvm::DIFile* file) const {
  return debug.createFunction(file, "f", "", file, static_cast<unsigned>(body_.offset),
                              debug.createSubroutineType(debug.getOrCreateTypeArray({})),
                              static_cast<unsigned>(body_.offset), llvm::DINode::FlagZero,
                              llvm::DISubprogram::SPFlagDefinition);
}

// Of parameters and locals.
std::vector<ValType> FuncTranslator::read_locals() {
  std::vector<ValType> types = type_.params;
  uint32_t groups = 0;
  (void)reader_.read_local_group_count(groups);
  for (uint32_t i = 0; i < groups; ++i) {
    LocalDecl decl;
    (void)reader_.read_local_group(decl);
    types.resize(types.size() + decl.count, decl.type);
  }
  return types;
}

void FuncTranslator::declare_locals() {
  own_context_ = func_->getArg(0);
  memory_parameter_ = func_->getArg(1);
  ir_.SetInsertPoint(new_block());
  func_->insert(func_->end(), ir_.GetInsertBlock());
  ir_.SetCurrentDebugLocation(place(static_cast<unsigned>(body_.offset)));

  const std::vector<ValType> types = read_locals();
  for (ValType type : types) locals_.push_back(ir_.CreateAlloca(type_of(type)));
  if (memory_may_move_) {
    base_variable_ = ir_.CreateAlloca(pointer_);
    ir_.CreateStore(memory_parameter_, base_variable_);
  }
  resume_param_ = find_resume_param();
  if (resume_param_) func_->addFnAttr(kGuestFrames);
  if (loop_ != nullptr) return take_locals_from_frame(types);
  const auto places = param_locations(type_.params);
  Value buffer = nullptr;
  unsigned next = 2;
  for (size_t i = 0; i < types.size(); ++i) {
    Value initial;
    if (i >= places.size()) {
      initial = zero_of(types[i]);
    } else if (places[i].kind != ValueLocation::Buffer) {
      initial = func_->getArg(next++);
    } else {
      if (buffer == nullptr) buffer = load_fixed(pointer_, context_offset::values);
      initial =
          load(type_of(types[i]), offset_pointer(buffer, 8 * places[i].index), Region::Buffer);
    }
    ir_.CreateStore(initial, locals_[i]);
  }
  if (resume_param_) pass_on_resumption(*resume_param_);
}

// A variable. Only those at the func's entry become registers.
llvm::AllocaInst* FuncTranslator::entry_alloca(llvm::Type* type) {
  llvm::BasicBlock& entry = func_->getEntryBlock();
  return llvm::IRBuilder<>(&entry, entry.begin()).CreateAlloca(type);
}

// The body, from where the builder stands on.
Result<void> FuncTranslator::walk() {
  pass_over_bytes();
  Control body;
  body.kind = Control::Func;
  body.results = type_.results;
  controls_.push_back(std::move(body));
  make_label(controls_.back());

  Instr instr;
  while (!reader_.at_end()) {
    (void)reader_.next(instr);
    const auto offset = static_cast<unsigned>(reader_.offset_of(instr.begin));
    ir_.SetCurrentDebugLocation(place(offset));
    if (options_.fuel) ++fuel_pending_;
    if (!instruction(instr))
      return fail(ErrorCode::UnsupportedInstruction, offset, static_cast<uint64_t>(instr.op));
    if (callee_failure_) return std::unexpected(*callee_failure_);
    if (is_unreachable_) skip_unreachable();
  }
  return {};
}

Result<llvm::Function*> FuncTranslator::translate() {
  declare();
  declare_locals();
  TRY(walk());
  if (has_tail_call_ && has_moved_base_)
    return fail(ErrorCode::UnsupportedInstruction, body_.offset,
                static_cast<uint64_t>(Op::ReturnCall));
  if (loop_ != nullptr) {
    if (entered_block_ == nullptr)
      return fail(ErrorCode::UnsupportedInstruction, loop_->module_offset);
    begin_at_loop();
  }
  return func_;
}

std::vector<uint32_t> FuncTranslator::take_callees() {
  std::ranges::sort(callees_);
  const auto repeated = std::ranges::unique(callees_);
  callees_.erase(repeated.begin(), repeated.end());
  return std::move(callees_);
}

bool FuncTranslator::instruction(const Instr& instr) {
  switch (instr.shape) {
    case Shape::Nop: return true;
    case Shape::Unreachable:
      trap(TrapCode::Unreachable);
      start_unreachable();
      return true;
    case Shape::Block: open_block(instr); return true;
    case Shape::Loop: open_loop(instr); return true;
    case Shape::If: open_if(instr); return true;
    case Shape::Else: take_else(); return true;
    case Shape::End: close(); return true;
    case Shape::Br: branch(instr.index); return true;
    case Shape::BrIf: branch_if(instr.index); return true;
    case Shape::BrTable: branch_table(instr); return true;
    case Shape::Return: branch(static_cast<uint32_t>(controls_.size() - 1)); return true;
    case Shape::BrOnNull:
    case Shape::BrOnNonNull: branch_on_null(instr); return true;
    case Shape::Call:
    case Shape::ReturnCall: call_func(instr); return true;
    case Shape::CallIndirect:
    case Shape::ReturnCallIndirect: call_indirect(instr); return true;
    case Shape::CallRef:
    case Shape::ReturnCallRef: call_ref(instr); return true;
    default: return operation(instr);
  }
}

// What only computes, reads or writes.
bool FuncTranslator::operation(const Instr& instr) {
  switch (instr.shape) {
    case Shape::Drop: pop(); return true;
    case Shape::Select:
    case Shape::SelectTyped: select(); return true;
    case Shape::LocalGet:
    case Shape::LocalSet:
    case Shape::LocalTee: variable(instr); return true;
    case Shape::GlobalGet:
    case Shape::GlobalSet: global(instr); return true;
    case Shape::Const: constant(instr); return true;
    case Shape::Load: load_memory(instr); return true;
    case Shape::Store: store_memory(instr); return true;
    case Shape::LoadLane: load_lane(instr); return true;
    case Shape::StoreLane: store_lane(instr); return true;
    case Shape::MemorySize: memory_size(instr); return true;
    case Shape::MemoryGrow: memory_grow(instr); return true;
    case Shape::TableGet:
    case Shape::TableSet: table_access(instr); return true;
    case Shape::TableSize: table_size(instr); return true;
    case Shape::TableGrow: table_grow(instr); return true;
    case Shape::MemoryCopy: memory_copy(instr); return true;
    case Shape::MemoryFill: memory_fill(instr); return true;
    case Shape::MemoryInit:
    case Shape::DataDrop:
    case Shape::TableFill:
    case Shape::TableCopy:
    case Shape::TableInit:
    case Shape::ElemDrop: bulk(instr); return true;
    case Shape::RefNull:
    case Shape::RefFunc:
    case Shape::RefIsNull:
    case Shape::RefEq:
    case Shape::RefAsNonNull: reference(instr); return true;
    case Shape::RefTest:
    case Shape::RefCast:
    case Shape::BrOnCast: return cast(instr);
    case Shape::Unary:
    case Shape::Binary:
    case Shape::Compare: return numeric(instr);
    case Shape::Ternary:
    case Shape::Shift:
    case Shape::Shuffle:
    case Shape::ExtractLane:
    case Shape::ReplaceLane: return vector_instruction(instr);
    default: return false;  // objects of the garbage collector, exceptions, atomics
  }
}

void FuncTranslator::constant(const Instr& instr) {
  switch (instr.op) {
    case Op::I32Const:
      if (const_jump(instr)) return;
      return push(constant32(static_cast<uint32_t>(instr.value)));
    case Op::I64Const: return push(constant64(instr.value));
    // By their bits: what makes a NaN one of a kind must survive.
    case Op::F32Const:
      return push(llvm::ConstantFP::get(
          context_, llvm::APFloat(llvm::APFloat::IEEEsingle(), llvm::APInt(32, instr.value))));
    case Op::F64Const:
      return push(llvm::ConstantFP::get(
          context_, llvm::APFloat(llvm::APFloat::IEEEdouble(), llvm::APInt(64, instr.value))));
    default: {
      uint64_t words[2];
      std::memcpy(words, instr.operand, sizeof(words));
      return push(llvm::ConstantDataVector::get(context_, words));
    }
  }
}

void FuncTranslator::variable(const Instr& instr) {
  llvm::AllocaInst* const local = locals_[instr.index];
  if (instr.shape == Shape::LocalGet) return push(local_value(instr.index));
  ir_.CreateStore(stack_.back(), local);
  if (instr.shape == Shape::LocalSet) stack_.pop_back();
}

void FuncTranslator::select() {
  Value const condition = ir_.CreateIsNotNull(pop());
  Value const second = pop();
  Value const first = pop();
  push(ir_.CreateSelect(condition, first, second));
}

}  // namespace skerry::llvm_tier
