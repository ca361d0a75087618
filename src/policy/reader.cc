// A document into a Policy: the template it extends first, then its own keys, so that what it says
// itself replaces single values and adds to lists.
#include "policy/reader.h"

#include <algorithm>
#include <array>

#include "base/nearest_name.h"
#include "base/quantities.h"
#include "policy/value_reader.h"

namespace skerry::policy {
namespace {

// Templates may extend templates; more than this is a circle.
constexpr int kMaxDepth = 8;

constexpr std::string_view kTexts[] = {
#define DIAGNOSTIC(code, text) text,
#include "policy/diagnostics.def"
#undef DIAGNOSTIC
};

constexpr auto kKeys = std::to_array<KeyInfo>({
#define DIRECTORY_KEY(key, member, form, text) {"directories", #key, #form, text},
#define KEY(section, key, member, form, text) {#section, #key, #form, text},
#include "policy/keys.def"
#undef KEY
#undef DIRECTORY_KEY
});

template <class Target>
struct Row {
  std::string_view section, key;
  void (*read)(ValueReader&, const toml::node&, Target&);
};

constexpr auto kRows = std::to_array<Row<Policy>>({
#define DIRECTORY_KEY(...)
#define KEY(section, key, member, form, text)                                        \
  {#section, #key, [](ValueReader& reader, const toml::node& node, Policy& policy) { \
     reader.read_##form(node, policy.member);                                        \
   }},
#include "policy/keys.def"
#undef KEY
#undef DIRECTORY_KEY
});

constexpr auto kDirectoryRows = std::to_array<Row<Directory>>({
#define KEY(...)
#define DIRECTORY_KEY(key, member, form, text)                                                  \
  {"directories", #key, [](ValueReader& reader, const toml::node& node, Directory& directory) { \
     reader.read_##form(node, directory.member);                                                \
   }},
#include "policy/keys.def"
#undef KEY
#undef DIRECTORY_KEY
});

// A type of parameters: what its values have to be.
struct ParameterType {
  std::string_view name;
  bool (*fits)(const std::string&);
  std::string_view hint;
};
constexpr auto kParameterTypes = std::to_array<ParameterType>({
    {"text", [](const std::string&) { return true; }, ""},
    {"path", [](const std::string& text) { return !text.empty(); }, "a path is needed"},
    {"address", [](const std::string& text) { return AddressRange::parse(text).has_value(); },
     "an address or range is needed: 10.0.0.7, 10.0.0.0/8, 2001:db8::/32"},
    {"host", [](const std::string& text) { return is_host_name(text); },
     "a host name is needed: api.example.com"},
    {"server",
     [](const std::string& text) { return is_host_name(text) || AddressRange::parse(text); },
     "an address or a host name is needed: 10.0.0.7, api.example.com"},
    {"port", [](const std::string& text) { return PortRange::parse(text).has_value(); },
     "a port or range is needed: 443, 8000-8100"},
    {"size", [](const std::string& text) { return read_size_bytes(text).has_value(); }, kSizeForms},
    {"time", [](const std::string& text) { return read_time_ms(text).has_value(); }, kTimeForms},
});

std::string without_mark(std::string text) { return text.empty() ? text : text.substr(2); }

class DocumentReader {
 public:
  DocumentReader(std::string document, Policy& policy, std::vector<Diagnostic>& diagnostics,
                 int depth)
      : document_(std::move(document)),
        policy_(policy),
        diagnostics_(diagnostics),
        reader_(document_, diagnostics),
        depth_(depth) {}

  // Takes the values that belong to this document or to what it extends; the others stay.
  void read(std::string_view text, Values& values);

 private:
  void declare_parameters(const toml::table& root, Values& values);
  void declare_parameter(std::string_view name, const toml::key& key, const toml::node& node,
                         Values& values);
  void extend(const toml::table& root, Values& values);
  void read_section(const std::string& section, const toml::table& table);
  void read_directories(const toml::node& node);
  void read_directory(const toml::key& key, const toml::table& table);
  void complain_about_key(std::string_view section, const toml::key& key);

  std::string document_;
  Policy& policy_;
  std::vector<Diagnostic>& diagnostics_;
  ValueReader reader_;
  int depth_;
};

// The words that may stand in a section, for suggestions.
std::vector<std::string_view> words_of(std::string_view section) {
  std::vector<std::string_view> words;
  if (section.empty()) words = {"extends", "with", "parameters", "directories"};
  const std::string start = section.empty() ? "" : std::string(section) + ".";
  for (const KeyInfo& row : kKeys) {
    if (row.section == section) words.push_back(row.key);
    if (row.section.size() > start.size() && row.section.starts_with(start)) {
      const std::string_view below = row.section.substr(start.size());
      const std::string_view word = below.substr(0, below.find('.'));
      if (std::ranges::find(words, word) == words.end()) words.push_back(word);
    }
  }
  return words;
}

