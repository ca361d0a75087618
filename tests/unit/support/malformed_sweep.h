// Malformed-input sweep: a module with bytes cut off, flipped and overwritten goes through decoding
// and validation. Whatever comes out must be an orderly answer; under AddressSanitizer the sweep
// shows that nothing was read or written out of bounds on the way there. Not here: which modules,
// and how thoroughly (tests/unit/validate: samples, every byte; tests/spec: the official suite,
// some bytes of each module).
#pragma once

#include <string>

#include "binary/decoder.h"
#include "binary/encoder.h"
#include "binary/name_section.h"
#include "module_bytes.h"
#include "validate/validate.h"

namespace skerry::test {

// Whether decoding in two steps, the data segments later, comes to the same. If much is wrong, the
// first step may see what comes behind the data.
inline bool is_same_in_two_steps(Bytes bytes, const Result<std::shared_ptr<const Module>>& whole) {
  const auto decoded = decode_module_without_datas(bytes, nullptr, Features());
  if (!decoded) return !whole;
  const auto rest =
      decoded->datas ? decode_datas(*decoded->module, *decoded->datas, Features()) : Result<void>();
  if (!rest || !whole)
    return !rest && !whole && rest.error().code == whole.error().code &&
           rest.error().position == whole.error().position;
  return decoded->module->datas.size() == (*whole)->datas.size();
}

// Decodes, validates, encodes and decodes again. What is not orderly about it; empty: all is.
inline std::string disorder_of(Bytes bytes) {
  // A copy of exact size, so that a sanitizer sees one byte too many.
  const Buffer copy(bytes.begin(), bytes.end());
  const auto module = decode_module(copy, nullptr, Features());
  if (!is_same_in_two_steps(copy, module)) return "decoding in two steps differs";
  if (!module) {
    if (error_phase(module.error().code) == Phase::Internal) return "decoding: internal error";
    return module.error().position <= copy.size() ? "" : "the error lies behind the end";
  }
  read_name_section(**module);
  const Buffer encoded = encode_module(**module);
  const auto again = decode_module(encoded, nullptr, Features());
  if (!again) return "encoded: " + std::string(error_text(again.error().code));
  if (encode_module(**again) != encoded) return "changes when it is encoded";

  const auto valid = validate(*module, Features(), std::make_shared<TypeRegistry>(), 1);
  const auto valid_again = validate(*again, Features(), std::make_shared<TypeRegistry>(), 1);
  if (valid.has_value() != valid_again.has_value()) return "is valid in one encoding only";
  if (valid) return "";
  if (valid.error().code != valid_again.error().code) return "the encoding changes the error";
  return error_phase(valid.error().code) == Phase::Internal ? "validation: internal error" : "";
}

// A changed module that is not orderly, as far as `keep(number of the change)` lets it be tried.
template <class Keep>
std::string sweep(const Buffer& bytes, Keep keep) {
  size_t number = 0;
  std::string disorder;
  const auto try_one = [&](Bytes changed, const char* how, size_t offset) {
    if (!disorder.empty() || !keep(number++)) return;
    disorder = disorder_of(changed);
    if (!disorder.empty()) disorder += std::string(", ") + how + " at " + std::to_string(offset);
  };
  for (size_t size = 0; size < bytes.size(); ++size)
    try_one(Bytes(bytes).first(size), "cut off", size);
  Buffer changed = bytes;
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      changed[i] = static_cast<uint8_t>(bytes[i] ^ 1u << bit);
      try_one(changed, "bit flipped", i);
    }
    for (const unsigned value : {0x00u, 0x7fu, 0x80u, 0xffu, 0x0bu, 0x40u}) {
      changed[i] = static_cast<uint8_t>(value);
      try_one(changed, "byte replaced", i);
    }
    changed[i] = bytes[i];
  }
  return disorder;
}

// The number of changes that sweep() makes.
inline size_t sweep_size(const Buffer& bytes) { return bytes.size() * 15; }

}  // namespace skerry::test
