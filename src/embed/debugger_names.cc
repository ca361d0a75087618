// One object a piece of code.
#include "embed/debugger_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "embed/debug_object.h"
#include "embed/report.h"
#include "runtime/module_code.h"

namespace skerry::embed {

Result<std::shared_ptr<DebuggerNames>> DebuggerNames::create() {
  if (!platform::has_debugger_interface()) return fail(ErrorCode::DebuggerUnavailable);
  return std::shared_ptr<DebuggerNames>(new DebuggerNames());
}

// Names that can be written after `break` as they are.
std::string DebuggerNames::symbol_of(const runtime::PublishedCode& code) {
  if (code.module == nullptr) {
    std::string name = fmt::format("skerry_{}", code.made_by);
    std::ranges::replace(name, ' ', '_');
    return name;
  }
  const Module& module = code.module->module();
  const std::string_view name = names_.try_emplace(&module, module).first->second.name(code.func);
  return name.empty() ? fmt::format("func_{}", code.func) : printable(name);
}

void DebuggerNames::add(const runtime::PublishedCode& code) {
  const std::lock_guard lock(mutex_);
  DebugCode debug;
  debug.name = symbol_of(code);
  debug.code = {static_cast<const uint8_t*>(code.address), code.bytes};
  debug.frames = frames_of(debug.code, code.frame_bytes);
  debug.pushes_kept =
      code.module == nullptr && std::string_view(code.made_by) == runtime::kEntryThunk;
  if (auto object = platform::DebuggerObject::announce(make_debug_object(debug)))
    objects_.push_back(std::move(*object));
}

}  // namespace skerry::embed
