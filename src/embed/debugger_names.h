// DebuggerNames: tells debuggers what generated code is called and how its frames are left, piece
// by piece as it is published. Not here: when that is (runtime), or the form (debug_object.h).
// Thread-safe. A debugger knows the code as long as this lives, so it has to outlive the modules.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "embed/func_names.h"
#include "platform/debugger.h"
#include "runtime/engine.h"

namespace skerry::embed {

class DebuggerNames {
 public:
  // DebuggerUnavailable: not on this system.
  static Result<std::shared_ptr<DebuggerNames>> create();

  // The module must live as long as this.
  void add(const runtime::PublishedCode& code);

 private:
  DebuggerNames() = default;
  std::string symbol_of(const runtime::PublishedCode& code);  // mutex_ is held

  std::mutex mutex_;
  std::map<const Module*, FuncNames> names_;
  std::vector<platform::DebuggerObject> objects_;
};

}  // namespace skerry::embed