bool is_section(std::string_view name) {
  return std::ranges::any_of(kRows, [&](const Row<Policy>& row) {
    return row.section == name ||
           (row.section.starts_with(name) && row.section[name.size()] == '.');
  });
}

void DocumentReader::read(std::string_view text, Values& values) {
  const toml::parse_result parsed = toml::parse(text, document_);
  if (!parsed) {
    reader_.complain(DiagnosticCode::BadToml, reader_.place_of(parsed.error().source()),
                     parsed.error().description());
    return;
  }
  const toml::table& root = parsed.table();
  declare_parameters(root, values);
  extend(root, values);
  for (auto&& [key, node] : root) {
    const std::string name(key.str());
    if (name == "extends" || name == "with" || name == "parameters") continue;
    if (name == "directories") {
      read_directories(node);
    } else if (!is_section(name)) {
      complain_about_key("", key);
    } else if (const toml::table* const table = node.as_table()) {
      read_section(name, *table);
    } else {
      reader_.complain(DiagnosticCode::WrongType, reader_.place_of(node.source()), name,
                       "a section is needed: [" + name + "]");
    }
  }
}

void DocumentReader::declare_parameters(const toml::table& root, Values& values) {
  const toml::node* const node = root.get("parameters");
  if (node == nullptr) return;
  const toml::table* const table = node->as_table();
  if (table == nullptr)
    return reader_.complain(DiagnosticCode::WrongType, reader_.place_of(node->source()),
                            "parameters", "a section for each: [parameters.NAME]");
  for (auto&& [key, declared] : *table) declare_parameter(key.str(), key, declared, values);
}

void DocumentReader::declare_parameter(std::string_view name, const toml::key& key,
                                       const toml::node& node, Values& values) {
  const Place place = reader_.place_of(key.source());
  reader_.parameters().set(std::string(name), std::nullopt);
  const toml::table* const table = node.as_table();
  if (table == nullptr)
    return reader_.complain(DiagnosticCode::WrongType, place, name,
                            "a parameter is a table: { type = \"address\" }");
  std::string type = "text";
  std::optional<std::string> value;
  for (auto&& [word, said] : *table) {
    if (word.str() == "type") {
      reader_.read_text(said, type);
    } else if (word.str() == "default") {
      value = reader_.string(said);
    } else if (word.str() != "about") {
      static constexpr std::string_view kWords[] = {"type", "default", "about"};
      reader_.complain(DiagnosticCode::UnknownKey, reader_.place_of(word.source()), word.str(),
                       without_mark(did_you_mean(word.str(), kWords)));
    }
  }
  Place value_place = place;
  const auto given = std::ranges::find(values, name, &Values::value_type::first);
  if (given != values.end()) {
    value = given->second;
    values.erase(given);
  }
  const auto row = std::ranges::find(kParameterTypes, type, &ParameterType::name);
  if (row == kParameterTypes.end()) {
    std::string hint = "one of";
    for (const ParameterType& known : kParameterTypes) hint += " " + std::string(known.name);
    return reader_.complain(DiagnosticCode::UnknownType, place, type, hint);
  }
  if (!value)
    return reader_.complain(DiagnosticCode::MissingValue, place, name,
                            "--set " + std::string(name) +
                                "=... gives it one, or `with` where a "
                                "policy extends this one");
  if (!row->fits(*value))
    return reader_.complain(DiagnosticCode::WrongValue, place, *value,
                            std::string(name) + ": " + std::string(row->hint));
  // So that "${name}:443" is one endpoint.
  if ((type == "address" || type == "server") && value->find(':') != std::string::npos)
    value->insert(std::min(value->find('/'), value->size()), "]").insert(0, "[");
  reader_.parameters().set(std::string(name), std::move(*value));
}

void DocumentReader::extend(const toml::table& root, Values& values) {
  const toml::node* const extends = root.get("extends");
  const toml::node* const with = root.get("with");
  if (extends == nullptr) {
    if (with != nullptr)
      reader_.complain(DiagnosticCode::MissingKey, reader_.place_of(with->source()), "extends",
                       "`with` gives values to the template that `extends` names");
    return;
  }
  const auto name = reader_.string(*extends);
  if (!name) return;
  const Place place = reader_.place_of(extends->source());
  const auto templates = all_templates();
  const auto found = std::ranges::find(templates, *name, &Template::name);
  if (found == templates.end() || depth_ == kMaxDepth) {
    std::vector<std::string_view> names;
    for (const Template& row : templates) names.push_back(row.name);
    std::string hint = without_mark(did_you_mean(*name, names));
    if (hint.empty()) hint = "`skerry policy templates` lists them";
    return reader_.complain(DiagnosticCode::UnknownTemplate, place, *name, std::move(hint));
  }
  // Values from outside pass through: `--set` may name a template's parameter.
  Values inner = values;
  if (with != nullptr) {
    const toml::table* const table = with->as_table();
    if (table == nullptr)
      return reader_.complain(DiagnosticCode::WrongType, reader_.place_of(with->source()), "with",
                              "a section is needed: [with]");
    for (auto&& [key, node] : *table) {
      auto value = reader_.string(node);
      if (!value) continue;
      std::erase_if(inner, [&](const auto& known) { return known.first == key.str(); });
      inner.emplace_back(key.str(), std::move(*value));
    }
  }
  DocumentReader(*name, policy_, diagnostics_, depth_ + 1).read(found->text, inner);
  std::erase_if(values, [&](const auto& value) {
    return std::ranges::find(inner, value.first, &Values::value_type::first) == inner.end();
  });
  if (with == nullptr || with->as_table() == nullptr) return;
  for (auto&& [key, node] : *with->as_table())
    if (std::ranges::find(inner, key.str(), &Values::value_type::first) != inner.end())
      reader_.complain(DiagnosticCode::UnknownParameter, reader_.place_of(key.source()), key.str(),
                       "`skerry policy templates " + *name + "` shows what it takes");
}

