// Policies as the program uses them: a file or its diagnostics as people read them, and what a
// policy makes of the settings of a run. Not here: what policies say (policy room).
#pragma once

#include <string>

#include "cli/command_line.h"
#include "cli/settings.h"
#include "embed/diagnostics.h"
#include "policy/reader.h"
#include "wasi/context.h"

namespace skerry::cli {

using embed::mistakes;
using embed::place_text;

struct PolicyFile {
  std::string path;
  policy::Policy policy;
};

// Every --set NAME=VALUE.
Parsed<policy::Values> policy_values(const CommandLine& line);

// The error is the whole text for stderr: every mistake with its line and a caret.
embed::Reported<PolicyFile> load_policy(const std::string& path, const policy::Values& values);

// The policy's limits, where they are lower than those of the settings; its arguments. A usage
// error where the settings grant something by themselves that a policy has to grant.
Parsed<void> apply_policy(const policy::Policy& policy, RunSettings& settings);

// Everything else that the policy grants, into `config`. Folders of the host are relative to the
// one that the policy's file is in.
embed::Reported<void> grant(const PolicyFile& file, wasi::Config& config);

}  // namespace skerry::cli
