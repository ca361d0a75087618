// Bytes -> Module: sections, in order, with everything the specification calls malformed reported.
// Function bodies are found, not read: they stay spans of the input until validate() reads them.
// Not here: whatever needs context (validation), and the meaning of custom sections
// (name_section.h).
#pragma once

#include <memory>
#include <optional>

#include "base/bytes.h"
#include "wasm/module.h"

namespace skerry {

// The Module refers to `bytes`; `owner` keeps them alive (null: the caller does).
Result<std::shared_ptr<const Module>> decode_module(Bytes bytes, std::shared_ptr<const void> owner,
                                                    Features features);

// A data section that has been found, but not read.
struct DataSection {
  Bytes bytes;
  uint64_t offset = 0;  // of bytes in the module
  uint32_t count = 0;   // of segments, as the section says
};

// A module but for its data segments, of which programs have tens of thousands.
struct ModuleWithoutDatas {
  std::shared_ptr<Module> module;
  std::optional<DataSection> datas;  // left out
};
Result<ModuleWithoutDatas> decode_module_without_datas(Bytes bytes,
                                                       std::shared_ptr<const void> owner,
                                                       Features features);
// Adds what was left out.
Result<void> decode_datas(Module& module, const DataSection& datas, Features features);

}  // namespace skerry
