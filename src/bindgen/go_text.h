// Packages as text of Go: the same package is always the same text, which gofmt leaves as it is.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bindgen/go_types.h"
#include "bindgen/plan.h"

namespace skerry::bindgen {

// For the program that calls the module.
std::string go_host_text(const Package& package);
// For a guest written in Go, which imports the functions.
std::string go_guest_text(const Package& package);

// Parts of them.
std::string generated_by(const Package& package, std::string_view what);
std::string left_out_comment(const Package& package);
std::string constants_text(const Package& package, const GoTypes& types);
std::string struct_text(const Package& package, const GoTypes& types);
std::string method_text(const Package& package, const GoTypes& types, const Method& method);
std::string close_text(const Package& package, const GoTypes& types, const Handle& handle);
std::string imports_text(const Package& package, const GoTypes& types);
std::string callback_text(const Package& package, const GoTypes& types, const Callback& callback);

// What an exported func's field in the Go type takes and gives.
struct FieldSignature {
  std::vector<std::string> params, results;
};
FieldSignature field_signature(const Package& package, const GoTypes& types,
                               const std::string& name);
// The field of the Go type that has the places of its functions.
std::string callback_field(const Callback& callback);
// "a int32, b string": parameters in Go.
std::string parameter_list(const GoTypes& types, const Method& method);
// The slice that has the length of this one, if that is another.
const Argument* shares_length(const Method& method, const Argument& one);
std::string slice_element(const GoTypes& types, const CType& type);
std::string joined(const std::vector<std::string>& parts, std::string_view between = ", ");
// "// Name is `symbol`." and what else is said.
std::string doc_comment(std::string_view indent, const std::string& name, const std::string& symbol,
                        const std::string& more = {});
// Rows of a struct, types below each other.
std::string aligned(const std::vector<std::pair<std::string, std::string>>& rows);

}  // namespace skerry::bindgen
