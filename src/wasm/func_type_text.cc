// Letters and what they stand for.
#include "wasm/func_type_text.h"

#include <array>

namespace skerry {
namespace {

struct Letter {
  char letter;
  ValType type;
};
const std::array kLetters = std::to_array<Letter>({
    {'i', ValType::I32},
    {'I', ValType::I64},
    {'f', ValType::F32},
    {'F', ValType::F64},
    {'v', ValType::V128},
    {'c', ValType::ref(HeapType::Func, true)},
    {'e', ValType::ref(HeapType::Extern, true)},
});

bool read(std::string_view text, std::vector<ValType>& types) {
  for (const char c : text) {
    const Letter* found = nullptr;
    for (const Letter& row : kLetters)
      if (row.letter == c) found = &row;
    if (!found) return false;
    types.push_back(found->type);
  }
  return true;
}

}  // namespace

std::optional<FuncType> func_type_of(std::string_view text) {
  const size_t colon = text.find(':');
  FuncType type;
  if (!read(text.substr(0, colon), type.params)) return std::nullopt;
  if (colon != std::string_view::npos && !read(text.substr(colon + 1), type.results))
    return std::nullopt;
  return type;
}

std::string func_type_text(const FuncType& type) {
  std::string text;
  const auto add = [&](const std::vector<ValType>& types) {
    for (const ValType one : types) {
      char letter = '?';
      for (const Letter& row : kLetters)
        if (row.type == one) letter = row.letter;
      text += letter;
    }
  };
  add(type.params);
  text += ':';
  add(type.results);
  return text;
}

}  // namespace skerry
