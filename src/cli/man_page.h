// The manual page, skerry(1), in man's own format, made from the tables.
#pragma once

#include <string>

namespace skerry::cli {

// docs/man/skerry.1 is this text; a test holds the two equal.
std::string man_page();

}  // namespace skerry::cli
