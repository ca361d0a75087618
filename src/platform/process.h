// What the process was started with: command line and environment, in UTF-8 on every system.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace skerry::platform {

// The words of the command line without the program's own name. `argc` and `argv` are main's.
std::vector<std::string> command_args(int argc, char** argv);

uint64_t process_id();

std::optional<std::string> environment_variable(const std::string& name);

// The folder that the running program is in, without a separator at its end; empty if unknown.
std::string program_folder();

// The folder of the file that this code was loaded from, which is the program or a library.
std::string code_folder();

}  // namespace skerry::platform
