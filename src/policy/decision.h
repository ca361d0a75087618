// Decision: what a program asked for, and what its policy said. Rows of an audit are made of these.
#pragma once

#include <cstdint>
#include <string_view>

#include "policy/grants.h"
#include "policy/policy.h"

namespace skerry::policy {

enum class Action : uint8_t {
  Folder,    // to do something in a folder; subject: the path, as the program knows it
  Connect,   // to send to an address; subject: "10.0.0.7:443"
  Listen,    // to have an address
  Resolve,   // to look a host's name up
  Exit,      // to end itself
  Library,   // to have a function of a native library; subject: "library.symbol"
  Function,  // to have one of the host; subject: "module.name"
  Limit,     // to have more than a limit; subject: its key. Told when it is reached
};
constexpr std::string_view to_string(Action action) {
  constexpr std::string_view kNames[] = {"folder", "connect", "listen",   "resolve",
                                         "exit",   "library", "function", "limit"};
  return kNames[static_cast<size_t>(action)];
}

struct Decision {
  Action action;
  std::string_view subject;
  Access access = Access::None;  // of folders: what for
  std::string_view folder;       // of folders: which, as the program knows it
  bool is_allowed = false;
  const Place* place = nullptr;  // of the rule that decided; null: none did
};

// "read", "write"
std::vector<std::string_view> access_names(Access access);
// "read, write"
std::string access_text(Access access);

}  // namespace skerry::policy
