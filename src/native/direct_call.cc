// One instance of a template a shape. A number that is narrower than a register may have anything
// above it, in every calling convention here; results are cut to their width.
#include "native/direct_call.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace skerry::native {
namespace {

using runtime::Caller;
using Slots = std::span<uint64_t>;

constexpr size_t kMaxWords = 6, kMaxDoubles = 4;

enum class Gives : uint8_t { Nothing, Half, Word };

template <size_t>
using Word = uint64_t;
template <size_t>
using Double = double;

template <Gives gives, size_t... i>
runtime::HostCall words_call(void* symbol, std::index_sequence<i...>) {
  using Native = uint64_t (*)(Word<i>...);
  return [call = reinterpret_cast<Native>(symbol)](Caller&, Slots slots) -> Result<void> {
    const uint64_t result = call(slots[i]...);
    if constexpr (gives == Gives::Half) slots[0] = static_cast<uint32_t>(result);
    if constexpr (gives == Gives::Word) slots[0] = result;
    return {};
  };
}

template <size_t... i>
runtime::HostCall doubles_call(void* symbol, std::index_sequence<i...>) {
  using Native = double (*)(Double<i>...);
  return [call = reinterpret_cast<Native>(symbol)](Caller&, Slots slots) -> Result<void> {
    slots[0] = std::bit_cast<uint64_t>(call(std::bit_cast<double>(slots[i])...));
    return {};
  };
}

using Make = runtime::HostCall (*)(void*);

template <Gives gives, size_t... counts>
constexpr auto words_makers(std::index_sequence<counts...>) {
  return std::to_array<Make>({[](void* symbol) {
    return words_call<gives>(symbol, std::make_index_sequence<counts>());
  }...});
}
template <size_t... counts>
constexpr auto doubles_makers(std::index_sequence<counts...>) {
  return std::to_array<Make>(
      {[](void* symbol) { return doubles_call(symbol, std::make_index_sequence<counts>()); }...});
}

constexpr auto kNothing = words_makers<Gives::Nothing>(std::make_index_sequence<kMaxWords + 1>());
constexpr auto kHalf = words_makers<Gives::Half>(std::make_index_sequence<kMaxWords + 1>());
constexpr auto kWord = words_makers<Gives::Word>(std::make_index_sequence<kMaxWords + 1>());
constexpr auto kDoubles = doubles_makers(std::make_index_sequence<kMaxDoubles + 1>());

bool is_plain(const Type& type) {
  return type.kind == Kind::Number && !type.is_pointer() &&
         (type.scalar == Scalar::I32 || type.scalar == Scalar::U32 || type.scalar == Scalar::I64 ||
          type.scalar == Scalar::U64);
}
bool is_double(const Type& type) {
  return type.kind == Kind::Number && !type.is_pointer() && type.scalar == Scalar::F64;
}

}  // namespace

std::optional<runtime::HostCall> direct_call(const Function& function, void* symbol) {
  if (function.error != ErrorSource::None) return std::nullopt;
  const auto& parameters = function.parameters;
  const Type& result = function.result;
  const auto all = [&](bool (*fits)(const Type&)) {
    return std::ranges::all_of(parameters, fits, &Parameter::type);
  };
  if (is_double(result) && parameters.size() <= kMaxDoubles && all(is_double))
    return kDoubles[parameters.size()](symbol);
  if (parameters.size() > kMaxWords || !all(is_plain)) return std::nullopt;
  if (result.kind == Kind::Nothing) return kNothing[parameters.size()](symbol);
  if (!is_plain(result)) return std::nullopt;
  const bool is_word = info(result.scalar).native_bytes == 8;
  return (is_word ? kWord : kHalf)[parameters.size()](symbol);
}

}  // namespace skerry::native