void DocumentReader::read_section(const std::string& section, const toml::table& table) {
  for (auto&& [key, node] : table) {
    const auto row = std::ranges::find_if(kRows, [&](const Row<Policy>& known) {
      return known.section == section && known.key == key.str();
    });
    const std::string full = section + "." + std::string(key.str());
    if (row != kRows.end()) {
      row->read(reader_, node, policy_);
      policy_.said[full] = reader_.place_of(key.source());
    } else if (is_section(full) && node.is_table()) {
      read_section(full, *node.as_table());
    } else {
      complain_about_key(section, key);
    }
  }
}

void DocumentReader::read_directories(const toml::node& node) {
  const toml::table* const table = node.as_table();
  if (table == nullptr)
    return reader_.complain(DiagnosticCode::WrongType, reader_.place_of(node.source()),
                            "directories", "a section for each: [directories.\"/data\"]");
  for (auto&& [key, directory] : *table) {
    if (const toml::table* const inner = directory.as_table())
      read_directory(key, *inner);
    else
      reader_.complain(DiagnosticCode::WrongType, reader_.place_of(directory.source()), key.str(),
                       "a section for each: [directories.\"/data\"]");
  }
}

void DocumentReader::read_directory(const toml::key& key, const toml::table& table) {
  // A template's folder of the same name is replaced.
  Directory directory{.guest = std::string(key.str()),
                      .host = {},
                      .access = Access::Read,
                      .max_bytes = {},
                      .place = reader_.place_of(key.source())};
  for (auto&& [word, node] : table) {
    const auto row = std::ranges::find(kDirectoryRows, word.str(), &Row<Directory>::key);
    if (row != kDirectoryRows.end())
      row->read(reader_, node, directory);
    else
      complain_about_key("directories", word);
  }
  if (directory.guest.empty() || ("/" + directory.guest + "/").find("/../") != std::string::npos)
    reader_.complain(DiagnosticCode::NotAPath, directory.place, directory.guest);
  if (directory.host.empty())
    reader_.complain(DiagnosticCode::MissingKey, directory.place, "host",
                     "the folder of the host that stands there");
  std::erase_if(policy_.directories,
                [&](const Directory& known) { return known.guest == directory.guest; });
  policy_.directories.push_back(std::move(directory));
}

void DocumentReader::complain_about_key(std::string_view section, const toml::key& key) {
  reader_.complain_about_key(key, words_of(section));
}

}  // namespace

std::string Diagnostic::text() const {
  std::string result;
  const std::string_view form = kTexts[static_cast<size_t>(code)];
  for (size_t i = 0; i < form.size(); ++i) {
    if (form.substr(i, 2) == "{}") {
      result += subject;
      ++i;
    } else {
      result += form[i];
      if (form.substr(i, 2) == "}}") ++i;
    }
  }
  return result;
}

void sort_by_place(std::vector<Diagnostic>& diagnostics) {
  std::ranges::stable_sort(diagnostics, {}, [](const Diagnostic& one) {
    return std::pair(one.place.line, one.place.column);
  });
}

std::expected<Policy, std::vector<Diagnostic>> read_policy(std::string_view text,
                                                           std::string document,
                                                           const Values& values) {
  Policy policy;
  std::vector<Diagnostic> diagnostics;
  Values left = values;
  DocumentReader(document, policy, diagnostics, 0).read(text, left);
  for (const auto& [name, value] : left)
    if (diagnostics.empty() || diagnostics.front().code != DiagnosticCode::BadToml)
      diagnostics.push_back({DiagnosticCode::UnknownParameter,
                             {document, 0, 0},
                             name,
                             "--set gives values to what [parameters] declares"});
  sort_by_place(diagnostics);
  if (!diagnostics.empty()) return std::unexpected(std::move(diagnostics));
  return policy;
}

std::span<const KeyInfo> all_keys() { return kKeys; }

}  // namespace skerry::policy
