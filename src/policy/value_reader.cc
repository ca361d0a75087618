// Values of policy files.
#include "policy/value_reader.h"

#include <algorithm>
#include <array>

#include "base/nearest_name.h"
#include "base/quantities.h"

namespace skerry::policy {
namespace {

// The words of an enumeration, in its order.
template <class Enumeration>
constexpr std::array<std::string_view, 0> kChoices;
template <>
constexpr auto kChoices<ClockAccess> =
    std::to_array<std::string_view>({"real", "coarse", "frozen"});
template <>
constexpr auto kChoices<RandomSource> = std::to_array<std::string_view>({"system", "seeded"});
template <>
constexpr auto kChoices<StreamAccess> = std::to_array<std::string_view>({"inherit", "null"});

constexpr auto kAccesses =
    std::to_array<std::string_view>({"read", "write", "create", "delete"});  // by bit of Access

std::string one_of(std::span<const std::string_view> words) {
  std::string text = "one of";
  for (const std::string_view word : words) text += " \"" + std::string(word) + "\"";
  return text;
}

}  // namespace

const std::optional<std::string>* Parameters::find(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

std::vector<std::string_view> Parameters::names() const {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : values_) names.push_back(name);
  return names;
}

void ValueReader::complain_about_type(const toml::node& node, const char* hint) {
  const std::string_view kind = node.is_table()     ? "a table"
                                : node.is_array()   ? "a list"
                                : node.is_string()  ? "a string"
                                : node.is_boolean() ? "true or false"
                                : node.is_number()  ? "a number"
                                                    : "a date";
  complain(DiagnosticCode::WrongType, place_of(node.source()), kind, hint);
}

void ValueReader::complain_about_key(const toml::key& key,
                                     std::span<const std::string_view> words) {
  std::string hint = did_you_mean(key.str(), words);
  if (!hint.empty()) {
    hint = hint.substr(2);
  } else {
    hint = "there are:";
    for (const std::string_view word : words) hint += " " + std::string(word);
  }
  complain(DiagnosticCode::UnknownKey, place_of(key.source()), key.str(), std::move(hint));
}

std::optional<std::string> ValueReader::with_parameters(std::string_view text, const Place& place) {
  std::string result;
  for (;;) {
    const size_t start = text.find("${");
    result += text.substr(0, start);
    if (start == std::string_view::npos) return result;
    text.remove_prefix(start);
    const size_t end = text.find('}');
    if (end == std::string_view::npos) {
      complain(DiagnosticCode::OpenReference, place, text);
      return std::nullopt;
    }
    const std::string_view name = text.substr(2, end - 2);
    const std::optional<std::string>* const value = parameters_.find(name);
    if (value == nullptr) {
      const std::string near = did_you_mean(name, parameters_.names());
      complain(DiagnosticCode::UnknownParameter, place, name,
               near.empty() ? "[parameters." + std::string(name) + "] would declare it"
                            : near.substr(2));
      return std::nullopt;
    }
    if (!*value) return std::nullopt;
    result += **value;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::string> ValueReader::string(const toml::node& node) {
  const auto text = node.value_exact<std::string>();
  if (!text) {
    complain_about_type(node, "a string in quotes is needed");
    return std::nullopt;
  }
  return with_parameters(*text, place_of(node.source()));
}

template <class Element>
void ValueReader::each_string(const toml::node& node, Element element) {
  const toml::array* const list = node.as_array();
  if (list == nullptr) return complain_about_type(node, "a list of strings is needed: [\"...\"]");
  for (const toml::node& item : *list)
    if (auto text = string(item)) element(std::move(*text), place_of(item.source()));
}

std::optional<uint64_t> ValueReader::integer(const toml::node& node, const char* hint) {
  if (const auto number = node.value_exact<int64_t>(); number && *number >= 0)
    return static_cast<uint64_t>(*number);
  if (node.is_string()) {  // by way of a parameter
    const auto text = string(node);
    if (!text) return std::nullopt;
    if (const auto value = skerry::read_count(*text)) return value;
  }
  complain_about_type(node, hint);
  return std::nullopt;
}

std::optional<uint64_t> ValueReader::size(const toml::node& node) {
  if (!node.is_string()) return integer(node, "a size: 65536, \"64K\", \"256M\", \"1G\"");
  const auto text = string(node);
  const auto value = text ? read_size_bytes(*text) : std::nullopt;
  if (text && !value)
    complain(DiagnosticCode::NotASize, place_of(node.source()), *text, std::string(kSizeForms));
  return value;
}

std::optional<uint64_t> ValueReader::time_ms(const toml::node& node) {
  if (!node.is_string()) return integer(node, "a time: 1500 (milliseconds), \"10s\", \"2m\"");
  const auto text = string(node);
  const auto value = text ? read_time_ms(*text) : std::nullopt;
  if (text && !value)
    complain(DiagnosticCode::NotATime, place_of(node.source()), *text, std::string(kTimeForms));
  return value;
}

void ValueReader::read_flag(const toml::node& node, bool& target) {
  const auto value = node.value_exact<bool>();
  if (!value) return complain_about_type(node, "true or false, without quotes");
  target = *value;
}

void ValueReader::read_text(const toml::node& node, std::string& target) {
  if (auto text = string(node)) target = std::move(*text);
}

void ValueReader::read_texts(const toml::node& node, std::vector<Said<std::string>>& target) {
  each_string(node, [&](std::string text, Place place) {
    target.push_back({std::move(text), std::move(place)});
  });
}

void ValueReader::read_names(const toml::node& node, Names& target) {
  each_string(node, [&](std::string text, Place place) {
    const size_t star = text.find('*');
    const bool is_good = text.find('.') != std::string::npos && text.front() != '.' &&
                         (star == std::string::npos || star == text.size() - 1);
    if (!is_good)
      return complain(DiagnosticCode::NotAName, place, text,
                      "written as \"module.name\", or \"module.*\" for all of a module");
    target.push_back({std::move(text), std::move(place)});
  });
}

void ValueReader::read_hosts(const toml::node& node, std::vector<Said<std::string>>& target) {
  each_string(node, [&](const std::string& text, Place place) {
    if (text != "*" && !is_host_name(text))
      return complain(DiagnosticCode::NotAHost, place, text,
                      "\"api.example.com\", \"*.example.com\" for all below, or \"*\"");
    std::string host;
    for (const char c : text) host += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    target.push_back({std::move(host), std::move(place)});
  });
}

void ValueReader::read_endpoints(const toml::node& node, std::vector<Said<Endpoint>>& target) {
  each_string(node, [&](std::string text, Place place) {
    auto endpoint = Endpoint::parse(text);
    if (!endpoint)
      return complain(DiagnosticCode::NotAnEndpoint, place, text,
                      "\"10.0.0.7:443\", \"10.0.0.0/8:8000-8100\", \"[2001:db8::]/32:443\", "
                      "\"api.example.com:443\", \"*:53\"");
    target.push_back({std::move(*endpoint), std::move(place)});
  });
}

void ValueReader::add_variable(std::vector<Variable>& target, Variable variable) {
  if (variable.name.empty() ||
      variable.name.find_first_of(std::string("=\0", 2)) != variable.name.npos)
    return complain(DiagnosticCode::NotAVariable, variable.place, variable.name);
  std::erase_if(target, [&](const Variable& known) { return known.name == variable.name; });
  target.push_back(std::move(variable));
}

void ValueReader::read_variables(const toml::node& node, std::vector<Variable>& target) {
  const toml::table* const table = node.as_table();
  if (table == nullptr) return complain_about_type(node, "a table is needed: { NAME = \"value\" }");
  for (auto&& [key, value] : *table)
    if (auto text = string(value))
      add_variable(target, {std::string(key.str()), std::move(*text), place_of(key.source())});
}

void ValueReader::read_variable_names(const toml::node& node, std::vector<Variable>& target) {
  each_string(node, [&](std::string text, Place place) {
    add_variable(target, {std::move(text), std::nullopt, std::move(place)});
  });
}

void ValueReader::read_accesses(const toml::node& node, Access& target) {
  Access all = Access::None;
  bool is_good = true;
  each_string(node, [&](const std::string& text, Place place) {
    const auto found = std::ranges::find(kAccesses, text);
    if (found == kAccesses.end()) {
      is_good = false;
      return complain(DiagnosticCode::NotAChoice, std::move(place), text, one_of(kAccesses));
    }
    all = all | static_cast<Access>(1u << static_cast<unsigned>(found - kAccesses.begin()));
  });
  if (is_good) target = all;
}

template <class Target>
void ValueReader::read_choice(const toml::node& node, Target& target) {
  const auto text = string(node);
  if (!text) return;
  const auto& words = kChoices<Target>;
  const auto found = std::ranges::find(words, *text);
  if (found == words.end())
    return complain(DiagnosticCode::NotAChoice, place_of(node.source()), *text, one_of(words));
  target = static_cast<Target>(found - words.begin());
}

template void ValueReader::read_choice(const toml::node&, ClockAccess&);
template void ValueReader::read_choice(const toml::node&, RandomSource&);
template void ValueReader::read_choice(const toml::node&, StreamAccess&);

}  // namespace skerry::policy
