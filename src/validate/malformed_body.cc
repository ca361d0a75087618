// find_malformed_body(): each body read once, with nothing but the nesting of its blocks in mind.
#include "validate/malformed_body.h"

#include <vector>

#include "binary/function_reader.h"

namespace skerry {
namespace {

class BodyScan {
 public:
  BodyScan(const Module& module, Features features, const FuncBody& body)
      : module_(module), reader_(body.code, body.offset, features) {}

  std::optional<Error> run() {
    if (!scan_locals()) return error();
    Instr instr;
    is_if_.assign(1, false);
    while (!is_if_.empty()) {
      const uint64_t position = reader_.offset();
      if (reader_.at_end()) return Error{ErrorCode::EndExpected, position};
      if (!reader_.next(instr)) return error();
      if (const auto code = follow(instr)) return Error{*code, position};
    }
    if (!reader_.at_end()) return Error{ErrorCode::EndExpected, reader_.offset()};
    return std::nullopt;
  }

 private:
  bool scan_locals() {
    uint32_t groups;
    if (!reader_.read_local_group_count(groups)) return false;
    uint64_t total = 0;
    for (uint32_t i = 0; i < groups; ++i) {
      const uint64_t position = reader_.offset();
      LocalDecl decl;
      if (!reader_.read_local_group(decl)) return false;
      total += decl.count;
      if (total <= UINT32_MAX) continue;
      too_many_locals_ = Error{ErrorCode::TooManyLocals, position};
      return false;
    }
    return true;
  }

  Error error() const { return too_many_locals_.value_or(reader_.error()); }

  std::optional<ErrorCode> follow(const Instr& instr) {
    switch (instr.shape) {
      case Shape::Block:
      case Shape::Loop:
      case Shape::TryTable: is_if_.push_back(false); break;
      case Shape::If: is_if_.push_back(true); break;
      case Shape::Else:
        if (!is_if_.back()) return ErrorCode::EndExpected;
        is_if_.back() = false;
        break;
      case Shape::End: is_if_.pop_back(); break;
      case Shape::MemoryInit:
      case Shape::DataDrop:
      case Shape::ArrayNewData:
      case Shape::ArrayInitData:
        if (!module_.data_count) return ErrorCode::DataCountRequired;
        break;
      default: break;
    }
    return std::nullopt;
  }

  const Module& module_;
  CheckedFunctionReader reader_;
  std::vector<bool> is_if_;  // one an open block; true for an `if` that may still have an `else`
  std::optional<Error> too_many_locals_;
};

}  // namespace

std::optional<Error> find_malformed_body(const Module& module, Features features) {
  for (const FuncBody& body : module.bodies) {
    const std::optional<Error> error = BodyScan(module, features, body).run();
    if (error && error_phase(error->code) == Phase::Malformed) return error;
  }
  return std::nullopt;
}

}  // namespace skerry
