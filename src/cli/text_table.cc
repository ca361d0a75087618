// Two looks at the rows: for the widths, then for the text.
#include "cli/text_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace skerry::cli {

std::string text_table(const std::vector<TableRow>& rows, std::string_view alignment) {
  std::vector<size_t> widths(alignment.size(), 0);
  for (const TableRow& row : rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string result;
  for (const TableRow& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i)
      line += alignment[i] == '>' ? fmt::format("  {:>{}}", row[i], widths[i])
                                  : fmt::format("  {:<{}}", row[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    result += line + '\n';
  }
  return result;
}

}  // namespace skerry::cli
