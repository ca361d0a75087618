// Entry point of the program.
#include "cli/commands.h"
#include "platform/process.h"

int main(int argc, char** argv) {
  return skerry::cli::run_program(skerry::platform::command_args(argc, argv));
}
