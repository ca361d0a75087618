// ValueReader: one TOML value at a time into what it means, with diagnostics for what it cannot
// mean. Not here: which key takes which value (keys.def, reader.cc).
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/reader.h"
#include "policy/toml.h"

namespace skerry::policy {

// What a reference `${name}` stands for while a document is read.
class Parameters {
 public:
  // `value` is empty where something is wrong with the parameter, which has been said: what refers
  // to it is not complained about as well.
  void set(std::string name, std::optional<std::string> value) {
    values_[std::move(name)] = std::move(value);
  }
  // Null if it was never declared.
  const std::optional<std::string>* find(std::string_view name) const;
  std::vector<std::string_view> names() const;

 private:
  std::map<std::string, std::optional<std::string>, std::less<>> values_;
};

// How the value of one key gets into its target. `Reader` reads the document.
template <class Reader, class Target>
struct KeyRow {
  std::string_view key;
  void (*read)(Reader&, const toml::node&, Target&);
};

class ValueReader {
 public:
  ValueReader(std::string document, std::vector<Diagnostic>& diagnostics)
      : document_(std::move(document)), diagnostics_(diagnostics) {}

  Parameters& parameters() { return parameters_; }
  Place place_of(const toml::source_region& region) const {
    return {document_, region.begin.line, region.begin.column};
  }
  void complain(DiagnosticCode code, Place place, std::string_view subject, std::string hint = {}) {
    diagnostics_.push_back({code, std::move(place), std::string(subject), std::move(hint)});
  }

  bool has_complained() const { return !diagnostics_.empty(); }
  // An unknown key, with the nearest of `words` or all of them.
  void complain_about_key(const toml::key& key, std::span<const std::string_view> words);
  void complain_about_type(const toml::node& node, const char* hint);

  // A section by the rows of its keys, KeyRows of `reader` and the target's class. `parts` are keys
  // that are known as well, and read elsewhere.
  template <class Reader, class Target>
  void read_section(const toml::node& node, const auto& rows, Reader& reader, Target& target,
                    std::span<const std::string_view> parts) {
    const toml::table* const table = node.as_table();
    if (table == nullptr) return complain_about_type(node, "a section is needed");
    for (auto&& [key, value] : *table) {
      const auto row = std::ranges::find(rows, key.str(), &KeyRow<Reader, Target>::key);
      if (row != rows.end()) {
        row->read(reader, value, target);
      } else if (std::ranges::find(parts, key.str()) == parts.end()) {
        std::vector<std::string_view> words(parts.begin(), parts.end());
        for (const auto& one : rows) words.push_back(one.key);
        complain_about_key(key, words);
      }
    }
  }

  // A string with its references resolved; nothing, after a complaint, if it is none.
  std::optional<std::string> string(const toml::node& node);

  // One function a form of keys.def. After a complaint the target is as it was.
  void read_flag(const toml::node& node, bool& target);
  void read_text(const toml::node& node, std::string& target);
  void read_texts(const toml::node& node, std::vector<Said<std::string>>& target);
  void read_names(const toml::node& node, Names& target);
  void read_hosts(const toml::node& node, std::vector<Said<std::string>>& target);
  void read_endpoints(const toml::node& node, std::vector<Said<Endpoint>>& target);
  void read_variables(const toml::node& node, std::vector<Variable>& target);
  void read_variable_names(const toml::node& node, std::vector<Variable>& target);
  void read_accesses(const toml::node& node, Access& target);
  template <class Target>
  void read_size(const toml::node& node, Target& target) {
    if (const auto value = size(node)) target = *value;
  }
  template <class Target>
  void read_time(const toml::node& node, Target& target) {
    if (const auto value = time_ms(node)) target = *value;
  }
  template <class Target>
  void read_count(const toml::node& node, Target& target) {
    if (const auto value = integer(node, "a number from 0 on is needed")) target = *value;
  }
  template <class Target>
  void read_choice(const toml::node& node, Target& target);

 private:
  std::optional<std::string> with_parameters(std::string_view text, const Place& place);
  std::optional<uint64_t> integer(const toml::node& node, const char* hint);
  std::optional<uint64_t> size(const toml::node& node);
  std::optional<uint64_t> time_ms(const toml::node& node);
  template <class Element>
  void each_string(const toml::node& node, Element element);
  void add_variable(std::vector<Variable>& target, Variable variable);

  std::string document_;
  std::vector<Diagnostic>& diagnostics_;
  Parameters parameters_;
};

}  // namespace skerry::policy
