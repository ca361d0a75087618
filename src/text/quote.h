// Strings and identifiers as the text format spells them.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"

namespace skerry::text {

// In quotes; characters that are not printable are escaped, other UTF-8 is kept.
std::string quoted_name(std::string_view name);
// In quotes; everything but printable ASCII is escaped.
std::string quoted_bytes(Bytes bytes);
// `$name`, or `$"name"` where it has characters that need quotes. The name must not be empty.
std::string id_text(std::string_view name);

}  // namespace skerry::text
