// Rows of words as a table for people: columns as wide as they need to be, two spaces before each.
// Not here: what is in them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace skerry::cli {

using TableRow = std::vector<std::string>;

// `alignment`: a character a column, `<` for words and `>` for numbers.
std::string text_table(const std::vector<TableRow>& rows, std::string_view alignment);

}  // namespace skerry::cli
