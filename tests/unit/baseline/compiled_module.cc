// Parse, validate, compile, place, call.
#include "compiled_module.h"

#include <gtest/gtest.h>

#include <cstring>

#include "baseline/compiler.h"
#include "text/parse.h"
#include "validate/validate.h"

namespace skerry::test {

namespace {

constexpr uint64_t kCodeAlignment = 16;
uint64_t aligned(uint64_t at) {
  return (at + kCodeAlignment - 1) / kCodeAlignment * kCodeAlignment;
}

}  // namespace

CompiledModule::CompiledModule(std::string_view text, const baseline::x64::CpuFeatures& cpu,
                               const CodeOptions& options) {
  build(text, cpu, options);
}

void CompiledModule::build(std::string_view text, const baseline::x64::CpuFeatures& cpu,
                           const CodeOptions& options) {
  text::Diagnostic diagnostic;
  text::ParseOptions parse_options;
  parse_options.diagnostic = &diagnostic;
  const auto parsed = text::parse_module(text, Features(), parse_options);
  if (!parsed) {
    ADD_FAILURE() << text::format_diagnostic("test", text, diagnostic);
    return;
  }
  const auto validated = validate(*parsed, Features(), std::make_shared<TypeRegistry>(), 1);
  if (!validated) {
    ADD_FAILURE() << error_text(validated.error().code) << " in\n" << text;
    return;
  }
  module_ = *parsed;
  const ContextLayout layout(*module_);
  const auto compiler = baseline::make_compiler(cpu);
  std::vector<std::vector<uint8_t>> thunk_code;
  uint64_t size = 0;
  for (uint32_t func = 0; func < module_->funcs.size(); ++func) {
    auto code = compiler->compile(*validated, layout, func, options);
    if (!code) {
      ADD_FAILURE() << error_text(code.error().code) << ' '
                    << kOpInfos[code.error().a % kOpCount].text << " in func " << func << " of\n"
                    << text;
      return;
    }
    funcs_.push_back(std::move(*code));
    thunk_code.push_back(compiler->entry_thunk(module_->func_type(func)).code);
    size += aligned(funcs_.back().code.size()) + aligned(thunk_code.back().size());
  }

  const uint64_t pages = platform::round_up_to_page(size);
  auto reserved = platform::CodePages::reserve(pages);
  ASSERT_TRUE(reserved);
  pages_ = std::move(*reserved);
  std::vector<uint8_t> all;
  const auto place = [&](const std::vector<uint8_t>& code) {
    const uint8_t* const at = pages_.begin() + all.size();
    all.insert(all.end(), code.begin(), code.end());
    all.resize(aligned(all.size()));
    return at;
  };
  for (const FuncCode& func : funcs_) entries_.push_back(place(func.code));
  for (const auto& thunk : thunk_code) thunks_.push_back(place(thunk));
  ASSERT_EQ(pages_.append(all), pages_.begin());
  fill_context(layout);
}

void CompiledModule::fill_context(const ContextLayout& layout) {
  const auto slots_for = [](size_t size_bytes) {
    return (size_bytes + sizeof(VmGlobal) - 1) / sizeof(VmGlobal);
  };
  context_.resize(slots_for(layout.size_bytes()) + slots_for(sizeof(VmContext)));
  value_buffer_.resize(kValueBufferSlots);
  for (const MemoryType& type : module_->memories) {
    const uint64_t size_bytes = type.limits.min * kWasmPageBytes;
    auto memory = platform::MemoryMap::reserve(kGuardReservationBytes);
    ASSERT_TRUE(memory && memory->commit(0, size_bytes));
    memory_views_.push_back({memory->base(), size_bytes});
    memories_.push_back(std::move(*memory));
  }
  head().values = value_buffer_.data();
  for (uint32_t i = 0; i < memory_views_.size(); ++i)
    context_word<VmMemory*>(layout.memory(i)) = &memory_views_[i];
  if (!memories_.empty()) {
    head().memory0 = &memory_views_[0];
    head().memory0_base = memories_[0].base();
  }
  for (uint32_t func = 0; func < entries_.size(); ++func)
    context_word<const void*>(layout.func_entry(func)) = entries_[func];
}

namespace {
CompiledModule* running = nullptr;
}

TrapCode CompiledModule::run(uint32_t func, uint64_t* values) {
  const bool handles_faults = platform::install_fault_handlers(&on_fault).has_value();
  EXPECT_TRUE(handles_faults);
  platform::prepare_thread_for_faults();
  running = this;
  trap_ = TrapCode::None;
  const auto thunk = reinterpret_cast<EntryThunk>(thunks_[func]);
  const uint32_t was_unwound =
      enter_wasm(thunk, context_.data(), entries_[func], values, &activation_);
  running = nullptr;
  EXPECT_EQ(was_unwound != 0, trap_ != TrapCode::None);
  return trap_;
}

// Runs in a signal handler.
bool CompiledModule::on_fault(platform::Fault& fault) {
  if (!running) return false;
  const auto site = running->find_site(fault.pc);
  if (!site) return false;
  running->trap_ = site->trap;
  fault.pc = running->activation_.landing;
  fault.sp = running->activation_.rsp;
  return true;
}

std::optional<CodeSite> CompiledModule::find_site(uint64_t pc) const {
  for (size_t func = 0; func < funcs_.size(); ++func) {
    const uint64_t offset = pc - reinterpret_cast<uint64_t>(entries_[func]);
    if (offset < funcs_[func].code.size())
      return funcs_[func].sites.find(static_cast<uint32_t>(offset), SiteMap::Kind::Fault);
  }
  return std::nullopt;
}

}  // namespace skerry::test
