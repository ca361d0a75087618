// Error codes with numbers in them as sentences.
#include "embed/report.h"

#include <fmt/format.h>

#include "platform/io_error.h"
#include "runtime/interrupt.h"
#include "wasm/features.h"
#include "wasm/opcode.h"

namespace skerry::embed {
namespace {

std::string disabled_feature(uint64_t number) {
  for (const FeatureInfo& row : all_features())
    if (static_cast<uint64_t>(row.feature) == number)
      return fmt::format("feature `{}` ({}) is not enabled", row.cli_name, row.text);
  return std::string(error_text(ErrorCode::FeatureDisabled));
}

}  // namespace

std::string explain(const Error& error) {
  switch (error.code) {
    case ErrorCode::FeatureDisabled: return disabled_feature(error.a);
    case ErrorCode::OsError: return std::string(platform::io_error_text(platform::io_error(error)));
    case ErrorCode::TrapInterrupted:
      if (error.a & static_cast<uint64_t>(runtime::InterruptReason::Deadline))
        return "interrupted: the time limit is up";
      break;
    case ErrorCode::UnsupportedInstruction:
    case ErrorCode::TrapUnsupported:
      if (error.a < kOpCount)
        return fmt::format("`{}` is not supported yet", kOpInfos[error.a].text);
      break;
    case ErrorCode::ImplementationLimit:
      if (error.b != 0) return fmt::format("{} ({})", error_text(error.code), error.b);
      break;
    default: break;
  }
  return std::string(error_text(error.code));
}

}  // namespace skerry::embed
