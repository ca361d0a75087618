// Arguments and environment: both are tables of strings that were made when the context was.
#include "wasi/functions.h"

namespace skerry::wasi {
namespace {

Result<void> give_sizes(Call& call, const StringTable& table, Ptr count_out, Ptr bytes_out) {
  const auto count = TRY(call.out<uint32_t>(count_out));
  const auto bytes = TRY(call.out<uint32_t>(bytes_out));
  count.set(static_cast<uint32_t>(table.offsets.size()));
  bytes.set(static_cast<uint32_t>(table.bytes.size()));
  return {};
}

Result<void> give_strings(Call& call, const StringTable& table, Ptr pointers_out, Ptr bytes_out) {
  const auto pointers =
      TRY(call.bytes(pointers_out, uint64_t{table.offsets.size()} * sizeof(uint32_t)));
  const auto bytes = TRY(call.bytes(bytes_out, table.bytes.size()));
  for (size_t i = 0; i < table.offsets.size(); ++i) {
    const uint32_t pointer = static_cast<uint32_t>(bytes_out) + table.offsets[i];
    std::memcpy(pointers.data() + i * sizeof(pointer), &pointer, sizeof(pointer));
  }
  if (!bytes.empty()) std::memcpy(bytes.data(), table.bytes.data(), bytes.size());
  return {};
}

}  // namespace

Result<void> args_get(Call& call, Ptr argv_out, Ptr argv_buf_out) {
  return give_strings(call, call.context().args(), argv_out, argv_buf_out);
}
Result<void> args_sizes_get(Call& call, Ptr argc_out, Ptr buf_size_out) {
  return give_sizes(call, call.context().args(), argc_out, buf_size_out);
}
Result<void> environ_get(Call& call, Ptr environ_out, Ptr environ_buf_out) {
  return give_strings(call, call.context().env(), environ_out, environ_buf_out);
}
Result<void> environ_sizes_get(Call& call, Ptr count_out, Ptr buf_size_out) {
  return give_sizes(call, call.context().env(), count_out, buf_size_out);
}

}  // namespace skerry::wasi
