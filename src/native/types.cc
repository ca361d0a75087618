// Words of a type, one after another: [NAME:] [in|out|inout|borrowed] WORD [KIND] [\[COUNT\]] [?]
#include "native/types.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <type_traits>

#include "base/nearest_name.h"
#include "base/quantities.h"

namespace skerry::native {
namespace {

constexpr auto kScalars = std::to_array<ScalarInfo>({
#define SCALAR(id, name, native, guest, value) \
  {name,                                       \
   sizeof(native),                             \
   sizeof(guest),                              \
   std::is_floating_point_v<native>,           \
   std::is_signed_v<native>,                   \
   ValType::value},
#include "native/scalars.def"
#undef SCALAR
});

struct KindWord {
  std::string_view word;
  Kind kind;
};
constexpr auto kKinds = std::to_array<KindWord>({{"void", Kind::Nothing},
                                                 {"handle", Kind::Handle},
                                                 {"cstr", Kind::CString},
                                                 {"wstr", Kind::WString},
                                                 {"buffer", Kind::Buffer},
                                                 {"struct", Kind::Struct},
                                                 {"callback", Kind::Callback},
                                                 {"token", Kind::Token},
                                                 {"address", Kind::Address}});
constexpr auto kWays = std::to_array<std::pair<std::string_view, Way>>(
    {{"in", Way::In}, {"out", Way::Out}, {"inout", Way::InOut}});

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Words, and signs of one character each.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  std::string_view peek() const {
    const std::string_view rest = trimmed();
    size_t length = 0;
    while (length < rest.size() && is_name_char(rest[length])) ++length;
    return rest.substr(0, std::max<size_t>(length, rest.empty() ? 0 : 1));
  }
  std::string_view next() {
    const std::string_view word = peek();
    text_ = trimmed().substr(word.size());
    return word;
  }
  bool take(std::string_view word) {
    if (word != peek()) return false;
    next();
    return true;
  }
  std::string_view rest() const { return trimmed(); }

 private:
  std::string_view trimmed() const {
    return text_.substr(std::min(text_.find_first_not_of(" \t"), text_.size()));
  }
  std::string_view text_;
};

bool is_name(std::string_view word) {
  return !word.empty() && is_name_char(word[0]) && !(word[0] >= '0' && word[0] <= '9');
}

std::unexpected<BadType> bad(std::string_view subject, std::string hint) {
  return std::unexpected(BadType{std::string(subject), std::move(hint)});
}

std::unexpected<BadType> unknown_word(std::string_view word) {
  std::vector<std::string_view> words;
  for (const KindWord& row : kKinds) words.push_back(row.word);
  for (const ScalarInfo& row : kScalars) words.push_back(row.name);
  std::string hint = did_you_mean(word, words);
  if (!hint.empty()) return bad(word, hint.substr(2));
  hint = "the types are:";
  for (const std::string_view known : words) hint += " " + std::string(known);
  return bad(word, hint);
}

// "[length]", "[length * 8]", "[64]"
std::expected<void, BadType> read_count(Words& words, std::string_view text, Type& type) {
  if (!words.take("[")) return {};
  type.has_count = true;
  const std::string_view first = words.next();
  if (is_name(first)) {
    type.count_name = first;
  } else {
    const auto number = skerry::read_count(first);
    if (!number || *number > UINT32_MAX)
      return bad(text, "a count is a number or the name of a parameter: buffer[length]");
    type.count = *number;
  }
  if (words.take("*")) {
    const auto number = skerry::read_count(words.next());
    if (!number || *number == 0 || *number > UINT16_MAX)
      return bad(text, "the size of an element is a number: buffer[count * 8]");
    type.element_bytes = *number;
  }
  if (!words.take("]")) return bad(text, "a count ends with `]`");
  return {};
}

// May this kind of type stand there? The hint if not.
std::optional<std::string> misplaced(const Type& type, Spot spot) {
  const bool is_list = type.has_count && type.kind != Kind::Buffer;
  switch (spot) {
    case Spot::Parameter:
      if (type.kind == Kind::Nothing || type.kind == Kind::Address)
        return "a parameter cannot be one";
      if (is_list) return "only `buffer` has a count here";
      break;
    case Spot::Result:
      if (type.is_pointer() || type.kind == Kind::Buffer || type.kind == Kind::Struct ||
          type.kind == Kind::Callback || type.kind == Kind::Address || type.has_count)
        return "a result is a number, handle, cstr, wstr, token or void";
      return std::nullopt;
    case Spot::CallbackParameter:
      if (type.is_pointer() || type.kind == Kind::Nothing || type.kind == Kind::Buffer ||
          type.kind == Kind::Struct || type.kind == Kind::Callback)
        return "a callback takes numbers, handle, cstr, wstr, token and address";
      if (is_list && type.kind != Kind::CString) return "only `cstr` has a count here";
      return std::nullopt;
    case Spot::CallbackResult:
      if (type.is_pointer() || type.has_count ||
          (type.kind != Kind::Number && type.kind != Kind::Nothing && type.kind != Kind::Handle &&
           type.kind != Kind::Token))
        return "a callback gives a number, handle, token or void";
      return std::nullopt;
    case Spot::Field:
      if (type.is_pointer() || (type.kind != Kind::Number && type.kind != Kind::Handle &&
                                type.kind != Kind::Struct && type.kind != Kind::Token))
        return "a field is a number, handle, token or struct";
      if (!type.count_name.empty() || type.element_bytes != 1 ||
          (type.has_count && (type.count == 0 || type.count > UINT16_MAX)))
        return "a field's count is a number from 1 on";
      return std::nullopt;
  }
  if (type.kind == Kind::Buffer && !type.is_pointer())
    return "say `in`, `out` or `inout` before `buffer`";
  if (type.kind == Kind::Buffer && !type.has_count)
    return "say how long it is: buffer[NAME OF A PARAMETER], buffer[64]";
  if (type.kind == Kind::Struct && !type.is_pointer())
    return "say `in`, `out` or `inout` before `struct`";
  if (type.is_pointer() && type.kind != Kind::Number && type.kind != Kind::Handle &&
      type.kind != Kind::Buffer && type.kind != Kind::Struct && type.kind != Kind::Token)
    return "only numbers, handle, token, buffer and struct can be `in`, `out` or `inout`";
  return std::nullopt;
}

}  // namespace

