// Rules: what a rules file says of a library beyond its header, from TOML. Not here: whether the
// module and the header have what it names (plan.cc).
#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "policy/reader.h"

namespace skerry::bindgen {

// Where a pointer leads: "p" to one value, "p[n]" to as many bytes as the parameter n says, of
// which "p[n; m]" are used: as many as the out parameter m says, or the "result".
struct PointerRule {
  std::string pointer, length, used;
  policy::Place place;
};

// Of the parameters of a function, or of a callback.
struct SignatureRule {
  std::string name;
  std::vector<PointerRule> in, out, inout;
  std::vector<policy::Said<std::string>> strings;
  std::vector<policy::Said<std::string>> ignore;  // of callbacks alone
  policy::Place place;
};

// Of a function of Go that is passed as a pointer.
struct CallbackRule : SignatureRule {
  policy::Said<std::string> keep;  // "", "instance", "release(user)"
};

struct FunctionRule : SignatureRule {
  std::string skip, error, message;
  std::map<std::string, policy::Said<int64_t>, std::less<>> fixed;
  std::map<std::string, policy::Said<std::string>, std::less<>> owned;
  std::vector<int64_t> ok;
  std::map<std::string, CallbackRule, std::less<>> callbacks;  // by the parameter
};

struct HandleRule {
  std::string name, close;
  policy::Place place;
};

struct Rules {
  std::string package, type = "Library", malloc = "malloc", free = "free", import_module = "env",
                       table = "__indirect_function_table", message;
  std::vector<policy::Said<std::string>> trim;
  std::map<std::string, FunctionRule, std::less<>> functions;  // by their names in the module
  std::map<std::string, HandleRule, std::less<>> handles;      // by their names in C
  std::string document;
};

// Never fails on bad input but by diagnostics; `document` is what places call the text.
std::expected<Rules, std::vector<policy::Diagnostic>> read_rules(std::string_view text,
                                                                 std::string document);

struct RuleKey {
  std::string_view of, key, text;  // of: "package", "function", "callback", "handle"
};
std::span<const RuleKey> all_rule_keys();

}  // namespace skerry::bindgen
