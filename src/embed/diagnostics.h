// Diagnostics: what is wrong with a policy or a manifest, as people read it. Not here: finding it
// (policy, native).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "embed/report.h"
#include "policy/reader.h"

namespace skerry::embed {

// Everything that is wrong with a text of TOML, each with its line and a caret.
Report mistakes(ErrorCode code, const std::vector<policy::Diagnostic>& diagnostics,
                std::string_view text);

// "policy.toml:3", "template http-client:7".
std::string place_text(const policy::Place& place);

}  // namespace skerry::embed
