// PerfMap: tells Linux's `perf` what generated code is called, by lines of /tmp/perf-PID.map (the
// kernel's tools/perf/Documentation/jit-interface.txt). Not here: when code is published (runtime).
// Thread-safe.
#pragma once

#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "embed/func_names.h"
#include "runtime/engine.h"

namespace skerry::embed {

class PerfMap {
 public:
  // ProfileUnavailable: the file cannot be made.
  static Result<std::shared_ptr<PerfMap>> create();

  // The module must live as long as this.
  void add(const runtime::PublishedCode& code);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  explicit PerfMap(std::FILE* file) : file_(file) {}
  std::string label_of(const runtime::PublishedCode& code);  // mutex_ is held

  std::mutex mutex_;
  std::unique_ptr<std::FILE, Close> file_;
  std::map<const Module*, FuncNames> names_;
};

}  // namespace skerry::embed