const ScalarInfo& info(Scalar scalar) { return kScalars[static_cast<size_t>(scalar)]; }

std::expected<Parameter, BadType> read_parameter(std::string_view text, Spot spot) {
  Words words(text);
  Parameter parameter;
  Type& type = parameter.type;
  std::string_view word = words.next();
  if (words.peek() == ":") {
    if (!is_name(word)) return bad(text, "a name is made of letters, digits and _");
    parameter.name = word;
    words.next();
    word = words.next();
  }
  if (const auto way = std::ranges::find(kWays, word, [](const auto& row) { return row.first; });
      way != kWays.end()) {
    type.way = way->second;
    word = words.next();
  }
  if (word == "borrowed") {
    type.is_borrowed = true;
    word = words.next();
  }
  if (const auto scalar = std::ranges::find(kScalars, word, &ScalarInfo::name);
      scalar != kScalars.end()) {
    type.kind = Kind::Number;
    type.scalar = static_cast<Scalar>(scalar - kScalars.begin());
  } else if (const auto kind = std::ranges::find(kKinds, word, &KindWord::word);
             kind != kKinds.end()) {
    type.kind = kind->kind;
  } else {
    return unknown_word(word);
  }
  const bool is_named =
      type.kind == Kind::Handle || type.kind == Kind::Struct || type.kind == Kind::Callback;
  if (is_named && is_name(words.peek())) type.name = words.next();
  if ((type.kind == Kind::Struct || type.kind == Kind::Callback) && type.name.empty())
    return bad(text, "say which: `" + std::string(word) + " NAME`");
  if (auto read = read_count(words, text, type); !read) return std::unexpected(read.error());
  type.is_nullable = words.take("?");
  if (!words.rest().empty())
    return bad(words.rest(), "nothing may follow: [NAME:] [in|out|inout] TYPE [COUNT] [?]");
  if (type.is_borrowed && type.kind != Kind::Handle) return bad(text, "only handles are borrowed");
  if (type.is_nullable && !type.is_pointer() &&
      (type.kind == Kind::Number || type.kind == Kind::Nothing || type.kind == Kind::Token))
    return bad(text, "`?` lets a pointer be null, and this is none");
  if (auto hint = misplaced(type, spot)) return bad(text, std::move(*hint));
  return parameter;
}

ValType value_type(const Type& type) {
  return type.kind == Kind::Number && !type.is_pointer() ? info(type.scalar).value : ValType::I32;
}

}  // namespace skerry::native
