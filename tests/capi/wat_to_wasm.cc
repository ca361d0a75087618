// wat_to_wasm FOLDER FILE...: modules of the text format in the binary format, FOLDER/NAME.wasm for
// each NAME.wat, for the C programs here, whose interface takes no text. Not here: validation.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "binary/encoder.h"
#include "text/parse.h"

namespace {

bool convert(const std::filesystem::path& from, const std::filesystem::path& folder) {
  std::ifstream in(from);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto module = skerry::text::parse_module(text, skerry::Features());
  if (!in || !module) {
    std::fprintf(stderr, "wat_to_wasm: %s cannot be read\n", from.string().c_str());
    return false;
  }
  const auto bytes = skerry::encode_module(**module);
  std::ofstream out((folder / from.stem()).replace_extension(".wasm"), std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  return static_cast<bool>(out.flush());
}

}  // namespace

int main(int count, char** arguments) {
  for (int i = 2; i < count; ++i)
    if (!convert(arguments[i], arguments[1])) return 1;
  return count < 3 ? 2 : 0;
}
