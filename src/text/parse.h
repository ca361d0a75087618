// Text format -> Module: everything of WebAssembly 3.0 and threads, with the name section made from
// the text's identifiers. Function bodies become bytes of the binary format, so that the rest of
// the engine knows one kind of body. Not here: validation. Time and memory are linear in the text;
// no recursion on nesting depth.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "text/diagnostic.h"
#include "wasm/module.h"

namespace skerry::text {

// Where each instruction of a module made from text stands in the text, so that errors of
// validation and traps can be shown there. FuncBody::offset and ConstExpr::offset of such a module
// are places in one virtual sequence of all its code: an error's position in it is what
// text_offset() takes.
class SourceMap {
 public:
  // Must be called with growing code offsets.
  void add(uint64_t code_offset, uint32_t text_offset) {
    if (!entries_.empty() && entries_.back().code_offset == code_offset) entries_.pop_back();
    entries_.push_back({code_offset, text_offset});
  }
  // The text of the instruction that holds the byte at `code_offset`.
  std::optional<uint64_t> text_offset(uint64_t code_offset) const;
  bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    uint64_t code_offset;
    uint32_t text_offset;
  };
  std::vector<Entry> entries_;
};

struct ParseOptions {
  SourceRange range;                 // the part of the source that holds the module
  Diagnostic* diagnostic = nullptr;  // filled when parsing fails
  SourceMap* source_map = nullptr;   // filled when given
};

// `source` holds `(module ...)` or only the fields of one. Errors carry byte offsets in `source`.
// The module owns all it refers to; the source need not outlive it.
Result<std::shared_ptr<Module>> parse_module(std::string_view source, Features features,
                                             const ParseOptions& options = {});

}  // namespace skerry::text
