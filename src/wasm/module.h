// Module: a decoded module, every index space in order, function bodies and data still as bytes.
// ValidatedModule: proof that validate() accepted one; the only thing compilers and the runtime
// take. Not here: anything mutable at run time. Invariant: every span and string_view points into
// storage that the Module keeps alive.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "wasm/features.h"
#include "wasm/opcode.h"
#include "wasm/types.h"

namespace skerry {

// A constant expression, left in the binary format (binary/const_expr_reader.h reads it): programs
// come with 100,000 data segments, each with an offset.
struct ConstExpr {
  Bytes code;           // including the final `end`
  uint64_t offset = 0;  // of code in the module
};

using ExternType =
    std::variant<uint32_t /* func: type index */, TableType, MemoryType, GlobalType, TagType>;

struct Import {
  std::string_view module;
  std::string_view name;
  ExternType type;  // alternative number == ExternKind
  ExternKind kind() const { return static_cast<ExternKind>(type.index()); }
};

struct Export {
  std::string_view name;
  ExternKind kind = ExternKind::Func;
  uint32_t index = 0;
};

// A function defined in this module: what follows the body's size field, local declarations first.
struct FuncBody {
  Bytes code;
  uint64_t offset = 0;  // of code in the module
};

struct Table {
  TableType type;
  std::optional<ConstExpr> init;  // absent: null
};

struct Global {
  GlobalType type;
  ConstExpr init;  // defined globals only
};

enum class SegmentMode : uint8_t { Active, Passive, Declarative };

struct ElemSegment {
  SegmentMode mode = SegmentMode::Passive;
  uint32_t table = 0;
  ConstExpr offset;  // Active only
  ValType type = ValType::funcref();
  // Exactly one of the two is used: plain function indices, or general expressions.
  std::vector<uint32_t> funcs;
  std::vector<ConstExpr> exprs;
  bool uses_exprs = false;
  size_t size() const { return uses_exprs ? exprs.size() : funcs.size(); }
};

struct DataSegment {
  SegmentMode mode = SegmentMode::Passive;
  uint32_t memory = 0;
  ConstExpr offset;  // Active only
  Bytes bytes;
};

struct CustomSection {
  std::string_view name;
  Bytes bytes;
  uint64_t offset = 0;  // of bytes in the module
  uint8_t after_section =
      0;  // id of the last non-custom section before it (0: none), for the printer
};

struct Module {
  std::vector<DefinedType> types;
  std::vector<RecGroup> rec_groups;
  std::vector<Import> imports;

  // Index spaces: imported items first.
  std::vector<uint32_t> funcs;  // type index of each
  std::vector<Table> tables;
  std::vector<MemoryType> memories;
  std::vector<Global> globals;
  std::vector<TagType> tags;
  uint32_t imported_funcs = 0;
  uint32_t imported_tables = 0;
  uint32_t imported_memories = 0;
  uint32_t imported_globals = 0;
  uint32_t imported_tags = 0;

  std::vector<Export> exports;
  std::optional<uint32_t> start;
  std::vector<ElemSegment> elems;
  std::optional<uint32_t> data_count;
  std::vector<DataSegment> datas;
  std::vector<FuncBody> bodies;  // one a defined func: bodies[i] is func imported_funcs + i
  std::vector<CustomSection> customs;

  // The whole module in the binary format; empty when it was built from text.
  Bytes bytes;
  // Keeps `bytes` (a file mapping, say) alive.
  std::shared_ptr<const void> bytes_owner;
  // Storage for what was not taken from `bytes`: bodies, names and data made from text.
  std::deque<std::vector<uint8_t>> owned;

  const FuncType& func_type(uint32_t func) const { return types[funcs[func]].func; }
  const CustomSection* find_custom(std::string_view name) const {
    for (const CustomSection& custom : customs)
      if (custom.name == name) return &custom;
    return nullptr;
  }
};

class TypeRegistry;

// Only validate() (validate/validate.h) makes one, through the access key below: code that compiles
// or runs a module can rely on every rule of the specification without checking again.
class ValidatedModule {
 public:
  const Module& module() const { return *module_; }
  const std::shared_ptr<const Module>& shared_module() const { return module_; }
  Features features() const { return features_; }
  // Engine-wide identity of each type index (wasm/type_registry.h): equal ids are equal types, also
  // across modules.
  std::span<const uint32_t> type_ids() const { return type_ids_; }
  const std::shared_ptr<TypeRegistry>& registry() const { return registry_; }

 private:
  friend class ValidationKey;
  ValidatedModule(std::shared_ptr<const Module> module, Features features,
                  std::vector<uint32_t> type_ids, std::shared_ptr<TypeRegistry> registry)
      : module_(std::move(module)),
        features_(features),
        type_ids_(std::move(type_ids)),
        registry_(std::move(registry)) {}

  std::shared_ptr<const Module> module_;
  Features features_;
  std::vector<uint32_t> type_ids_;
  std::shared_ptr<TypeRegistry> registry_;
};

}  // namespace skerry
