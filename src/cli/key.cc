// `skerry key`: where this user's own key is, and making keys to sign with.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/key_files.h"
#include "embed/user_key.h"

namespace skerry::cli {
namespace {

int fail_with(const Error& error, const std::string& what) {
  print_error(embed::report(error, fmt::format("{}: {}", what, embed::explain(error))).error());
  return number(ExitStatus::Failure);
}

}  // namespace

int key_command(const CommandLine& line) {
  const auto& words = line.operands;
  if (words.empty()) {
    const std::string path = embed::user_key_path();
    const auto key = embed::user_key();
    if (!key) return fail_with(key.error(), path.empty() ? "the user's key" : path);
    fmt::print("{}\n", embed::printable(path));
    return number(ExitStatus::Success);
  }
  if (words.size() != 2 || words[0] != "new")
    return print_usage_error({"key takes nothing, or: new FILE", "see `skerry help key`"});
  const auto made = make_key_files(words[1]);
  if (!made) return fail_with(made.error(), words[1]);
  fmt::print("{}", to_text(*made));
  return number(ExitStatus::Success);
}

}  // namespace skerry::cli
