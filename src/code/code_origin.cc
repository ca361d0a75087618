// The names of the parts, from their table.
#include "code/code_origin.h"

#include <array>
#include <cstddef>

namespace skerry {

const char* to_string(CodePart part) {
  static constexpr auto kTexts = std::to_array<const char*>({
#define CODE_PART(id, text) text,
#include "code/code_parts.def"
#undef CODE_PART
  });
  return kTexts[static_cast<size_t>(part)];
}

}  // namespace skerry
