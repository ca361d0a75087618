// One line a piece of code: address, size, name.
#include "embed/perf_map.h"

#include <fmt/format.h>

#include "platform/process.h"
#include "runtime/module_code.h"

namespace skerry::embed {

Result<std::shared_ptr<PerfMap>> PerfMap::create() {
  std::FILE* const file =
      std::fopen(fmt::format("/tmp/perf-{}.map", platform::process_id()).c_str(), "w");
  if (file == nullptr) return fail(ErrorCode::ProfileUnavailable);
  return std::shared_ptr<PerfMap>(new PerfMap(file));
}

std::string PerfMap::label_of(const runtime::PublishedCode& code) {
  if (code.module == nullptr) return fmt::format("skerry {}", code.made_by);
  const Module& module = code.module->module();
  const FuncNames& names = names_.try_emplace(&module, module).first->second;
  return fmt::format("{} [{}]", names.label(code.func), code.made_by);
}

void PerfMap::add(const runtime::PublishedCode& code) {
  const std::lock_guard lock(mutex_);
  // perf takes all that follows the size for the name.
  const std::string line = fmt::format("{:x} {:x} {}\n", reinterpret_cast<uintptr_t>(code.address),
                                       code.bytes, label_of(code));
  std::fwrite(line.data(), 1, line.size(), file_.get());
  std::fflush(file_.get());  // the process may leave at once
}

}  // namespace skerry::embed
