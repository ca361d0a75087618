// One function for both widths; the opcode's width picks the instantiation.
#include "baseline/fold.h"

#include <bit>
#include <type_traits>

namespace skerry::baseline {
namespace {

// An i64 row lies at a fixed distance behind its i32 twin.
constexpr int kArithmeticDistance = static_cast<int>(Op::I64Add) - static_cast<int>(Op::I32Add);
constexpr int kCompareDistance = static_cast<int>(Op::I64Eq) - static_cast<int>(Op::I32Eq);

template <class T>
std::optional<uint64_t> arithmetic(Op as_i32, uint64_t left, uint64_t right) {
  const T a = static_cast<T>(left), b = static_cast<T>(right);
  using Signed = std::make_signed_t<T>;
  constexpr unsigned kMask = sizeof(T) * 8 - 1;
  const auto count = static_cast<int>(b & kMask);
  switch (as_i32) {
    case Op::I32Add: return static_cast<T>(a + b);
    case Op::I32Sub: return static_cast<T>(a - b);
    case Op::I32Mul: return static_cast<T>(a * b);
    case Op::I32And: return static_cast<T>(a & b);
    case Op::I32Or: return static_cast<T>(a | b);
    case Op::I32Xor: return static_cast<T>(a ^ b);
    case Op::I32Shl: return static_cast<T>(a << count);
    case Op::I32ShrU: return static_cast<T>(a >> count);
    case Op::I32ShrS: return static_cast<T>(static_cast<Signed>(a) >> count);
    case Op::I32Rotl: return std::rotl(a, count);
    case Op::I32Rotr: return std::rotr(a, count);
    default: return std::nullopt;
  }
}

template <class T>
std::optional<uint64_t> compare(Op as_i32, uint64_t left, uint64_t right) {
  const T a = static_cast<T>(left), b = static_cast<T>(right);
  using Signed = std::make_signed_t<T>;
  const auto sa = static_cast<Signed>(a), sb = static_cast<Signed>(b);
  switch (as_i32) {
    case Op::I32Eq: return a == b;
    case Op::I32Ne: return a != b;
    case Op::I32LtS: return sa < sb;
    case Op::I32LtU: return a < b;
    case Op::I32GtS: return sa > sb;
    case Op::I32GtU: return a > b;
    case Op::I32LeS: return sa <= sb;
    case Op::I32LeU: return a <= b;
    case Op::I32GeS: return sa >= sb;
    case Op::I32GeU: return a >= b;
    default: return std::nullopt;
  }
}

}  // namespace

std::optional<uint64_t> fold_binary(Op op, uint64_t a, uint64_t b) {
  if (op >= Op::I64Add && op <= Op::I64Rotr)
    return arithmetic<uint64_t>(static_cast<Op>(static_cast<int>(op) - kArithmeticDistance), a, b);
  return arithmetic<uint32_t>(op, a, b);
}

std::optional<uint64_t> fold_compare(Op op, uint64_t a, uint64_t b) {
  if (op >= Op::I64Eq && op <= Op::I64GeU)
    return compare<uint64_t>(static_cast<Op>(static_cast<int>(op) - kCompareDistance), a, b);
  return compare<uint32_t>(op, a, b);
}

}  // namespace skerry::baseline
