// Fuzz target: bytes -> the reader of DWARF line tables, with the same bytes as its strings.
// Finds: crashes and sanitizer reports, tables that take too long, lines that are none.
#include <cstdlib>

#include "binary/debug_lines.h"

using namespace skerry;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes bytes(data, size);
  const uint64_t addresses[] = {1, 2, 3, 0x10, 0x80, 0x1000, 0xffff'fffd, UINT64_MAX};
  const auto lines = find_source_lines({bytes, bytes, bytes}, addresses);
  if (lines.size() != std::size(addresses)) std::abort();
  for (const auto& line : lines)
    if (line && (line->line == 0 || line->file.empty())) std::abort();
  return 0;
}
