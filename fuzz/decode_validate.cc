// Fuzz target: bytes -> decode -> validate, then encode and decode again.
// Finds: crashes and sanitizer reports in either, an Internal error, an encoder that loses
// something, a verdict that depends on the number of threads or on the encoding.
#include <cstdlib>

#include "binary/decoder.h"
#include "binary/encoder.h"
#include "binary/name_section.h"
#include "validate/validate.h"

using namespace skerry;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

Result<ValidatedModule> check(std::shared_ptr<const Module> module, unsigned jobs) {
  return validate(std::move(module), Features(), std::make_shared<TypeRegistry>(), jobs);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto module = decode_module(Bytes(data, size), nullptr, Features());
  if (!module) {
    require(error_phase(module.error().code) != Phase::Internal);
    return 0;
  }
  require(read_name_section(encode_name_section(read_name_section(**module))) ==
          read_name_section(**module));

  const std::vector<uint8_t> encoded = encode_module(**module);
  const auto again = decode_module(encoded, nullptr, Features());
  require(again && encode_module(**again) == encoded);

  const auto first = check(*module, 1);
  const auto second = check(*again, 2);
  require(first.has_value() == second.has_value());
  if (!first) {
    require(first.error().code == second.error().code);
    require(error_phase(first.error().code) != Phase::Internal);
  }
  return 0;
}
