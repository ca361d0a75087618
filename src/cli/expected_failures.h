// The list of assertions that are known to fail, by script and line, each with a reason. A listed
// assertion that passes is itself a failure: the list can only be right.
// Format: one row a line, `script | lines | reason`; `#` starts a comment. The script is the end of
// a path; lines are numbers and ranges, "12, 20-31", or `*` for every command of the script.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/usage_error.h"

namespace skerry::cli {

class ExpectedFailures {
 public:
  static Parsed<ExpectedFailures> parse(std::string_view text);

  // The reason why the command that starts on this line is expected to fail.
  std::optional<std::string_view> reason(std::string_view script, uint64_t line) const;

 private:
  struct LineRange {
    uint64_t first = 0;
    uint64_t last = 0;
  };
  struct Row {
    std::string script;
    std::vector<LineRange> lines;
    std::string reason;
  };
  static Parsed<Row> parse_row(std::string_view line);

  std::vector<Row> rows_;
};

}  // namespace skerry::cli
