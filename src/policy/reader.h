// Policy files: TOML to a Policy, or to a list of everything that is wrong with it.
// Not here: reading files; printing diagnostics with their lines. The format is in
// docs/guide/policies.md, its keys in keys.def.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/policy.h"

namespace skerry::policy {

enum class DiagnosticCode : uint8_t {
#define DIAGNOSTIC(code, text) code,
#include "policy/diagnostics.def"
#undef DIAGNOSTIC
};

struct Diagnostic {
  DiagnosticCode code;
  Place place;  // line 0: of no line (a value from outside)
  std::string subject;
  std::string hint;  // what to do; may be empty

  std::string text() const;  // one line, without the place and the hint
};

// In the order of the text; TOML's tables have their own.
void sort_by_place(std::vector<Diagnostic>& diagnostics);

// Parameters by name, as `--set name=value` gives them.
using Values = std::vector<std::pair<std::string, std::string>>;

// `document` is what the text is called in places. Never fails on bad input but by diagnostics.
std::expected<Policy, std::vector<Diagnostic>> read_policy(std::string_view text,
                                                           std::string document,
                                                           const Values& values = {});

struct Template {
  std::string_view name;
  std::string_view text;  // a policy file
};
// By name; what `extends` may say.
std::span<const Template> all_templates();

struct KeyInfo {
  std::string_view section, key, form, text;  // section "directories": of each directory
};
std::span<const KeyInfo> all_keys();

}  // namespace skerry::policy
