// The texts behind error codes: errors.def read as an array.
#include "base/result.h"

#include <array>

namespace skerry {
namespace {

struct ErrorRow {
  std::string_view name;
  Phase phase;
  std::string_view text;
};

constexpr auto kErrorRows = std::to_array<ErrorRow>({
#define ERR(name, phase, text) {#name, Phase::phase, text},
#include "base/errors.def"
#undef ERR
});

const ErrorRow& row_of(ErrorCode code) { return kErrorRows[static_cast<size_t>(code)]; }

}  // namespace

Phase error_phase(ErrorCode code) { return row_of(code).phase; }
std::string_view error_text(ErrorCode code) { return row_of(code).text; }
std::string_view error_name(ErrorCode code) { return row_of(code).name; }

}  // namespace skerry
