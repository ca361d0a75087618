// Error codes with numbers in them as sentences.
#include "embed/report.h"

#include <fmt/format.h>

#include "code/cpu.h"
#include "platform/io_error.h"
#include "runtime/interrupt.h"
#include "text/utf8.h"
#include "wasm/features.h"
#include "wasm/opcode.h"

namespace skerry::embed {
namespace {

std::string disabled_feature(Feature feature) {
  for (const FeatureInfo& row : all_features())
    if (row.feature == feature)
      return fmt::format("feature `{}` ({}) is not enabled", row.cli_name, row.text);
  return std::string(error_text(ErrorCode::FeatureDisabled));
}

std::string without_feature(const Error& error, Feature feature) {
  return fmt::format("{}: {}", error_text(error.code), disabled_feature(feature));
}

}  // namespace

std::unexpected<Report> report(const Error& error, std::string_view message, std::string details) {
  return std::unexpected(Report{error, "error: " + printable(message) + "\n" + std::move(details)});
}

std::string printable(std::string_view name) {
  std::string result;
  result.reserve(name.size());
  for (size_t i = 0; i < name.size();) {
    const text::DecodedChar c = text::decode_utf8(name, i);
    if (c.is_valid && text::is_printable(c.code_point))
      result.append(name.substr(i, c.length));
    else
      result += '?';
    i += c.length;
  }
  return result;
}

std::string explain(const Error& error) {
  switch (error.code) {
    case ErrorCode::FeatureDisabled: return disabled_feature(static_cast<Feature>(error.a));
    // WebAssembly 1.0 has words of its own for these.
    case ErrorCode::MultipleMemories: return without_feature(error, Feature::MultiMemory);
    case ErrorCode::MultipleTables: return without_feature(error, Feature::ReferenceTypes);
    case ErrorCode::InvalidResultArity:  // of a type; an instruction would have a position
      if (error.position == kNoPosition) return without_feature(error, Feature::MultiValue);
      break;
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
    case ErrorCode::MemoryLimitExceeded:
    case ErrorCode::TableLimitExceeded:
      return fmt::format("{}: {} of {}", error_text(error.code), error.a, error.b);
    case ErrorCode::InstanceLimitExceeded:
    case ErrorCode::ImplementationLimit:
      if (error.b != 0) return fmt::format("{} ({})", error_text(error.code), error.b);
      break;
    case ErrorCode::ArtifactCpu:
      for (const CpuFeatureInfo& row : all_cpu_features())
        if (static_cast<uint64_t>(row.feature) == error.a)
          return fmt::format("{}: {}", error_text(error.code), row.name);
      break;
    case ErrorCode::NativeNull:
    case ErrorCode::NativeUnknownHandle:
    case ErrorCode::NativeBadText:
    case ErrorCode::NativeTooLarge:
    case ErrorCode::NativeBadCallback:
      if (error.a != 0) return fmt::format("{} (parameter {})", error_text(error.code), error.a);
      break;
    default: break;
  }
  return std::string(error_text(error.code));
}

}  // namespace skerry::embed
