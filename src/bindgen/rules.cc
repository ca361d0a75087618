// TOML to Rules, every key by itself.
#include "bindgen/rules.h"

#include <algorithm>
#include <array>

#include "bindgen/go_names.h"
#include "policy/value_reader.h"

namespace skerry::bindgen {
namespace {

using policy::DiagnosticCode;
using policy::Place;
using policy::Said;

constexpr auto kKeys = std::to_array<RuleKey>({
#define PACKAGE_KEY(key, member, form, text) {"package", #key, text},
#define FUNCTION_KEY(key, member, form, text) {"function", #key, text},
#define CALLBACK_KEY(key, member, form, text) {"callback", #key, text},
#define HANDLE_KEY(key, member, form, text) {"handle", #key, text},
#include "bindgen/rules_keys.def"
#undef PACKAGE_KEY
#undef FUNCTION_KEY
#undef CALLBACK_KEY
#undef HANDLE_KEY
});

class RulesReader {
 public:
  RulesReader(Rules& rules, std::vector<policy::Diagnostic>& diagnostics)
      : rules_(rules), reader_(rules.document, diagnostics) {}

  void read(std::string_view text);

 private:
  template <class Target>
  using Row = policy::KeyRow<RulesReader, Target>;
  static const std::vector<Row<Rules>>& rows(const Rules&);
  static const std::vector<Row<FunctionRule>>& rows(const FunctionRule&);
  static const std::vector<Row<CallbackRule>>& rows(const CallbackRule&);
  static const std::vector<Row<HandleRule>>& rows(const HandleRule&);

  // Forms of keys.
  void read_text(const toml::node& node, std::string& target) { reader_.read_text(node, target); }
  void read_placed_text(const toml::node& node, Said<std::string>& target) {
    reader_.read_text(node, target.value);
    target.place = reader_.place_of(node.source());
  }
  void read_texts(const toml::node& node, std::vector<Said<std::string>>& target) {
    reader_.read_texts(node, target);
  }
  void read_places(const toml::node& node, std::vector<PointerRule>& target);
  void read_integers(const toml::node& node, std::vector<int64_t>& target);
  template <class Each>
  void each_key(const toml::node& node, const char* hint, Each each);
  void read_numbers(const toml::node& node,
                    std::map<std::string, Said<int64_t>, std::less<>>& target);
  void read_names(const toml::node& node,
                  std::map<std::string, Said<std::string>, std::less<>>& target);

  template <class Target>
  void read_keys(const toml::node& node, Target& target, std::span<const std::string_view> parts) {
    reader_.read_section(node, rows(target), *this, target, parts);
  }
  template <class Target>
  void read_part(const toml::node& node, std::map<std::string, Target, std::less<>>& target);
  // The sections within a section.
  void read_inner(const toml::node& node, FunctionRule& rule);
  void read_inner(const toml::node&, CallbackRule&) {}
  void read_inner(const toml::node&, HandleRule&) {}
  void check_name(const std::string& name, bool is_exported);

