// Source text -> tokens, all at once: the parser may then look ahead as far as it likes, and return
// to a function body after it has seen every name. Comments and unknown annotations are dropped
// here, after a check that they are well-formed. Invariant: strings and quoted identifiers in the
// result have valid escapes. Source: WebAssembly 3.0, text format, "Lexical format" and
// "Annotations".
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "text/diagnostic.h"
#include "text/token.h"
#include "wasm/features.h"

namespace skerry::text {

// The tokens of a range of the source, then kEndTokens tokens of kind End. Offsets in tokens and
// errors are those of the whole source.
inline constexpr size_t kEndTokens = 4;
Result<std::vector<Token>> tokenize(std::string_view source, SourceRange range, Features features,
                                    Diagnostic& diagnostic);

// True if the text has the form of a Nat token.
bool is_nat(std::string_view text);

}  // namespace skerry::text
