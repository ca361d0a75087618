// Keywords are taken apart once, when the process starts to use them.
#include "llvm/operations.h"

#include <array>
#include <string_view>

namespace skerry::llvm_tier {
namespace {

constexpr std::array kSuffixes = std::to_array<std::string_view>({
#define OPERATION(name, suffix) suffix,
#include "llvm/operations.def"
#undef OPERATION
});

struct Row {
  std::optional<Operation> operation;
  Lanes lanes;
};

Lanes read_lanes(std::string_view text) {
  if (text == "v128") return {64, 2, false};
  Lanes lanes;
  lanes.is_float = text.starts_with('f');
  size_t at = 1;
  const auto number = [&] {
    unsigned value = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
      value = value * 10 + static_cast<unsigned>(text[at] - '0');
    return static_cast<uint8_t>(value);
  };
  lanes.bits = number();
  lanes.count = 1;
  if (at < text.size() && text[at] == 'x') {
    ++at;
    lanes.count = number();
  }
  return lanes;
}

Row read_row(const OpInfo& info) {
  Row row;
  switch (info.shape) {
    case Shape::Unary:
    case Shape::Binary:
    case Shape::Compare:
    case Shape::Ternary:
    case Shape::Shift:
    case Shape::ExtractLane:
    case Shape::ReplaceLane: break;
    default: return row;
  }
  const size_t dot = info.text.find('.');
  row.lanes = read_lanes(info.text.substr(0, dot));
  const std::string_view suffix = info.text.substr(dot + 1);
  for (size_t i = 0; i < kSuffixes.size(); ++i)
    if (kSuffixes[i] == suffix) row.operation = static_cast<Operation>(i);
  return row;
}

const Row& row_of(Op op) {
  static const auto kRows = [] {
    std::array<Row, kOpCount> rows;
    for (size_t i = 0; i < kOpCount; ++i) rows[i] = read_row(kOpInfos[i]);
    return rows;
  }();
  return kRows[static_cast<size_t>(op)];
}

}  // namespace

std::optional<Operation> operation_of(Op op) { return row_of(op).operation; }
Lanes lanes_of(Op op) { return row_of(op).lanes; }

}  // namespace skerry::llvm_tier