  Rules& rules_;
  policy::ValueReader reader_;
  Place place_;  // of the section that is read
};

#define READ(Target, key, member, form)                                    \
  {#key, [](RulesReader& reader, const toml::node& node, Target& target) { \
     reader.read_##form(node, target.member);                              \
   }},
#define ROWS(Target)                                                              \
  const std::vector<RulesReader::Row<Target>>& RulesReader::rows(const Target&) { \
    static const std::vector<Row<Target>> kRows = {
#define END     \
  }             \
  ;             \
  return kRows; \
  }
// clang-format off
#define FUNCTION_KEY(...)
#define CALLBACK_KEY(...)
#define HANDLE_KEY(...)
#define PACKAGE_KEY(key, member, form, text) READ(Rules, key, member, form)
ROWS(Rules)
#include "bindgen/rules_keys.def"
END
#undef PACKAGE_KEY
#undef FUNCTION_KEY
#define PACKAGE_KEY(...)
#define FUNCTION_KEY(key, member, form, text) READ(FunctionRule, key, member, form)
ROWS(FunctionRule)
#include "bindgen/rules_keys.def"
END
#undef FUNCTION_KEY
#undef CALLBACK_KEY
#define FUNCTION_KEY(...)
#define CALLBACK_KEY(key, member, form, text) READ(CallbackRule, key, member, form)
ROWS(CallbackRule)
#include "bindgen/rules_keys.def"
END
#undef CALLBACK_KEY
#undef HANDLE_KEY
#define CALLBACK_KEY(...)
#define HANDLE_KEY(key, member, form, text) READ(HandleRule, key, member, form)
ROWS(HandleRule)
#include "bindgen/rules_keys.def"
END
// clang-format on
#undef PACKAGE_KEY
#undef FUNCTION_KEY
#undef CALLBACK_KEY
#undef HANDLE_KEY
#undef READ
#undef ROWS
#undef END

void RulesReader::read(std::string_view text) {
  const toml::parse_result parsed = toml::parse(text, rules_.document);
  if (!parsed)
    return reader_.complain(DiagnosticCode::BadToml, reader_.place_of(parsed.error().source()),
                            parsed.error().description());
  static constexpr std::string_view kParts[] = {"functions", "handles"};
  read_keys(parsed.table(), rules_, kParts);
  const auto note_place = [&](const char* key) {
    if (const toml::node* const node = parsed.table().get(key))
      place_ = reader_.place_of(node->source());
  };
  note_place("package");
  if (!rules_.package.empty()) check_name(rules_.package, false);
  note_place("type");
  check_name(rules_.type, true);
  if (const toml::node* const node = parsed.table().get("functions"))
    read_part(*node, rules_.functions);
  if (const toml::node* const node = parsed.table().get("handles"))
    read_part(*node, rules_.handles);
}

void RulesReader::check_name(const std::string& name, bool is_exported) {
  const bool is_good = is_exported ? is_exported_name(name) : is_package_name(name);
  if (!is_good)
    reader_.complain(DiagnosticCode::NotAnIdentifier, place_, name,
                     is_exported
                         ? "a name of Go that starts with a capital letter is needed"
                         : "a package's name is small letters and digits, and no word of Go");
}

template <class Target>
void RulesReader::read_part(const toml::node& node,
                            std::map<std::string, Target, std::less<>>& target) {
  each_key(node, "a section for each, such as [functions.NAME] or [handles.NAME]",
           [&](const std::string& name, const toml::node& value, Place place) {
             Target made;
             made.place = place_ = std::move(place);
             static constexpr std::string_view kParts[] = {"callbacks"};
             read_keys(value, made, std::span(kParts, std::is_same_v<Target, FunctionRule>));
             if (!made.name.empty()) check_name(made.name, true);
             read_inner(value, made);
             target.emplace(name, std::move(made));
           });
}

void RulesReader::read_inner(const toml::node& node, FunctionRule& rule) {
  const toml::table* const table = node.as_table();
  const toml::node* const callbacks = table ? table->get("callbacks") : nullptr;
  if (callbacks) read_part(*callbacks, rule.callbacks);
}

template <class Each>
void RulesReader::each_key(const toml::node& node, const char* hint, Each each) {
  const toml::table* const table = node.as_table();
  if (table == nullptr) return reader_.complain_about_type(node, hint);
  for (auto&& [key, value] : *table)
    each(std::string(key.str()), value, reader_.place_of(key.source()));
}

void RulesReader::read_numbers(const toml::node& node,
                               std::map<std::string, Said<int64_t>, std::less<>>& target) {
  each_key(node, "a table is needed: { parameter = 0 }",
           [&](const std::string& name, const toml::node& value, Place place) {
             const auto number = value.value_exact<int64_t>();
             if (!number) return reader_.complain_about_type(value, "a number is needed");
             target[name] = {*number, std::move(place)};
           });
}

void RulesReader::read_names(const toml::node& node,
                             std::map<std::string, Said<std::string>, std::less<>>& target) {
  each_key(node, "a table is needed: { result = \"free\" }",
           [&](const std::string& name, const toml::node& value, Place place) {
             if (auto text = reader_.string(value)) target[name] = {std::move(*text), place};
           });
}

void RulesReader::read_integers(const toml::node& node, std::vector<int64_t>& target) {
  const toml::array* const list = node.as_array();
  if (list == nullptr) return reader_.complain_about_type(node, "a list of numbers is needed");
  for (const toml::node& one : *list) {
    const auto number = one.value_exact<int64_t>();
    if (!number) return reader_.complain_about_type(one, "a number is needed");
    target.push_back(*number);
  }
}

void RulesReader::read_places(const toml::node& node, std::vector<PointerRule>& target) {
  std::vector<Said<std::string>> texts;
  reader_.read_texts(node, texts);
  const auto is_word = [](std::string_view text) {
    return !text.empty() && text.find_first_of("[]; \t") == std::string_view::npos;
  };
  for (const auto& [text, place] : texts) {
    PointerRule rule{.pointer = text, .length = {}, .used = {}, .place = place};
    bool is_good = true;
    if (const size_t open = text.find('['); open != std::string::npos && text.ends_with("]")) {
      rule.pointer = text.substr(0, open);
      rule.length = text.substr(open + 1, text.size() - open - 2);
      if (const size_t mark = rule.length.find(';'); mark != std::string::npos) {
        const size_t start = rule.length.find_first_not_of(' ', mark + 1);
        rule.used = start == std::string::npos ? "" : rule.length.substr(start);
        rule.length = rule.length.substr(0, mark);
        is_good = is_word(rule.used);
      }
      is_good = is_good && is_word(rule.length);
    }
    if (!is_good || !is_word(rule.pointer))
      reader_.complain(DiagnosticCode::NotAType, place, text,
                       "\"p\" is one value, \"p[n]\" n bytes, \"p[n; result]\" n bytes, of which "
                       "as many are used as the result says");
    else
      target.push_back(std::move(rule));
  }
}

}  // namespace

std::span<const RuleKey> all_rule_keys() { return kKeys; }

std::expected<Rules, std::vector<policy::Diagnostic>> read_rules(std::string_view text,
                                                                 std::string document) {
  Rules rules;
  rules.document = std::move(document);
  std::vector<policy::Diagnostic> diagnostics;
  RulesReader(rules, diagnostics).read(text);
  if (!diagnostics.empty()) return std::unexpected(std::move(diagnostics));
  return rules;
}

}  // namespace skerry::bindgen
