// wast_messages.def read as an array.
#include "cli/wast_messages.h"

#include <algorithm>
#include <array>

namespace skerry::cli {
namespace {

struct Wording {
  std::string_view message;
  ErrorCode code;
};
constexpr auto kWordings = std::to_array<Wording>({
#define SAYS(message, code) {message, ErrorCode::code},
#include "cli/wast_messages.def"
#undef SAYS
});

}  // namespace

bool script_means(std::string_view message, ErrorCode code) {
  const std::string_view own = error_text(code);
  if (own.starts_with(message) || message.starts_with(own)) return true;
  return std::any_of(kWordings.begin(), kWordings.end(), [&](const Wording& row) {
    return row.code == code && message.starts_with(row.message);
  });
}

}  // namespace skerry::cli
