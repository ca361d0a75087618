// base/quantities.h, with what is said when a value is not one.
#include "cli/quantities.h"

#include "base/quantities.h"

namespace skerry::cli {
namespace {

Parsed<uint64_t> expect(std::optional<uint64_t> value, std::string_view text, const char* what,
                        std::string_view forms = {}) {
  if (value) return *value;
  return usage_error("`" + std::string(text) + "` is not a " + what, std::string(forms));
}

}  // namespace

Parsed<uint64_t> parse_time_ms(std::string_view text) {
  return expect(read_time_ms(text), text, "time", kTimeForms);
}

Parsed<uint64_t> parse_size_bytes(std::string_view text) {
  return expect(read_size_bytes(text), text, "size", kSizeForms);
}

Parsed<uint64_t> parse_count(std::string_view text) {
  return expect(read_count(text), text, "number");
}

}  // namespace skerry::cli
