// Inspection: the facts about a module that `skerry inspect` shows, gathered before they are
// printed as text or JSON. Not here: instructions (skerry print shows those).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/feature_scan.h"
#include "wasm/module.h"

namespace skerry::cli {

struct SectionFacts {
  std::string name;  // "code"; of a custom section its own name
  bool is_custom = false;
  uint64_t offset = 0;      // of its content in the binary format
  uint64_t size_bytes = 0;  // of its content
  uint64_t count = 0;       // entries; 0 for custom sections
};

struct ItemFacts {
  std::string module;  // imports only
  std::string name;
  std::string kind;    // "func", "memory" ...
  std::string type;    // "(i32) -> ()", "1..2 pages"
  uint32_t index = 0;  // in its index space
};

struct FuncFacts {
  uint32_t index = 0;
  std::string name;  // may be empty
  uint64_t size_bytes = 0;
};

struct Inspection {
  std::string file;
  uint64_t size_bytes = 0;
  bool is_text = false;  // sections are those the binary format would have
  std::vector<SectionFacts> sections;
  std::vector<ItemFacts> imports;
  std::vector<ItemFacts> exports;
  std::vector<ItemFacts> memories, tables, globals;  // all, imported ones first
  uint64_t imported_funcs = 0, defined_funcs = 0, types = 0;
  uint64_t code_bytes = 0, data_bytes = 0;
  std::vector<FuncFacts> largest_funcs;
  std::vector<FeatureUse> features;
};

// `binary` is the module in the binary format; offsets are into it.
Inspection inspect(const Module& module, Bytes binary);

std::string inspection_text(const Inspection& facts);
std::string inspection_json(const Inspection& facts);

}  // namespace skerry::cli
